/** Data connections that FTP control connections have announced. Bounded: the oldest of 4,096 is forgotten first. */

const ENDPOINTS_MAX = 4096;
/** How long after its control connection's last packet a data connection may begin. */
const VALID_NS = 60_000_000_000n;

export class FtpDataPorts {
  readonly #endpoints = new Map<string, { fromNs: bigint; untilNs: bigint }>();

  /** Endpoints that are remembered. */
  get size(): number {
    return this.#endpoints.size;
  }

  /** @param fromNs first packet of the control connection @param lastNs its last one so far */
  expect(address: string, port: number, fromNs: bigint, lastNs: bigint): void {
    const key = `${address} ${port}`;
    this.#endpoints.delete(key);
    this.#endpoints.set(key, { fromNs, untilNs: lastNs + VALID_NS });
    if (this.#endpoints.size <= ENDPOINTS_MAX) return;
    for (const oldest of this.#endpoints.keys()) {
      this.#endpoints.delete(oldest);
      break;
    }
  }

  /** @param timeNs first packet of the connection */
  isExpected(address: string, port: number, timeNs: bigint): boolean {
    const found = this.#endpoints.get(`${address} ${port}`);
    return found !== undefined && found.fromNs <= timeNs && timeNs <= found.untilNs;
  }
}
