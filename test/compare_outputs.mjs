/**
 * Compares what this checkout writes with what another build writes, byte for byte: JSON Lines, CSV, table and counters
 * of every capture in pcaps/ and ../shared/captures, uni- and bidirectional, with and without --decapsulate.
 *
 *   node test/compare_outputs.mjs COMMIT            builds COMMIT in a temporary folder first
 *   node test/compare_outputs.mjs --against FOLDER  uses the build in FOLDER (a checkout with a dist/)
 *   --quick                                         JSON Lines and counters only, default options
 *
 * Prints each difference and a last line with the counts. Exit status 1 when anything differs.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join('dist', 'bin', 'pcapflow', 'main.cjs');
const FOLDERS = [
  join(ROOT, 'pcaps'),
  join(ROOT, '..', 'shared', 'captures'),
  join(ROOT, '..', 'shared', 'captures', 'made'),
];
/** The only figure that differs from run to run: the hash key is random. */
const VOLATILE = /"longestProbe":\d+,?/g;
const CAPTURE = /\.(pcap|pcapng|cap)(\.gz|\.zst)?$/;

const { values, positionals } = parseArgs({
  options: { against: { type: 'string' }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});

/** A folder with the build of a commit. The packages are those of this checkout. */
function build(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-compare-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const archive = execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

/** Standard output, standard error and exit status as one text; the name of the capture does not count. */
function run(folder, args) {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, COMMAND), ...args], { maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
      const told = stderr.replace(VOLATILE, '');
      resolve(`${error === null ? 0 : error.code}\n${told}\n${createHash('sha256').update(stdout).digest('hex')}`);
    });
  });
}

function variants() {
  if (values.quick) return [['-f', 'jsonl', '--stats', '-']];
  const all = [];
  for (const format of ['jsonl', 'csv', 'table']) {
    for (const direction of [[], ['--unidirectional']]) {
      for (const inner of [[], ['--decapsulate']]) {
        all.push(['-f', format, '--stats', '-', ...direction, ...inner]);
      }
    }
  }
  return all;
}

const other = values.against ?? (positionals[0] === undefined ? undefined : build(positionals[0]));
if (other === undefined || !existsSync(join(other, COMMAND))) {
  process.stderr.write('usage: node test/compare_outputs.mjs COMMIT | --against FOLDER [--quick]\n');
  process.exit(2);
}
const captures = FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => CAPTURE.test(name))
    .map((name) => join(folder, name)),
);
const work = captures.flatMap((capture) => variants().map((options) => [capture, options]));
const different = [];
async function compareNext() {
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [capture, options] = next;
    const args = ['read', capture, ...options];
    const [ours, theirs] = await Promise.all([run(ROOT, args), run(other, args)]);
    if (ours !== theirs) {
      different.push(capture);
      process.stdout.write(`differs: ${args.join(' ')}\n`);
    }
  }
}
const total = work.length;
await Promise.all(Array.from({ length: availableParallelism() }, compareNext));
process.stdout.write(`${captures.length} captures, ${total} runs each, ${different.length} differ\n`);
process.exitCode = different.length === 0 ? 0 : 1;
