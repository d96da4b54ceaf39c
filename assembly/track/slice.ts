/** How much is done in one walk of a file before the host has its turn. The host calls again, and the work continues. */

/** Flows looked at or ended in a slice. */
const SLICE: u32 = 4096;

let left: u32 = 0;

export function beginSlice(): void {
  left = SLICE;
}

/** So many more flows were looked at, or ended. Is the slice over? */
@inline export function endsSlice(flows: u32): bool {
  left -= min(left, flows);
  return left == 0;
}
