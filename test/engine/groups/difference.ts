/** Where two records differ. */

/**
 * The first difference, or undefined. Means and deviations may differ by what adding up in doubles does; all else is
 * equal.
 */
export function difference(ours: unknown, theirs: unknown, path: string): string | undefined {
  if (typeof ours === 'number' && typeof theirs === 'number' && /\.(mean|sd)$/.test(path)) {
    const most = path.endsWith('.sd') ? 1e-3 : 0;
    return Math.abs(ours - theirs) <= Math.abs(theirs) * 1e-9 + most ? undefined : `${path}: ${ours}, model ${theirs}`;
  }
  if (typeof ours === 'object' && typeof theirs === 'object' && ours !== null && theirs !== null) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    for (const key of keys) {
      const [a, b] = [ours[key as keyof typeof ours], theirs[key as keyof typeof theirs]];
      const found = difference(a, b, `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return ours === theirs ? undefined : `${path}: ${String(ours)}, model ${String(theirs)}`;
}
