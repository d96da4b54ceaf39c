/**
 * Captures with FParser on `near0` and ends it in one of many ways, under traffic, again and again; one line of JSON
 * for each round. It runs in the namespace of `near0` and does to the interfaces what it reports of.
 */
import { execFile, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { FParser } from '../../../src/index.ts';
import type { AnyFlow, FParserError, FParserInfo, FParserOptions } from '../../../src/index.ts';
import { waitFor } from '../../source/live/collecting_sink.ts';
import { FAR, NEAR } from '../netns.ts';

export interface EndingsOptions {
  readonly way: keyof typeof WAYS;
  readonly rounds: number;
  readonly parser: FParserOptions<'uni'>;
  /** Names of the namespaces. */
  readonly near: string;
  readonly far: string;
  /** The traffic. */
  readonly file: string;
}

export interface EndingReport {
  /** Of the error with which `done` was rejected. */
  readonly code: string | null;
  readonly message: string;
  /** From what was done to the end, milliseconds. */
  readonly endMs: number;
  /** Calls of the kill callback, and flows that came after the first. */
  readonly kills: number;
  readonly late: number;
  /** Calls of the flow callbacks, and packets of their flows. */
  readonly calls: number;
  readonly packets: number;
  /** Codes given to the error callback. */
  readonly problems: readonly string[];
  readonly info: FParserInfo;
  /** Did packets come after the disturbance? */
  readonly goesOn: boolean;
}

/** The thread of the flow tracker that was started last. */
let tracker: Worker | undefined;
process.on('worker', (worker) => {
  tracker = worker;
});

/** A capture under way. */
interface Round {
  readonly parser: FParser;
  /** What the callbacks do besides counting. */
  onFlow: () => void;
  onKill: () => void;
  /** Is `done` settled? */
  over: boolean;
  began: number;
  goesOn: boolean;
}

const options = JSON.parse(process.argv[2] ?? '{}') as EndingsOptions;
const run = promisify(execFile);
const ip = (...args: string[]): Promise<unknown> => run('ip', args);
const far = (...args: string[]): Promise<unknown> => ip('-n', options.far, ...args);

const remove = (): Promise<unknown> => ip('link', 'del', NEAR);
async function connect(): Promise<void> {
  await ip('link', 'add', NEAR, 'type', 'veth', 'peer', 'name', FAR, 'netns', options.far);
  await ip('link', 'set', NEAR, 'up');
  await far('link', 'set', FAR, 'up');
}

/** Sends until it is killed or the line is gone, and not for ever. */
function send(pace = '--pps=20000', loops = 50): () => Promise<void> {
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      options.far,
      'tcpreplay',
      '--quiet',
      '--preload-pcap',
      pace,
      `--loop=${loops}`,
      `--intf1=${FAR}`,
      options.file,
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return () => {
    child.kill('SIGKILL');
    return gone;
  };
}

async function until(round: Round, packets: number): Promise<void> {
  await waitFor(
    () => round.over || round.parser.getInfo().packetsSeen >= packets,
    () => `${packets} packets`,
  );
}

/** Sends again, and sees whether it arrives. */
async function goOn(round: Round): Promise<void> {
  const before = round.parser.getInfo().packetsSeen;
  const cease = send();
  await until(round, before + 500);
  await cease();
  round.goesOn = !round.over && round.parser.getInfo().packetsSeen >= before + 500;
}

/** Longer than the interface watch takes to notice something. */
const NOTICED_MS = 250;

async function disturbed(round: Round): Promise<void> {
  await setTimeout(NOTICED_MS);
  if (!round.over) await goOn(round);
  round.began = performance.now();
  void round.parser.stop();
}

/** What is done to a capture that runs. Each leaves the line as it was. */
const WAYS = {
  async down(round: Round) {
    await ip('link', 'set', NEAR, 'down');
    await end(round);
    await ip('link', 'set', NEAR, 'up');
  },
  /** Within the interval of the watch, which may or may not see it. */
  async downAndUp(round: Round) {
    await ip('link', 'set', NEAR, 'down');
    await ip('link', 'set', NEAR, 'up');
    await disturbed(round);
  },
  async removed(round: Round) {
    await remove();
    await end(round);
    await connect();
  },
  async remade(round: Round) {
    await remove();
    await connect();
    await end(round);
  },
  async carrier(round: Round) {
    await far('link', 'set', FAR, 'down');
    await setTimeout(NOTICED_MS);
    await far('link', 'set', FAR, 'up');
    await disturbed(round);
  },
  async stop(round: Round) {
    round.onKill = () => void round.parser.stop();
    void round.parser.stop();
  },
  async throws(round: Round) {
    round.onFlow = () => {
      throw new Error('thrown');
    };
    await setTimeout(100);
    void round.parser.stop();
  },
  async stops(round: Round) {
    round.onFlow = () => void round.parser.stop();
  },
  async slow(round: Round) {
    round.onFlow = () => {
      const until_ = performance.now() + 2;
      while (performance.now() < until_);
    };
    await waitFor(
      () => round.parser.getInfo().flowsDropped > 0,
      () => 'dropped flows',
    );
    round.began = performance.now();
    void round.parser.stop();
  },
  /** Under flood, so that it is in the middle of its work. */
  async killed(round: Round) {
    const cease = send('--topspeed', 500);
    await until(round, round.parser.getInfo().packetsSeen + 20_000);
    round.began = performance.now();
    await tracker?.terminate();
    await end(round);
    await cease();
  },
} satisfies Record<string, (round: Round) => Promise<void>>;

async function end(round: Round): Promise<void> {
  round.began = performance.now();
  await waitFor(
    () => round.over,
    () => 'the end',
  );
}

async function ending(): Promise<EndingReport> {
  let [kills, late, calls, packets] = [0, 0, 0, 0];
  const problems: string[] = [];
  const onFlow = (flow: AnyFlow): void => {
    calls++;
    if (kills > 0) late++;
    packets += flow.length;
    round.onFlow();
  };
  const parser = new FParser(NEAR, {
    filter: '',
    ...options.parser,
    tcpCallback: onFlow,
    udpCallback: onFlow,
    icmpCallback: onFlow,
    unknownCallback: onFlow,
    killCallback: () => {
      kills++;
      round.onKill();
    },
    errorCallback: ({ code }: FParserError) => void problems.push(code),
    log: () => {},
  });
  const round: Round = {
    parser,
    onFlow: () => {},
    onKill: () => {},
    over: false,
    began: performance.now(),
    goesOn: false,
  };
  const done = parser.done.then(
    () => undefined,
    (error: FParserError) => error,
  );
  let ended = 0;
  void done.then(() => {
    ended = performance.now();
    round.over = true;
  });
  await parser.ready;
  const cease = send();
  await until(round, 500);
  round.began = performance.now();
  await WAYS[options.way](round);
  const error = await done;
  await cease();
  // Whatever came too late would have come by then.
  await setTimeout(20);
  return {
    code: error?.code ?? null,
    message: error?.message ?? '',
    endMs: ended - round.began,
    kills,
    late,
    calls,
    packets,
    problems,
    info: parser.getInfo(),
    goesOn: round.goesOn,
  };
}

for (let n = 0; n < options.rounds; n++) process.stdout.write(`${JSON.stringify(await ending())}\n`);
