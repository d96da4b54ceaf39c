/**
 * Network namespaces for tests of live capture: two of them with a veth pair between, `near0` in the one where frames
 * are captured and `far0` in the one that sends. Nothing leaves them, and they are deleted whatever happens: by
 * `dispose`, when the process exits, or by the next process when this one was killed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const NEAR = 'near0';
export const FAR = 'far0';

/** Ethernet addresses of the pair. */
export const NEAR_MAC = '02:00:00:00:00:0a';
export const FAR_MAC = '02:00:00:00:00:0b';

/** Addresses after `addAddresses`. */
export const NEAR_ADDRESS = '10.77.0.1';
export const FAR_ADDRESS = '10.77.0.2';

const PREFIX = 'pcapflow-';

/** True when the program is installed. */
export function hasTool(name: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;
}

/** For `it.skipIf(!canUseNamespaces)`: root with the right to make namespaces; `ip` and `tcpreplay` are there. */
export const canUseNamespaces: boolean = check();

/** The same, and tcpdump. */
export const canUseTcpdump: boolean = canUseNamespaces && hasTool('tcpdump');

/** The same, and the kernel has VLAN interfaces. */
export const canUseVlan: boolean = canUseNamespaces && checkVlan();

function checkVlan(): boolean {
  const name = `${PREFIX}${process.pid}-vlan`;
  spawnSync('ip', ['netns', 'add', name]);
  const made =
    spawnSync('ip', ['-n', name, 'link', 'add', 'link', 'lo', 'name', 'lo.7', 'type', 'vlan', 'id', '7']).status === 0;
  spawnSync('ip', ['netns', 'del', name]);
  return made;
}

function check(): boolean {
  if (process.getuid?.() !== 0 || !hasTool('ip') || !hasTool('tcpreplay')) return false;
  const name = `${PREFIX}${process.pid}-check`;
  const made = spawnSync('ip', ['netns', 'add', name]).status === 0;
  if (made) spawnSync('ip', ['netns', 'del', name]);
  return made;
}

/**
 * The command that takes all rights away but the one to read files: this checkout may be readable to its owner only.
 */
export const WITHOUT_RIGHTS = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  ...['bounding-set', 'inh-caps', 'ambient-caps'].map((set) => `--${set}=-all,+dac_read_search`),
] as const;

/** One namespace. */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    ip('netns', 'add', name);
    // Interfaces made from now on say nothing by themselves (no neighbour discovery). Loopback keeps its ::1.
    this.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    this.ip('link', 'set', 'lo', 'up');
  }

  /** Runs a command inside and waits for it. @returns standard output @throws when it fails */
  run(command: string, ...args: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 << 20,
    });
  }

  /** Starts a command inside. `ip` becomes the command: signals and exit status are its own. */
  start(command: string, ...args: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.name, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** As `ip ARGS` inside. */
  ip(...args: readonly string[]): string {
    return ip('-n', this.name, ...args);
  }

  up(link: string): void {
    this.ip('link', 'set', link, 'up');
  }

  down(link: string): void {
    this.ip('link', 'set', link, 'down');
  }

  remove(link: string): void {
    this.ip('link', 'del', link);
  }

  /** Numbers of the processes inside. */
  processes(): number[] {
    return ip('netns', 'pids', this.name)
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
  }

  /** Packets that an interface has received and sent since it was made. */
  counters(link: string): { readonly received: number; readonly sent: number } {
    const [{ stats64 }] = JSON.parse(this.ip('-s', '-j', 'link', 'show', 'dev', link)) as [
      { stats64: Record<'rx' | 'tx', { packets: number }> },
    ];
    return { received: stats64.rx.packets, sent: stats64.tx.packets };
  }
}

export interface ReplayOptions {
  /** Packets per second; default as fast as it goes. */
  readonly rate?: number;
  /** How often the file is sent. Default 1. */
  readonly times?: number;
}

export class NamespacePair implements Disposable {
  readonly near: Namespace;
  readonly far: Namespace;
  /** A directory for files of the test; deleted with the rest. */
  readonly directory: string;
  readonly #dispose: () => void;

  constructor() {
    removeStale();
    const base = `${PREFIX}${process.pid}-${made++}`;
    this.directory = mkdtempSync(join(tmpdir(), PREFIX));
    this.#dispose = () => {
      for (const side of ['near', 'far']) removeNamespace(`${base}-${side}`);
      rmSync(this.directory, { recursive: true, force: true });
    };
    process.once('exit', this.#dispose);
    try {
      this.near = new Namespace(`${base}-near`);
      this.far = new Namespace(`${base}-far`);
      this.connect();
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Makes the veth pair (again, after it was removed) and sets both ends up. */
  connect(): void {
    ip(
      'link',
      'add',
      NEAR,
      'netns',
      this.near.name,
      'address',
      NEAR_MAC,
      'type',
      'veth',
      'peer',
      'name',
      FAR,
      'netns',
      this.far.name,
      'address',
      FAR_MAC,
    );
    this.near.up(NEAR);
    this.far.up(FAR);
  }

  /** Gives both ends an IPv4 address; from then on there is ARP on the line. */
  addAddresses(): void {
    this.near.ip('addr', 'add', `${NEAR_ADDRESS}/24`, 'dev', NEAR);
    this.far.ip('addr', 'add', `${FAR_ADDRESS}/24`, 'dev', FAR);
  }

  /** A VLAN interface at each end, both up: `near0.ID` and `far0.ID`. */
  addVlan(id: number): void {
    for (const [side, link] of [
      [this.near, NEAR],
      [this.far, FAR],
    ] as const) {
      side.ip('link', 'add', 'link', link, 'name', `${link}.${id}`, 'type', 'vlan', 'id', String(id));
      side.up(`${link}.${id}`);
    }
  }

  /** Path of a new file in `directory`. */
  file(name: string, content?: Uint8Array): string {
    const path = join(this.directory, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  /** Sends a capture file, by default out of `far0`, and waits until it is sent. */
  async replay(
    file: string,
    options: ReplayOptions = {},
    from: Namespace = this.far,
    link: string = FAR,
  ): Promise<void> {
    const pace = options.rate === undefined ? '--topspeed' : `--pps=${options.rate}`;
    await finished(
      from.start(
        'tcpreplay',
        '--quiet',
        '--preload-pcap',
        pace,
        `--loop=${options.times ?? 1}`,
        `--intf1=${link}`,
        file,
      ),
    );
  }

  /** Deletes both namespaces and all files. Idempotent. */
  dispose(): void {
    process.off('exit', this.#dispose);
    this.#dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** With whatever still runs inside: what a failed test has left. */
function removeNamespace(name: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of (stdout ?? '').split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  spawnSync('ip', ['netns', 'del', name]);
}

let made = 0;

function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/**
 * Resolves with standard output when the command has ended well. @throws {Error} with what it wrote to standard error
 */
export async function finished(child: ChildProcess): Promise<string> {
  const [out, errors] = [text(child.stdout), text(child.stderr)];
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')}: ${code ?? signal}\n${errors()}`);
  return out();
}

function text(stream: NodeJS.ReadableStream | null): () => string {
  const pieces: string[] = [];
  stream?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
  return () => pieces.join('');
}

/** Namespaces of processes that were killed. */
function removeStale(): void {
  let names: string[];
  try {
    names = readdirSync('/run/netns');
  } catch {
    return; // No namespace was ever made.
  }
  for (const name of names) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) spawnSync('ip', ['netns', 'del', name]);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
