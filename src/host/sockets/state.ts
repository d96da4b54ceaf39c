/** States of sockets: include/net/tcp_states.h of Linux, RFC 9293 §3.3.2. */

const STATE_CODES = [
  ['established', 0x01],
  ['synSent', 0x02],
  ['synRecv', 0x03],
  ['finWait1', 0x04],
  ['finWait2', 0x05],
  ['timeWait', 0x06],
  ['close', 0x07],
  ['closeWait', 0x08],
  ['lastAck', 0x09],
  ['listen', 0x0a],
  ['closing', 0x0b],
  // A half-open request: netlink names it, the text tables show it as synRecv with inode 0.
  ['newSynRecv', 0x0c],
  ['boundInactive', 0x0d],
] as const;

/** `unknown`: a code that this list does not have; the row keeps it. */
export type SocketState = (typeof STATE_CODES)[number][0] | 'unknown';

/** A state's name, its code, or the code as two hexadecimal digits (`'0A'`, `'0x0a'`); or several of these. */
export type StateSelector = SocketState | number | string;

const NAMES: ReadonlyMap<number, SocketState> = new Map(STATE_CODES.map(([name, code]) => [code, name]));
const CODES: ReadonlyMap<string, number> = new Map(STATE_CODES.map(([name, code]) => [name.toLowerCase(), code]));

export function socketState(code: number): SocketState {
  return NAMES.get(code) ?? 'unknown';
}

/** The code of a state. */
export function stateCode(state: Exclude<SocketState, 'unknown'>): number {
  return CODES.get(state.toLowerCase()) ?? 0;
}

/** What a row must answer to be selected. Names and digits in any case. @throws {RangeError} neither name nor code */
export function stateFilter(selectors: StateSelector | readonly StateSelector[]): (code: number) => boolean {
  const tests = (Array.isArray(selectors) ? selectors : [selectors]).map(codeTest);
  return (code) => tests.some((test) => test(code));
}

function codeTest(selector: unknown): (code: number) => boolean {
  if (typeof selector === 'string' && selector.toLowerCase() === 'unknown') return (code) => !NAMES.has(code);
  const wanted = codeOf(selector);
  if (wanted === undefined) {
    const names = [...NAMES.values()].join(', ');
    throw new RangeError(
      `unknown socket state ${JSON.stringify(String(selector))}; expected a code from 0 to 255, or one of ${names}, unknown`,
    );
  }
  return (code) => code === wanted;
}

function codeOf(selector: unknown): number | undefined {
  if (typeof selector === 'number')
    return Number.isInteger(selector) && selector >= 0 && selector <= 255 ? selector : undefined;
  if (typeof selector !== 'string') return undefined;
  return /^(?:0x)?[0-9a-f]{2}$/i.test(selector) ? Number.parseInt(selector, 16) : CODES.get(selector.toLowerCase());
}
