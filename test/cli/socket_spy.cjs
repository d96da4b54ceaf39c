/** Preloaded into the command: at its end it writes to SPY_REPORT who opened a socket, and which files were loaded. */
const { writeFileSync } = require('node:fs');
const { loadedFiles } = require('./loaded_files.cjs');

const opened = [];
const opening = [
  [require('node:net').Socket.prototype, 'connect'],
  [require('node:dgram'), 'createSocket'],
  [require('node:dns'), 'lookup'],
  [require('node:dns').promises, 'lookup'],
];
for (const [of, name] of opening) {
  const real = of[name];
  of[name] = function (...args) {
    opened.push(name);
    return real.apply(this, args);
  };
}

process.on('exit', () => writeFileSync(process.env.SPY_REPORT, JSON.stringify({ opened, loaded: loadedFiles() })));
