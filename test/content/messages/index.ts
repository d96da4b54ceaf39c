/** Conversations made by hand, one or more of every protocol. */

import { BINARY } from './binary.ts';
import { SECURE } from './secure.ts';
import { TEXT } from './text.ts';
import type { Sample } from './sample.ts';

export { payloadOf, type Sample } from './sample.ts';

export const SAMPLES: readonly Sample[] = [...SECURE, ...TEXT, ...BINARY];
