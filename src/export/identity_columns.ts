/** What flows are as columns of a column format, beside those of their fields: one for each member of an identity. */
import type { Column, ColumnNumbers } from '../flow/column.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { IDENTITY_NAMES } from '../flow/identity.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import { IDENTITY_MEMBERS } from '../flow/identity_schema.ts';
import type { IdentityMember } from '../flow/identity_schema.ts';
import { ByteBuffer } from './byte_buffer.ts';
import { identityPaths, memberOf } from './identity_paths.ts';
import type { MemberPath } from './identity_paths.ts';
import { identityText } from './identity_text.ts';

export class IdentityColumns {
  readonly #columns: readonly MemberColumn[];

  /** @param members undefined: all @param capacity flows */
  constructor(members: readonly MemberPath[] | undefined, capacity: number) {
    const paths = identityPaths(members ?? IDENTITY_NAMES.map((name) => [name]));
    this.#columns = paths.map((path) => new MemberColumn(path, capacity));
  }

  /** They change with the next `put`. */
  get columns(): readonly Column[] {
    return this.#columns;
  }

  /** What is known of the flow at place `at`. Places come in their order, and begin at 0 again. */
  put(identity: KnownIdentity, at: number): void {
    for (const column of this.#columns) column.put(identity, at);
  }
}

class MemberColumn implements Column {
  readonly field: FieldDefinition;
  readonly values: ColumnNumbers;
  readonly present: Uint8Array;
  readonly words: readonly string[] = [];
  readonly #path: MemberPath;
  /** Undefined: it has numbers. */
  readonly #text: ByteBuffer | undefined;

  constructor(path: MemberPath, capacity: number) {
    this.#path = path;
    this.field = fieldOf(path);
    this.present = new Uint8Array(capacity);
    this.#text = this.field.type === 'text' ? new ByteBuffer() : undefined;
    this.values = this.#text === undefined ? new Uint16Array(capacity) : new Uint32Array(capacity);
  }

  get text(): Uint8Array | undefined {
    return this.#text?.bytes;
  }

  put(identity: KnownIdentity, at: number): void {
    const value = memberOf(identity, this.#path);
    const isKnown = value !== undefined && value !== null;
    this.present[at] = isKnown ? 1 : 0;
    if (at === 0) this.#text?.clear();
    if (isKnown) this.#text?.text(identityText(value));
    this.values[at] = this.#text?.size ?? Number(value ?? 0);
  }
}

/** Texts but for numbers: lists have spaces between their members, `details` is JSON. */
function fieldOf(path: MemberPath): FieldDefinition {
  const member: IdentityMember = IDENTITY_MEMBERS[path[0] as keyof typeof IDENTITY_MEMBERS];
  const isNumber = member.type === 'number';
  return {
    name: path.join('.'),
    group: 'core',
    type: isNumber ? 'u16' : 'text',
    store: isNumber ? 'u16' : 'text',
    at: 0,
    unit: null,
    range: member.range ?? null,
    null: 'sentinel',
    opposite: null,
    ipfix: [],
    as: { ecs: null, zeek: null },
    doc: member.doc,
  };
}
