/** A web page uses the same language, so nothing that it needs may come from Node. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

/** All files that a file imports at run time, itself included. */
function reachedFrom(path: string, reached = new Set<string>()): ReadonlySet<string> {
  if (reached.has(path)) return reached;
  reached.add(path);
  for (const [, type, target = ''] of readFileSync(path, 'utf8').matchAll(
    /^import (type )?[^;]*? from '([^']+)';$/gms,
  )) {
    if (type !== undefined) continue;
    if (target.startsWith('.')) reachedFrom(normalize(join(dirname(path), target)), reached);
    else reached.add(target);
  }
  return reached;
}

it.each(['where', 'ranking', 'grouping', 'sort_key', 'derived'])(
  '%s imports nothing from Node or a package',
  (name) => {
    const reached = [...reachedFrom(`src/query/${name}.ts`)];
    expect(reached.filter((path) => !/^(src|assembly)\//.test(path))).toEqual([]);
    for (const path of reached)
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/\b(process|Buffer|require)\b[.(]/);
  },
);
