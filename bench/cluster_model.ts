/**
 * How long a plan takes on many machines: jobs, workers, failures and second runs as events in time. Decisions are
 * those of the product: the largest jobs first, again after a failure with longer and longer pauses, a second run of
 * what lasts three times the median. A seed gives one result.
 */
import { stragglers } from '../src/cluster/queue/stragglers.ts';
import { largestFirst } from '../src/cluster/skew.ts';
import type { Random } from '../src/generate/random.ts';
import { Heap } from '../src/heap.ts';

/** What the stages cost on one core. */
export interface StageCosts {
  readonly map: { readonly secondsPerJob: number; readonly secondsPerGigabyte: number };
  readonly reduce: { readonly secondsPerJob: number; readonly secondsPerMillionPackets: number };
  readonly merge: { readonly secondsPerJob: number; readonly secondsPerBucket: number };
  /** Of the captures. */
  readonly packetsPerGigabyte: number;
}

export interface Trouble {
  /** Share of machines that are slow, and how many times slower. */
  readonly slowShare: number;
  readonly slowTimes: number;
  /** Chance that an attempt fails, at any time of it: with an error that its worker reports, */
  readonly failing: number;
  /** or silently, as when a machine is lost: then it is missed only after a while. */
  readonly lost: number;
  /** Whether what lasts long is run a second time. */
  readonly copies: boolean;
  /** Whether the largest jobs come first. */
  readonly isSorted: boolean;
}

export interface StageOutcome {
  readonly jobs: number;
  /** Seconds of one usual core, without failures. */
  readonly work: number;
  readonly longestJob: number;
  /** Work that is divided evenly, and no job is longer than that. */
  readonly ideal: number;
  readonly seconds: number;
  readonly failures: number;
  readonly copies: number;
}

const ATTEMPTS_MAX = 5;
const BACKOFF_S = 1;
/** A worker that is lost is missed after the duration of its lock, and a look that is made every so often. */
const LOCK_S = 60;
const LOOK_S = 30;
const COPY_AFTER_S = 60;
/** Workers look every second whether something lasts long. */
const TICK_S = 1;
const DONE_MAX = 200;

interface Job {
  readonly index: number;
  /** Seconds on a usual core. */
  readonly work: number;
  attempts: number;
  isDone: boolean;
  hasCopy: boolean;
  /** Of the first run that is under way; undefined: none is. */
  begun: number | undefined;
}

interface Event {
  readonly at: number;
  readonly number: number;
  readonly run: () => void;
}

/** One stage on its machines. @throws {Error} when a job has failed as often as it may */
export class StageRun {
  readonly #jobs: readonly Job[];
  readonly #waiting: Job[];
  /** Speeds of the cores that have nothing to do. */
  readonly #idle: number[];
  readonly #events = new Heap<Event>((a, b) => a.at < b.at || (a.at === b.at && a.number < b.number));
  readonly #random: Random;
  readonly #trouble: Trouble;
  readonly #done: number[] = [];
  #number = 0;
  #left: number;
  #failures = 0;
  #copies = 0;
  #now = 0;

  /** @param speeds of all cores: 1 is usual */
  constructor(work: readonly number[], speeds: readonly number[], trouble: Trouble, random: Random) {
    this.#jobs = work.map((one, index) => ({
      index,
      work: one,
      attempts: 0,
      isDone: false,
      hasCopy: false,
      begun: undefined,
    }));
    const order = trouble.isSorted ? largestFirst(work) : work.map((_, n) => n);
    this.#waiting = order.map((n) => this.#jobs[n] as Job);
    this.#idle = [...speeds];
    this.#trouble = trouble;
    this.#random = random;
    this.#left = work.length;
  }

  run(): StageOutcome {
    const cores = this.#idle.length;
    this.#start();
    if (this.#trouble.copies) this.#after(TICK_S, () => this.#look());
    while (this.#left > 0) {
      const { first } = this.#events;
      if (first === undefined) throw new Error('nothing happens any more');
      this.#events.drop();
      this.#now = first.at;
      first.run();
    }
    const work = this.#jobs.reduce((sum, job) => sum + job.work, 0);
    const longestJob = this.#jobs.reduce((most, job) => Math.max(most, job.work), 0);
    return {
      jobs: this.#jobs.length,
      work,
      longestJob,
      ideal: Math.max(work / cores, longestJob),
      seconds: this.#now,
      failures: this.#failures,
      copies: this.#copies,
    };
  }

  #after(seconds: number, run: () => void): void {
    this.#events.add({ at: this.#now + seconds, number: this.#number++, run });
  }

  /** Gives what waits to cores that have nothing to do. */
  #start(): void {
    while (this.#idle.length > 0) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      if (!job.isDone) this.#attempt(job, this.#take());
    }
  }

  /** Which of the idle cores comes first is left to chance. */
  #take(): number {
    const at = this.#random.below(this.#idle.length);
    const speed = this.#idle[at] as number;
    this.#idle[at] = this.#idle.at(-1) as number;
    this.#idle.pop();
    return speed;
  }

  #attempt(job: Job, speed: number): void {
    job.attempts++;
    job.begun ??= this.#now;
    const begun = this.#now;
    const lasts = job.work / speed;
    const chance = this.#random.unit();
    const { failing, lost } = this.#trouble;
    if (chance >= failing + lost) {
      this.#after(lasts, () => this.#end(job, speed, begun));
      return;
    }
    this.#failures++;
    const until = lasts * this.#random.unit();
    if (chance < failing) {
      this.#after(until, () => {
        this.#again(job, BACKOFF_S * 2 ** (job.attempts - 1));
        this.#free(speed);
      });
      return;
    }
    // Its machine is back, or another one in its place, when it is missed.
    this.#after(until + LOCK_S + LOOK_S * this.#random.unit(), () => {
      this.#again(job, 0);
      this.#free(speed);
    });
  }

  #again(job: Job, seconds: number): void {
    if (job.isDone) return;
    if (job.attempts >= ATTEMPTS_MAX) throw new Error(`job ${job.index} has failed ${ATTEMPTS_MAX} times`);
    job.begun = undefined;
    this.#after(seconds, () => {
      this.#waiting.unshift(job);
      this.#start();
    });
  }

  #end(job: Job, speed: number, begun: number): void {
    if (!job.isDone) {
      job.isDone = true;
      this.#left--;
      this.#done.push((this.#now - begun) * 1_000);
    }
    this.#free(speed);
  }

  #free(speed: number): void {
    this.#idle.push(speed);
    this.#start();
  }

  /** Second runs of what lasts long, while nothing waits and a core is idle. */
  #look(): void {
    if (this.#waiting.length === 0 && this.#idle.length > 0) {
      const running = this.#jobs.flatMap((job) =>
        job.isDone || job.hasCopy || job.begun === undefined
          ? []
          : [{ id: String(job.index), stage: 'one', age: (this.#now - job.begun) * 1_000 }],
      );
      const done = new Map([['one', this.#done.slice(-DONE_MAX)]]);
      for (const { id } of stragglers(running, done, COPY_AFTER_S * 1_000)) {
        if (this.#idle.length === 0) break;
        const job = this.#jobs[Number(id)] as Job;
        job.hasCopy = true;
        this.#copies++;
        const begun = this.#now;
        const speed = this.#take();
        this.#after(job.work / speed, () => this.#end(job, speed, begun));
      }
    }
    this.#after(TICK_S, () => this.#look());
  }
}

/** Packets of each bucket when those of address pairs follow Zipf's law. @param exponent 0: all have as many */
export function bucketPackets(
  packets: number,
  buckets: number,
  pairs: number,
  exponent: number,
  random: Random,
): readonly number[] {
  const shares = Array.from({ length: buckets }, () => 0);
  let all = 0;
  for (let rank = 1; rank <= pairs; rank++) {
    const share = rank ** -exponent;
    const bucket = random.below(buckets);
    shares[bucket] = (shares[bucket] as number) + share;
    all += share;
  }
  return shares.map((share) => Math.round((packets * share) / all));
}

/** The cores of all machines, as many of them slow as is said. */
export function coreSpeeds(machines: number, cores: number, { slowShare, slowTimes }: Trouble): readonly number[] {
  const slow = Math.round(machines * slowShare);
  return Array.from({ length: machines * cores }, (_, n) => (Math.floor(n / cores) < slow ? 1 / slowTimes : 1));
}
