/**
 * Preloaded by a command: makes what jobs do fail. JOBS_DEATH says how, and when: `throw:3` (the worker's engine throws
 * when it tracks its third list), `exit:1` (the worker ends), `memory:1` (it has no heap left), `read:1000000` (no thread
 * can read large files from that byte on).
 */
const fs = require('node:fs');
const worker_threads = require('node:worker_threads');

const [how, number] = process.env.JOBS_DEATH.split(':');
const at = Number(number);

if (how === 'read') failReads();
if (worker_threads.isMainThread) {
  const { Worker } = worker_threads;
  worker_threads.Worker = class extends Worker {
    constructor(path, options) {
      super(path, { ...options, execArgv: ['--require', __filename], resourceLimits: { maxOldGenerationSizeMb: 32 } });
    }
  };
} else if (how !== 'read') {
  failTracking();
}
require('node:module').syncBuiltinESMExports();

function failReads() {
  const { readSync } = fs;
  const places = new Map();
  fs.readSync = (fd, into, offset, size, position) => {
    if (size === undefined || fs.fstatSync(fd).size < at) return readSync(fd, into, offset, size, position);
    const from = position ?? places.get(fd) ?? 0;
    if (from >= at) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    const read = readSync(fd, into, offset, Math.min(size, at - from), position);
    if (position === null) places.set(fd, from + read);
    return read;
  };
}

function failTracking() {
  const deaths = {
    throw: () => {
      throw new Error('the engine is on fire');
    },
    exit: () => process.exit(0),
    memory: () => {
      for (const kept = []; ; ) kept.push(new Array(1000).fill(kept.length));
    },
  };
  let calls = 0;
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...args) => {
    const { exports } = await instantiate(...args);
    const trackList = (...list) => {
      if (++calls >= at) deaths[how]();
      return exports.trackList(...list);
    };
    return { exports: { ...exports, trackList } };
  };
}
