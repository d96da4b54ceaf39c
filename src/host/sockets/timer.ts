/** The timer column of a socket table: net/ipv4/tcp_ipv4.c of Linux, `get_tcp4_sock`. */

const TIMERS = ['off', 'retransmit', 'keepalive', 'timeWait', 'zeroWindowProbe'] as const;

/** Which timer of a socket runs. `keepalive` stands for delayed connection timers too. */
export type TimerKind = (typeof TIMERS)[number] | 'unknown';

export function timerKind(code: number): TimerKind {
  return TIMERS[code] ?? 'unknown';
}

/** Clock ticks to milliseconds. @param hz ticks of a second (USER_HZ), 100 on every architecture in use */
export function ticksToMs(ticks: number, hz = 100): number {
  if (!(hz > 0)) throw new RangeError(`hz is ${String(hz)}; it must be more than 0`);
  return (ticks * 1000) / hz;
}
