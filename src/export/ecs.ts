/**
 * Documents of the Elastic Common Schema, one a line, without the action lines of a bulk request. Times have nanoseconds.
 * {"@timestamp":"2023-11-14T22:13:20.560000000Z","ecs":{"version":"8.17.0"},"event":{"kind":"event",...},"source":{...}}
 */
import { COUNT_IP_BYTES, COUNT_PACKETS, ROW_FORWARD, ROW_PROTOCOL, ROW_VERSION } from '../../assembly/layout.ts';
import type { FieldDefinition, FieldWord } from '../flow/field.ts';
import type { LineFormat, LineStep } from '../flow/line_format.ts';
import { protocolText } from '../flow/numbers.ts';
import { FLOW_SCHEMA } from '../flow/schema.ts';

/** Characters of a step at most: see STEP_PIECE. */
const PIECE_MAX = 47;
const PROTOCOLS = 256;

/** Keywords of IANA's registry of protocol numbers where the usual name is another; ECS wants lower case. */
const KEYWORDS: Readonly<Record<string, string>> = { ipip: 'ipv4', icmpv6: 'ipv6-icmp', ospf: 'ospfigp' };

const NAMED = { unit: null, range: null, opposite: null, ipfix: [], as: { ecs: null, zeek: null }, doc: '' } as const;
const OWN = { ...NAMED, group: 'core', null: 'never' } as const;

/** Types of networks by IP version. */
const NETWORK_TYPE: FieldDefinition = {
  ...OWN,
  name: 'network.type',
  type: 'enum',
  store: 'u8',
  at: ROW_VERSION,
  words: [word(4, 'ipv4'), word(6, 'ipv6')],
};
/** The number, which ECS has as a text, and the keyword if there is one. The engine puts a quote on either side. */
const PROTOCOL: FieldDefinition = {
  ...OWN,
  name: 'network.iana_number',
  type: 'enum',
  store: 'u8',
  at: ROW_PROTOCOL,
  words: Array.from({ length: PROTOCOLS }, (_, code) => {
    const name = protocolText(code).toLowerCase();
    return word(code, name === String(code) ? name : `${code}","transport":"${KEYWORDS[name] ?? name}`);
  }),
};
const DURATION: FieldDefinition = { ...OWN, name: 'event.duration', type: 'u64', store: 'span', at: 0 };
const BYTES = sum('network.bytes', COUNT_IP_BYTES);
const PACKETS = sum('network.packets', COUNT_PACKETS);

/** A document up to the members that are there with a group only. Words of JSON, and the values between them. */
const DOCUMENT: readonly (string | FieldDefinition)[] = [
  '{"@timestamp":',
  isoTime('firstSeen'),
  ',"ecs":{"version":"8.17.0"},"event":{"kind":"event","category":["network"],"type":["connection","end"],',
  '"action":"network_flow","start":',
  isoTime('firstSeen'),
  ',"end":',
  isoTime('lastSeen'),
  ',"duration":',
  DURATION,
  ',"reason":',
  core('endReason'),
  '},"source":{"ip":',
  core('srcAddress'),
  ',"port":',
  core('srcPort'),
  ',"packets":',
  core('packetsForward'),
  ',"bytes":',
  core('bytesForward'),
  '},"destination":{"ip":',
  core('dstAddress'),
  ',"port":',
  core('dstPort'),
  ',"packets":',
  core('packetsReverse'),
  ',"bytes":',
  core('bytesReverse'),
  '},"network":{"type":',
  NETWORK_TYPE,
  ',"iana_number":',
  PROTOCOL,
  ',"packets":',
  PACKETS,
  ',"bytes":',
  BYTES,
];

const COMMUNITY_ID = 'network.community_id';

/** What a document has of these fields. @param fields of the flow, those of groups included */
export function ecsFields(fields: readonly FieldDefinition[]): readonly FieldDefinition[] {
  const own = DOCUMENT.filter((part) => typeof part !== 'string');
  return [...own, ...fields.filter(({ as }) => as.ecs === COMMUNITY_ID)];
}

export const ecsDocuments: LineFormat = documents('}}\n');

/** The same up to the end of `network`, which what is known of the flow closes: see ecs_identity.ts. */
export const ecsOpenDocuments: LineFormat = documents('}\n');

/** @param end behind the last value */
function documents(end: string): LineFormat {
  return {
    header: () => '',
    steps(fields) {
      const [...values] = fields;
      const own = DOCUMENT.map((part) => (typeof part === 'string' ? part : (values.shift() as FieldDefinition)));
      const more = values.flatMap((field) => [`,"community_id":`, field]);
      return stepsOf([...own, ...more, end]);
    },
    quote: '"',
    none: 'null',
  };
}

/** A step is a short text and a value behind it. */
function stepsOf(parts: readonly (string | FieldDefinition)[]): LineStep[] {
  const steps: LineStep[] = [];
  let pending = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      pending += part;
      continue;
    }
    steps.push(...textSteps(pending.slice(0, -PIECE_MAX)), { text: pending.slice(-PIECE_MAX), field: part });
    pending = '';
  }
  return [...steps, ...textSteps(pending)];
}

function textSteps(text: string): LineStep[] {
  const count = Math.ceil(text.length / PIECE_MAX);
  return Array.from({ length: count }, (_, n) => ({ text: text.slice(n * PIECE_MAX, (n + 1) * PIECE_MAX) }));
}

function core(name: (typeof FLOW_SCHEMA)[number]['name']): FieldDefinition {
  return FLOW_SCHEMA.find((field) => field.name === name) as FieldDefinition;
}

function isoTime(name: 'firstSeen' | 'lastSeen'): FieldDefinition {
  return { ...core(name), timeForm: 'iso' };
}

/** @param count its offset among those of a direction */
function sum(name: string, count: number): FieldDefinition {
  return { ...OWN, name, type: 'u64', store: 'both', at: ROW_FORWARD + count };
}

function word(code: number, text: string): FieldWord {
  return { code, word: text, ipfix: code, doc: '' };
}
