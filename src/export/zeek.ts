/**
 * Zeek's conn.log: lines of tab-separated values, or JSON objects with Zeek's names. Times have microseconds. The
 * columns are those of Zeek 7.1 or later; of Zeek's own values `service` and `tunnel_parents` are not known.
 * 1700000000.000000	CAvDd8lx8ENZphXFXQ	10.0.0.1	40000	10.0.0.2	80	tcp	-	0.500000	100	2000	SF	-	-	0	ShADadFf	5 ...
 */
import {
  ROW_PROTOCOL,
  ZEEK_BLOCK_LOCAL_ORIG,
  ZEEK_BLOCK_LOCAL_RESP,
  ZEEK_BLOCK_ORIG_PORT,
  ZEEK_BLOCK_PROTO,
  ZEEK_BLOCK_RESP_PORT,
  ZEEK_BLOCK_START,
  ZEEK_PROTO_ICMP,
  ZEEK_PROTO_TCP,
  ZEEK_PROTO_UDP,
  ZEEK_PROTO_UNKNOWN,
} from '../../assembly/layout.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import type { LineFormat } from '../flow/line_format.ts';
import { FLOW_SCHEMA } from '../flow/schema.ts';
import { ZEEK_FIELDS } from '../flow/zeek_schema.ts';

/** A column of conn.log. */
interface Column {
  readonly name: string;
  /** Zeek's type. */
  readonly type: string;
  readonly field: FieldDefinition;
  /** In lines of tab-separated values, where it is another one. */
  readonly tabbed?: FieldDefinition;
}

const BASE = { group: 'zeek', unit: null, range: null, opposite: null, ipfix: [], doc: '' } as const;
const NAMED = { as: { ecs: null, zeek: null } } as const;
/** A value of Zeek's that is never known. */
const UNKNOWN: FieldDefinition = { ...BASE, ...NAMED, name: '', type: 'text', store: 'text', at: 0, null: 'always' };
const PORT = { ...BASE, ...NAMED, type: 'u16', store: 'u16', null: 'never' } as const;

/** A field of the schema, under Zeek's name. */
function schemaField(zeek: string): FieldDefinition {
  const field = [...FLOW_SCHEMA, ...ZEEK_FIELDS].findLast((one) => one.as.zeek === zeek);
  if (field === undefined) throw new Error(`no field is Zeek's ${zeek}`);
  return field;
}

function column(name: string, type: string, field = schemaField(name), tabbed?: FieldDefinition): Column {
  return { name, type, field, ...(tabbed === undefined ? {} : { tabbed }) };
}

/** A boolean as Zeek writes it in lines. */
function flag(at: number): FieldDefinition {
  const words = ['F', 'T'].map((word, code) => ({ code, word, ipfix: code, doc: '' }));
  return { ...BASE, ...NAMED, name: '', type: 'enum', store: 'u8', at, null: 'sentinel', words };
}

const PROTO_WORDS = [
  { code: ZEEK_PROTO_UNKNOWN, word: 'unknown_transport', ipfix: 0, doc: '' },
  { code: ZEEK_PROTO_ICMP, word: 'icmp', ipfix: 0, doc: '' },
  { code: ZEEK_PROTO_TCP, word: 'tcp', ipfix: 0, doc: '' },
  { code: ZEEK_PROTO_UDP, word: 'udp', ipfix: 0, doc: '' },
];

const COLUMNS: readonly Column[] = [
  column('ts', 'time', {
    ...BASE,
    ...NAMED,
    name: 'ts',
    type: 'time',
    store: 'u64',
    at: ZEEK_BLOCK_START,
    null: 'never',
  }),
  column('uid', 'string'),
  column('id.orig_h', 'addr'),
  column('id.orig_p', 'port', { ...PORT, name: 'id.orig_p', at: ZEEK_BLOCK_ORIG_PORT }),
  column('id.resp_h', 'addr'),
  column('id.resp_p', 'port', { ...PORT, name: 'id.resp_p', at: ZEEK_BLOCK_RESP_PORT }),
  column('proto', 'enum', {
    ...{ ...BASE, ...NAMED, name: 'proto', type: 'enum', store: 'u8', at: ZEEK_BLOCK_PROTO },
    ...{ null: 'never', words: PROTO_WORDS },
  }),
  column('service', 'string', UNKNOWN),
  column('duration', 'interval'),
  column('orig_bytes', 'count'),
  column('resp_bytes', 'count'),
  column('conn_state', 'string'),
  column('local_orig', 'bool', schemaField('local_orig'), flag(ZEEK_BLOCK_LOCAL_ORIG)),
  column('local_resp', 'bool', schemaField('local_resp'), flag(ZEEK_BLOCK_LOCAL_RESP)),
  column('missed_bytes', 'count'),
  column('history', 'string'),
  column('orig_pkts', 'count'),
  column('orig_ip_bytes', 'count'),
  column('resp_pkts', 'count'),
  column('resp_ip_bytes', 'count'),
  column('tunnel_parents', 'set[string]', UNKNOWN),
  column('ip_proto', 'count', {
    ...BASE,
    ...NAMED,
    group: 'core',
    name: '',
    type: 'u8',
    store: 'u8',
    at: ROW_PROTOCOL,
    null: 'never',
  }),
];

/** What `connJson` writes. */
export const CONN_FIELDS: readonly FieldDefinition[] = COLUMNS.map(({ field }) => field);

/** One object a line; what is not set is left out. */
export const connJson: LineFormat = {
  header: () => '',
  steps: (fields) => [
    ...fields.map((field, n) => ({ text: `${n === 0 ? '{' : ','}"${COLUMNS[n]?.name}":`, field })),
    { text: '}\n' },
  ],
  quote: '"',
  none: undefined,
  timeDigits: 6,
  isConnLog: true,
};

const SERVICE = COLUMNS.findIndex(({ name }) => name === 'service');

/** The lines with text that the row refers to in place of the service. @param reference its offset in the row */
export function withService(format: LineFormat, reference: number): LineFormat {
  return {
    ...format,
    isConnLog: false,
    steps: (fields) =>
      format
        .steps(fields)
        .map((step, n) => (n === SERVICE ? { text: format.none === undefined ? '' : step.text, reference } : step)),
  };
}

/** Zeek's names where they are others; TLS in TCP is `ssl` there. */
const SERVICES: Readonly<Record<string, string>> = {
  tls: 'ssl',
  kerberos: 'krb',
  mdns: 'dns',
  llmnr: 'dns',
  nbns: 'dns',
};

/** The service as Zeek says it: only what the content shows. Undefined: it is not set. */
function serviceOf({ app, appBy }: KnownIdentity): string | undefined {
  return app === undefined || appBy === 'port' ? undefined : (SERVICES[app] ?? app);
}

/** In tab-separated lines. */
export const serviceCell = (identity: KnownIdentity): string => serviceOf(identity) ?? '-';

/** In JSON: what is not set is left out. */
export function serviceMember(identity: KnownIdentity): string {
  const service = serviceOf(identity);
  return service === undefined ? '' : `,"service":"${service}"`;
}

/** A log of Zeek's: its lines, and what stands before and behind them. */
export interface ConnLog {
  readonly format: LineFormat;
  readonly fields: readonly FieldDefinition[];
  /** @param openedNs since the epoch */
  begin(openedNs: bigint): string;
  /** @param closedNs since the epoch */
  end(closedNs: bigint): string;
}

export const connLog: ConnLog = {
  format: {
    header: () => '',
    steps: (fields) => [...fields.map((field, n) => ({ text: n === 0 ? '' : '\t', field })), { text: '\n' }],
    quote: '',
    none: '-',
    timeDigits: 6,
    isConnLog: true,
  },
  fields: COLUMNS.map(({ field, tabbed = field }) => tabbed),
  begin: (openedNs) =>
    [
      '#separator \\x09',
      '#set_separator\t,',
      '#empty_field\t(empty)',
      '#unset_field\t-',
      '#path\tconn',
      `#open\t${logTime(openedNs)}`,
      `#fields\t${COLUMNS.map(({ name }) => name).join('\t')}`,
      `#types\t${COLUMNS.map(({ type }) => type).join('\t')}`,
      '',
    ].join('\n'),
  end: (closedNs) => `#close\t${logTime(closedNs)}\n`,
};

/** `2024-05-31-12-00-10`, UTC. */
function logTime(timeNs: bigint): string {
  const date = new Date(Number(timeNs / 1_000_000n));
  return date.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
}
