/**
 * The package pcap-parser 0.2.1 behind its guard. It gets only complete, valid records of a classic little-endian
 * microsecond file, and nothing waits for its end event. Its faults with damaged records, other formats and missing
 * files (it never ends, or ends as if all were well) therefore cannot occur here.
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
 * The part of a readable stream that the package uses. It delivers bytes at once; a Node stream may deliver them later,
 * when their memory has been overwritten.
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

  /** Parses complete records. Each is delivered before this returns. */
  feed(records: Buffer): void {
    this.#stream.emit('data', records);
    // The package would concatenate an empty rest with the next bytes: a copy of everything, by a deprecated Buffer
    // constructor.
    if (this.#parser.buffer?.length !== 0)
      throw new FParserError('ERR_ENGINE', 'pcap-parser was given a part of a record');
    this.#parser.buffer = null;
  }
}
