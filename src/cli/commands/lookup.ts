/** `pcapflow lookup`: the process behind a packet, and which end started the exchange. */
import { canonicalAddress, isValidIpv4, isValidIpv6, isValidPort } from '../../host/address/address.ts';
import type { Endpoint } from '../../host/endpoint.ts';
import { processName } from '../../host/process/process_name.ts';
import { userName } from '../../host/process/user_name.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { NetworkStateTracker, UNDEFINED_PID } from '../../host/state/index.ts';
import type { LookupResult, PacketInfo } from '../../host/state/index.ts';
import type { ValuesAt } from '../../options/table.ts';
import { warn } from '../print_error.ts';
import { EXIT_OK } from '../exit.ts';
import { Output } from '../output.ts';

export async function lookup(
  { inbound, fast, format }: ValuesAt<'lookup'>,
  operands: readonly string[],
): Promise<number> {
  const packet = packetOf(operands, inbound);
  const tracker = new NetworkStateTracker();
  tracker.enableTcpDualStack();
  tracker.enableUdpDualStack();
  const result = await tracker.lookup({ ...packet, seenAt: Date.now() }, { fast });
  const isJson = format === 'json';
  const output = new Output(undefined, isJson);
  // Names are not always ASCII.
  await output.addBytes(Buffer.from(isJson ? jsonText(result) : plainText(result)));
  await output.close();
  if (tracker.permissionDenied > 0) {
    warn('the descriptors of some processes may not be seen; run as root');
  }
  return EXIT_OK;
}

/** @throws {RangeError} for invalid operands */
function packetOf(operands: readonly string[], inbound: boolean): Omit<PacketInfo, 'seenAt'> {
  const [protocol, localText, remoteText] = operands;
  if (protocol === undefined || localText === undefined || remoteText === undefined || operands.length > 3) {
    throw new RangeError(`${operands.length} arguments; PROTO LOCAL REMOTE are needed, see pcapflow lookup --help`);
  }
  const local = endpoint('LOCAL', localText);
  const remote = endpoint('REMOTE', remoteText);
  if (local.address.includes(':') !== remote.address.includes(':')) {
    throw new RangeError(`${localText} and ${remoteText} are of two address families; both must be IPv4 or both IPv6`);
  }
  const name = protocol.toLowerCase();
  if (name !== 'tcp' && name !== 'udp') throw new RangeError(`PROTO is ${name}; it must be one of tcp, udp`);
  return { protocol: name, inbound, ...(inbound ? { src: remote, dst: local } : { src: local, dst: remote }) };
}

/** @throws {RangeError} */
function endpoint(name: string, text: string): Endpoint {
  const [, ipv6, ipv4, port = ''] = /^(?:\[([^\]]*)\]|([^:]*)):([0-9]+)$/.exec(text) ?? [];
  const address = ipv6 ?? ipv4 ?? '';
  const valid = ipv6 === undefined ? isValidIpv4(address) : isValidIpv6(address);
  if (!valid || !isValidPort(port, { allowZero: true })) {
    throw new RangeError(`${name} is ${JSON.stringify(text)}; it must be like 192.0.2.1:80 or [2001:db8::1]:80`);
  }
  return { address: canonicalAddress(address), port: Number(port) };
}

function jsonText({ pid, uid, inode, inbound }: LookupResult): string {
  const known = pid !== UNDEFINED_PID;
  return `${JSON.stringify({
    pid: known ? pid : null,
    process: known ? (processName(pid) ?? null) : null,
    uid,
    user: uid === null ? null : (userName(uid) ?? null),
    direction: inbound ? 'inbound' : 'outbound',
    inode,
  })}\n`;
}

function plainText({ pid, uid, inbound }: LookupResult): string {
  const known = pid !== UNDEFINED_PID;
  const name = known ? processName(pid) : undefined;
  return [
    `pid        ${known ? pid : '-'}`,
    `process    ${name === undefined ? '-' : sanitizeText(name)}`,
    `user       ${uid === null ? '-' : sanitizeText(userName(uid) ?? String(uid))}`,
    `direction  ${inbound ? 'inbound' : 'outbound'}`,
    '',
  ].join('\n');
}
