/** Sums over flows, kept up while they come: talkers, ports, protocols, end reasons, traffic over time. */
import { ROW_DESTINATION, ROW_SOURCE } from '../../assembly/layout.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import type { RowBytes } from '../../src/engine/row_bytes.ts';
import { protocolText } from '../../src/flow/numbers.ts';
import { FLOW_SCHEMA } from '../../src/flow/schema.ts';
import type { Overview, Share } from '../protocol.ts';
import { AddressTotals, largestOf } from './address_totals.ts';
import { bytesOf, destinationPortOf, endCodeOf, firstMs, lastMs, packetsOf, protocolOf, seriesOf } from './flow_row.ts';
import { TimeBins } from './time_bins.ts';

const TALKERS_SHOWN = 50;
const PORTS_SHOWN = 50;
const PORTS = 65_536;

/** A word that the row holds as a number. */
const END_WORDS: ReadonlyMap<number, string> = new Map(
  FLOW_SCHEMA.flatMap((field) => ('words' in field ? field.words.map(({ code, word }) => [code, word] as const) : [])),
);

class Sums {
  readonly flows: Float64Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;

  constructor(size: number) {
    this.flows = new Float64Array(size);
    this.packets = new Float64Array(size);
    this.bytes = new Float64Array(size);
  }

  add(index: number, packets: number, bytes: number): void {
    this.flows[index]!++;
    this.packets[index]! += packets;
    this.bytes[index]! += bytes;
  }

  /** The most bytes first, then the most flows. */
  largest(most: number, name: (index: number) => Pick<Share, 'label' | 'where'>): Share[] {
    const { flows, packets, bytes } = this;
    const used: number[] = [];
    flows.forEach((count, index) => count > 0 && used.push(index));
    const order = largestOf(used, most, (index) => bytes[index]! + flows[index]! / 2 ** 40);
    return order.map((n) => ({ ...name(n), flows: flows[n]!, packets: packets[n]!, bytes: bytes[n]! }));
  }
}

/** The name of a port, and of its service where that is known. */
export type ServiceName = (protocol: number, port: number) => string | null;

export class Totals {
  #flows = 0;
  #packets = 0;
  #bytes = 0;
  readonly #talkers = new AddressTotals();
  /** Ports of TCP, then those of UDP. */
  readonly #ports = new Sums(2 * PORTS);
  readonly #protocols = new Sums(256);
  readonly #ends = new Sums(256);
  readonly #bins = new TimeBins();

  get flows(): number {
    return this.#flows;
  }

  get packets(): number {
    return this.#packets;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: RowBytes, row: number): void {
    const packets = packetsOf(bytes, row);
    const size = bytesOf(bytes, row);
    const protocol = protocolOf(bytes, row);
    this.#flows++;
    this.#packets += packets;
    this.#bytes += size;
    this.#talkers.add(bytes.data, row, ROW_SOURCE, packets, size);
    this.#talkers.add(bytes.data, row, ROW_DESTINATION, packets, size);
    if (protocol === PROTOCOL_TCP) this.#ports.add(destinationPortOf(bytes, row), packets, size);
    if (protocol === PROTOCOL_UDP) this.#ports.add(PORTS + destinationPortOf(bytes, row), packets, size);
    this.#protocols.add(protocol, packets, size);
    this.#ends.add(endCodeOf(bytes, row), packets, size);
    this.#bins.add(seriesOf(protocol), firstMs(bytes, row), lastMs(bytes, row), packets, size);
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
        const word = END_WORDS.get(code) ?? 'end';
        return { label: word, where: `endReason = ${word}` };
      }),
      timeline: this.#bins.timeline(),
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
