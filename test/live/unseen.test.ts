/**
 * A process that cannot be seen is said once, by its cause, in `sockets`, `lookup` and `live --process`: as nobody,
 * where /proc is mounted with hidepid, in a PID namespace, and with a /proc of no processes. The process listens in a
 * network namespace. Needs root.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Peer } from '../host/state/peer.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { COMMAND, LiveCommand } from './live_command.ts';
import { FAR_ADDRESS, NEAR, NEAR_ADDRESS, NamespacePair, WITHOUT_RIGHTS, canUseNamespaces, hasTool } from './netns.ts';

const isPossible = canUseNamespaces && capLoads && hasTool('unshare') && hasTool('setpriv');

type Words = readonly [string, ...string[]];

/** With a /proc of its own. */
const mounted = (mount: string): Words => ['unshare', '--mount', 'sh', '-c', `${mount} && exec "$@"`, 'sh'];
const HIDING = mounted('mount -t proc -o hidepid=invisible proc /proc');
/** The tables of sockets are there, and what says whose rights this process has. */
const EMPTY = mounted(
  'mount -t tmpfs tmpfs /mnt && mkdir /mnt/self && cp -r /proc/net/ /mnt/net 2>&1; ln -s ../net /mnt/self/net; ' +
    'cp /proc/self/status /mnt/self; mount --bind /mnt /proc',
);
const INSIDE: Words = ['unshare', '--pid', '--fork', '--mount-proc'];

/** What starts the command, what starts `live`, which needs rights until it captures, and what is said. */
const CAUSES: readonly (readonly [
  title: string,
  look: Words,
  capture: Words,
  user: readonly string[],
  text: RegExp,
])[] = [
  [
    'for want of rights',
    WITHOUT_RIGHTS,
    ['env'],
    ['--user', 'nobody'],
    /does not show which sockets the processes of other users have; run as root|only processes of nobody can be named/,
  ],
  [
    'because of hidepid',
    [...HIDING, ...WITHOUT_RIGHTS],
    HIDING,
    ['--user', 'nobody'],
    /\/proc hides the processes of other users \(mount option hidepid\); run as root, or in the group/,
  ],
  [
    'outside of the PID namespace',
    INSIDE,
    INSIDE,
    [],
    /\/proc shows only the processes of this PID namespace; run in that of the host \(containers: `--pid=host`\)/,
  ],
  [
    'where /proc is empty',
    EMPTY,
    EMPTY,
    [],
    /\/proc lists no processes; mount proc there: `mount -t proc proc \/proc`/,
  ],
];

describe.skipIf(!isPossible)('a process that cannot be seen', () => {
  let pair: NamespacePair;
  let server: Peer;
  let client: Peer;
  let port = 0;
  let clientPort = 0;
  beforeAll(async () => {
    pair = new NamespacePair();
    pair.addAddresses();
    server = new Peer(pair.near.name);
    client = new Peer(pair.far.name);
    port = await server.make('listen', { host: NEAR_ADDRESS });
    clientPort = await client.make('connect', { host: NEAR_ADDRESS, port });
  });
  afterAll(() => {
    server?.[Symbol.dispose]();
    client?.[Symbol.dispose]();
    pair?.dispose();
  });

  /** @returns standard output, and how often the cause is said on standard error */
  function run(look: Words, ...args: readonly string[]): { readonly out: string; readonly errors: string } {
    const words = ['netns', 'exec', pair.near.name, ...look, process.execPath, COMMAND, ...args];
    const { stdout, stderr, status } = spawnSync('ip', words, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return { out: stdout, errors: stderr };
  }

  const warnings = (errors: string): string[] => errors.split('\n').filter((line) => line.includes('warning:'));

  it.each(CAUSES)('%s is said once by sockets', (_title, look, _capture, _user, cause) => {
    const { out, errors } = run(look, 'sockets', '-ta', '-f', 'csv', '--columns', 'localPort,state,pid');
    expect(out).toContain(`${port},listen,\n`);
    expect(out).toContain(`${port},established,\n`);
    expect(warnings(errors)).toEqual([expect.stringMatching(cause)]);
  });

  it.each(CAUSES)('%s is said once by lookup', (_title, look, _capture, _user, cause) => {
    const ends = [`${NEAR_ADDRESS}:${port}`, `${FAR_ADDRESS}:${clientPort}`];
    const { out, errors } = run(look, 'lookup', 'tcp', ...ends, '-f', 'json');
    expect(JSON.parse(out)).toMatchObject({ pid: null, uid: 0, direction: 'inbound', evidence: null, holders: [] });
    expect(warnings(errors)).toEqual([expect.stringMatching(cause)]);
  });

  it.each(CAUSES)('%s is said once by live --process', async (_title, _look, capture, user, cause) => {
    const args = ['--process', '--count', '2', '-F', `port ${port}`, ...user];
    const live = await LiveCommand.startThrough(capture, pair, pair.near, NEAR, ...args);
    await client.write();
    const { flows, errors } = await live.end();
    expect(flows).toMatchObject([{ process: null, direction: 'inbound' }]);
    expect(warnings(errors)).toEqual([expect.stringMatching(cause)]);
  });
});
