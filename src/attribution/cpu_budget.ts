/** Holds work to a share of the time. What is not spent can be saved up, for a burst. */

/** Waiting that may be saved up. Milliseconds. */
const CREDIT_MS = 40;

export class CpuBudget {
  /** Time that each unit of work takes up, itself included. */
  readonly #stretch: number;
  #allowedAt = 0;

  /** @param share of one core, 0.01..1. @throws {RangeError} */
  constructor(share: number) {
    if (!(share >= 0.01 && share <= 1)) throw new RangeError(`cpuShare is ${share}; it must be from 0.01 to 1`);
    this.#stretch = 1 / share;
  }

  /** How long to wait before the next work. Milliseconds; negative when waiting is saved up. */
  waitMs(now: number): number {
    return this.#allowedAt - now;
  }

  /** Work was done up to now. @param factor by which the share is larger at present */
  spend(workMs: number, now: number, factor = 1): void {
    this.#allowedAt = Math.max(this.#allowedAt, now - CREDIT_MS) + (workMs * this.#stretch) / factor;
  }
}
