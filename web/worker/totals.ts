/** Sums over flows, kept up while they come: talkers, ports, protocols, end reasons, traffic over time. */
import {
  COUNT_IP_BYTES,
  COUNT_PACKETS,
  ROW_DESTINATION_PORT,
  ROW_END_REASON,
  ROW_FORWARD,
  ROW_PROTOCOL,
  ROW_REVERSE,
} from '../../assembly/layout.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { protocolText } from '../../src/flow/numbers.ts';
import type { Overview, Share } from '../protocol.ts';
import { AddressTotals } from './address_totals.ts';
import { endWord, firstMs, lastMs, seriesOf } from './flow_row.ts';
import type { RowChunk } from './row_store.ts';
import { Sums } from './sums.ts';
import { TimeBins } from './time_bins.ts';

const TALKERS_SHOWN = 50;
const PORTS_SHOWN = 50;
const PORTS = 65_536;
/** Rows that are added at a time: what belongs to them stays in the first cache. */
export const BATCH_ROWS = 256;
const PACKETS_AT = COUNT_PACKETS / 8;
const BYTES_AT = COUNT_IP_BYTES / 8;

/** The name of a port, and of its service where that is known. */
export type ServiceName = (protocol: number, port: number) => string | null;

/** Sums over what is kept beside the rows. */
export interface FurtherSums {
  /** @param rows offsets of `count` rows @param packetsOf and bytesOf of each */
  add(chunk: RowChunk, rows: Uint32Array, count: number, packetsOf: Float64Array, bytesOf: Float64Array): void;
  shares(): Partial<Overview>;
}

export class Totals {
  #flows = 0;
  #packets = 0;
  #bytes = 0;
  readonly #talkers = new AddressTotals(BATCH_ROWS);
  /** Ports of TCP, then those of UDP. */
  readonly #ports = new Sums(2 * PORTS);
  readonly #protocols = new Sums(256);
  readonly #ends = new Sums(256);
  readonly #bins = new TimeBins();
  readonly #batchPackets = new Float64Array(BATCH_ROWS);
  readonly #batchBytes = new Float64Array(BATCH_ROWS);
  readonly #further: readonly FurtherSums[];

  constructor(further: readonly FurtherSums[] = []) {
    this.#further = further;
  }

  get flows(): number {
    return this.#flows;
  }

  get packets(): number {
    return this.#packets;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param rows offsets of `count` rows, at most BATCH_ROWS */
  add(chunk: RowChunk, rows: Uint32Array, count: number): void {
    const { f64, u8, u16 } = chunk;
    const [packetsOf, bytesOf] = [this.#batchPackets, this.#batchBytes];
    for (let n = 0; n < count; n++) {
      const row = rows[n]!;
      const forward = (row + ROW_FORWARD) >> 3;
      const reverse = (row + ROW_REVERSE) >> 3;
      const packets = f64[forward + PACKETS_AT]! + f64[reverse + PACKETS_AT]!;
      const bytes = f64[forward + BYTES_AT]! + f64[reverse + BYTES_AT]!;
      packetsOf[n] = packets;
      bytesOf[n] = bytes;
      this.#packets += packets;
      this.#bytes += bytes;
      const protocol = u8[row + ROW_PROTOCOL]!;
      const port = u16[(row + ROW_DESTINATION_PORT) >> 1]!;
      if (protocol === PROTOCOL_TCP) this.#ports.add(port, packets, bytes);
      else if (protocol === PROTOCOL_UDP) this.#ports.add(PORTS + port, packets, bytes);
      this.#protocols.add(protocol, packets, bytes);
      this.#ends.add(u8[row + ROW_END_REASON]!, packets, bytes);
      this.#bins.add(seriesOf(protocol), firstMs(chunk, row), lastMs(chunk, row), packets, bytes);
    }
    this.#talkers.add(chunk, rows, count, packetsOf, bytesOf);
    for (const sums of this.#further) sums.add(chunk, rows, count, packetsOf, bytesOf);
    this.#flows += count;
  }

  overview(serviceName: ServiceName): Overview {
    return {
      flows: this.#flows,
      packets: this.#packets,
      bytes: this.#bytes,
      talkers: this.#talkers.largest(TALKERS_SHOWN),
      talkersApproximate: this.#talkers.approximate,
      ports: this.#ports.largest(PORTS_SHOWN, (index) => portName(index, serviceName)),
      protocols: this.#protocols.largest(256, (protocol) => ({
        label: protocolText(protocol),
        where: `protocol = ${protocol}`,
      })),
      ends: this.#ends.largest(256, (code) => {
        const word = endWord(code);
        return { label: word, where: `endReason = ${word}` };
      }),
      timeline: this.#bins.timeline(),
      ...Object.assign({}, ...this.#further.map((sums) => sums.shares())),
    };
  }
}

function portName(index: number, serviceName: ServiceName): Pick<Share, 'label' | 'where'> {
  const protocol = index < PORTS ? PROTOCOL_TCP : PROTOCOL_UDP;
  const word = index < PORTS ? 'tcp' : 'udp';
  const port = index % PORTS;
  const service = serviceName(protocol, port);
  const label = `${port}/${word}${service === null ? '' : ` ${service}`}`;
  return { label, where: `protocol = ${word} and dstPort = ${port}` };
}
