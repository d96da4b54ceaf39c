/** The exit status is a failure until the command has finished, whatever ends the process. */
import { EXIT_UNFINISHED } from './exit.ts';
import { sayAtOnce } from './standard_streams.ts';

let stage = 'starting';
let finished = false;

/** Records what the process is doing, in case it ends there. */
export function workingOn(what: string): void {
  stage = what;
}

/**
 * Until `finish` the exit status is a failure. Node ends a process that has nothing left to do; before `finish` that is
 * a bug of ours.
 */
export function guardExit(): void {
  process.exitCode = EXIT_UNFINISHED;
  process.once('exit', (code) => {
    if (finished || code !== EXIT_UNFINISHED) return;
    sayAtOnce(`pcapflow: ended while ${stage}, which was not done: nothing was left to wait for. Please report this\n`);
  });
}

export function finish(status: number): void {
  finished = true;
  process.exitCode = status;
}
