/** Whole texts for standard output and standard error. Loaded when there is one: most runs write flows only. */
import { messageOf } from '../errors.ts';
import { EXIT_OK, EXIT_OUTPUT } from './exit.ts';
import { Output, OutputError } from './output.ts';
import { printError } from './print_error.ts';
import { say } from './standard_streams.ts';

/** Writes a text to standard output. @throws {OutputError} */
export async function print(text: string): Promise<void> {
  const output = new Output();
  await output.add(text);
  await output.close();
}

/** All that a run does is to print a text. Gives the exit status. */
export async function printOnly(text: string): Promise<number> {
  try {
    await print(text);
    return EXIT_OK;
  } catch (error) {
    await printError(messageOf(error));
    return EXIT_OUTPUT;
  }
}

/** Writes what was asked for to standard error. A reader that has gone is not an error. @throws {OutputError} */
export function printToStandardError(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    say(text, (error) => {
      if (error === undefined || (error as { code?: unknown }).code === 'EPIPE') resolve();
      else reject(new OutputError('standard error', error));
    });
  });
}
