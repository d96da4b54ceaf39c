/** `pcapflow lookup`: the process behind a packet, and which end started the exchange. */
import { canonicalAddress, isValidIpv4, isValidIpv6, isValidPort } from '../../host/address/address.ts';
import { linkScopes } from '../../host/address/link_scope.ts';
import type { Endpoint } from '../../host/endpoint.ts';
import { holdersText } from '../../host/process/holder_text.ts';
import { namespaceText, networkNamespaces } from '../../host/process/network_namespaces.ts';
import type { NetworkNamespace } from '../../host/process/network_namespaces.ts';
import { processName } from '../../host/process/process_name.ts';
import { socketOwners } from '../../host/process/socket_owners.ts';
import type { SocketOwner } from '../../host/process/socket_owners.ts';
import { userName } from '../../host/process/user_name.ts';
import { unseenText } from '../../host/process/visibility.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { LookupError, NetworkStateTracker, UNDEFINED_PID } from '../../host/state/index.ts';
import type { LookupResult, PacketInfo } from '../../host/state/index.ts';
import type { ValuesAt } from '../../options/table.ts';
import { warn } from '../print_error.ts';
import { EXIT_OK } from '../exit.ts';
import { Output } from '../output.ts';

/** An answer, everyone who has the socket, and where it is. */
interface Answer extends LookupResult {
  /** By ascending pid; none when no process can be seen that has it. */
  readonly holders: readonly SocketOwner[];
  /** Undefined: that of this process. */
  readonly namespace: NetworkNamespace | undefined;
  /** Interface of a link-local address. */
  readonly scope: string | undefined;
}

export async function lookup(
  { inbound, fast, format, allNamespaces }: ValuesAt<'lookup'>,
  operands: readonly string[],
): Promise<number> {
  const packet = packetOf(operands, inbound);
  const answer = await search({ ...packet, seenAt: Date.now() }, fast, allNamespaces);
  const isJson = format === 'json';
  const output = new Output(undefined, isJson);
  // Names are not always ASCII.
  await output.addBytes(Buffer.from(isJson ? jsonText(answer) : plainText(answer)));
  await output.close();
  if (answer.pid === UNDEFINED_PID && answer.inode !== 0) {
    const reason = unseenText(undefined);
    if (reason !== undefined) warn(reason);
  }
  return EXIT_OK;
}

/** In the present namespace first. @throws {LookupError} in the words of the present namespace */
async function search(packet: PacketInfo, fast: boolean, everywhere: boolean): Promise<Answer> {
  try {
    return await searchIn(undefined, packet, fast);
  } catch (error) {
    if (!everywhere || !(error instanceof LookupError)) throw error;
    for (const namespace of networkNamespaces().filter(({ own }) => !own)) {
      const answer = await searchIn(namespace, packet, true).catch(() => undefined);
      if (answer !== undefined) return answer;
    }
    throw error;
  }
}

async function searchIn(namespace: NetworkNamespace | undefined, packet: PacketInfo, fast: boolean): Promise<Answer> {
  const tracker = new NetworkStateTracker(namespace === undefined ? {} : { pid: namespace.pid });
  tracker.enableTcpDualStack();
  tracker.enableUdpDualStack();
  const result = await tracker.lookup(packet, { fast });
  const { inode } = result;
  const holders = inode === 0 ? [] : (socketOwners({ inodes: new Set([inode]) }).owners.get(inode) ?? []);
  // The lowest pid, as everywhere; a holder may have gone since the search, or come.
  const local = packet.inbound ? packet.dst : packet.src;
  const scope = linkScopes(namespace === undefined ? {} : { pid: namespace.pid })(local.address);
  return { ...result, pid: holders[0]?.pid ?? result.pid, holders, namespace, scope };
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

/** A scope id, `fe80::1%eth0`, is left out: the tables have none. @throws {RangeError} */
function endpoint(name: string, text: string): Endpoint {
  const [, ipv6, ipv4, port = ''] = /^(?:\[([^\]%]*)(?:%[^\]%]+)?\]|([^:]*)):([0-9]+)$/.exec(text) ?? [];
  const address = ipv6 ?? ipv4 ?? '';
  const valid = ipv6 === undefined ? isValidIpv4(address) : isValidIpv6(address);
  if (!valid || !isValidPort(port, { allowZero: true })) {
    throw new RangeError(`${name} is ${JSON.stringify(text)}; it must be like 192.0.2.1:80 or [2001:db8::1]:80`);
  }
  return { address: canonicalAddress(address), port: Number(port) };
}

function jsonText({ pid, uid, inode, inbound, evidence, holders, namespace, scope }: Answer): string {
  const known = pid !== UNDEFINED_PID;
  return `${JSON.stringify({
    pid: known ? pid : null,
    process: known ? (processName(pid) ?? null) : null,
    uid,
    user: uid === null ? null : (userName(uid) ?? null),
    direction: inbound ? 'inbound' : 'outbound',
    evidence: known ? evidence : null,
    holders,
    namespace: namespace === undefined ? null : namespaceText(namespace),
    inode,
    scope: scope ?? null,
  })}\n`;
}

function plainText({ pid, uid, inbound, evidence, holders, namespace, scope }: Answer): string {
  const known = pid !== UNDEFINED_PID;
  const name = known ? processName(pid) : undefined;
  return [
    `pid        ${known ? pid : '-'}`,
    `process    ${name === undefined ? '-' : sanitizeText(name)}`,
    `user       ${uid === null ? '-' : sanitizeText(userName(uid) ?? String(uid))}`,
    `direction  ${inbound ? 'inbound' : 'outbound'}`,
    `evidence   ${known ? evidence : '-'}`,
    ...(holders.length > 1 ? [`holders    ${sanitizeText(holdersText(holders))}`] : []),
    ...(namespace === undefined ? [] : [`namespace  ${sanitizeText(namespaceText(namespace))}`]),
    ...(scope === undefined ? [] : [`interface  ${sanitizeText(scope)}`]),
    '',
  ].join('\n');
}
