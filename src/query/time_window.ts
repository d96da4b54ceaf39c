/** The span of time whose packets are wanted, as people write it. */
import type { TimeBound, TimeWindow } from '../engine/options.ts';
import { WhereError } from './error.ts';
import { numberLiteral } from './literals.ts';
import { momentNs } from './moment.ts';

const NS_PER_SECOND = 1e9;
/** Of 2^64 nanoseconds. */
const SECONDS_MAX = 18_446_744_073;

/**
 * @param options that have the texts, for messages: `--from`
 * @param local times without a zone are those of this host, not UTC
 * @throws {RangeError} when one is not a time, or the end is not after the beginning
 */
export function timeWindow(
  from: string | undefined,
  to: string | undefined,
  options: readonly [string, string],
  local = false,
): TimeWindow | undefined {
  if (from === undefined && to === undefined) return undefined;
  const begin = from === undefined ? undefined : timeBound(from, options[0], local);
  const end = to === undefined ? undefined : timeBound(to, options[1], local);
  if (begin !== undefined && end !== undefined && begin.relative === end.relative && begin.ns >= end.ns) {
    throw new RangeError(`${options[1]} '${to}' is not after ${options[0]} '${from}'`);
  }
  return { from: begin, to: end };
}

function timeBound(text: string, option: string, local: boolean): TimeBound {
  const ns = text.startsWith('+') ? spanNs(text.slice(1)) : momentNs(text, local);
  if (ns === undefined) {
    const forms = '2024-05-31T12:00:00Z, seconds since the epoch, or +10s after the first packet';
    throw new RangeError(`${option} is '${text}', which is not a time; write ${forms}`);
  }
  return { ns, relative: text.startsWith('+') };
}

/** `10s`, `1.5min`, `500ms`, or seconds. */
function spanNs(text: string): bigint | undefined {
  if (!/^\d+(\.\d+)?[a-zµ]*$/i.test(text)) return undefined;
  try {
    const { value, quantity } = numberLiteral({ kind: 'number', text, column: 0 });
    const isSpan = quantity === 'seconds' || (quantity === null && /\d$/.test(text));
    return isSpan && value < SECONDS_MAX ? BigInt(Math.round(value * NS_PER_SECOND)) : undefined;
  } catch (error) {
    if (error instanceof WhereError) return undefined;
    throw error;
  }
}
