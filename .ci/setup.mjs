/**
 * Makes a fresh clone ready: npm packages, the engine module, the TypeScript build. Does only what is out of date, so a
 * second run does nothing. Needs Node and npm, nothing else. With `--packages` it leaves out the build.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = join(ROOT, 'node_modules', '.pcapflow-lock');
/** Bytes of a command's output that are kept. */
const OUTPUT_MAX = 64 * 2 ** 20;
/** The scripts that build, with what each is built from. The engine takes longest and changes least. */
const STEPS = [
  {
    script: 'build:engine',
    sources: ['assembly', 'asconfig.json', 'asc.transform.mjs', '.ci/asc.mjs', 'package-lock.json'],
  },
  {
    script: 'build:library',
    sources: [
      'assembly',
      'src',
      'bench',
      'pcaps',
      'docs/make',
      'test',
      'tsconfig.json',
      'rolldown.config.mjs',
      '.ci/compiled_code.mjs',
      'package.json',
    ],
  },
  {
    script: 'build:web',
    sources: ['assembly', 'asconfig.json', 'src', 'web', 'rolldown.web.mjs', 'package.json', 'package-lock.json'],
  },
];

function fail(what) {
  process.stderr.write(`setup: ${what}\n`);
  process.exit(1);
}

/** Shows the command's output only when it fails: compilers write their errors to standard output. */
function run(command, args, hint) {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: OUTPUT_MAX,
  });
  if (error !== undefined) fail(`${command} cannot be run: ${error.message}`);
  if (status === 0) return;
  process.stderr.write(stdout);
  fail(`'${command} ${args.join(' ')}' failed${hint}`);
}

/** A digest of what lies at and below the given places: what was built from it need not be built again. */
function digestOf(places) {
  const digest = createHash('sha256');
  const add = (place) => {
    const stat = statSync(place, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory()) return void digest.update(place).update(readFileSync(place));
    for (const name of readdirSync(place).sort()) if (name !== 'data') add(join(place, name));
  };
  for (const place of places) add(join(ROOT, place));
  return digest.digest('hex');
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
  for (const { script, sources } of STEPS) {
    const stamp = join(ROOT, 'dist', `.${script.replace(':', '-')}`);
    const digest = digestOf(sources);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) continue;
    process.stderr.write(`setup: ${script}\n`);
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    run('npm', ['run', '--silent', script], ': see the errors above');
    writeFileSync(stamp, digest);
  }
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
if (!process.argv.includes('--packages')) build();
