/** Types of the schema's entries. The entries are in schema.ts. */

/**
 * Decides the forms of a field: JSON, TypeScript and the columns of other formats.
 *
 * - `address`: text, IPv4 as a dotted quad, IPv6 as in RFC 5952
 * - `u8` `u16` `u32` `u64`: a whole number; u64 is exact up to 2^53
 * - `time`: since the epoch; text has seconds with nine decimals, a record has a bigint of nanoseconds
 * - `duration`: the same without the epoch
 * - `enum`: one of the field's words
 * - `boolean`: true or false
 * - `decimal`: any number; text is what reads back as the same one
 * - `text`: at most 254 characters, ASCII 0x20 to 0x7e
 * - `mac`: text, as `00:00:5e:00:53:01`
 * - `list`: whole numbers; in CSV and tables with spaces between them
 * - `packets`: objects, see FirstPacket; in CSV and tables their values with colons between them
 * - `octets`: text, bytes in Base64
 */
export type FieldType =
  | 'address'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'time'
  | 'duration'
  | 'enum'
  | 'boolean'
  | 'decimal'
  | 'text'
  | 'mac'
  | 'list'
  | 'packets'
  | 'octets';

/**
 * How the value lies in the row. Times and durations are u64 nanoseconds, words are u8 codes; text is its length, then
 * the characters (TEXT_VALUE). `address` is of the flow's IP version, `ip` has its own (IP_VALUE); a `list` is its
 * length u32, then its numbers u32; a `mac` is six bytes in eight; `packets` are an EARLY record; `octets` are their
 * length u32, then the bytes. `both` is a count of the forward direction, f64, to which that of the reverse direction is
 * added; `span` is the time from the first packet to the last; only texts have
 * these two.
 */
export type FieldStore =
  | 'address'
  | 'ip'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'u64'
  | 'f64'
  | 'text'
  | 'mac'
  | 'list'
  | 'packets'
  | 'octets'
  | 'both'
  | 'span';

/**
 * When there is no value.
 *
 * - `notTcp`: the flow is not TCP
 * - `noForward`, `noReverse`, `noPackets`: the flow has no packet in that direction, or in either
 * - `sentinel`: all bits of the stored value are 1; of text and lists those of the length, of `ip` those of the version
 * - `always`: what flows of one direction have in the other
 */
export type NullRule = 'never' | 'notTcp' | 'noForward' | 'noReverse' | 'noPackets' | 'sentinel' | 'always';

/** An information element of IPFIX (RFC 7012, IANA registry). */
export interface IpfixElement {
  readonly id: number;
  readonly name: string;
  /** Private enterprise number; 0: IANA; 29305: the reverse of an IANA element (RFC 5103). */
  readonly enterprise: number;
  /** Bytes. */
  readonly length: number;
  /** IP version of the flows that have it; none: all flows. */
  readonly version?: 4 | 6;
}

/** A word of an enumeration. */
export interface FieldWord {
  /** What the row holds. */
  readonly code: number;
  readonly word: string;
  /** The value in IPFIX. */
  readonly ipfix: number;
  readonly doc: string;
}

/** One field of a flow. */
export interface FieldDefinition {
  /**
   * camelCase. The JSON key, the CSV column, and the key in a record (there a time has `Ns` after it). Points stand
   * between the names of objects in objects: `forward.rtt.min`.
   */
  readonly name: string;
  /**
   * `core`, or the block after the core row that holds it. Fields of another group are an object under the group's name
   * in JSON and in a record, and columns with the group's name in front (`tcp_forward_isn`) in CSV.
   */
  readonly group: string;
  /** It is a member of the flow itself, though it is there only with its group. */
  readonly flat?: true;
  readonly type: FieldType;
  /** What is counted; null: it is no quantity. */
  readonly unit: string | null;
  /** Least and greatest value, of text formats; of a list that of its numbers. Null for what is no number. */
  readonly range: readonly [number, number] | null;
  readonly null: NullRule;
  readonly store: FieldStore;
  /** Offset in the row, or in the group's block. */
  readonly at: number;
  /** The field that takes its place when originator and responder change places; null: it stays. */
  readonly opposite: string | null;
  /** None: IPFIX has no such element. */
  readonly ipfix: readonly IpfixElement[];
  /** Names elsewhere: Elastic Common Schema, Zeek's conn.log; null: there is none. */
  readonly as: { readonly ecs: string | null; readonly zeek: string | null };
  /** How text formats write a time or a duration that is not in seconds. */
  readonly timeForm?: TimeForm;
  /** Members or bytes at most, where the options say it. */
  readonly most?: number;
  /** Of an enumeration. */
  readonly words?: readonly FieldWord[];
  /** One sentence. */
  readonly doc: string;
}

/** `ns`: whole nanoseconds, in JSON as a text. `iso`: ISO 8601, UTC, with nanoseconds; a duration stays in seconds. */
export type TimeForm = 'ns' | 'iso';

/** The field, with its times written so. */
export function withTimeForm(field: FieldDefinition, timeForm: TimeForm): FieldDefinition {
  return field.type === 'time' || field.type === 'duration' ? { ...field, timeForm } : field;
}

/** How wide a stored value is; of text and lists the length, of `ip` the version. Bytes. */
export const STORE_WIDTH: Readonly<Record<FieldStore, number>> = {
  address: 16,
  ip: 1,
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  f64: 8,
  text: 1,
  mac: 8,
  list: 4,
  packets: 4,
  octets: 4,
  both: 8,
  span: 8,
};

/** The name with its group: `srcAddress`, `tcp.forward.isn`. It is what `--fields` takes. */
export function fieldPath({ group, flat, name }: Pick<FieldDefinition, 'group' | 'flat' | 'name'>): string {
  return group === 'core' || flat === true ? name : `${group}.${name}`;
}

/** The name of a column. A field of a group has the group's name in front: `tcp_forward_isn`. */
export function columnName(field: Pick<FieldDefinition, 'group' | 'flat' | 'name'>): string {
  return fieldPath(field).replaceAll('.', '_');
}

/** The key of a field in a record. */
export function recordKey({ name, type }: Pick<FieldDefinition, 'name' | 'type'>): string {
  return type === 'time' || type === 'duration' ? `${name}Ns` : name;
}

/** Of a group: is it about what the responder has sent? A flow of one direction has none of these. */
export function isReverse(name: string): boolean {
  return name.startsWith('reverse.') || name.endsWith('Reverse');
}
