/**
 * The command with code that V8 compiled before: it is used where it is of this source and this Node, and whatever else
 * lies there, the command is the same.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SPY = join(ROOT, 'test/cli/script_spy.cjs');
const MAKE = join(ROOT, '.ci/compiled_code.mjs');
const HEADER_SIZE = 16;
/** Where V8 notes its version in code. */
const VERSION_AT = 4;
const PLAIN = ['command', 'read', 'rolldown-runtime', 'start'];

const base = mkdtempSync(join(tmpdir(), 'pcapflow-code-'));
afterAll(() => rmSync(base, { recursive: true }));
const made = join(base, 'made');
const subject = join(base, 'subject');
const bundleOf = (folder: string): string => join(folder, 'dist/bin/pcapflow');

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

function codeFiles(): string[] {
  const folder = join(bundleOf(subject), 'compiled');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.code'))
    .map((name) => join(folder, name));
}

/** Changes the code of all chunks. */
function eachCode(change: (bytes: Buffer<ArrayBuffer>) => Uint8Array): void {
  for (const file of codeFiles()) writeFileSync(file, change(readFileSync(file)));
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Run & { code: Record<string, string> } {
  const report = join(base, 'report.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', SPY, join(bundleOf(subject), 'main.cjs'), ...args],
    { cwd: ROOT, env: { ...process.env, SPY_REPORT: report }, encoding: 'utf8' },
  );
  const scripts = JSON.parse(readFileSync(report, 'utf8')) as { file: string; code: string }[];
  const code = scripts.map(({ file, code }) => [basename(file, '.cjs').replace(/-[\w-]{8}$/, ''), code]);
  return { status, stdout, stderr, code: Object.fromEntries(code) as Record<string, string> };
}

const readTour = (): ReturnType<typeof run> => run('read', 'pcaps/tour.pcap', '-f', 'jsonl');

mkdirSync(bundleOf(made), { recursive: true });
copy(join(ROOT, 'dist/bin/pcapflow'), bundleOf(made));
copy(join(ROOT, 'dist/engine.shared.wasm'), join(made, 'dist/engine.shared.wasm'));
copy(join(ROOT, 'package.json'), join(made, 'package.json'));
rmSync(join(bundleOf(made), 'compiled'), { recursive: true, force: true });
copy(made, subject);
const without = readTour();
const failure = run('read', 'pcaps/none');
spawnSync(process.execPath, [MAKE, bundleOf(made)], { stdio: 'inherit' });

beforeEach(() => {
  rmSync(subject, { recursive: true });
  copy(made, subject);
});

it('without compiled code Node loads the command', () => {
  expect(without).toMatchObject({ status: 0, stderr: '', code: {} });
  expect(without.stdout.split('\n').length).toBeGreaterThan(10);
});

it('compiled code is used for all that a plain read loads', () => {
  const used = Object.fromEntries(PLAIN.map((name) => [name, 'used']));
  expect(readTour()).toEqual({ ...without, code: used });
});

it('Node loads what is needed beyond that, and finds what is there', () => {
  const { status, stdout, code } = run('read', 'pcaps/tour.pcap', '-f', 'csv');
  expect([status, Object.values(code)]).toEqual([0, PLAIN.map(() => 'used')]);
  rmSync(join(bundleOf(subject), 'compiled'), { recursive: true });
  expect(run('read', 'pcaps/tour.pcap', '-f', 'csv').stdout).toBe(stdout);
});

it('a failure is the same', () => {
  expect(run('read', 'pcaps/none')).toMatchObject({ status: failure.status, stdout: '', stderr: failure.stderr });
});

it('what imports when it runs can do so', () => {
  const file = join(bundleOf(subject), 'command.cjs');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}\nimport("node:os").then(({ EOL }) => console.error(EOL === "\\n"));`,
  );
  spawnSync(process.execPath, [MAKE, bundleOf(subject)], { stdio: 'ignore' });
  const { status, stderr, code } = readTour();
  expect([status, stderr, code]).toEqual([0, 'true\n', {}]);
});

it('places in messages are those of the file', () => {
  const [version] = readdirSync(bundleOf(subject)).filter((name) => name.startsWith('version-'));
  const file = join(bundleOf(subject), version as string);
  writeFileSync(file, `null.x; ${readFileSync(file, 'utf8')}`);
  const place = `${file}:1:6`;
  expect(run('--version').stderr).toContain(place);
  rmSync(join(bundleOf(subject), 'compiled'), { recursive: true });
  expect(run('--version').stderr).toContain(place);
});

it('a chunk that was changed since is compiled, though its length is the same', () => {
  const file = join(bundleOf(subject), 'command.cjs');
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace('`pcapflow ${', '`PCAPFLOW ${'));
  const { stdout, code } = run('--version');
  expect(stdout).toMatch(/^PCAPFLOW \d/);
  expect(code).not.toHaveProperty('command');
});

describe('code that cannot be used is left alone:', () => {
  it.each<[string, 'left' | 'rejected', (bytes: Buffer<ArrayBuffer>) => Uint8Array]>([
    ['damaged in the middle', 'left', (bytes) => bytes.fill(bytes.readUInt8(1000) ^ 1, 1000, 1001)],
    ['cut in half', 'left', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['cut by a byte', 'left', (bytes) => bytes.subarray(0, -1)],
    ['cut in its header', 'left', (bytes) => bytes.subarray(0, 5)],
    ['empty', 'left', () => new Uint8Array(0)],
    ['zeros', 'left', (bytes) => bytes.fill(0)],
    [
      'of another V8',
      'rejected',
      (bytes) => {
        const second = (bytes.length + HEADER_SIZE) / 2;
        for (const code of [HEADER_SIZE, second])
          bytes.writeUInt32LE(bytes.readUInt32LE(code + VERSION_AT) ^ 1, code + VERSION_AT);
        return bytes;
      },
    ],
  ])('%s', (_name, code, change) => {
    eachCode(change);
    const asked = code === 'rejected' ? PLAIN : [];
    expect(readTour()).toEqual({ ...without, code: Object.fromEntries(asked.map((name) => [name, code])) });
  });

  it('of another version of Node', () => {
    const folder = join(bundleOf(subject), 'compiled');
    const [version] = readdirSync(folder);
    copy(join(folder, version as string), join(folder, `${version}.other`));
    rmSync(join(folder, version as string), { recursive: true });
    expect(readTour()).toEqual(without);
  });
});
