/** What the examples of docs/mapping refer to, a scene for each page. */
import { once } from 'node:events';
import { writeFileSync, mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as compat from '../../src/compat/index.ts';
import type { Flow } from '../../src/compat/index.ts';
import { ACK, ethernet, ipv4, pcap, SYN, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord, Packet } from '../builders/index.ts';
import { ProcTree } from '../host/resolvers/proc_tree.ts';
import { Programs } from '../host/resolvers/programs.ts';
import { NETSTAT } from '../host/resolvers/recorded.ts';
import { MutePipe } from '../mute_pipe.ts';
import { HEADER, startService } from '../owner/service.ts';

interface Scene extends AsyncDisposable {
  readonly names: Readonly<Record<string, unknown>>;
}

/** By page. */
export const PAGES: Readonly<Record<string, () => Promise<Scene>>> = {
  'fparser.md': flows,
  'conn.md': tables,
  'stem.md': connections,
  'portmaster.md': state,
  'inetstat.md': owners,
};

const A = '192.0.2.1';
const B = '198.51.100.2';

function record(ms: number, packet: Packet): CaptureRecord {
  return { timestampNs: 1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n, frame: packet.over(ethernet()) };
}

const CAPTURE = pcap([
  record(0, tcp({ srcPort: 49152, dstPort: 80, flags: SYN }).over(ipv4({ src: A, dst: B }))),
  record(100, tcp({ srcPort: 80, dstPort: 49152, flags: SYN | ACK }).over(ipv4({ src: B, dst: A }))),
  record(500, tcp({ srcPort: 49152, dstPort: 80, flags: ACK }).over(ipv4({ src: A, dst: B }))),
  record(600, udp({ srcPort: 5353, dstPort: 53 }).over(ipv4({ src: A, dst: B }))),
]);

async function flows(): Promise<Scene> {
  const tree = new ProcTree();
  const capture = join(tree.root, 'capture.pcap');
  writeFileSync(capture, CAPTURE);
  const pipe = new MutePipe(CAPTURE);
  const parser = new compat.FParser(pipe.path, { is_file: 1 });
  await parser.ready;
  while (parser.get_info().live_captures.captured_pkts < 4) await setTimeout(1);
  const collected = async (keyword: 'tcp_callback' | 'udp_callback' | 'flow_callback'): Promise<number[]> => {
    const lengths: number[] = [];
    await new compat.FParser(capture, { is_file: 1, [keyword]: (flow: Flow) => void lengths.push(flow.length) }).done;
    return lengths.sort((a, b) => b - a);
  };
  return {
    names: { parser, capture, collected, flow: parser.find_tcp_flow(A, 49152, B, 80) },
    async [Symbol.asyncDispose]() {
      await parser.stop();
      pipe[Symbol.dispose]();
      tree.remove();
    },
  };
}

async function tables(): Promise<Scene> {
  const tree = new ProcTree();
  tree.table('tcp', [
    ['0100007F:0050 00000000:0000 0A', 6],
    ['0100007F:0050 0200007F:1F90 01', 7],
  ]);
  const path = join(tree.root, 'net', 'tcp');
  return {
    names: { path, table: new compat.Conn(path, 'tcp') },
    async [Symbol.asyncDispose]() {
      tree.remove();
    },
  };
}

async function connections(): Promise<Scene> {
  const tree = new ProcTree();
  const programs = new Programs();
  programs.prints('netstat', NETSTAT);
  tree.process(15843, 'tor');
  const options = { path: programs.path, procRoot: tree.root };
  const [connection] = await compat.get_connections(compat.Resolver.NETSTAT, { process_pid: 15843, ...options });
  return {
    names: { options, connection },
    async [Symbol.asyncDispose]() {
      tree.remove();
      programs.remove();
    },
  };
}

async function state(): Promise<Scene> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  const end = (n: number) => ({ address: '127.0.0.1', port: n });
  const packet = {
    protocol: 'tcp',
    inbound: false,
    src: end(client.localPort ?? 0),
    dst: end(port),
    seenAt: Date.now(),
  };
  return {
    names: { packet, gone: { ...packet, src: end(1), dst: { address: '127.0.0.9', port: 1 } } },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function owners(): Promise<Scene> {
  const tree = new ProcTree();
  tree.process(15843, 'tor', ['socket:[7]']);
  mkdirSync(join(tree.root, '15843'), { recursive: true });
  writeFileSync(
    join(tree.root, '15843', 'status'),
    'Name:\ttor\nUmask:\t0027\nState:\tS (sleeping)\nThreads:\t3\nVmRSS:\t    2048 kB\n',
  );
  const service = await startService((addresses, socket) => {
    const lines = addresses.map(
      (address) => `15169   | ${address}          | 8.8.8.0/24          | US | arin     | 2001-02-03 | GOOGLE, US\n`,
    );
    socket.end(HEADER + lines.join(''));
  });
  return {
    names: { procRoot: tree.root, whois: new compat.MinimalWhois({ host: '127.0.0.1', port: service.port }) },
    async [Symbol.asyncDispose]() {
      tree.remove();
      await service.close();
    },
  };
}
