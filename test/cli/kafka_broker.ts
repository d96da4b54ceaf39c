/**
 * A broker of one node that speaks as much of Kafka's protocol as a producer needs (kafka.apache.org/protocol): API
 * versions, metadata, producer identifiers, and record batches of format 2, which it numbers and keeps.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export interface StoredMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PRODUCE = 0;
const METADATA = 3;
const API_VERSIONS = 18;
const INIT_PRODUCER_ID = 22;
/** The greatest version of each request that is understood. */
const VERSIONS: readonly (readonly [api: number, from: number, to: number])[] = [
  [PRODUCE, 3, 3],
  [METADATA, 1, 1],
  [API_VERSIONS, 0, 0],
  [INIT_PRODUCER_ID, 0, 0],
];
const UNSUPPORTED_VERSION = 35;
const UNKNOWN_TOPIC = 3;
const OUT_OF_ORDER_SEQUENCE = 45;
const NODE = 1;
const PARTITIONS = 3;

export class KafkaBroker {
  readonly messages: StoredMessage[] = [];
  /** Batches that came again, and were not kept twice. */
  duplicates = 0;
  /** So many batches are kept without an answer: the connection breaks instead. */
  answersToLose = 0;
  #server: Server | undefined;
  #port = 0;
  readonly #topic: string;
  readonly #sockets = new Set<Socket>();
  /** The next number of each producer, by producer and partition. */
  readonly #sequences = new Map<string, number>();
  #producers = 0;

  private constructor(topic: string) {
    this.#topic = topic;
  }

  static async start(topic: string): Promise<KafkaBroker> {
    const broker = new KafkaBroker(topic);
    await broker.listen();
    return broker;
  }

  get url(): string {
    return `kafka://127.0.0.1:${this.#port}/${this.#topic}`;
  }

  get address(): { readonly host: string; readonly port: number; readonly topic: string } {
    return { host: '127.0.0.1', port: this.#port, topic: this.#topic };
  }

  /** Listens at its port, again after `leave`. */
  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket)).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections and refuses others. */
  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise((done) => server.close(done));
  }

  #serve(socket: Socket): void {
    let waiting = Buffer.alloc(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      waiting = Buffer.concat([waiting, piece]);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
        const end = 4 + waiting.readInt32BE(0);
        this.#answer(socket, new Reader(waiting.subarray(4, end)));
        waiting = waiting.subarray(end);
      }
    });
  }

  #answer(socket: Socket, request: Reader): void {
    const [api, version, correlation] = [request.i16(), request.i16(), request.i32()];
    request.text();
    const body = this.#bodyOf(api, version, request);
    if (api === PRODUCE && this.answersToLose > 0) {
      this.answersToLose--;
      socket.destroy();
      return;
    }
    const head = Buffer.alloc(8);
    head.writeInt32BE(body.length + 4, 0);
    head.writeInt32BE(correlation, 4);
    socket.write(Buffer.concat([head, body]));
  }

  #bodyOf(api: number, version: number, request: Reader): Buffer {
    switch (api) {
      case API_VERSIONS: {
        const error = version === 0 ? 0 : UNSUPPORTED_VERSION;
        return Buffer.concat([i16(error), list(VERSIONS, (one) => Buffer.concat(one.map(i16)))]);
      }
      case METADATA:
        return this.#metadata(request);
      case INIT_PRODUCER_ID:
        return Buffer.concat([i32(0), i16(0), i64(BigInt(++this.#producers)), i16(0)]);
      case PRODUCE:
        return this.#produce(request);
      default:
        throw new RangeError(`request ${api} is not understood`);
    }
  }

  #metadata(request: Reader): Buffer {
    const topics = request.list(() => request.text());
    const node = Buffer.concat([i32(NODE), text('127.0.0.1'), i32(this.#port), i16(-1)]);
    const nodes = Buffer.concat([i32(1), i32(NODE)]);
    const partitions = Array.from({ length: PARTITIONS }, (_, n) => n);
    return Buffer.concat([
      list([node], (one) => one),
      i32(NODE),
      list(topics.length > 0 ? topics : [this.#topic], (name) => {
        const isKnown = name === this.#topic;
        const error = i16(isKnown ? 0 : UNKNOWN_TOPIC);
        const known = isKnown ? partitions : [];
        return Buffer.concat([
          error,
          text(name),
          Buffer.of(0),
          list(known, (n) => Buffer.concat([i16(0), i32(n), i32(NODE), nodes, nodes])),
        ]);
      }),
    ]);
  }

  #produce(request: Reader): Buffer {
    request.text();
    request.skip(6);
    const topics = request.list(() => ({
      name: request.text(),
      partitions: request.list(() => {
        const partition = request.i32();
        const batch = new Reader(request.bytes(request.i32()));
        return { partition, error: this.#keep(partition, batch) };
      }),
    }));
    const answers = list(topics, ({ name, partitions }) =>
      Buffer.concat([
        text(name),
        list(partitions, ({ partition, error }) => Buffer.concat([i32(partition), i16(error), i64(0n), i64(-1n)])),
      ]),
    );
    return Buffer.concat([answers, i32(0)]);
  }

  /** Keeps the records of a batch when its number is the next one. Returns the error. */
  #keep(partition: number, batch: Reader): number {
    batch.skip(16);
    if (batch.bytes(1)[0] !== 2) throw new RangeError('records of another format');
    batch.skip(26);
    const producer = batch.i64();
    batch.skip(2);
    const sequence = batch.i32();
    const count = batch.i32();
    if (producer >= 0n) {
      const id = `${producer} ${partition}`;
      const next = this.#sequences.get(id) ?? 0;
      if (sequence < next) {
        this.duplicates++;
        return 0;
      }
      if (sequence > next) return OUT_OF_ORDER_SEQUENCE;
      this.#sequences.set(id, next + count);
    }
    for (let n = 0; n < count; n++) {
      batch.varint();
      batch.skip(1);
      batch.varint();
      batch.varint();
      const key = batch.varText();
      const value = batch.varText();
      const headers = Object.fromEntries(
        Array.from({ length: batch.varint() }, () => [batch.varText(), batch.varText()]),
      );
      this.messages.push({ partition, key, value, headers });
    }
    return 0;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(size: number): void {
    this.#at += size;
  }

  bytes(size: number): Buffer {
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  i16(): number {
    return this.bytes(2).readInt16BE();
  }

  i32(): number {
    return this.bytes(4).readInt32BE();
  }

  i64(): bigint {
    return this.bytes(8).readBigInt64BE();
  }

  /** Empty when it is null. */
  text(): string {
    return this.bytes(Math.max(0, this.i16())).toString();
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.i32()) }, read);
  }

  /** Zigzag. */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes(1)[0] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  varText(): string {
    return this.bytes(this.varint()).toString();
  }
}

function i16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function i64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([i16(value.length), Buffer.from(value)]);
}

function list<T>(values: readonly T[], bytesOf: (value: T) => Buffer): Buffer {
  return Buffer.concat([i32(values.length), ...values.map(bytesOf)]);
}
