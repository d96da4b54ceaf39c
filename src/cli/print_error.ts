/** Tells a problem on standard error, fit for a terminal. What that takes is loaded when there is one. */
export async function printError(message: string): Promise<void> {
  const { sanitizeText } = await import('../text/sanitize.ts');
  process.stderr.write(
    `pcapflow: ${message
      .split('\n')
      .map((line) => sanitizeText(line))
      .join('\n')}\n`,
  );
}

/** Reports what does not keep anybody from their work. */
export function warn(message: string): void {
  if (isPlain(message)) process.stderr.write(`pcapflow: warning: ${message}\n`);
  else void printError(`warning: ${message}`);
}

/** Printable ASCII is fit for a terminal as it is. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
