/** Prints an error to standard error, sanitized for a terminal. The sanitizer is loaded only when needed. */
export async function printError(message: string): Promise<void> {
  const { sanitizeText } = await import('../text/sanitize.ts');
  process.stderr.write(
    `pcapflow: ${message
      .split('\n')
      .map((line) => sanitizeText(line))
      .join('\n')}\n`,
  );
}

/** Prints a warning. */
export function warn(message: string): void {
  if (isPlain(message)) process.stderr.write(`pcapflow: warning: ${message}\n`);
  else void printError(`warning: ${message}`);
}

/** Printable ASCII is safe for a terminal. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
