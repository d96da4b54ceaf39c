/** Finds the visible part of a sorted list without sorting the rest. */

/**
 * Reorders the first `count` places so that those at [from, to) are where sorting all of them would put them: largest
 * key first, among equal keys the smaller tie first. Linear in `count`.
 * @param keys
 * @param ties by place; ties are all different, so the result does not depend on the previous order
 */
export function orderWindow(
  order: Uint32Array,
  count: number,
  from: number,
  to: number,
  keys: Float64Array,
  ties: Uint32Array,
): void {
  if (to <= from) return;
  const comesBefore = (a: number, b: number): boolean => {
    const x = keys[a] as number;
    const y = keys[b] as number;
    return x > y || (x === y && (ties[a] as number) < (ties[b] as number));
  };
  if (from > 0) select(order, 0, count - 1, from, comesBefore);
  if (to < count) select(order, from, count - 1, to, comesBefore);
  order.subarray(from, to).sort((a, b) => (comesBefore(a, b) ? -1 : 1));
}

/** Quickselect (Hoare): what belongs before place `rank` goes before it, the rest after. */
function select(
  order: Uint32Array,
  low: number,
  high: number,
  rank: number,
  comesBefore: (a: number, b: number) => boolean,
): void {
  while (low < high) {
    const pivot = median(order[low] as number, order[(low + high) >>> 1] as number, order[high] as number, comesBefore);
    let left = low;
    let right = high;
    while (left <= right) {
      while (comesBefore(order[left] as number, pivot)) left++;
      while (comesBefore(pivot, order[right] as number)) right--;
      if (left > right) break;
      const swap = order[left] as number;
      order[left++] = order[right] as number;
      order[right--] = swap;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return;
  }
}

function median(a: number, b: number, c: number, comesBefore: (a: number, b: number) => boolean): number {
  if (comesBefore(a, b)) {
    if (comesBefore(b, c)) return b;
    return comesBefore(a, c) ? c : a;
  }
  if (comesBefore(a, c)) return a;
  return comesBefore(b, c) ? c : b;
}
