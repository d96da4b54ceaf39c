/** Files whose code a program has loaded: with Node's loader, or with that of the command (src/cli/compiled_code.ts). */
const fs = require('node:fs');

const { readFileSync } = fs;
const read = new Set();

fs.readFileSync = (path, ...options) => {
  read.add(String(path));
  return readFileSync(path, ...options);
};

exports.loadedFiles = () => {
  const files = new Set([...Object.keys(require.cache), ...read]);
  return [...files].filter((path) => /\.c?js$/.test(path));
};
