/**
 * What `pcapflow sockets` says of real sockets, beside what `ss` and /proc say of the same: queues, inodes,
 * descriptors, command lines, control groups, sums; and which sockets its filters choose. In a network namespace of its
 * own. Needs root, ip, tcpreplay, ss and python3.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canUseNamespaces, hasTool, NamespacePair } from '../../live/netns.ts';

const main = fileURLToPath(new URL('../../../dist/bin/pcapflow/main.cjs', import.meta.url));

/** Makes sockets, says of each kind which it could make, and ends with its input. Its child is another user. */
const PROGRAM = `
import json, os, socket, sys
kept, made = [], {}
def bound(kind, family, protocol=0, address=None):
    one = socket.socket(family, kind, protocol)
    one.bind((address or ('127.0.0.1' if family == socket.AF_INET else '::1'), 0))
    kept.append(one)
    return one
v4, v6, stream, datagram = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM
server = bound(stream, v4)
server.listen(8)
made['listen'] = server.getsockname()[1]
client = socket.create_connection(('127.0.0.1', made['listen']))
accepted = server.accept()[0]
client.sendall(b'x' * 4000)
kept += [client, accepted]
made['client'] = client.getsockname()[1]
six = bound(stream, v6)
six.listen(8)
made['six'] = six.getsockname()[1]
udp = bound(datagram, v4)
made['udp'] = udp.getsockname()[1]
asking = bound(datagram, v4)
asking.connect(('127.0.0.1', made['udp']))
made['asking'] = asking.getsockname()[1]
asking.send(b'x' * 100)
twice = os.dup(udp.fileno())
for name, kind, protocol in (('udplite', datagram, 136), ('raw', socket.SOCK_RAW, 1), ('icmp', datagram, 1)):
    try:
        bound(kind, v4, protocol)
        made[name] = True
    except OSError:
        made[name] = False
local = socket.socket(socket.AF_UNIX, stream)
local.bind(sys.argv[1])
local.listen(4)
abstract = socket.socket(socket.AF_UNIX, datagram)
abstract.bind('\\0pcapflow test')
kept += [local, abstract]
ready, told = os.pipe()
child = os.fork()
if child == 0:
    for one in kept + [server, six]: one.close()
    os.close(twice)
    os.setgid(23456)
    os.setuid(12345)
    own = bound(datagram, v4)
    os.write(told, str(own.getsockname()[1]).encode())
    sys.stdin.read()
    os._exit(0)
made['child'] = child
made['childUdp'] = int(os.read(ready, 16))
print(json.dumps(made), flush=True)
sys.stdin.read()
os.kill(child, 9)
`;

type Made = Readonly<Record<'listen' | 'client' | 'six' | 'udp' | 'asking' | 'child' | 'childUdp', number>> &
  Readonly<Record<'udplite' | 'raw' | 'icmp', boolean>>;
type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

const isPossible = canUseNamespaces && hasTool('ss') && hasTool('python3');

describe.skipIf(!isPossible)('the sockets of a program', () => {
  let pair: NamespacePair;
  let program: ChildProcess;
  let made: Made;
  let pid = 0;
  let path = '';

  beforeAll(async () => {
    pair = new NamespacePair();
    pair.near.run('sh', '-c', 'echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range');
    path = pair.file('a socket');
    const words = ['netns', 'exec', pair.near.name, 'python3', '-c', PROGRAM, path];
    program = spawn('ip', words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(program.stdout as NodeJS.ReadableStream), 'line')) as [string];
    made = JSON.parse(line) as Made;
    pid = Number(readFileSync(`/proc/${made.child}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]);
  });
  afterAll(() => {
    program?.stdin?.end();
    pair?.dispose();
  });

  const run = (...args: readonly string[]): string => pair.near.run(process.execPath, main, 'sockets', ...args);
  const rows = (...args: readonly string[]): Row[] => JSON.parse(run('-f', 'json', ...args)) as Row[];
  const ports = (found: readonly Row[]): Value[] => found.map(({ localPort }) => localPort ?? null).sort();
  const ss = (...args: readonly string[]): string[][] =>
    pair.near
      .run('ss', '-H', ...args)
      .trim()
      .split('\n')
      .map((text) => text.trim().split(/\s+/));

  it('have the queues, inodes, users and first descriptors that ss says', () => {
    const columns = 'proto,local,localPort,rxQueue,txQueue,inode,descriptor,user,pid';
    const ours = rows('-a', '-t', '-u', '--columns', columns).map(
      ({ proto, local, localPort, rxQueue, txQueue, inode, descriptor, user, pid: of }) =>
        `${proto} ${local} ${localPort} ${rxQueue} ${txQueue} ${inode} ${of} ${descriptor} ${user}`,
    );
    const theirs = ss('-tunape').map(([proto, state, rx, tx, end = '', , ...more]) => {
      const text = more.join(' ');
      const found = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
      // The lowest pid, and its lowest descriptor.
      const held = [...text.matchAll(/pid=(\d+),fd=(\d+)/g)].map(([, of, fd]) => [Number(of), Number(fd)] as const);
      const [of, fd] = held.sort((a, b) => a[0] - b[0] || a[1] - b[1])[0] ?? [];
      const [local, port] = [end.slice(0, end.lastIndexOf(':')), end.slice(end.lastIndexOf(':') + 1)];
      const uid = found(/uid:(\d+)/) || '0';
      // Of a listener ss has the longest queue that it may have here, which the tables do not show.
      const queued = state === 'LISTEN' ? 0 : tx;
      const user = uid === '0' ? 'root' : uid;
      const address = local.replace(/[[\]]/g, '');
      return `${proto} ${address} ${port} ${rx} ${queued} ${found(/ino:(\d+)/)} ${of} ${fd} ${user}`;
    });
    expect(ours.sort()).toEqual(theirs.sort());
    expect(ours).toHaveLength(7);
    const [received] = rows(
      '-t',
      '--port',
      String(made.client),
      '--columns',
      'localPort,rxQueue',
      '--sort',
      '-rxQueue',
    );
    expect(received).toEqual({ localPort: made.listen, rxQueue: 4000 });
  });

  it('have inodes and descriptors that /proc has', () => {
    const all = rows('-a', '--pid', String(pid), '--columns', 'proto,inode,descriptor,holders');
    expect(all.length).toBeGreaterThan(5);
    for (const { inode, descriptor } of all)
      expect(readlinkSync(`/proc/${pid}/fd/${descriptor}`)).toBe(`socket:[${inode}]`);
    const [twice] = rows('-a', '-u', '--port', String(made.udp), '--state', 'close', '--columns', 'holders');
    expect(twice?.holders).toMatch(new RegExp(`^python3?\\S*/${pid}:\\d+,\\d+$`));
  });

  it('have the command line and control group that /proc has', () => {
    const [one] = rows('-l', '-t', '-4', '--columns', 'name,command,cgroup');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1).join(' ');
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
    expect(one?.name).toBe(readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd());
    expect(one?.command).toBe(command);
    expect(groups.map((line) => line.split(':').slice(2).join(':'))).toContain(one?.cgroup);
  });

  it('are chosen by port, address, user, process and tree', () => {
    const port = (...args: readonly string[]): Value[] => ports(rows('-a', '-u', '--columns', 'localPort', ...args));
    const all = [made.udp, made.asking, made.childUdp].sort();
    expect(port()).toEqual(all);
    expect(port('--port', String(made.udp))).toEqual([made.udp, made.asking].sort());
    expect(port('--user', '12345')).toEqual([made.childUdp]);
    expect(port('--user', 'root')).toEqual([made.udp, made.asking].sort());
    expect(port('--pid', String(made.child))).toEqual([made.childUdp]);
    expect(port('--tree', String(pid))).toEqual(all);
    expect(port('--tree', String(made.child))).toEqual([made.childUdp]);
    expect(port('--address', '127.0.0.0/8')).toEqual(all);
    expect(port('--address', '192.0.2.0/24')).toEqual([]);
    const six = rows('-a', '-t', '--address', '::1', '--columns', 'localPort');
    expect(ports(six)).toEqual([made.six]);
  });

  it('are also UDP-Lite, raw and ping sockets, where the kernel has them', () => {
    const found = rows('-a', '--pid', String(pid), '--columns', 'proto,state,pid').map(({ proto }) => proto);
    for (const kind of ['udplite', 'raw', 'icmp'] as const) expect(found.includes(kind), kind).toBe(made[kind]);
    expect(made.raw).toBe(true);
  });

  it('by process have sums that are those of the sockets', () => {
    const all = rows('-a', '-t', '-u', '--columns', 'pid,name,user,state,rxQueue,txQueue');
    const sums = rows('-a', '-t', '-u', '--by', 'process');
    expect(sums.map(({ pid: of }) => of)).toEqual([pid, made.child]);
    for (const sum of sums) {
      const own = all.filter((row) => row.pid === sum.pid);
      const total = (name: 'rxQueue' | 'txQueue'): number => own.reduce((all_, row) => all_ + Number(row[name]), 0);
      const count = (state: string): number => own.filter((row) => row.state === state).length;
      expect(sum).toEqual({
        pid: sum.pid,
        name: own[0]?.name,
        user: own[0]?.user,
        sockets: own.length,
        listening: count('listen'),
        established: count('established'),
        timeWait: count('timeWait'),
        rxQueue: total('rxQueue'),
        txQueue: total('txQueue'),
      });
    }
  });

  it('in the summary are as many as ss -s says, by transport and family', () => {
    const lines = pair.near.run('ss', '-s').split('\n');
    const theirs = (name: string): number[] =>
      (lines.find((line) => line.startsWith(`${name}\t`)) ?? '').trim().split(/\s+/).slice(1).map(Number);
    const established = Number(/\(estab (\d+)/.exec(lines.join('\n'))?.[1]);
    const ours = new Map(rows('-s').map((row) => [row.proto, row]));
    for (const proto of ['tcp', 'udp', 'raw']) {
      const { sockets, ipv4, ipv6 } = ours.get(proto) ?? {};
      expect([sockets, ipv4, ipv6], proto).toEqual(theirs(proto.toUpperCase()));
    }
    expect(ours.get('tcp')?.established).toBe(established);
    const table = run('-s').trimEnd().split('\n');
    expect(table[0]).toMatch(/^PROTO +SOCKETS +IPV4 +IPV6 +LISTENING +ESTABLISHED +TIMEWAIT +ORPHANED$/);
    expect(table.at(-1)).toMatch(/^total +\d+/);
  });

  it('of the UNIX domain are those that ss -x lists, with their paths and holders', () => {
    const ours = rows('-xa', '--pid', String(pid), '--columns', 'proto,local,state,inode,pid,rxQueue');
    const theirs = ss('-xap').filter((fields) => fields.join(' ').includes(`pid=${pid},`));
    expect(ours.map(({ proto, inode }) => `${proto} ${inode}`).sort()).toEqual(
      theirs.map((fields) => `${fields[0]} ${/ (\d+) \* /.exec(fields.join(' '))?.[1]}`).sort(),
    );
    expect(ours.find(({ local }) => local === path)).toMatchObject({ proto: 'u_str', state: 'listen', pid });
    expect(ours.find(({ local }) => local === '@pcapflow test')).toMatchObject({ proto: 'u_dgr', rxQueue: null });
  });

  it.each([
    [['-tunap'], ['-a', '-t', '-u']],
    [['-tulpn'], ['-l', '-t', '-u']],
    [['-tulpen'], ['-l', '-t', '-u', '-e']],
    [['-antp'], ['-a', '-t']],
    [['-ltn'], ['-l', '-t']],
    [['-uap'], ['-a', '-u']],
    [
      ['-t', '-a', '-n', '-p', '-6'],
      ['-a', '-t', '-6'],
    ],
  ])('%j, as netstat and ss are called, is %j', (habit, plain) => {
    expect(run(...habit)).toBe(run(...plain));
  });

  it('of another network namespace are listed by its name and by the number of a process in it', () => {
    const inside = run('-tunap');
    const outside = (...args: readonly string[]): string => pair.far.run(process.execPath, main, 'sockets', ...args);
    expect(outside('-tunap')).not.toContain(String(made.listen));
    expect(outside('-tunap', '-N', pair.near.name)).toBe(inside);
    expect(outside('-tunap', '--namespace', String(made.child))).toBe(inside);
  });
});
