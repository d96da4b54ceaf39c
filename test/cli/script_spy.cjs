/** Preloaded into the command: at its end it writes to SPY_REPORT the scripts it made, and whether V8 took their code. */
const { writeFileSync } = require('node:fs');
const vm = require('node:vm');

const scripts = [];
const { Script } = vm;

vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    scripts.push({ file: options.filename, code: this.cachedDataRejected ? 'rejected' : 'used' });
  }
};

process.on('exit', () => writeFileSync(process.env.SPY_REPORT, JSON.stringify(scripts)));
