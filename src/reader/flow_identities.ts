/**
 * What the flows of an engine are, from their first bytes. Flows that have enough are read between two walks, so that
 * their memory serves others; the rest are read when they end. Of most flows the engine has kept nothing, since they
 * start like no protocol: they share the few identities that the port and the bits leave.
 */
import {
  NIL,
  ROWS,
  ROW_DESTINATION,
  ROW_DESTINATION_PORT,
  ROW_FIRST,
  ROW_FLOW,
  ROW_GENERATION,
  ROW_LAST,
  ROW_PROTOCOL,
  ROW_SOURCE,
  ROW_SOURCE_PORT,
  ROW_VERSION,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP } from '../../assembly/wire/numbers.ts';
import { addressKey, Identifier, namedPorts, startTables } from '../content/index.ts';
import type { AddressKey, ContentCrypto, FlowToIdentify, IdentifierOptions } from '../content/index.ts';
import { FirstPayloads } from '../engine/first_payload.ts';
import type { FlowTable } from '../engine/table.ts';
import type { MemoryViews } from '../engine/wasm.ts';
import { ipv4Text, ipv6Text } from '../flow/address_text.ts';
import type { KnownIdentity } from '../flow/identity.ts';

interface Known {
  readonly generation: number;
  readonly identity: KnownIdentity;
  /** About how much memory it takes. Bytes. */
  readonly size: number;
}

/** Memory for what active flows are, about. With more the engine keeps the first bytes of flows. Bytes. */
const KNOWN_BYTES_MAX = 64 * 2 ** 20;
/** Of an identity without its texts, and of its place in the map. Bytes. */
const IDENTITY_BYTES = 256;

export class FlowIdentities {
  readonly #table: FlowTable;
  readonly #identifier: Identifier;
  readonly #payloads: FirstPayloads;
  /** Of the row that is looked at. */
  readonly #flow: FlowAtRow;
  /** By flow index, of flows that have not ended. */
  readonly #known = new Map<number, Known>();
  #knownBytes = 0;

  /** Before the engine's first packet. */
  constructor(table: FlowTable, crypto: ContentCrypto, options: IdentifierOptions = {}) {
    this.#table = table;
    this.#identifier = new Identifier(crypto, options);
    this.#payloads = new FirstPayloads(table.views);
    this.#payloads.writeStarts(startTables(options.apps));
    this.#payloads.writePorts(namedPorts('tcp'), namedPorts('udp'));
    this.#flow = new FlowAtRow(table.views);
  }

  /**
   * Reads all flows that have enough, in so much time. Returns whether some are left. The rows that were written last
   * are gone then. @param most milliseconds
   */
  drain(most = Infinity): boolean {
    const table = this.#table;
    const end = most === Infinity ? Infinity : performance.now() + most;
    return table.locked(() => {
      while (this.#knownBytes < KNOWN_BYTES_MAX) {
        const index = table.takeReady();
        if (index === NIL) return false;
        const identity = this.#read(ROWS);
        table.releaseFirstPayload(index);
        if (identity !== undefined) this.#remember(ROWS, identity);
        if (end !== Infinity && performance.now() > end) return true;
      }
      return false;
    });
  }

  #remember(row: number, identity: KnownIdentity): void {
    const index = this.#table.views.data.getUint32(row + ROW_FLOW, true);
    this.#forget(index);
    const known = { generation: this.#generationOf(row), identity, size: IDENTITY_BYTES + textSize(identity) };
    this.#known.set(index, known);
    this.#knownBytes += known.size;
  }

  #forget(index: number): void {
    const known = this.#known.get(index);
    if (known === undefined) return;
    this.#known.delete(index);
    this.#knownBytes -= known.size;
  }

  /** What an active flow is by what was read of it so far; undefined while nothing was. */
  of(index: number, generation: number): KnownIdentity | undefined {
    const known = this.#known.get(index);
    return known?.generation === generation ? known.identity : undefined;
  }

  /** What the flow in a row is. Of a flow that has ended, once, before it is released. */
  take(row: number): KnownIdentity {
    const identity = this.#own(row);
    if (this.#known.size > 0) this.#forget(this.#table.views.data.getUint32(row + ROW_FLOW, true));
    return this.#completed(identity, row);
  }

  /** The same, and it may be asked for again. */
  peek(row: number): KnownIdentity {
    const identity = this.#own(row);
    if (this.#payloads.unlike(row) === NIL) this.#remember(row, identity);
    return this.#completed(identity, row);
  }

  /** Offset in a row of a reference to text (REFERENCE) that a field program may write. */
  get textAt(): number {
    return this.#payloads.textAt;
  }

  /** The engine may fill in the text of flows of which nothing is kept: no other flow has said anything about them. */
  get isUnlikeKnown(): boolean {
    return !this.#identifier.knowsOthers;
  }

  /**
   * Key of the text of such a flow (FIRST_KNOWN); undefined: the flow in the row is not one. The engine then fills in the
   * text of all that have the same key.
   */
  unlikeKey(row: number): number | undefined {
    return this.#payloads.unlikeKey(row);
  }

  /** Others have this very identity: what is made of it is worth keeping. */
  isShared(identity: KnownIdentity): boolean {
    return this.#identifier.unlike.has(identity);
  }

  /** What its own bytes say. */
  #own(row: number): KnownIdentity {
    const code = this.#payloads.unlike(row);
    if (code !== NIL) return this.#unlikeIdentity(row, code);
    const known = this.#known.get(this.#table.views.data.getUint32(row + ROW_FLOW, true));
    if (known?.generation === this.#generationOf(row)) return known.identity;
    return this.#read(row) ?? this.#unlikeIdentity(row, 0);
  }

  #completed(identity: KnownIdentity, row: number): KnownIdentity {
    if (!this.#identifier.knowsOthers) return identity;
    this.#flow.row = row;
    return this.#identifier.complete(identity, this.#flow, this.#flow.ports);
  }

  /** @param code of what is known of a flow of which nothing is kept */
  #unlikeIdentity(row: number, code: number): KnownIdentity {
    const { u8, data } = this.#table.views;
    const tcp = u8[row + ROW_PROTOCOL] === PROTOCOL_TCP;
    const port = data.getUint16(row + ROW_DESTINATION_PORT, true);
    return this.#identifier.unlike.identify(tcp ? 'tcp' : 'udp', port, this.#payloads.unlikeSides(code));
  }

  #generationOf(row: number): number {
    return this.#table.views.data.getUint32(row + ROW_GENERATION, true);
  }

  #read(row: number): KnownIdentity | undefined {
    const payload = this.#payloads.of(row);
    this.#flow.row = row;
    return payload && this.#identifier.identify(payload, this.#flow);
  }
}

/** Few flows need their addresses and times. */
class FlowAtRow implements FlowToIdentify {
  readonly #views: MemoryViews;
  row = 0;

  constructor(views: MemoryViews) {
    this.#views = views;
  }

  get originator(): string {
    return this.#address(ROW_SOURCE);
  }

  get responder(): string {
    return this.#address(ROW_DESTINATION);
  }

  get responderKey(): AddressKey {
    const { u8 } = this.#views;
    return addressKey(u8, this.row + ROW_DESTINATION, u8[this.row + ROW_VERSION] ?? 0);
  }

  get ports(): readonly [number, number] {
    const { data } = this.#views;
    return [data.getUint16(this.row + ROW_SOURCE_PORT, true), data.getUint16(this.row + ROW_DESTINATION_PORT, true)];
  }

  get firstNs(): bigint {
    return this.#views.data.getBigUint64(this.row + ROW_FIRST, true);
  }

  get lastNs(): bigint {
    return this.#views.data.getBigUint64(this.row + ROW_LAST, true);
  }

  #address(place: number): string {
    const { u8 } = this.#views;
    return (u8[this.row + ROW_VERSION] === 4 ? ipv4Text : ipv6Text)(u8, this.row + place);
  }
}

/** Characters of all texts in an identity. */
function textSize(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let size = 0;
  for (const member of Object.values(value)) size += textSize(member);
  return size;
}
