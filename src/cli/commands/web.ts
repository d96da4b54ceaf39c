/** `pcapflow web`: the page, and the captures that it shows. */
import { once } from 'node:events';
import type { ValuesAt } from '../../options/table.ts';
import { EXIT_OK } from '../exit.ts';
import { workingOn } from '../exit_guard.ts';
import { STOP_SIGNALS } from '../signals.ts';
import { listening } from '../web/listening.ts';
import { openBrowser } from '../web/open_browser.ts';
import { startPageServer } from '../web/server.ts';
import type { Guarded } from '../web/server.ts';
import { ServedCaptures } from '../web/served_captures.ts';
import { say } from '../standard_streams.ts';
import { print } from '../print.ts';

export async function web({ open, ...at }: ValuesAt<'web'>, paths: readonly string[]): Promise<number> {
  const where = listening(at);
  const captures = new ServedCaptures(paths);
  let forget = (): void => undefined;
  try {
    const server = await startPageServer(where, guarded(captures));
    await print(`${server.url}\n`);
    say('pcapflow: open this in a browser; Ctrl-C ends it\n');
    if (open) forget = openBrowser(server.url);
    workingOn('serving the page');
    await Promise.race(STOP_SIGNALS.map((signal) => once(process, signal)));
    server.close();
    return EXIT_OK;
  } finally {
    forget();
    captures.close();
  }
}

function guarded(captures: ServedCaptures): Guarded {
  return (path) => {
    if (path === '/offer') {
      return (_request, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ captures: captures.list(), live: null }));
    }
    const number = /^\/capture\/(\d{1,4})$/.exec(path)?.[1];
    return number === undefined ? undefined : (request, response) => captures.answer(Number(number), request, response);
  };
}
