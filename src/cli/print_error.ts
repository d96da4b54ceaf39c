/** Prints an error to standard error, sanitized for a terminal. The sanitizer is loaded only when needed. */
import { say } from './standard_streams.ts';
export async function printError(message: string): Promise<void> {
  const { sanitizeText } = await import('../text/sanitize.ts');
  say(
    `pcapflow: ${message
      .split('\n')
      .map((line) => sanitizeText(line))
      .join('\n')}\n`,
  );
}

/** Prints a warning. */
export function warn(message: string): void {
  if (isPlain(message)) say(`pcapflow: warning: ${message}\n`);
  else void printError(`warning: ${message}`);
}

/** Printable ASCII is safe for a terminal. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
