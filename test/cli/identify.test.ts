/** `--with identify`, and `with: ['identify']` of the library: what flows are, in every output. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityMembers } from '../../src/cli/identity_members.ts';
import { parseArguments } from '../../src/cli/parse_arguments.ts';
import { readFlows } from '../../src/index.ts';
import { CONTENT_APPS, identify } from '../../src/content/index.ts';
import { APP_NAMES } from '../../src/flow/app_names.ts';
import type { ReadOptions } from '../../src/reader/read_options.ts';
import type { Identity } from '../../src/flow/identity.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { ACK, ethernet, ipv4, pcap, tcp, udp, type CaptureRecord } from '../builders/index.ts';
import { readCapture } from '../models/index.ts';
import { conversationsOf } from '../models/prefix_capture.ts';
import { execute } from './execute.ts';
import { CLIENT, namedFrames, SERVER, START } from './named_frames.ts';

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pcapflow-identify-'));
  file = join(folder, 'names.pcap');
  writeFileSync(file, pcap(namedFrames()));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...options: readonly string[]): Promise<string> {
  const output = join(folder, 'flows');
  await execute('read', [file, '--output', output, ...options]);
  return readFileSync(output, 'utf8');
}

const read = (...options: readonly string[]): Promise<string> => run('--with', 'identify', ...options);

interface Line {
  readonly srcPort: number;
  readonly identify: Readonly<Record<string, unknown>>;
}

const lines = async (...options: readonly string[]): Promise<Map<number, Line['identify']>> =>
  new Map(
    (await read('--format', 'jsonl', ...options))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
      .map(({ srcPort, identify: known }) => [srcPort, known]),
  );

describe('--with identify', () => {
  it('adds an object to each line of JSON, without what is not known', async () => {
    const known = await lines();
    expect(known.get(5000)).toEqual({
      app: 'dns',
      appBy: 'handshake',
      appConfidence: 3,
      dnsQuery: 'www.example.com',
      dnsType: 'A',
      dnsRcode: 0,
      dnsAnswers: ['192.0.2.1'],
      dnsQueries: 1,
    });
    expect(known.get(5002)).toMatchObject({ app: 'tls', serverName: 'example.com', tlsVersion: '0304' });
    expect(known.get(1)).toEqual({ peerNames: ['www.example.com'] });
  });

  it('names a destination by answers that came before the flow', async () => {
    const known = await lines();
    expect(known.get(5002)?.peerNames).toEqual(['www.example.com']);
    expect(known.get(5001)?.peerNames).toBeUndefined();
  });

  it('says the same whatever is read at a time', async () => {
    expect(await read('--format', 'jsonl', '--block-size', '64')).toBe(await read('--format', 'jsonl'));
  });

  it('adds columns to CSV and to the table', async () => {
    const [header = '', ...rows] = (await read('--format', 'csv')).trim().split('\n');
    const at = header.split(',').indexOf('serverName');
    expect(rows.map((row) => row.split(',')[at])).toContain('example.com');
    expect(rows.every((row) => row.split(',').length === header.split(',').length)).toBe(true);
    expect(await read('--format', 'table')).toMatch(/APPLICATION {2,}NAME\n[\s\S]*tls {2,}example\.com/);
  });

  it('goes with other groups and with chosen fields', async () => {
    const [line = ''] = (await read('--format', 'jsonl', '--fields', 'srcPort')).split('\n');
    expect(Object.keys(JSON.parse(line) as object)).toEqual(['srcPort', 'identify']);
    const [first = ''] = (await run('--with', 'tcp,identify', '--format', 'jsonl')).split('\n');
    expect(Object.keys(JSON.parse(first) as object)).toEqual(expect.arrayContaining(['tcp', 'identify']));
  });
});

describe('fields of identify', () => {
  const ports = async (where: string, ...options: readonly string[]): Promise<number[]> =>
    (await read('--format', 'jsonl', '--where', where, ...options))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as Line).srcPort)
      .toSorted((a, b) => a - b);

  it.each([
    ['identify.app = tls', [5001, 5002]],
    ['identify.app != tls', [5000]],
    ['identify.app is null', [1]],
    ['identify.app in (dns, ssh)', [5000]],
    ['identify.serverName = "example.com" and identify.peerNames is null', [5001]],
    ['identify.peerNames = "www.example.com"', [1, 5002]],
    ['identify.peerNames in ("a", "www.example.com") and dstPort = 443', [5002]],
    ['identify.alpn = h2', [5001, 5002]],
    ['identify.dnsRcode = 0 or identify.httpStatus > 0', [5000]],
    ['identify.details.nothing is not null', []],
    ['identify.banner.server is null and srcPort < 5', [1]],
  ])('are those of --where: %s', async (where, expected) => {
    expect(await ports(where)).toEqual(expected);
    const flows: number[] = [];
    for await (const { srcPort, identify: { app } = { app: null } } of readFlows(file, { with: ['identify'], where })) {
      flows.push(srcPort);
      if (where === 'identify.app = tls') expect(app).toBe('tls');
    }
    expect(flows.toSorted((a, b) => a - b)).toEqual(expected);
  });

  it('keep what a flow is for its line, in each format and order', async () => {
    const [line = ''] = (await read('--format', 'jsonl', '--where', 'identify.app = dns')).split('\n');
    expect((JSON.parse(line) as Line).identify).toMatchObject({ dnsQuery: 'www.example.com' });
    const sorted = (await read('--format', 'jsonl', '--sort', '-identify.app')).trim().split('\n');
    expect(sorted.map((one) => (JSON.parse(one) as Line).identify['app'])).toEqual(['tls', 'tls', 'dns', undefined]);
  });

  it('are chosen by --fields, and come behind those of the flow, in the order of their names', async () => {
    const fields = 'identify.tlsVersion,srcPort,identify.app,identify.details.nothing';
    const text = await read('--format', 'jsonl', '--fields', fields);
    expect(text).toContain('{"srcPort":5002,"identify":{"tlsVersion":"0304","app":"tls"}}\n');
    expect(text).toContain('{"srcPort":1,"identify":{}}\n');
    const csv = await read('--format', 'csv', '--fields', fields);
    expect(csv).toMatch(/^srcPort,tlsVersion,app,details_nothing\n[\s\S]*\n5002,0304,tls,\n/);
    expect(await read('--format', 'table', '--fields', fields)).toMatch(
      /SRCPORT {2,}TLSVERSION {2,}APP[\s\S]*0304 +tls/i,
    );
    // Sorted flows are written elsewhere.
    expect(
      (await read('--format', 'csv', '--fields', fields, '--sort', 'srcPort')).trim().split('\n').toSorted(),
    ).toEqual(csv.trim().split('\n').toSorted());
  });

  it('are chosen all at once, and without any of the flow', async () => {
    const linesOf = async (...more: readonly string[]): Promise<string[]> =>
      (await read('--format', 'jsonl', ...more)).trim().split('\n');
    const whole = (await linesOf()).map(
      (line) => `{"identify":${JSON.stringify((JSON.parse(line) as Line).identify)}}`,
    );
    for (const order of [[], ['--sort', 'firstSeen']])
      expect((await linesOf('--fields', 'identify.*', ...order)).toSorted()).toEqual(whole.toSorted());
    for (const order of [[], ['--sort', 'firstSeen']])
      expect(await read('--format', 'csv', '--fields', 'identify.app,identify.banner', ...order)).toMatch(
        /^app,banner_client,banner_server\n(?:(?:tls|dns|),,\n){4}$/,
      );
    const all = (await read('--format', 'csv', '--fields', 'identify')).split('\n')[0] ?? '';
    expect((await read('--format', 'csv')).split('\n')[0]?.endsWith(`,${all}`)).toBe(true);
  });

  it('that --fields names are known, named once, and need identification', () => {
    const chosen =
      (names: string, isOn = true) =>
      () =>
        identityMembers('--fields', names.split(','), isOn);
    expect(chosen('identify.ap')).toThrow("--fields has an unknown field 'identify.ap'; did you mean 'identify.app'?");
    expect(chosen('identify.app,identify')).toThrow("--fields has 'identify.app' twice; name each field once");
    expect(chosen('identify.details.')).toThrow('unknown field');
    expect(chosen('identify.app', false)).toThrow(
      "'identify.app', a field of a group that is not on; add --with identify",
    );
    expect(chosen('identify.details.a.b,identify.banner.client')()).toEqual([
      ['details', 'a.b'],
      ['banner', 'client'],
    ]);
  });

  it('are what flows are summed by', async () => {
    const groups = (await read('--format', 'jsonl', '--by', 'identify.app', '--sort', '-flows')).trim().split('\n');
    expect(groups.map((one) => JSON.parse(one) as object)[0]).toMatchObject({ 'identify.app': 'tls', flows: 2 });
  });

  it('need identification, and have names that are known', () => {
    const where = (expression: string, options: Pick<ReadOptions, 'with'>) => () =>
      readFlows(file, { ...options, where: expression });
    expect(where('identify.app = tls', {})).toThrow("'identify.app' needs identification; add with: ['identify']");
    expect(where('identify.ap = tls', { with: ['identify'] })).toThrow("did you mean 'identify.app'?");
  });
});

describe('--with identify=...', () => {
  const apps = async (...options: readonly string[]): Promise<unknown[]> =>
    (await run('--format', 'jsonl', ...options))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).identify['app'])
      .filter((app) => app !== undefined)
      .toSorted();

  it('names these protocols only, and other groups may follow', async () => {
    expect(await apps('--with', 'identify')).toEqual(['dns', 'tls', 'tls']);
    expect(await apps('--with', 'identify=dns')).toEqual(['dns']);
    expect(await apps('--with', 'tcp,identify=dns,tls')).toEqual(['dns', 'tls', 'tls']);
    expect(await apps('--with', 'identify=ssh,http')).toEqual([]);
  });

  it('refuses a protocol that is not known, with the nearest one', async () => {
    const parse = (groups: string) => parseArguments('read', [file, '--with', groups], true);
    await expect(parse('identify=dns,tsl')).rejects.toThrow("unknown part 'tsl'");
    await expect(parse('identify=tsl')).rejects.toThrow("did you mean 'identify=tls'?");
  });

  it('knows the names of all protocols', () => {
    expect(APP_NAMES).toEqual([...CONTENT_APPS, 'ftp-data'].toSorted());
  });
});

describe('what is left out unless it is asked for', () => {
  const request = 'GET /path?user=me HTTP/1.1\r\nHost: www.example.com\r\n\r\n';
  const login = 'USER somebody\r\nPASS secret\r\n';
  const stream = async function* (payload: string, port: number): AsyncGenerator<Uint8Array> {
    const segment = (up: boolean, text: string) => {
      const ports = up ? { srcPort: 5000, dstPort: port } : { srcPort: port, dstPort: 5000 };
      const [src, dst] = up ? [CLIENT, SERVER] : [SERVER, CLIENT];
      const frame = tcp({ ...ports, seq: 1, flags: ACK, payload: text })
        .over(ipv4({ src, dst }))
        .over(ethernet());
      return { timestampNs: START, frame };
    };
    yield pcap([segment(true, payload), ...(port === 21 ? [segment(false, '220 FTP\r\n')] : [])]);
  };
  const identityOf = async (
    payload: string,
    port: number,
    options: Omit<ReadOptions, 'fields'> = {},
  ): Promise<Identity | undefined> => {
    for await (const flow of readFlows(stream(payload, port), { with: ['identify'], maxFlows: 64, ...options }))
      return flow.identify;
    return undefined;
  };

  it('the query of a path', async () => {
    expect((await identityOf(request, 80))?.httpPath).toBe('/path');
    expect((await identityOf(request, 80, { httpQuery: true }))?.httpPath).toBe('/path?user=me');
  });

  it('user names; a password is never there', async () => {
    expect((await identityOf(login, 21))?.details).toBeNull();
    const identity = await identityOf(login, 21, { secrets: true });
    expect(identity?.details).toEqual({ user: 'somebody' });
    expect(JSON.stringify(identity)).not.toContain('secret');
  });

  it('not the name of the port, unless that is unwanted', async () => {
    expect(await identityOf('\x00\x01\x02', 443)).toMatchObject({ app: 'tls', appBy: 'port' });
    expect(await identityOf('\x00\x01\x02', 443, { portGuess: false })).toMatchObject({ app: null, appBy: null });
  });

  it('and its counters', async () => {
    const flows = readFlows(stream(request, 80), { with: ['identify'] });
    for await (const _ of flows);
    expect(flows.counters).toMatchObject({ identifyPoolEmpty: 0, identifyPrefixGap: 0 });
    const others = readFlows(stream(request, 80));
    for await (const _ of others);
    expect(others.counters).not.toHaveProperty('identifyPoolEmpty');
  });
});

describe("with: ['identify']", () => {
  it('gives flows of readFlows the whole record', async () => {
    const known = new Map<number, unknown>();
    for await (const { srcPort, identify: identity } of readFlows(file, { with: ['identify'] }))
      known.set(srcPort, identity);
    expect(known.get(5002)).toMatchObject({
      app: 'tls',
      serverName: 'example.com',
      httpMethod: null,
      idBits: ['midstream'],
    });
    expect(known.get(1)).toMatchObject({ app: null, appBy: null, appConfidence: null });
  });

  it('is off unless it is asked for', async () => {
    for await (const flow of readFlows(file)) expect(flow).not.toHaveProperty('identify');
  });
});

describe('many flows', () => {
  /** They share their text with others, by port and kind of payload, or have a long one of their own. */
  const PAYLOADS: readonly Uint8Array[] = [
    Uint8Array.of(0xff, 1, 2, 3),
    Buffer.from('~ plain words'),
    Buffer.from(`GET /${'x'.repeat(200)} HTTP/1.1\r\nHost: a.example\r\nUser-Agent: ${'"'.repeat(200)}\r\n\r\n`),
    new Uint8Array(0),
  ];
  const PORTS = [443, 514, 5001, 49_152, 80, 0];
  const COUNT = 6_000;
  const flows = Array.from({ length: COUNT }, (_, n): CaptureRecord => {
    const payload = PAYLOADS[(n * 7 + (n >> 5)) % 4] ?? expect.unreachable();
    const dstPort = (PORTS[n % 6] ?? 0) + (n % 6 > 2 ? n >> 8 : 0);
    const src = `10.1.${n >> 8}.${n & 255}`;
    const transport =
      n % 3 === 0 ? udp({ srcPort: 9, dstPort, payload }) : tcp({ srcPort: 9, dstPort, seq: 1, payload });
    return {
      timestampNs: START + BigInt(n) * 1000n,
      frame: transport.over(ipv4({ src, dst: SERVER })).over(ethernet()),
    };
  });

  it('have the same text as records, one by one', async () => {
    const path = join(folder, 'many.pcap');
    writeFileSync(path, pcap(flows));
    const output = join(folder, 'many.jsonl');
    await execute('read', [path, '--with', 'identify', '--output', output]);
    const lines = new Map<string, unknown>();
    for (const line of readFileSync(output, 'utf8').trimEnd().split('\n')) {
      const { srcAddress, identify: identity } = JSON.parse(line) as { srcAddress: string; identify: unknown };
      lines.set(srcAddress, identity);
    }
    expect(lines.size).toBe(COUNT);
    for await (const { srcAddress, identify: identity } of readFlows(path, { with: ['identify'] })) {
      const known = Object.entries(identity ?? {}).filter(([, value]) => value !== null && String(value) !== '');
      expect(lines.get(srcAddress)).toEqual(Object.fromEntries(known));
    }
  });
});

const isGuess = (identity: unknown): boolean => {
  const { app, appBy } = (identity ?? { appBy: 'port' }) as { app?: unknown; appBy?: unknown };
  return appBy === 'port' || app === 'ftp-data';
};

/** Of a flow that starts like no protocol the model keeps more than the engine, and so finds more limits. */
const content = (identity: unknown): unknown => {
  const { idBits, ...rest } = (identity ?? {}) as Partial<Identity>;
  return rest.app === null ? rest : { ...rest, idBits };
};

const shared = new URL('../../../shared/captures/', import.meta.url);

describe.skipIf(!existsSync(shared))('the shared captures (skipped where ../shared/captures is absent)', () => {
  it('are identified as by the slow collector', async () => {
    if (!existsSync(shared)) return;
    let equal = 0;
    for (const name of readdirSync(shared).filter((one) => /^(nd|pp|zk).*\.pcap(ng)?$/.test(one))) {
      const path = fileURLToPath(new URL(name, shared));
      const { records: captured, error } = readCapture(readFileSync(path));
      const sides = new Map<string, unknown>();
      for (const { a, aPort, b, bPort, payload } of conversationsOf(captured)) {
        const { peerNames: _, ...identity } = identify(payload, nodeCrypto);
        sides.set([`${a} ${aPort}`, `${b} ${bPort}`].sort().join(' '), identity);
      }
      // Connections that come twice are one conversation of the model.
      const flows = new Map<string, unknown[]>();
      const options = { with: ['identify'], flowTimeout: 1e6, finTimeout: 1e6, onProblem: () => {} } as const;
      if (error !== undefined) continue;
      for await (const { srcAddress, srcPort, dstAddress, dstPort, identify: identity } of readFlows(path, options)) {
        const key = [`${srcAddress} ${srcPort}`, `${dstAddress} ${dstPort}`].sort().join(' ');
        const { peerNames: _, ...known } = identity ?? expect.unreachable();
        flows.set(key, [...(flows.get(key) ?? []), known]);
      }
      for (const [key, [identity, ...others]] of flows) {
        const model = sides.get(key);
        // A port names the responder, and the two disagree on who that is where the SYN came late.
        if (others.length > 0 || [model, identity].some(isGuess)) continue;
        expect(content(identity), `${name} ${key}`).toEqual(content(model));
        equal++;
      }
    }
    expect(equal).toBeGreaterThan(1000);
  });
});
