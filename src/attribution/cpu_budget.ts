/** Limits work to a share of the time. Unspent time can be saved for a burst. */

/** The most waiting time that can be saved. Milliseconds. */
const CREDIT_MS = 40;

export class CpuBudget {
  /** Time that each unit of work accounts for, including itself. */
  readonly #stretch: number;
  #allowedAt = 0;

  /** @param share of one core, 0.01..1. @throws {RangeError} */
  constructor(share: number) {
    if (!(share >= 0.01 && share <= 1)) throw new RangeError(`cpuShare is ${share}; it must be from 0.01 to 1`);
    this.#stretch = 1 / share;
  }

  /** How long to wait before the next work. Milliseconds; negative when time was saved. */
  waitMs(now: number): number {
    return this.#allowedAt - now;
  }

  /** Records work that ends now. @param factor by which the share is currently larger */
  spend(workMs: number, now: number, factor = 1): void {
    this.#allowedAt = Math.max(this.#allowedAt, now - CREDIT_MS) + (workMs * this.#stretch) / factor;
  }
}
