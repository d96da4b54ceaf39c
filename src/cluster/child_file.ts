/** The file that child processes of a worker run. This one is as deep in the tree as the bundle of the command. */
import { fileURLToPath } from 'node:url';

const CHILD = import.meta.url.endsWith('.ts')
  ? '../../dist/src/cluster/queue/child.js'
  : '../../src/cluster/queue/child.js';

export const CHILD_FILE = fileURLToPath(new URL(CHILD, import.meta.url));
