import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let known: string | undefined;

/** The version of this package. Read once. */
export function version(): string {
  const require = createRequire(import.meta.url);
  known ??= String(
    (JSON.parse(readFileSync(require.resolve('pcapflow/package.json'), 'utf8')) as { version: string }).version,
  );
  return known;
}
