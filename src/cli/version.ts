import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version of this package. */
export function version(): string {
  const require = createRequire(import.meta.url);
  return String(
    (JSON.parse(readFileSync(require.resolve('pcapflow/package.json'), 'utf8')) as { version: string }).version,
  );
}
