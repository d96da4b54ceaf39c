/** SSDP (UPnP Device Architecture 2.0 §1): HTTP messages in UDP datagrams on port 1900. */

import { detailsOf, verdict, type Recognise } from '../conversation.ts';
import { textOf } from '../text.ts';
import { parseHeaders } from './headers.ts';
import { hostName } from './http1.ts';
import { requestLine, statusLine } from './start_line.ts';

const PORT = 1900;
const REQUESTS = ['M-SEARCH', 'NOTIFY'];

export const recogniseSsdp: Recognise = ({ client, server, clientPort, serverPort }) => {
  const request = requestLine(client, 0, 'HTTP/1.');
  const asked = request !== undefined && REQUESTS.includes(request.method);
  const status = statusLine(server, 0, 'HTTP/1.');
  if (!asked && status === undefined) return undefined;
  const asking = asked ? parseHeaders(client, request.line.next) : undefined;
  const answer = status === undefined ? undefined : parseHeaders(server, status.next);
  const get = (name: string) => asking?.get(name) ?? answer?.get(name);
  // An answer comes from a port of its own, in a flow that has no question.
  const onPort = clientPort === PORT || serverPort === PORT;
  if (!asked && !onPort && (get('st') === undefined || get('usn') === undefined)) return undefined;
  const host = asking?.get('host');
  return verdict('ssdp', 2, asked && status !== undefined, {
    fields: {
      serverName: host === undefined ? null : hostName(host),
      httpMethod: asked ? request.method : null,
      httpPath: asked ? textOf(request.target) : null,
      httpUserAgent: asking?.get('user-agent') ?? null,
      httpStatus: status?.status ?? null,
      httpContentType: answer?.get('content-type') ?? null,
    },
    details: detailsOf({ target: get('st') ?? get('nt'), usn: get('usn'), server: get('server') }),
  });
};
