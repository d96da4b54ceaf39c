/** Random captures and callbacks, on a real parser and on a plain model of the callbacks over the model of flows. */
import { expect } from 'vitest';
import { FParser } from '../../src/fparser/index.ts';
import type { AnyFlow, FParserInfo, FParserOptions } from '../../src/fparser/index.ts';
import { ACK, FIN, RST, SYN, icmp, igmp, ipv4, ipv6, random, tcp, udp } from '../builders/index.ts';
import type { CaptureRecord, Packet, Random } from '../builders/index.ts';
import { flowsOf } from '../models/index.ts';
import type { FlowOptions } from '../models/index.ts';
import { SMALL, at, captureOf, frames, sumsHold } from './runs.ts';

const KINDS = ['tcp', 'udp', 'icmp', 'unknown'] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (protocol: number): Kind =>
  protocol === 6 ? 'tcp' : protocol === 17 ? 'udp' : protocol === 1 || protocol === 58 ? 'icmp' : 'unknown';

/** Packets of a few hosts and ports, built once. */
function framePool({ below, pick, oneIn }: Random): Packet[] {
  const hosts = ['192.0.2.1', '192.0.2.2', '198.51.100.3'];
  return Array.from({ length: 500 }, () => {
    const ports = { srcPort: pick([1, 2]), dstPort: pick([1, 2, 80]) };
    const upper = pick([
      () =>
        tcp({
          ...ports,
          flags: pick([SYN, SYN | ACK, ACK, ACK, FIN | ACK, RST]),
          seq: pick([1, 1000]),
          payload: below(4),
        }),
      () => udp({ ...ports, payload: below(4) }),
      () => icmp({ type: pick([0, 8, 3]), id: below(2) }),
      () => igmp(0x16, Uint8Array.of(224, 0, 0, 9)),
    ])();
    return upper.over(
      oneIn(6)
        ? ipv6({ src: pick(['2001:db8::1', '2001:db8::2']), dst: '2001:db8::1' })
        : ipv4({ src: pick(hosts), dst: pick(hosts) }),
    );
  });
}

const POOL = framePool(random(2));

/** Most in order of time, with pauses around the timeouts. */
function randomRecords({ below, pick, oneIn }: Random): CaptureRecord[] {
  let second = 0;
  return Array.from({ length: below(40) }, () => {
    second += pick([0, 0, 0.001, 0.05, 0.3, 1, 2.5, 6, 31]);
    const when = oneIn(8) ? Math.max(0, second - pick([0.01, 1, 40])) : second;
    return at(when, pick(POOL));
  });
}

interface Call {
  readonly kind: Kind;
  readonly text: string;
}

const textOf = (
  id: { src: string; sport: number; dst: string; dport: number; protocol: number },
  packets: number,
  bytes: number,
  firstNs: bigint,
  lastNs: bigint,
  reason: string,
): string =>
  `${id.protocol} ${id.src} ${id.sport} ${id.dst} ${id.dport} ${packets} ${bytes} ${firstNs} ${lastNs} ${reason}`;

/** What the model says of the first packets: all flows, in order. */
function modelCalls(records: readonly CaptureRecord[], options: FlowOptions): Call[] {
  return flowsOf(frames(records), options).flows.map((flow) => ({
    kind: kindOf(flow.protocol),
    text: textOf(
      { src: flow.srcAddress, sport: flow.srcPort, dst: flow.dstAddress, dport: flow.dstPort, protocol: flow.protocol },
      flow.packetsForward + flow.packetsReverse,
      flow.bytesForward + flow.bytesReverse,
      flow.firstSeenNs,
      flow.lastSeenNs,
      flow.endReason,
    ),
  }));
}

interface Behaviour {
  /** Kinds that have a callback at the start. */
  readonly collected: ReadonlySet<Kind>;
  /** Number of the call in which stop() is called. */
  readonly stopAt: number;
  /** Number of the call in which the TCP callback is taken away or set. */
  readonly switchAt: number;
  /** Calls with these numbers throw, reject, or are settled later. */
  readonly throwEvery: number;
  readonly rejectEvery: number;
  readonly waitEvery: number;
}

/** The plain model of the callbacks: a list, gone through in order. */
function modelDelivery(
  flows: readonly Call[],
  behaviour: Behaviour,
): { calls: string[]; errors: number; uncollected: number } {
  const collected = new Set(behaviour.collected);
  const calls: string[] = [];
  let errors = 0;
  let uncollected = 0;
  let stopped = behaviour.stopAt === 0;
  for (const { kind, text } of flows) {
    if (!collected.has(kind)) {
      uncollected++;
      continue;
    }
    calls.push(text);
    const number = calls.length;
    if (number === behaviour.switchAt && !stopped) {
      if (collected.has('tcp')) collected.delete('tcp');
      else collected.add('tcp');
    }
    if (number === behaviour.stopAt) stopped = true;
    if (number % behaviour.throwEvery === 0 || number % behaviour.rejectEvery === 0) errors++;
  }
  return { calls: [...calls, 'kill'], errors, uncollected };
}

/** The same behaviour, of callbacks of a real parser. */
async function realDelivery(
  path: string,
  options: FParserOptions<'uni'>,
  behaviour: Behaviour,
): Promise<{ calls: string[]; errors: number; info: FParserInfo }> {
  const calls: string[] = [];
  let errors = 0;
  let tcpSet = behaviour.collected.has('tcp');
  let stopped = behaviour.stopAt === 0;
  const callback = (flow: AnyFlow): unknown => {
    const { sizePkts, sizeBytes, firstRxNs, lastRxNs } = flow.getInfo();
    calls.push(textOf(flow.getId(), sizePkts, sizeBytes, firstRxNs, lastRxNs, String(flow.endReason)));
    const number = calls.length;
    if (number === behaviour.switchAt && !stopped) {
      parser.setTcpCallback(tcpSet ? null : callback);
      tcpSet = !tcpSet;
    }
    if (number === behaviour.stopAt) {
      stopped = true;
      void parser.stop();
    }
    if (number % behaviour.throwEvery === 0) throw new Error('thrown');
    if (number % behaviour.rejectEvery === 0) return Promise.reject(new Error('rejected'));
    return number % behaviour.waitEvery === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
  };
  const of = (kind: Kind): ((flow: AnyFlow) => unknown) | null => (behaviour.collected.has(kind) ? callback : null);
  const parser: FParser = new FParser(path, {
    isFile: true,
    filter: '',
    ...SMALL,
    ...options,
    tcpCallback: of('tcp'),
    udpCallback: of('udp'),
    icmpCallback: of('icmp'),
    unknownCallback: of('unknown'),
    errorCallback: (error) => void (error.code === 'ERR_CALLBACK' && errors++),
    killCallback: () => void calls.push('kill'),
  });
  if (behaviour.stopAt === 0) void parser.stop();
  const info = await parser.done;
  return { calls, errors, info };
}

/** Compares so many runs. Returns in how many of them the capture was left before its end. */
export async function compareRuns(direction: 'uni' | 'bi', runs: number): Promise<number> {
  let cut = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const dice = random(seed);
    const { below, pick, oneIn } = dice;
    const records = randomRecords(dice);
    const flowTimeout = pick([0.25, 5, 600]);
    const finTimeout = pick([0, 1, 30]);
    const maxFlows = pick([1, 3, 1000, 1000]);
    const behaviour: Behaviour = {
      collected: new Set(KINDS.filter(() => !oneIn(4))),
      stopAt: pick([-1, 0, 1 + below(10), 1 + below(10)]),
      switchAt: below(20),
      throwEvery: 1 + below(12),
      rejectEvery: 2 + below(12),
      waitEvery: pick([3, 1000]),
    };
    const options = {
      direction,
      flowTimeout,
      finTimeout,
      maxFlows,
      maxBacklog: pick([1, 4, 65_536]),
    } as FParserOptions<'uni'>;
    const real = await realDelivery(captureOf(records), options, behaviour);
    if (real.info.packetsSeen < records.length) cut++;
    const flows = modelCalls(records.slice(0, real.info.packetsSeen), {
      direction,
      maxFlows,
      flowTimeoutNs: BigInt(flowTimeout * 1e9),
      finTimeoutNs: BigInt(finTimeout * 1e9),
    });
    const model = modelDelivery(flows, behaviour);
    const { state, flowsUncollected, callbackErrors } = real.info;
    expect(
      { calls: real.calls, errors: real.errors, state, flowsUncollected, callbackErrors, sums: sumsHold(real.info) },
      `seed ${seed}`,
    ).toEqual({
      calls: model.calls,
      errors: model.errors,
      state: 'dead',
      flowsUncollected: model.uncollected,
      callbackErrors: model.errors,
      sums: true,
    });
  }
  return cut;
}
