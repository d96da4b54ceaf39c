/**
 * Who is behind live flows, end to end: a web server and clients as different processes and users in network
 * namespaces, `pcapflow live` beside them. All sockets are gone when the flows come out. Skipped without the right to
 * make namespaces and without bash, which makes connections by itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, udp } from '../builders/index.ts';
import { mmdb } from '../builders/mmdb.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND, countersAddUp, LiveCommand } from './live_command.ts';
import type { LiveResult } from './live_command.ts';
import { FAR, FAR_ADDRESS, NEAR, NEAR_ADDRESS, NamespacePair, canUseNamespaces, finished, hasTool } from './netns.ts';
import type { Namespace } from './netns.ts';
import { Program } from './program.ts';
import type { Request } from './programs/web_server.ts';
import { Peer } from '../host/state/peer.ts';

const CLIENTS = 50;
/** Two flows of each, and one of the program that starts them. */
const FLOWS = 2 * CLIENTS + 1;
const SERVER_UID = 20_000;
const PORT = 8080;
/** Sockets live for so long: enough for eight commands that all look for them on a busy machine. Milliseconds. */
const ANSWER_MS = 4_000;
const FILTER = `port ${PORT}`;
/** Longer than the answers take. */
const TIMEOUTS = ['--flow-timeout', '7', '--fin-timeout', '6'];
/** For a socket that stays open, which can be asked about later as well. */
const SOON = ['--flow-timeout', '2'];
const isPossible = canUseNamespaces && capLoads && hasTool('bash');

/** What is said of a flow besides its figures. */
interface Said {
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly process: { readonly pid: number; readonly name: string; readonly uid: number } | null;
  readonly direction: string | null;
  readonly srcOwner?: unknown;
  readonly dstOwner?: unknown;
}

const said = ({ flows }: LiveResult): Said[] => flows as unknown as Said[];

async function startServer(inside: Namespace, address: string): Promise<Program> {
  const server = await Program.start(
    inside,
    'web_server',
    address,
    String(SERVER_UID),
    String(ANSWER_MS),
    String(PORT),
  );
  await server.report(0);
  return server;
}

/** Ends when all flows have come out; the sockets were closed before. */
async function allFlows(live: LiveCommand, count: number): Promise<LiveResult> {
  const what = (): string => `${live.flowCount} flows of ${count} with ${live.child.spawnargs.join(' ')}`;
  try {
    await waitFor(() => live.flowCount >= count, what, 60_000);
  } catch (cause) {
    const { out, stats, errors } = await live.end('SIGINT');
    throw new Error(`${what()} at the end: ${out} ${errors} ${JSON.stringify(stats)}`, { cause });
  }
  return live.end('SIGINT');
}

describe.skipIf(!isPossible)('a web server and 50 clients', () => {
  let pair: NamespacePair;
  let serverPid = 0;
  /** Who made which request, from the other namespace and over loopback. */
  let requests: { readonly clients: readonly Request[]; readonly loopback: readonly Request[] };
  const results: Record<'server' | 'clients' | 'loopback', LiveResult[]> = { server: [], clients: [], loopback: [] };

  beforeAll(async () => {
    pair = new NamespacePair();
    pair.addAddresses();
    const server = await startServer(pair.near, '0.0.0.0');
    const live = (inside: Namespace, link: string): Promise<LiveCommand> =>
      LiveCommand.start(pair, inside, link, '--process', '-F', FILTER, ...TIMEOUTS);
    const beside = await Promise.all([live(pair.near, NEAR), live(pair.far, FAR), live(pair.near, 'lo')]);
    const clients = await Promise.all([
      Program.start(pair.far, 'clients', NEAR_ADDRESS, String(PORT), String(CLIENTS)),
      Program.start(pair.near, 'clients', '127.0.0.1', String(PORT), String(CLIENTS)),
    ]);
    await Promise.all(clients.map(({ ended }) => ended));
    await server.report(2 * FLOWS);
    const from = (address: string): Request[] =>
      (server.reports.slice(1) as Request[]).filter((request) => request.address === address);
    requests = { clients: from(FAR_ADDRESS), loopback: from('127.0.0.1') };
    server.child.kill();
    serverPid = (server.reports[0] as { pid: number }).pid;
    const [ofServer, ofClients, ofLoopback] = beside;
    results.server.push(await allFlows(ofServer, FLOWS));
    results.clients.push(await allFlows(ofClients, FLOWS));
    results.loopback.push(await allFlows(ofLoopback, FLOWS));
  });
  afterAll(() => pair?.dispose());

  it('all made their requests, and no packet was lost', () => {
    for (const made of Object.values(requests)) {
      expect(made.filter(({ protocol }) => protocol === 6)).toHaveLength(CLIENTS);
      expect(new Set(made.map(({ pid }) => pid)).size).toBe(CLIENTS + 1);
      expect(new Set(made.map(({ uid }) => uid)).size).toBe(CLIENTS + 1);
    }
    for (const result of Object.values(results).flat()) {
      expect(result.errors).not.toContain('warning');
      expect(result.stats).toMatchObject({ packetsDroppedRing: 0, flowsStarted: FLOWS, flowsDropped: 0 });
      expect(countersAddUp(result)).toBe(true);
    }
  });

  it('seen where the server is: each flow is inbound, to the server and its user', () => {
    const flows = results.server.flatMap(said);
    expect(flows).toHaveLength(FLOWS);
    for (const flow of flows) {
      expect(flow).toMatchObject({
        dstPort: PORT,
        process: { pid: serverPid, name: 'web-server', uid: SERVER_UID },
        direction: 'inbound',
      });
    }
  });

  it.each(['clients', 'loopback'] as const)(
    'seen where the clients are (%s): each flow is outbound, of its own process and user',
    (side) => {
      const flows = results[side].flatMap(said);
      expect(flows).toHaveLength(FLOWS);
      for (const flow of flows) {
        const client = requests[side].find(({ protocol, port }) => protocol === flow.protocol && port === flow.srcPort);
        const name = client?.uid === 0 ? 'node' : `client-${(client?.uid ?? 0) - SERVER_UID - 1}`;
        const expected = { pid: client?.pid, uid: client?.uid };
        expect(flow.process, `${flow.protocol} ${flow.srcPort}`).toMatchObject(
          client?.uid === 0 ? expected : { ...expected, name },
        );
        expect(flow.direction).toBe('outbound');
      }
    },
  );
});

describe.skipIf(!isPossible)('what is said of a flow', () => {
  /** A global address; it does not leave the namespaces. */
  const SERVER = '8.8.8.8';
  const NAME = '\u001b[2J=é\t"x';
  const OWNER = { asn: 15169, name: 'GOOGLE', country: 'US', prefix: '8.8.8.0/24' };
  let pair: NamespacePair;
  let server: Program;
  let home: string | undefined;
  /** By what it was started with. */
  const results = new Map<string, LiveResult>();
  let plain: { readonly opened: string[] };

  beforeAll(async () => {
    pair = new NamespacePair();
    home = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = pair.directory;
    pair.addAddresses();
    pair.far.ip('addr', 'add', `${SERVER}/32`, 'dev', FAR);
    pair.near.ip('route', 'add', `${SERVER}/32`, 'dev', NEAR);
    const database = pair.file(
      'asn.mmdb',
      mmdb({
        '8.8.8.0/24': {
          autonomous_system_number: OWNER.asn,
          autonomous_system_organization: OWNER.name,
          country: { iso_code: OWNER.country },
        },
      }),
    );
    server = await startServer(pair.far, SERVER);
    const service = await Program.start(pair.near, 'owner_service');
    const { port } = (await service.report(0)) as { port: number };
    const start = (...args: readonly string[]): Promise<LiveCommand> =>
      LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', FILTER, ...TIMEOUTS, ...args);
    const flows = 4;
    const ways: Readonly<Record<string, readonly string[]>> = {
      service: ['--owner', '--owner-server', '127.0.0.1', '--owner-port', String(port)],
      csv: ['-f', 'csv', '--owner', '--owner-db', database],
      table: ['-f', 'table', '--owner', '--owner-db', database],
      user: ['--user', 'daemon'],
      where: ['--where', 'process.name is not null and direction = outbound and protocol = tcp'],
      sums: ['--by', 'process,direction', '--interval', '1'],
      sorted: ['--sort', '-process.pid', '--interval', '1', '--where', 'process is not null'],
    };
    const gathered: Readonly<Record<string, number>> = { where: 1, sums: 1, sorted: 1 };
    const runs = await Promise.all(
      Object.entries(ways).map(async ([name, args]) => [name, await start(...args)] as const),
    );
    const report = pair.file('report');
    const spied = spy(report, pair.file('flows'));
    await waitFor(
      () => spied.errors().includes('listening on') || spied.child.exitCode !== null,
      () => spied.errors(),
    );
    // Between other hosts.
    const passing = udp({ srcPort: 1024, dstPort: PORT })
      .over(ipv4({ src: '192.0.2.1', dst: '198.51.100.1' }))
      .over(ethernet());
    await pair.replay(pair.file('passing.pcap', pcap([{ timestampNs: 0n, frame: Uint8Array.from(passing) }])));
    await (await Program.start(pair.near, 'clients', SERVER, String(PORT), '1', NAME)).ended;
    server.child.kill();
    for (const [name, live] of runs) results.set(name, await allFlows(live, gathered[name] ?? flows));
    spied.child.kill('SIGINT');
    await spied.ended;
    plain = JSON.parse(readFileSync(report, 'utf8')) as typeof plain;
    service.child.kill();
  });
  afterAll(() => {
    if (home === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = home;
    pair?.dispose();
  });

  /** The command without --owner; notes what opens sockets. */
  function spy(
    report: string,
    output: string,
  ): { readonly child: ReturnType<Namespace['start']>; readonly ended: Promise<string>; errors(): string } {
    const script = pair.file('spy.cjs');
    writeFileSync(
      script,
      `
      const opened = [];
      for (const [of, name] of [[require('net').Socket.prototype, 'connect'], [require('dgram'), 'createSocket'], [require('dns'), 'lookup'], [require('dns').promises, 'lookup']]) {
        const real = of[name];
        // An address is looked up without asking anybody.
        of[name] = function (...args) {
          if (name !== 'lookup' || require('net').isIP(args[0]) === 0) opened.push(name);
          return real.apply(this, args);
        };
      }
      if (require('worker_threads').isMainThread) process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(report)}, JSON.stringify({ opened })));
    `,
    );
    const child = pair.near.start(
      process.execPath,
      '--require',
      script,
      COMMAND,
      'live',
      'any',
      '--process',
      '-o',
      output,
    );
    let errors = '';
    child.stderr?.on('data', (piece: Buffer) => {
      errors += piece.toString();
    });
    return { child, ended: finished(child), errors: () => errors };
  }

  const resultOf = (name: string): LiveResult => results.get(name) as LiveResult;

  it('are a process, its direction and both owners, in these fields', () => {
    const flows = said(resultOf('service'));
    const [request] = (server.reports.slice(1) as Request[]).filter(({ protocol }) => protocol === 6);
    const own = flows.find(({ protocol }) => protocol === 6);
    expect(own?.process).toEqual({ pid: request?.pid, name: NAME, uid: request?.uid, user: null });
    expect(
      Object.entries(own ?? {})
        .slice(-8)
        .map(([name]) => name),
    ).toEqual(['process', 'direction', 'evidence', 'holders', 'namespace', 'scope', 'srcOwner', 'dstOwner']);
    expect(own).toMatchObject({
      direction: 'outbound',
      evidence: 'socket',
      holders: [{ pid: request?.pid, name: NAME, descriptor: expect.any(Number) }],
      srcOwner: null,
      dstOwner: { asn: 64500, name: 'EXAMPLE-AS, NL', country: 'NL', prefix: '8.8.8.0/24' },
    });
  });

  it('are written only where --where is true of them, which may ask for processes', () => {
    const { stats } = resultOf('where');
    const wanted = said(resultOf('service')).filter(({ process, direction, protocol }) => {
      return process !== null && direction === 'outbound' && protocol === 6;
    });
    const flows = said(resultOf('where'));
    expect(flows.map(({ srcPort }) => srcPort)).toEqual(wanted.map(({ srcPort }) => srcPort));
    expect(flows).not.toEqual([]);
    expect(stats.flowsLeftOut).toBe(Number(stats.flowsEnded) - flows.length);
  });

  it('are sorted and summed up by processes and directions', () => {
    const key = ({ process, direction }: { readonly process: unknown; readonly direction: unknown }): string =>
      `${(process as { readonly name?: string } | null)?.name ?? process} ${direction}`;
    const flows = said(resultOf('service'));
    const counts = new Map<string, number>();
    for (const flow of flows) counts.set(key(flow), (counts.get(key(flow)) ?? 0) + 1);
    // Each interval has its sums.
    const sums = new Map<string, number>();
    for (const group of said(resultOf('sums')))
      sums.set(key(group), (sums.get(key(group)) ?? 0) + Number((group as { flows?: unknown }).flows));
    expect(sums).toEqual(counts);
    expect(resultOf('sorted').flows).toHaveLength(flows.filter(({ process }) => process !== null).length);
  });

  it('have no process, and say that it is forwarded, when it is between other hosts', () => {
    expect(said(resultOf('service')).find(({ srcPort }) => srcPort === 1024)).toMatchObject({
      process: null,
      direction: 'forwarded',
      evidence: null,
      holders: [],
      srcOwner: null,
      dstOwner: null,
    });
  });

  it('are seventeen more columns of csv, where no cell is a formula', () => {
    const [header = '', ...lines] = resultOf('csv').out.trimEnd().split('\n');
    const ofProcess = 'pid,process,uid,user,direction,evidence,holders,namespace,scope';
    const ofOwners = 'srcAsn,srcAsName,srcCountry,srcPrefix,dstAsn,dstAsName,dstCountry,dstPrefix';
    expect(header).toMatch(new RegExp(`,${ofProcess},${ofOwners}$`));
    expect(lines).toHaveLength(4);
    const [request] = (server.reports.slice(1) as Request[]).filter(({ protocol }) => protocol === 6);
    const quoted = NAME.replaceAll('"', '""');
    const who = `,${request?.pid},"${quoted}",${request?.uid},,outbound,socket,"${quoted}/${request?.pid}:`;
    expect(
      lines.filter((line) => line.includes(who) && line.endsWith(',,,,,,15169,GOOGLE,US,8.8.8.0/24')),
    ).toHaveLength(2);
    expect(lines.filter((line) => line.endsWith(',,,,,forwarded,,,,,,,,,,,,'))).toHaveLength(1);
  });

  it('are five more columns of a table, with hostile names made harmless', () => {
    const [titles = '', ...lines] = resultOf('table').out.trimEnd().split('\n');
    expect(titles).toMatch(/ PROCESS +DIRECTION +SERVICE +SOURCE OWNER +DESTINATION OWNER$/);
    expect(resultOf('table').out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    const [request] = (server.reports.slice(1) as Request[]).filter(({ protocol }) => protocol === 6);
    expect(
      lines.filter(
        (line) =>
          /AS15169 GOOGLE$/.test(line) &&
          line.includes(`\\x1b[2J=é`) &&
          line.includes(`/${request?.pid} `) &&
          line.includes(' outbound '),
      ),
    ).toHaveLength(2);
    expect(lines.filter((line) => /- +forwarded +\S+ +- +-$/.test(line))).toHaveLength(1);
  });

  it('names only what the user may see after rights are given up, which is said', () => {
    const { errors } = resultOf('user');
    expect(errors).toContain(
      'pcapflow: warning: only processes of daemon can be named: no right to look at others (CAP_SYS_PTRACE)\n',
    );
    const flows = said(resultOf('user'));
    expect(flows.map(({ process: found }) => found)).toEqual(flows.map(() => null));
    expect(flows.filter(({ direction }) => direction === 'outbound')).toHaveLength(3);
  });

  it('needs no socket without --owner, but the one through which cap sends two packets to itself', () => {
    expect(plain.opened).toEqual(['createSocket']);
  });
});

describe.skipIf(!isPossible)('what is gathered for an interval by processes', () => {
  it.each([
    ['flows', ['--sort', '-process.pid'], { protocol: 17, process: { name: 'node' } }],
    ['sums', ['--by', 'process'], { process: 'node', flows: 1 }],
  ])('is written at its end, when nothing follows: %s', async (_title, gathered, written) => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using client = new Peer(pair.near.name);
    const asked = ['--where', 'process is not null', ...gathered, '--interval', '0.5'];
    const args = ['--process', '-F', 'udp port 9', ...asked, ...SOON];
    const live = await LiveCommand.start(pair, pair.near, NEAR, ...args);
    await client.make('udp', { to: { host: FAR_ADDRESS, port: 9 } });
    expect((await allFlows(live, 1)).flows).toMatchObject([written]);
  });
});

describe.skipIf(!isPossible)('a connection that began before the capture', () => {
  it('is outbound, and its originator this host, although the first packet seen came from the server', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using server = new Peer(pair.far.name);
    using client = new Peer(pair.near.name);
    const port = await server.make('listen', { host: FAR_ADDRESS });
    const own = await client.make('connect', { host: FAR_ADDRESS, port });
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', `port ${port}`, ...SOON);
    await server.write();
    const [flow] = said(await allFlows(live, 1));
    expect(flow).toMatchObject({
      srcAddress: NEAR_ADDRESS,
      srcPort: own,
      dstAddress: FAR_ADDRESS,
      dstPort: port,
      process: { pid: client.pid },
      direction: 'outbound',
    });
  });

  it('is of the process that the server has passed it on to', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using server = new Peer(pair.near.name);
    using client = new Peer(pair.far.name);
    const port = await server.make('serve', { host: NEAR_ADDRESS });
    await client.make('connect', { host: NEAR_ADDRESS, port });
    let [pid] = await server.started();
    while (pid === undefined) [pid] = await server.started();
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', `port ${port}`, ...SOON);
    await client.write();
    const [flow] = said(await allFlows(live, 1));
    expect(flow).toMatchObject({ dstPort: port, process: { pid, name: 'sleep' }, direction: 'inbound' });
  });
});

describe.skipIf(!isPossible)('a flow of another network namespace that passes through', () => {
  it.each([
    [[], 'forwarded'],
    [['--all-namespaces'], 'outbound'],
  ] as const)('with %j is %s', async (more, direction) => {
    using pair = new NamespacePair();
    pair.addAddresses();
    pair.far.ip('route', 'add', 'default', 'via', NEAR_ADDRESS);
    using client = new Peer(pair.far.name);
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--process', ...more, '-F', 'udp', ...SOON);
    const port = await client.make('udp', { to: { host: '198.18.0.9', port: 9999 } });
    const [flow] = said(await allFlows(live, 1));
    const isNamed = direction === 'outbound';
    expect(flow).toMatchObject({
      srcAddress: FAR_ADDRESS,
      srcPort: port,
      direction,
      process: isNamed ? { pid: client.pid } : null,
      namespace: isNamed ? pair.far.name : null,
    });
  });
});

describe.skipIf(!isPossible)('a connection that a server accepts while it is captured', () => {
  // It is asked about again a quarter of a second later, when a busy machine may not have passed it on yet.
  it('is of the process that it was passed on to after the first answer', { retry: 3 }, async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    using server = new Peer(pair.near.name);
    using client = new Peer(pair.far.name);
    const port = await server.make('serveLater', { host: NEAR_ADDRESS });
    const live = await LiveCommand.start(pair, pair.near, NEAR, '--process', '-F', `port ${port}`, ...SOON);
    await client.make('connect', { host: NEAR_ADDRESS, port });
    let [pid] = await server.started();
    while (pid === undefined) [pid] = await server.started();
    await client.write();
    const [flow] = said(await allFlows(live, 1));
    expect(flow).toMatchObject({
      dstPort: port,
      process: { pid, name: 'sleep' },
      direction: 'inbound',
      evidence: 'socket',
      holders: [{ pid, name: 'sleep', descriptor: 0 }],
    });
  });
});
