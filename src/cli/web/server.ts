/** Serves the page, and to those who know the token what it shows. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FParserError, messageOf } from '../../errors.ts';
import { pageFiles } from '../page_files.ts';
import { answerText } from './answer_text.ts';
import type { Listening } from './listening.ts';
import { hasToken, refusal, RESPONSE_HEADERS } from './request_rules.ts';

const TOKEN_BYTES = 32;

/** Answers for a path, to those who know the token. Undefined: there is no such path. */
export type Guarded = (path: string) => ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;

export interface PageServer {
  /** With the token, which is behind the `#`: it is in no request line. */
  readonly url: string;
  close(): void;
}

/** @throws {FParserError} ERR_READ when the port is taken or may not be used, or the key is not the certificate's */
export async function startPageServer(at: Listening, guarded: Guarded): Promise<PageServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const files = pageFiles();
  let origins: readonly string[] = [];
  const server = await serverFor(at, (request, response) => {
    for (const [name, value] of Object.entries(RESPONSE_HEADERS)) response.setHeader(name, value);
    const refused = refusal(request, origins);
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
    server.once('error', (error) => reject(cannotListen(at, error)));
    server.listen(at.port, at.address, resolve);
  });
  origins = at.origins((server.address() as AddressInfo).port);
  return {
    url: `${origins[0]}/#token=${token}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function serverFor({ tls }: Listening, answer: Answer): Promise<Server> {
  if (tls === undefined) return createServer(answer);
  const https = await import('node:https');
  try {
    return https.createServer(tls, answer);
  } catch (error) {
    const message = `--tls-cert and --tls-key cannot be used: ${messageOf(error)}`;
    throw new FParserError('ERR_READ', message, { cause: error });
  }
}

function cannotListen({ port, address }: Listening, error: unknown): FParserError {
  const remedy = 'name another one with --port, or none for a free one';
  const message = `port ${port} of ${address} cannot be used: ${messageOf(error)}; ${remedy}`;
  return new FParserError('ERR_READ', message, { cause: error });
}
