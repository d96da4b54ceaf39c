/** Runs a command, and tells what keeps it from its work. */
import { CaptureError, FParserError, messageOf } from '../errors.ts';
import { complain } from './complain.ts';
import { EXIT_CANNOT_START, EXIT_NO_PERMISSION, EXIT_NOT_FOUND, EXIT_OK } from './exit.ts';

/**
 * Gives the exit status.
 * @throws what is a mistake of ours: neither wrong arguments nor something that the system refuses
 */
export async function runCommand(work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    return await failure(error);
  }
}

/** The same for a command whose arguments are read first. @param parse gives undefined when only help was asked for */
export function runParsed<Args>(
  argv: readonly string[],
  parse: (argv: readonly string[]) => Args | undefined,
  run: (args: Args) => number | Promise<number>,
): Promise<number> {
  return runCommand(() => {
    const args = parse(argv);
    return args === undefined ? EXIT_OK : run(args);
  });
}

async function failure(error: unknown): Promise<number> {
  await complain(messageOf(error));
  if (error instanceof RangeError) return EXIT_CANNOT_START;
  // Errors of operation have a code, and so have those of parseArgs.
  if (!(error instanceof Error && 'code' in error)) throw error;
  switch (error.code) {
    case 'ERR_CONNECTION_NOT_FOUND':
    case 'ERR_PID_NOT_FOUND':
      return EXIT_NOT_FOUND;
    case 'ERR_PERMISSION':
      // To capture; that of a file is a CaptureError.
      return error instanceof FParserError && !(error instanceof CaptureError) ? EXIT_NO_PERMISSION : EXIT_CANNOT_START;
    default:
      return EXIT_CANNOT_START;
  }
}
