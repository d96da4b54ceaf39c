/** Writes anew what is made from the schema of flows: `npm run docs:schema`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DOCUMENTS } from './documents.ts';

// From dist/docs/make back to the sources.
const folder = fileURLToPath(new URL('../../../', import.meta.url));
for (const [path, make] of DOCUMENTS) {
  const file = folder + path;
  const now = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const text = make(now);
  if (text === now) continue;
  writeFileSync(file, text);
  console.log(`${path} written`);
}
