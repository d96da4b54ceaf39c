/** The exit status is earned: it is a failure until the command has said that it is done, whatever ends the process. */
import { EXIT_UNFINISHED } from './exit.ts';
import { sayAtOnce } from './standard_streams.ts';

let stage = 'starting';
let finished = false;

/** Says what the process is at, for the case that it ends there. */
export function workingOn(what: string): void {
  stage = what;
}

/**
 * Until `finish` the process fails. A process ends by itself when nothing is left that could go on: that is a mistake
 * here.
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
