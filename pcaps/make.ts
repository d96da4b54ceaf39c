/** Writes the captures of this folder again: `node dist/pcaps/make.js`. Same bytes on every machine. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { files } from './files.ts';

// From dist/pcaps back to the sources.
const folder = fileURLToPath(new URL('../../pcaps/', import.meta.url));
const all = files();
for (const [name, contents] of all) writeFileSync(folder + name, contents);
console.log(`${all.size} files written to ${folder}`);
