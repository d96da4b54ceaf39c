/** Sums of flows that have the same values in some fields: top talkers, ports, networks. */
import { ROW_VERSION } from '../../assembly/layout.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import { maskWords } from '../filter/language/address.ts';
import { DERIVED_NUMBERS } from './derived.ts';
import { EITHER_END, fieldOperand, unknownField } from './fields.ts';
import type { FieldScope } from './fields.ts';
import type { RowNumber } from './row.ts';
import { sortKey } from './sort_key.ts';

/** Groups that are kept at most; flows of further ones are counted only. */
const GROUPS_MAX = 1_048_576;
/** Prefix of IPv6 where only one for IPv4 is given. */
const PREFIX_V6 = 64;

export type GroupValue = string | number | null;

/** A group and its sums. */
export interface Group {
  /** In the order of the fields. */
  readonly values: readonly GroupValue[];
  flows: number;
  packets: number;
  /** IP lengths, both directions. */
  bytes: number;
}

/** One field that groups have. */
interface GroupField {
  /** As it was asked for: `srcAddress/24`. */
  readonly text: string;
  readonly name: string;
  /** Its value at each end; twice the same unless it is a field of either end. */
  readonly ends: readonly [GroupReader, GroupReader];
}

type GroupReader = (bytes: RowBytes, row: number) => GroupValue;

/** The fields of groups, checked. */
export interface GroupPlan {
  readonly fields: readonly GroupField[];
  /** The keys of the values: names of the fields. */
  readonly names: readonly string[];
  /** A field of either end is among them: a flow counts for both. */
  readonly isEither: boolean;
}

/** @param text `dstPort`, `srcAddress/24,service`. @throws {RangeError} */
export function groupPlan(text: string, scope: FieldScope): GroupPlan {
  const fields = text.split(',').map((part) => groupField(part.trim(), scope));
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw new RangeError(`--by has '${twice}' twice; name each field once`);
  return { fields, names, isEither: names.some((name) => name in EITHER_END) };
}

function groupField(text: string, scope: FieldScope): GroupField {
  const [, name = text, v4, v6] = /^([^/]*)\/(\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const prefix = v4 === undefined ? undefined : prefixOf(text, Number(v4), v6 === undefined ? undefined : Number(v6));
  const [source = name, destination = name] = EITHER_END[name] ?? [];
  return { text, name, ends: [reader(source, prefix, scope), reader(destination, prefix, scope)] };
}

interface PrefixLengths {
  readonly v4: number;
  readonly v6: number;
}

/** A first length above 32 can only be one of IPv6. */
function prefixOf(text: string, first: number, second: number | undefined): PrefixLengths {
  const lengths = first > 32 && second === undefined ? { v4: 32, v6: first } : { v4: first, v6: second ?? PREFIX_V6 };
  if (lengths.v4 > 32 || lengths.v6 > 128) {
    throw new RangeError(`--by: '${text}' has a prefix length that is too large; at most 32 for IPv4, 128 for IPv6`);
  }
  return lengths;
}

function reader(name: string, prefix: PrefixLengths | undefined, scope: FieldScope): GroupReader {
  const operand = fieldOperand(name, 0, scope);
  if (operand === undefined) throw new RangeError(`--by: ${unknownField(name, scope)}`);
  if (operand.kind === 'address') {
    const [place = 0] = operand.places;
    return prefix === undefined ? addressReader(place) : networkReader(place, prefix);
  }
  if (prefix !== undefined) throw new RangeError(`--by: ${name} is not an address, so it has no prefix length`);
  const key = sortKey('--by', name, scope);
  return (bytes, row) => {
    const value = key(bytes, row);
    return typeof value === 'bigint' ? Number(value) / 1e9 : value;
  };
}

function addressReader(place: number): GroupReader {
  return ({ u8 }, row) => (u8[row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text)(u8, row + place);
}

function networkReader(place: number, { v4, v6 }: PrefixLengths): GroupReader {
  const masks = { 4: maskBytes(v4), 6: maskBytes(v6) };
  const bits = { 4: v4, 6: v6 };
  const masked = new Uint8Array(16);
  return ({ u8 }, row) => {
    const version = u8[row + ROW_VERSION] === 4 ? 4 : 6;
    const mask = masks[version];
    for (let n = 0; n < 16; n++) masked[n] = (u8[row + place + n] as number) & (mask[n] as number);
    return `${(version === 4 ? ipv4Text : ipv6Text)(masked, 0)}/${bits[version]}`;
  };
}

function maskBytes(length: number): Uint8Array {
  const mask = new Uint8Array(16);
  const view = new DataView(mask.buffer);
  maskWords(length).forEach((word, n) => view.setUint32(4 * n, word));
  return mask;
}

const [bytesOf, packetsOf] = [DERIVED_NUMBERS.bytes as RowNumber, DERIVED_NUMBERS.packets as RowNumber];

/** Gathers flows in groups. */
export class Grouping {
  readonly #plan: GroupPlan;
  #groups = new Map<string, Group>();
  /** Flows that belong to none of the groups that are kept. */
  #ungrouped = 0;

  constructor(plan: GroupPlan) {
    this.#plan = plan;
  }

  get ungrouped(): number {
    return this.#ungrouped;
  }

  add(bytes: RowBytes, row: number): void {
    const first = this.#addEnd(0, bytes, row, undefined);
    if (this.#plan.isEither) this.#addEnd(1, bytes, row, first);
  }

  /** A flow between two of the same counts once. */
  #addEnd(end: 0 | 1, bytes: RowBytes, row: number, counted: string | undefined): string {
    const values = this.#plan.fields.map(({ ends }) => ends[end](bytes, row));
    const key = values.join('\n');
    if (key === counted) return key;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= GROUPS_MAX) {
        this.#ungrouped++;
        return key;
      }
      group = { values, flows: 0, packets: 0, bytes: 0 };
      this.#groups.set(key, group);
    }
    group.flows++;
    group.packets += packetsOf(bytes, row);
    group.bytes += bytesOf(bytes, row);
    return key;
  }

  /** All groups in the order of their first flows. There are none then. */
  take(): Iterable<Group> {
    const groups = this.#groups;
    this.#groups = new Map();
    return groups.values();
  }
}
