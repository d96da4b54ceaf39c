/** Opens a URL in the browser of the desktop. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../standard_streams.ts';

/** Programs that do so, by Node's name of the system. Elsewhere the desktop has that of freedesktop.org. */
const OPENERS: Readonly<Record<string, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * The browser gets a file that only this user can read and that leads to the URL: arguments of a program can be read by
 * everybody. Where that fails, it is reported. Returns what removes the file.
 */
export function openBrowser(url: string): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'pcapflow-open-'));
  const file = join(folder, 'page.html');
  writeFileSync(
    file,
    `<!doctype html><meta http-equiv="refresh" content="0; url=${url}"><a href="${url}">pcapflow</a>\n`,
  );
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const failed = (why: string): void => say(`pcapflow: --open: ${program} ${why}; open the URL above in a browser\n`);
  const child = spawn(program, [...args, file], { stdio: 'ignore', detached: true });
  child.on('error', ({ code, message }: NodeJS.ErrnoException) =>
    failed(code === 'ENOENT' ? 'is not installed' : message),
  );
  child.on('exit', (code) => {
    if (code !== 0) failed(code === null ? 'was ended by a signal' : `ended with ${code}`);
  });
  child.unref();
  return () => rmSync(folder, { recursive: true, force: true });
}
