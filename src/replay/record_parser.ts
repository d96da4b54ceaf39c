/**
 * The package pcap-parser 0.2.1 behind its guard. It is given only whole, sound records of a classic little-endian
 * file with microseconds, and it is never waited for: what it does with damaged records, other formats and missing
 * files (no end, or an end as if all were well) cannot happen here.
 */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { FParserError } from '../errors.ts';

/** Header of a record, as the package names its fields. */
export interface RecordHeader {
  readonly timestampSeconds: number;
  readonly timestampMicroseconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
}

/** A record, as the package gives it. */
export interface ParsedRecord {
  readonly header: RecordHeader;
  /** A view of the bytes that were fed. */
  readonly data: Buffer;
}

interface PcapParser {
  /** Bytes that are not used yet; null at the beginning. */
  buffer: Buffer | null;
  on(event: 'packet', listener: (record: ParsedRecord) => void): void;
}

interface PcapParserPackage {
  parse(stream: EventEmitter): PcapParser;
}

const ETHERNET_FILE_HEADER = Uint8Array.of(
  0xd4,
  0xc3,
  0xb2,
  0xa1,
  2,
  0,
  4,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  4,
  0,
  1,
  0,
  0,
  0,
);

/**
 * What the package uses of a readable stream. Bytes are handed over at once: a stream of Node may keep them for later,
 * when the memory that they lie in holds others.
 */
class RecordStream extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

export class RecordParser {
  readonly #stream = new RecordStream();
  readonly #parser: PcapParser;

  constructor(onRecord: (record: ParsedRecord) => void) {
    const { parse } = createRequire(import.meta.url)('pcap-parser') as PcapParserPackage;
    this.#parser = parse(this.#stream);
    this.#parser.on('packet', onRecord);
    this.feed(Buffer.from(ETHERNET_FILE_HEADER));
  }

  /** Parses whole records. Each of them is handed over before this returns. */
  feed(records: Buffer): void {
    this.#stream.emit('data', records);
    // An empty rest would be joined with what comes next: a copy of all bytes, by a constructor that Node has deprecated.
    if (this.#parser.buffer?.length !== 0)
      throw new FParserError('ERR_ENGINE', 'pcap-parser was given a part of a record');
    this.#parser.buffer = null;
  }
}
