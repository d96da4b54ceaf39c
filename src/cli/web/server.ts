/** Serves the page on this machine, and to those who know the token what it shows. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FParserError, messageOf } from '../../errors.ts';
import { pageFiles } from '../page_files.ts';
import { answerText } from './answer_text.ts';
import { hasToken, refusal, RESPONSE_HEADERS } from './request_rules.ts';

const ADDRESS = '127.0.0.1';
const TOKEN_BYTES = 32;

/** Answers for a path, to those who know the token. Undefined: there is no such path. */
export type Guarded = (path: string) => ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;

export interface PageServer {
  /** With the token, which is behind the `#`: it is in no request line. */
  readonly url: string;
  close(): void;
}

/**
 * @param port 0: a free one
 * @throws {FParserError} ERR_READ when the port is taken or may not be used
 */
export async function startPageServer(port: number, guarded: Guarded): Promise<PageServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const files = pageFiles();
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(RESPONSE_HEADERS)) response.setHeader(name, value);
    const refused = refusal(request, (server.address() as AddressInfo).port);
    if (refused !== undefined) return answerText(response, refused.status, refused.text);
    const path = request.url?.split('?')[0] ?? '';
    const file = files.get(path);
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': file.type, 'content-length': file.body.length });
      return response.end(request.method === 'HEAD' ? undefined : file.body);
    }
    const answer = guarded(path);
    if (answer === undefined) return answerText(response, 404, 'there is no such path');
    if (!hasToken(request, token))
      return answerText(response, 403, 'the token is missing or wrong; open the URL that was printed');
    return answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(port, error)));
    server.listen(port, ADDRESS, resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${ADDRESS}:${chosen}/#token=${token}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function cannotListen(port: number, error: unknown): FParserError {
  const remedy = 'name another one with --port, or none for a free one';
  return new FParserError('ERR_READ', `port ${port} cannot be used: ${messageOf(error)}; ${remedy}`, { cause: error });
}
