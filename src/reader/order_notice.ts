/** Messages about the order in which files are read. */
const NAMES_MAX = 4;

export function orderNotice(names: readonly string[]): string {
  const order = `files are read in the order of their first packets: ${listed(names)}`;
  return `${order} (order 'given' keeps the order as named)`;
}

export function notCapturesNotice(names: readonly string[]): string {
  return names.length === 1 ? `not a capture, left out: ${listed(names)}` : `not captures, left out: ${listed(names)}`;
}

/** @param time of the first packet, @param ended of the latest packet before it, nanoseconds since the epoch */
export function earlyStartNotice(name: string, time: bigint, ended: bigint): string {
  const shown = name === '-' ? 'standard input' : name;
  const early = `${shown} begins at ${timeText(time)}, before what was read ended (${timeText(ended)})`;
  return `${early}: flows may be cut in two`;
}

function listed(names: readonly string[]): string {
  const further = names.length - NAMES_MAX;
  return further > 1 ? `${names.slice(0, NAMES_MAX).join(', ')} and ${further} more` : names.join(', ');
}

/** ISO 8601 with nanoseconds. */
function timeText(time: bigint): string {
  const seconds = Number(time / 1_000_000_000n);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}
