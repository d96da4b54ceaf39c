/** Annotations of a flow in each text format: its process, and the owners of its addresses. */
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import type { Attribution } from '../attribution/attribution.ts';
import { userName } from '../host/process/user_name.ts';
import { portUsage } from '../host/ports/port_uses.ts';
import { csvCell, sanitizeText } from '../text/sanitize.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import type { Owner } from '../owner/index.ts';
import type { KnownHost, KnownOwner } from '../query/host_fields.ts';
import type { ColumnFit } from '../text/fit.ts';
import {
  chosenIdentityCells,
  chosenIdentityCsv,
  chosenIdentityHeader,
  chosenIdentityJson,
  chosenIdentityTitles,
} from './chosen_identity.ts';
import { identityJson } from '../export/identity_json.ts';
import { identityPaths } from '../export/identity_paths.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import { identityCells, identityCsv, identityCsvHeader } from '../export/identity_text.ts';

/** Columns that a name may take in a table. */
const NAME_WIDTH = 32;
const NOTHING = '-';

/** What is known about a flow when it is written. */
export interface FlowContext {
  readonly protocol: number;
  /** Port of the responder. */
  readonly dstPort: number;
  readonly identity: Attribution | undefined;
  /** From its first bytes; undefined when that is not wanted. */
  readonly content: KnownIdentity | undefined;
  readonly srcOwner: Owner | null;
  readonly dstOwner: Owner | null;
}

/** The same for `--where`. */
export function hostOf({ identity, srcOwner, dstOwner }: FlowContext): KnownHost {
  const { process: found = null, evidence = null, namespace = null, scope = null } = identity ?? {};
  return {
    process: found === null ? null : { pid: found.pid, name: found.name, uid: found.uid, user: userOf(found.uid) },
    direction: directionOf(identity),
    evidence,
    namespace,
    scope,
    srcOwner: ownerOf(srcOwner),
    dstOwner: ownerOf(dstOwner),
  };
}

/** One annotation, in each format. */
export interface Annotation {
  /** `,"name":value` for each of its members. */
  json(known: FlowContext): string;
  readonly csvHeader: string;
  csv(known: FlowContext): string;
  readonly titles: readonly string[];
  /** Usual width of each. */
  readonly usual: readonly number[];
  /** What may happen to each column on a narrow terminal; the process is the last to go. */
  readonly fits: readonly ColumnFit[];
  /** One text for each title; only signs that a terminal may have. */
  cells(known: FlowContext): readonly string[];
}

/** `,"process":{"pid":42,"name":"curl","uid":1000,"user":"ann"},"direction":"outbound","evidence":"socket","holders":[...]` */
export const PROCESS: Annotation = {
  json(known) {
    const { process, direction, evidence, namespace, scope } = hostOf(known);
    const said = { process, direction, evidence, holders: known.identity?.holders ?? [], namespace, scope };
    return `,${JSON.stringify(said).slice(1, -1)}`;
  },
  csvHeader: ',pid,process,uid,user,direction,evidence,holders,namespace,scope',
  csv({ identity }) {
    const found = identity?.process;
    return [
      found?.pid,
      found?.name,
      found?.uid,
      found == null ? null : userOf(found.uid),
      directionOf(identity),
      identity?.evidence,
      identity?.holders.map(({ name, pid, descriptor }) => `${name}/${pid}:${descriptor}`).join(' '),
      identity?.namespace,
      identity?.scope,
    ]
      .map((value) => `,${csvCell(value)}`)
      .join('');
  },
  titles: ['PROCESS', 'DIRECTION', 'SERVICE'],
  usual: [18, 9, 12],
  fits: [{ priority: 100, least: 12 }, { priority: 35 }, { priority: 15, least: 8 }],
  cells({ protocol, dstPort, identity }) {
    const found = identity?.process;
    const others = (identity?.holders.length ?? 0) - 1;
    const more = others > 0 ? ` +${others}` : '';
    const name = found == null ? NOTHING : `${found.name}/${found.pid}${more}`;
    return [
      sanitizeText(name, { maxWidth: NAME_WIDTH }),
      directionOf(identity) ?? NOTHING,
      serviceOf(protocol, dstPort) ?? NOTHING,
    ];
  },
};

/** As seen from this host; null when it is not known whether an end is its own, or when all hosts are meant. */
function directionOf(identity: Attribution | undefined): 'inbound' | 'outbound' | 'forwarded' | null {
  if (identity === undefined) return null;
  if (identity.inbound === null) return identity.forwarded ? 'forwarded' : null;
  return identity.inbound ? 'inbound' : 'outbound';
}

function userOf(uid: number): string | null {
  return userName(uid) ?? null;
}

/** What usually uses the port. */
export function serviceOf(protocol: number, port: number): string | undefined {
  if ((protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) || port === 0) return undefined;
  return portUsage(port, protocol === PROTOCOL_TCP ? 'tcp' : 'udp') ?? undefined;
}

/** What is known of the content. */
export const IDENTIFY: Annotation = {
  json: ({ content }) => (content === undefined ? '' : identityJson(content)),
  csvHeader: identityCsvHeader,
  csv: ({ content }) => (content === undefined ? '' : identityCsv(content)),
  titles: ['APPLICATION', 'NAME'],
  usual: [11, 28],
  fits: [
    { priority: 70, least: 6 },
    { priority: 60, least: 12 },
  ],
  cells: ({ content }) => identityCells(content, NAME_WIDTH, NOTHING),
};

/** Some members of it. */
export function chosenIdentity(paths: readonly MemberPath[]): Annotation {
  const json = chosenIdentityJson(paths);
  const columns = identityPaths(paths);
  const csv = chosenIdentityCsv(columns);
  return {
    json: ({ content }) => (content === undefined ? '' : json(content)),
    csvHeader: chosenIdentityHeader(columns),
    csv: ({ content }) => (content === undefined ? '' : csv(content)),
    titles: chosenIdentityTitles(columns),
    usual: columns.map((path) => Math.max(11, path.join('.').length)),
    fits: columns.map((_, n) => ({ priority: 70 - n, least: 6 })),
    cells: ({ content }) => chosenIdentityCells(columns, content, NAME_WIDTH, NOTHING),
  };
}

export const OWNERS: Annotation = {
  json: ({ srcOwner, dstOwner }) => ownersJson(srcOwner, dstOwner),
  csvHeader: ['src', 'dst'].map((side) => `,${side}Asn,${side}AsName,${side}Country,${side}Prefix`).join(''),
  csv: ({ srcOwner, dstOwner }) => ownersCsv(srcOwner, dstOwner),
  titles: ['SOURCE OWNER', 'DESTINATION OWNER'],
  usual: [24, 24],
  fits: [
    { priority: 10, least: 12 },
    { priority: 12, least: 12 },
  ],
  cells: ({ srcOwner, dstOwner }) => [srcOwner, dstOwner].map((owner) => ownerText(owner)),
};

/** The owner as a flow shows it: null for an address that has none, such as a private one, and for one not known. */
function shown(owner: Owner | null): Owner | null {
  return owner?.scope === 'global' ? owner : null;
}

/** `,"srcOwner":{"asn":15169,"name":"GOOGLE, US","country":"US","prefix":"8.8.8.0/24"},"dstOwner":null` */
function ownersJson(src: Owner | null, dst: Owner | null): string {
  return `,"srcOwner":${JSON.stringify(ownerOf(src))},"dstOwner":${JSON.stringify(ownerOf(dst))}`;
}

function ownerOf(owner: Owner | null): KnownOwner | null {
  const known = shown(owner);
  if (known === null) return null;
  const { asn, name, country, prefix } = known;
  return { asn, name, country, prefix };
}

function ownersCsv(src: Owner | null, dst: Owner | null): string {
  return [shown(src), shown(dst)]
    .flatMap((owner) => [owner?.asn, owner?.name, owner?.country, owner?.prefix])
    .map((value) => `,${csvCell(value)}`)
    .join('');
}

/** `AS15169 GOOGLE, US`, safe to be shown. */
export function ownerText(owner: Owner | null): string {
  const known = shown(owner);
  if (known === null || known.asn === null) return NOTHING;
  return sanitizeText(`AS${known.asn} ${known.name ?? ''}`.trimEnd(), { maxWidth: NAME_WIDTH });
}
