/** How the command live starts, or says why it does not; whose rights it has; where its output goes. */
import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENDS_AT_FIN, flood } from './flood.ts';
import { COMMAND, LiveCommand, countersAddUp } from './live_command.ts';
import { canUseNamespaces, canUseTcpdump, hasTool, NamespacePair, NEAR, WITHOUT_RIGHTS } from './netns.ts';
import { trafficFile } from './traffic.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';

const EXIT_CANNOT_START = 1;
const EXIT_NOT_WRITTEN = 4;
const EXIT_NO_PERMISSION = 77;
const NOBODY = 65_534;
const LIMIT_MS = 120_000;

type Source = readonly [name: string, isPossible: boolean, args: readonly string[]];
const CAP: Source = ['cap', canUseNamespaces && capLoads, ['--capture', 'cap', '--buffer', '32']];
const PROMISCUOUS: Source = ['cap, promiscuous', CAP[1], [...CAP[2], '--promiscuous']];
/** The command itself, what captures for it, and what ends tcpdump when the command is killed. */
const PROCESSES: Readonly<Record<string, number>> = { cap: 1, 'cap, promiscuous': 2, tcpdump: 3 };
const SOURCES: readonly Source[] = [
  CAP,
  ['tcpdump', canUseTcpdump, ['--capture', 'tcpdump', '--buffer', '32']],
  PROMISCUOUS,
];

let pair: NamespacePair;
let file: string;
let cease: () => Promise<void> = () => Promise.resolve();
beforeAll(() => {
  if (!canUseNamespaces) return;
  pair = new NamespacePair();
  file = pair.file('traffic.pcap', trafficFile());
});
afterEach(async () => {
  await cease();
  if (!canUseNamespaces) return;
  const left = pair.near.processes();
  // The next test begins without them, whatever becomes of this one.
  for (const pid of left) process.kill(pid, 'SIGKILL');
  expect(left).toEqual([]);
});
afterAll(() => pair?.dispose());

/** Runs a command inside to its end. */
function run(...command: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync('ip', ['netns', 'exec', pair.near.name, ...command], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
}

const live = (...args: readonly string[]): SpawnSyncReturns<string> => run(process.execPath, COMMAND, 'live', ...args);

describe.each(SOURCES)('the command live through %s', (name, isPossible, args) => {
  it.skipIf(!isPossible)('says why it cannot start', () => {
    const tries: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[NEAR, '-F', 'tcp prot 80'], /^pcapflow: .*syntax error: .*\n {2}tcp prot 80\n {6}\^/],
      [['nosuch0'], /^pcapflow: nosuch0: no such interface \(available: lo, near0, any\)$/m],
      [[NEAR, '-o', '/nosuch/file'], /^pcapflow: \/nosuch\/file cannot be written: ENOENT/],
      [[NEAR, '--web', '--process'], /^pcapflow: --web names processes with --web-show-processes only/],
      [[NEAR, '--web-show-processes'], /^pcapflow: --web-show-processes is for the page of --web$/m],
      [[NEAR, '--stats', '/nosuch/file'], /^pcapflow: \/nosuch\/file cannot be written: ENOENT/],
    ];
    for (const [more, message] of tries) {
      const { status, stderr, stdout } = live(...args, ...more);
      expect({ status, stdout }, stderr).toEqual({ status: EXIT_CANNOT_START, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });

  it.skipIf(!isPossible)('does not start on an interface that is down', () => {
    pair.near.down(NEAR);
    const { status, stderr } = live(NEAR, ...args);
    pair.near.up(NEAR);
    expect({ status, stderr }).toEqual({
      status: EXIT_CANNOT_START,
      stderr: 'pcapflow: near0: the interface is down; set it up with `ip link set near0 up`\n',
    });
  });

  it.skipIf(!isPossible || !hasTool('setpriv'))('says what helps when it has no rights', () => {
    const began = performance.now();
    const { status, stderr } = run(...WITHOUT_RIGHTS, process.execPath, COMMAND, 'live', NEAR, ...args);
    if (process.env.PCAPFLOW_ROUNDS !== undefined)
      process.stderr.write(`${name}: no rights, ended after ${(performance.now() - began).toFixed(0)} ms\n`);
    expect(status, stderr).toBe(EXIT_NO_PERMISSION);
    expect(stderr).toContain('no permission to capture');
    if (name === 'tcpdump') {
      expect(stderr).toContain('sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v tcpdump)"');
    } else {
      const rest = ['live', NEAR, ...args].join(' ');
      expect(stderr).toContain(`\n  sudo ${process.execPath} ${COMMAND} ${rest}\n`);
      expect(stderr).toContain(
        `&& sudo setcap cap_net_raw+ep /usr/local/bin/node-capture && /usr/local/bin/node-capture ${COMMAND} ${rest}\n`,
      );
    }
  });

  it.skipIf(!isPossible)('gives up its rights, goes on, and ends in order', async () => {
    const command = await LiveCommand.start(pair, pair.near, NEAR, ...args, ...ENDS_AT_FIN, '--user', 'nobody');
    const users = pair.near.processes().map((pid) => readFileSync(`/proc/${pid}/status`, 'utf8'));
    expect(users).toHaveLength(Number(PROCESSES[name]));
    for (const status of users) {
      expect(status).toMatch(new RegExp(`^Uid:(\\s+${NOBODY}){4}$`, 'm'));
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(status).toMatch(/^CapPrm:\s+0+$/m);
    }
    cease = flood(pair, file);
    await waitFor(
      () => command.flowCount > 100,
      () => command.errors,
    );
    const result = await command.end('SIGINT');
    expect({ code: result.code, signal: result.signal }, result.errors).toEqual({ code: 0, signal: null });
    expect(countersAddUp(result)).toBe(true);
    expect(result.flows.length).toBe(Number(result.stats.flowsEnded) - Number(result.stats.flowsDropped));
  });

  it.skipIf(!isPossible).each(['-f jsonl', '-f csv --process', '-f table --process'])(
    'needs nothing of its folder without rights: %s',
    async (more) => {
      const command = await LiveCommand.startPrivate(
        pair,
        pair.near,
        NEAR,
        ...args,
        ...ENDS_AT_FIN,
        '--user',
        'nobody',
        ...more.split(' '),
      );
      cease = flood(pair, file);
      await waitFor(
        () => command.flowCount > 1,
        () => command.errors,
      );
      const result = await command.end('SIGINT');
      expect({ code: result.code, signal: result.signal }, result.errors).toEqual({ code: 0, signal: null });
      expect(countersAddUp(result)).toBe(true);
    },
  );

  it.skipIf(!isPossible)('does not become a user that is none, or root', () => {
    for (const user of ['no-such-user', 'root']) {
      const { status, stderr } = live(NEAR, ...args, '--user', user);
      expect(status, stderr).toBe(EXIT_CANNOT_START);
      expect(stderr).toContain(user);
    }
  });

  it.skipIf(!isPossible)('ends when nobody reads what it writes', () => {
    cease = flood(pair, file);
    const shell = '"$0" "$1" live near0 -f jsonl --fin-timeout 0 "${@:2}" | head -n 1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr, status } = run('bash', '-c', shell, process.execPath, COMMAND, ...args);
    expect(status, stderr).toBe(0);
    const [flow = '', code] = stdout.split('\n');
    expect(JSON.parse(flow)).toHaveProperty('srcAddress');
    expect(code, stderr).toBe('0');
    // On a busy machine it also says that there are more packets than can be handled.
    expect(stderr).toMatch(/^pcapflow: listening on near0\n(pcapflow: near0: more packets .*\n)?$/);
  });

  it.skipIf(!isPossible)('ends when the disk is full', () => {
    cease = flood(pair, file);
    const { status, stderr } = live(NEAR, ...args, ...ENDS_AT_FIN, '-o', '/dev/full');
    expect(status, stderr).toBe(EXIT_NOT_WRITTEN);
    expect(stderr).toMatch(/^pcapflow: \/dev\/full cannot be written: ENOSPC/m);
  });
});
