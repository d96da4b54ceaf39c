/** The name that somebody may have meant. */

/** The known name with the fewest typing mistakes, at most a third of its characters; undefined: none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const one of known) {
    const mistakes = distance(name.toLowerCase(), one.toLowerCase());
    if (mistakes < least && mistakes <= Math.max(1, Math.floor(one.length / 3))) {
      best = one;
      least = mistakes;
    }
  }
  return best;
}

/** Characters inserted, left out, replaced, or exchanged with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1);
      }
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] as number;
}
