/**
 * Makes a fresh clone ready: npm packages, the engine module, the TypeScript build. Does only what is out of date, so a
 * second run does nothing. Needs Node and npm, nothing else.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = join(ROOT, 'node_modules', '.pcapflow-lock');
const BUILT = join(ROOT, 'dist', '.built');
const SOURCES = ['assembly', 'src', 'bench', 'pcaps', 'docs', 'test', 'asconfig.json', 'tsconfig.json', 'package.json'];

function fail(what) {
  process.stderr.write(`setup: ${what}\n`);
  process.exit(1);
}

function run(command, args, hint) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error !== undefined) fail(`${command} cannot be run: ${error.message}`);
  if (status !== 0) fail(`'${command} ${args.join(' ')}' failed${hint}`);
}

/** Latest change below the given places, milliseconds. */
function newest(places) {
  let latest = 0;
  for (const place of places) {
    const stat = statSync(place, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const entries = stat.isDirectory() ? readdirSync(place).filter((name) => name !== 'data') : undefined;
    const inside = entries === undefined ? stat.mtimeMs : newest(entries.map((name) => join(place, name)));
    latest = Math.max(latest, inside);
  }
  return latest;
}

function install() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === lock) return false;
  process.stderr.write('setup: installing packages\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], ': is the package registry in reach?');
  writeFileSync(INSTALLED, lock);
  return true;
}

function build() {
  const stamp = String(newest(SOURCES.map((name) => join(ROOT, name))));
  if (existsSync(BUILT) && readFileSync(BUILT, 'utf8') === stamp) return;
  process.stderr.write('setup: building\n');
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  run('npm', ['run', '--silent', 'build'], '');
  writeFileSync(BUILT, stamp);
}

/** Live capture is optional: one message, once, when its package is not there. */
function mentionMissingCapture() {
  try {
    createRequire(join(ROOT, 'package.json'))('cap');
  } catch {
    process.stderr.write(
      "setup: the optional package 'cap' (live capture) could not be built; captures in files work without it.\n" +
        "       For live capture install libpcap's headers (Debian: libpcap-dev, Fedora: libpcap-devel) and run 'npm ci'.\n",
    );
  }
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node ${process.versions.node} is too old: 20 or later is needed`);
if (install()) mentionMissingCapture();
build();
