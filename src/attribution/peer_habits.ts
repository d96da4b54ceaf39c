/** Which processes talk to which peers, as seen from their sockets. */

/** A process is remembered for this long after its last socket. Milliseconds. */
const KEEP_MS = 10_000;
/** How often a process must have been seen before unseen short-lived sockets are attributed to it. */
const SEEN_MIN = 4;
/** Stands for the unknown process of a socket that was seen. */
const SOMEBODY = 0;
/** Peers remembered at most; those not seen for longest are dropped first. */
const PEERS_MAX = 4_096;

interface Habit {
  readonly pid: number;
  count: number;
  lastMs: number;
}

export class PeerHabits {
  readonly #now: () => number;
  /** By the peer's `ADDRESS:PORT`, then by pid, the latest last. */
  readonly #peers = new Map<string, Map<number, Habit>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Records a new socket to this peer, of this process or of one that could not be found. */
  note(peer: string, pid: number = SOMEBODY): void {
    const habits = this.#peers.get(peer) ?? new Map<number, Habit>();
    this.#peers.delete(peer);
    this.#peers.set(peer, habits);
    const habit = habits.get(pid) ?? { pid, count: 0, lastMs: 0 };
    habit.count++;
    habit.lastMs = this.#now();
    habits.delete(pid);
    habits.set(pid, habit);
    if (this.#peers.size > PEERS_MAX) this.#peers.delete(this.#peers.keys().next().value ?? peer);
  }

  /** Processes that had sockets to the peer lately, the latest first. */
  processes(peer: string): number[] {
    return this.#lately(peer)
      .map(({ pid }) => pid)
      .filter((pid) => pid !== SOMEBODY)
      .reverse();
  }

  /** The process, if it alone had sockets to the peer lately, several, and most of those that were seen.
   *  @param spellings of the peer */
  only(spellings: readonly string[]): number | undefined {
    const lately = spellings.flatMap((peer) => this.#lately(peer));
    const [habit, ...others] = lately.filter(({ pid }) => pid !== SOMEBODY);
    if (habit === undefined || others.length > 0 || habit.count < SEEN_MIN) return undefined;
    const somebody = lately.filter(({ pid }) => pid === SOMEBODY).reduce((sum, { count }) => sum + count, 0);
    return habit.count > somebody ? habit.pid : undefined;
  }

  #lately(peer: string): Habit[] {
    const habits = this.#peers.get(peer);
    if (habits === undefined) return [];
    const oldest = this.#now() - KEEP_MS;
    for (const [pid, { lastMs }] of habits) if (lastMs < oldest) habits.delete(pid);
    return [...habits.values()];
  }
}
