#!/usr/bin/env node
/** What the system starts: loads the command (main.ts) from its bundle. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Chunks, hasCompiledCode } from './compiled_code.ts';

const COMMAND = './command.cjs';

const require = createRequire(import.meta.filename);
const folder = dirname(require.resolve(COMMAND));
if (hasCompiledCode(folder)) new Chunks(folder, require).load(COMMAND);
else require(COMMAND);
