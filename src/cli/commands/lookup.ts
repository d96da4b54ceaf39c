/** `pcapflow lookup`: whose packet is this, and who started the exchange. */
import { parseArgs } from 'node:util';
import { canonicalAddress, isValidIpv4, isValidIpv6, isValidPort } from '../../host/address/address.ts';
import type { Endpoint } from '../../host/endpoint.ts';
import { processName } from '../../host/process/process_name.ts';
import { userName } from '../../host/process/user_name.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { NetworkStateTracker, UNDEFINED_PID } from '../../host/state/index.ts';
import type { LookupResult, PacketInfo } from '../../host/state/index.ts';
import { checkChoice } from '../../reader/options.ts';
import { warn } from '../complain.ts';
import { EXIT_OK } from '../exit.ts';
import { runParsed } from '../run_command.ts';

const USAGE = `usage: pcapflow lookup PROTO LOCAL REMOTE [options]
Finds the socket of a packet in the kernel's tables, and the process that has it open. PROTO is tcp or udp, LOCAL and
REMOTE are ADDRESS:PORT or [ADDRESS]:PORT. Processes of other users need root.

  -i, --inbound           the packet went from REMOTE to LOCAL (default: from LOCAL to REMOTE)
      --fast              give up sooner
  -f, --format FORMAT     text or json (text)

The direction says who started: inbound when LOCAL is a listener's address, else outbound; for udp it is the packet's.

exit status: 0 the socket was found (the process may be out of sight: '-', null), 1 cannot start (wrong arguments,
no /proc), 4 there is no such socket
`;

const FORMATS = ['text', 'json'] as const;

interface LookupArguments {
  readonly packet: Omit<PacketInfo, 'seenAt'>;
  readonly format: (typeof FORMATS)[number];
  readonly fast: boolean;
}

export function lookup(argv: readonly string[]): Promise<number> {
  return runParsed(argv, parse, run);
}

/** Undefined when only help was asked for. @throws {RangeError} for arguments that make no sense */
function parse(argv: readonly string[]): LookupArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      inbound: { type: 'boolean', short: 'i' },
      fast: { type: 'boolean' },
      format: { type: 'string', short: 'f' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const [protocol, localText, remoteText] = positionals;
  if (protocol === undefined || localText === undefined || remoteText === undefined || positionals.length > 3) {
    throw new RangeError(`${positionals.length} arguments; PROTO LOCAL REMOTE are needed, see pcapflow lookup --help`);
  }
  const local = endpoint('LOCAL', localText);
  const remote = endpoint('REMOTE', remoteText);
  if (local.address.includes(':') !== remote.address.includes(':')) {
    throw new RangeError(`${localText} and ${remoteText} are of two address families; both must be IPv4 or both IPv6`);
  }
  const inbound = values.inbound === true;
  return {
    packet: {
      protocol: checkChoice<'tcp' | 'udp'>('PROTO', protocol.toLowerCase() as 'tcp' | 'udp', ['tcp', 'udp']),
      inbound,
      ...(inbound ? { src: remote, dst: local } : { src: local, dst: remote }),
    },
    format: checkChoice('--format', (values.format ?? 'text') as LookupArguments['format'], FORMATS),
    fast: values.fast === true,
  };
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

async function run({ packet, format, fast }: LookupArguments): Promise<number> {
  const tracker = new NetworkStateTracker();
  tracker.enableTcpDualStack();
  tracker.enableUdpDualStack();
  const result = await tracker.lookup({ ...packet, seenAt: Date.now() }, { fast });
  process.stdout.write(format === 'json' ? jsonText(result) : plainText(result));
  if (tracker.permissionDenied > 0) {
    warn('the descriptors of some processes may not be seen; run as root');
  }
  return EXIT_OK;
}

function jsonText({ pid, uid, inode, inbound }: LookupResult): string {
  const known = pid !== UNDEFINED_PID;
  return `${JSON.stringify({
    pid: known ? pid : null,
    process: known ? (processName(pid) ?? null) : null,
    uid,
    user: userName(uid) ?? null,
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
    `user       ${sanitizeText(userName(uid) ?? String(uid))}`,
    `direction  ${inbound ? 'inbound' : 'outbound'}`,
    '',
  ].join('\n');
}
