/** Suggests the known name that was probably meant. */

/** Case and dashes do not count: `maxflows` and `max-flows` are maxFlows. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/**
 * The known name nearest to a misspelt one, if it is near enough: at most one letter in three is wrong, missing, extra
 * or swapped with its neighbour. The first of equally near ones.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const text = plain(candidate);
    const distance = editDistance(wanted, text);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, text.length) / 3));
    // A single different letter is another name, not a misspelling.
    if (distance > limit || distance >= Math.min(wanted.length, text.length) || distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/**
 * `unknown option 'fliter'; did you mean 'filter'?`
 * @param what kind of thing: `option`, `command`, `field`
 * @param otherwise remedy when no known name is near
 */
export function unknownName(what: string, name: string, known: Iterable<string>, otherwise?: string): string {
  const nearest = nearestName(name, known);
  const remedy = nearest === undefined ? otherwise : `did you mean '${nearest}'?`;
  return `unknown ${what} '${name}'${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** Insertions, deletions, replacements and swaps of neighbours that make one text of the other (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
