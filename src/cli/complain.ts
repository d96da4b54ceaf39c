/** Tells a problem on standard error, fit for a terminal. What that takes is loaded when there is one. */
export async function complain(message: string): Promise<void> {
  const { sanitizeText } = await import('../text/sanitize.ts');
  process.stderr.write(
    `pcapflow: ${message
      .split('\n')
      .map((line) => sanitizeText(line))
      .join('\n')}\n`,
  );
}

/** Tells what does not keep anybody from their work. */
export function warn(message: string): void {
  process.stderr.write(`pcapflow: warning: ${message}\n`);
}
