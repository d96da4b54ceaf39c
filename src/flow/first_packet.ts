/** One of the first packets of a flow: of the group `first-packets`. */
export interface FirstPacket {
  /** 0: from the originator, 1: from the responder. */
  readonly dir: 0 | 1;
  /** By the IP header; 65,535: that or more. */
  readonly ipBytes: number;
  /** Payload bytes; 65,535: that or more. */
  readonly payload: number;
  /** Since the latest packet before; 0 for the first one and after a step back. Nanoseconds, whole microseconds. */
  readonly gap: number;
  /** TCP flags, 12 bits; null when it is not TCP, or they were not captured. */
  readonly flags: number | null;
}
