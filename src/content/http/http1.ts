/** HTTP/1.0 and 1.1 (RFC 9112): the first request and the first final response; WebSocket (RFC 6455) in it. */

import { indexOfByte } from '../bytes.ts';
import { detailsOf, verdict, type Conversation, type Inner, type Recognise } from '../conversation.ts';
import { NAME_MAX, textOf } from '../text.ts';
import { parseHeaders, type Headers } from './headers.ts';
import { requestLine, statusLine } from './start_line.ts';
import type { ContentFields } from '../../flow/identity.ts';

const INTERIM_MAX = 4;
const SWITCHING = 101;
const QUESTION_MARK = 0x3f;
const SLASH = 0x2f;

interface Request {
  readonly method: string;
  readonly target: Uint8Array;
  readonly headers: Headers;
}

interface Response {
  readonly status: number;
  readonly headers: Headers;
}

export const recogniseHttp: Recognise = (conversation) => {
  const request = parseRequest(conversation.client);
  const response = parseResponse(conversation.server);
  if (request === undefined && response === undefined) return undefined;
  const websocket = isWebsocket(request, response);
  const both = request !== undefined && response !== undefined;
  const tunnel = request?.method === 'CONNECT' ? textOf(request.target, NAME_MAX) : undefined;
  return verdict(websocket ? 'websocket' : 'http', 2, both, {
    fields: { ...requestFields(request, conversation), ...responseFields(response) },
    details: detailsOf({ tunnel, upgrade: websocket ? undefined : request?.headers.get('upgrade') }),
    malformed:
      (request?.headers.count('host') ?? 0) > 1 || request?.headers.malformed || response?.headers.malformed || false,
    inner: tunnel === undefined ? undefined : tunnelAt(request, response),
  });
};

/** The version at the end of its line is what makes a request: methods are registered without end (RFC 9110 §16.1). */
function parseRequest(bytes: Uint8Array): Request | undefined {
  const line = requestLine(bytes, requestAt(bytes), 'HTTP/1.');
  if (line === undefined) return undefined;
  return { method: line.method, target: line.target, headers: parseHeaders(bytes, line.line.next) };
}

/** An empty line in front of the request is skipped (RFC 9112 §2.2). */
const requestAt = (bytes: Uint8Array): number => (bytes[0] === 13 && bytes[1] === 10 ? 2 : 0);

/** Interim responses (1xx) are skipped, but for 101: no other follows it. */
function parseResponse(bytes: Uint8Array): Response | undefined {
  let at = 0;
  let interim: Response | undefined;
  for (let n = 0; n < INTERIM_MAX; n++) {
    const line = statusLine(bytes, at, 'HTTP/1.');
    if (line === undefined) return interim;
    const response = { status: line.status, headers: parseHeaders(bytes, line.next) };
    if (line.status >= 200 || line.status === SWITCHING) return response;
    interim = { status: 0, headers: response.headers };
    if (response.headers.end === undefined) return interim;
    at = response.headers.end;
  }
  return interim;
}

const isWebsocket = (request: Request | undefined, response: Response | undefined): boolean =>
  response?.status === SWITCHING &&
  (response.headers.get('upgrade') ?? request?.headers.get('upgrade') ?? '').toLowerCase() === 'websocket';

function requestFields(request: Request | undefined, { httpQuery }: Conversation): Partial<ContentFields> {
  if (request === undefined) return {};
  const { method, target, headers } = request;
  const pathAt = pathStart(target);
  const queryAt = httpQuery ? -1 : indexOfByte(target, QUESTION_MARK, pathAt);
  const host = headers.get('host') ?? (pathAt > 0 ? authorityOf(target, pathAt) : undefined);
  return {
    serverName: host === undefined || host === '' ? null : hostName(host),
    httpMethod: method,
    httpPath: method === 'CONNECT' ? null : textOf(target.subarray(pathAt, queryAt < 0 ? target.length : queryAt)),
    httpUserAgent: headers.get('user-agent') ?? null,
  };
}

function responseFields(response: Response | undefined): Partial<ContentFields> {
  if (response === undefined || response.status === 0) return {};
  return { httpStatus: response.status, httpContentType: response.headers.get('content-type') ?? null };
}

/** Where the path starts: after scheme and authority in a request to a proxy (absolute-form, RFC 9112 §3.2.2). */
function pathStart(target: Uint8Array): number {
  if (target[0] === SLASH) return 0;
  for (let at = 0; at + 2 < target.length && at < 8; at++) {
    if (target[at] !== 0x3a || target[at + 1] !== SLASH || target[at + 2] !== SLASH) continue;
    const slash = indexOfByte(target, SLASH, at + 3);
    return slash < 0 ? target.length : slash;
  }
  return 0;
}

function authorityOf(target: Uint8Array, pathAt: number): string {
  const start = indexOfByte(target, SLASH, 0) + 2;
  return textOf(target.subarray(start, pathAt), NAME_MAX);
}

/** Host without port, in lower case; an IPv6 address keeps its brackets. */
export function hostName(host: string): string {
  const lower = host.toLowerCase();
  const colon = lower.lastIndexOf(':');
  const port = colon < 0 ? '' : lower.slice(colon + 1);
  const isPort = colon > 0 && port.length <= 5 && [...port].every((digit) => digit >= '0' && digit <= '9');
  const name = isPort && !lower.slice(0, colon).includes(':') ? lower.slice(0, colon) : lower;
  if (isPort && lower.startsWith('[') && lower[colon - 1] === ']') return lower.slice(0, colon);
  return name.slice(0, NAME_MAX);
}

/** The proxy agreed: both streams start again after the empty lines. */
function tunnelAt(request: Request | undefined, response: Response | undefined): Inner | undefined {
  const [clientAt, serverAt] = [request?.headers.end, response?.headers.end];
  const agreed = response !== undefined && response.status >= 200 && response.status < 300;
  return agreed && clientAt !== undefined && serverAt !== undefined ? { clientAt, serverAt, tls: false } : undefined;
}
