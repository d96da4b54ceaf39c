/** Preloaded into the command: at its end it writes to SPY_REPORT which modules of Node and which files were loaded. */
const { writeFileSync } = require('node:fs');

const before = new Set(process.moduleLoadList);

process.on('exit', () => {
  const builtin = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule '));
  const files = Object.keys(require.cache).filter((path) => path !== __filename);
  const report = { builtin: builtin.map((name) => name.slice('NativeModule '.length)), files };
  writeFileSync(process.env.SPY_REPORT, JSON.stringify(report));
});
