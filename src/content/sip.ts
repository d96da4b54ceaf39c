/** SIP (RFC 3261) over UDP and TCP, and RTSP (RFC 2326, 7826): method, status, users, agent, path. */

import { detailsOf, verdict, type Recognise } from './conversation.ts';
import { parseHeaders, type Headers } from './http/headers.ts';
import { requestLine, statusLine } from './http/start_line.ts';
import { textOf } from './text.ts';

const SIP_METHODS: ReadonlySet<string> = new Set(
  'INVITE ACK BYE CANCEL REGISTER OPTIONS PRACK SUBSCRIBE NOTIFY PUBLISH INFO REFER MESSAGE UPDATE'.split(' '),
);

export const recogniseSip: Recognise = ({ client, server, secrets }) => {
  const request = requestLine(client, 0, 'SIP/2.');
  const asked = request !== undefined && SIP_METHODS.has(request.method);
  const status = statusLine(server, 0, 'SIP/2.');
  if (!asked && status === undefined) return undefined;
  const headers = asked ? parseHeaders(client, request.line.next) : parseHeaders(server, status?.next ?? 0);
  const agent = headers.get('user-agent') ?? headers.get('server');
  return verdict('sip', 2, asked && status !== undefined, {
    details: detailsOf({
      method: asked ? request.method : undefined,
      status: status?.status,
      userAgent: agent,
      from: secrets ? userOf(headers, 'from', 'f') : undefined,
      to: secrets ? userOf(headers, 'to', 't') : undefined,
    }),
    malformed: headers.malformed,
  });
};

/** `Name <sip:user@host>;tag=...`: the address without parameters. */
function userOf(headers: Headers, name: string, compact: string): string | undefined {
  const value = headers.get(name) ?? headers.get(compact);
  if (value === undefined) return undefined;
  const open = value.indexOf('<');
  const close = value.indexOf('>', open);
  if (open >= 0 && close > open) return value.slice(open + 1, close);
  return value.split(';', 1)[0]?.trim();
}

const RTSP_METHODS: ReadonlySet<string> = new Set(
  'OPTIONS DESCRIBE SETUP PLAY PAUSE RECORD ANNOUNCE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT'.split(' '),
);

export const recogniseRtsp: Recognise = ({ client, server }) => {
  const request = requestLine(client, 0, 'RTSP/');
  const asked = request !== undefined && RTSP_METHODS.has(request.method);
  const status = statusLine(server, 0, 'RTSP/1.') ?? statusLine(server, 0, 'RTSP/2.');
  if (!asked && status === undefined) return undefined;
  const headers = asked ? parseHeaders(client, request.line.next) : undefined;
  return verdict('rtsp', 2, asked && status !== undefined, {
    details: detailsOf({
      method: asked ? request.method : undefined,
      path: asked ? textOf(request.target) : undefined,
      status: status?.status,
      userAgent: headers?.get('user-agent'),
    }),
  });
};
