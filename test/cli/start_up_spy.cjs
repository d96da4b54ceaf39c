/** Preloaded into the command: at its end it writes to SPY_REPORT which modules of Node and which files were loaded. */
const { writeFileSync } = require('node:fs');
const { loadedFiles } = require('./loaded_files.cjs');

const before = new Set([...process.moduleLoadList, ...loadedFiles()]);

process.on('exit', () => {
  const builtin = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule '));
  const files = loadedFiles().filter((path) => !before.has(path));
  const report = { builtin: builtin.map((name) => name.slice('NativeModule '.length)), files };
  writeFileSync(process.env.SPY_REPORT, JSON.stringify(report));
});
