/** From converted records to the ring: through pcap-parser, which gives them frame by frame. */
import { NOTE_LINK_TYPE_BITS, NOTE_LINK_TYPE_MASK } from '../../../assembly/layout.ts';
import type { Converter } from '../../engine/converter.ts';
import { FParserError } from '../../errors.ts';
import type { FrameSink } from './frame_source.ts';
import { ParsedFrame, RecordParser } from './record_parser.ts';
import type { RecordHeader } from './record_parser.ts';
import { nanosOf, secondsOf, sourceOf } from './record_window.ts';
import type { RecordPiece } from './record_window.ts';

/**
 * LINKTYPE_USER15, which nothing decodes: where the packets of an interface go whose link type the filter refuses. They
 * are counted as not tracked, as `read` does.
 */
const LINK_TYPE_REFUSED = 162;

export class ReplayFeed {
  readonly #converter: Converter;
  readonly #sink: FrameSink;
  readonly #report: (problem: FParserError) => void;
  readonly #bytes: Buffer;
  readonly #notes: Uint32Array;
  readonly #parser: RecordParser;
  readonly #frame = new ParsedFrame();
  /** Link type and byte order -> number of the sink's interface. */
  readonly #interfaces = new Map<number, number>();
  /** Of the record before. */
  #source = -1;
  #interface = 0;
  /** Number of the record that the parser gives next. */
  #record = 0;

  /** @param report told of filters that have no meaning for an interface that is not the first */
  constructor(converter: Converter, sink: FrameSink, report: (problem: FParserError) => void) {
    this.#converter = converter;
    this.#sink = sink;
    this.#report = report;
    this.#bytes = Buffer.from(converter.bytes.buffer);
    this.#notes = converter.notes;
    this.#parser = new RecordParser((header, data) => this.#put(header, data));
  }

  /** Describes the first interface of the capture. @throws {FParserError} when the filter has no meaning for it */
  addFirstInterface(): void {
    const { linkType, bigEndian } = this.#converter.firstInterface;
    this.#add(linkType | (bigEndian ? 1 << NOTE_LINK_TYPE_BITS : 0));
  }

  /** No more frames are wanted. */
  get closed(): boolean {
    return this.#sink.closed;
  }

  /** Bytes of records that are sure to find room. */
  get free(): number {
    return this.#sink.free;
  }

  room(bytes: number): Promise<void> {
    return this.#sink.room(bytes);
  }

  /** Puts these records; there is room for them. */
  put(piece: RecordPiece): void {
    const end = piece.first + piece.count;
    this.#addInterfaces(piece.first, end);
    this.#record = piece.first;
    this.#parser.feed(this.#bytes.subarray(piece.from, piece.to));
    if (this.#record !== end) throw new FParserError('ERR_ENGINE', `pcap-parser gave ${this.#record - piece.first} of ${piece.count} records`);
    this.#sink.publish();
  }

  #put(header: RecordHeader, data: Buffer): void {
    const note = this.#notes[this.#record++] as number;
    const source = sourceOf(note);
    if (source !== this.#source) {
      this.#source = source;
      this.#interface = this.#interfaces.get(source) as number;
    }
    const frame = this.#frame;
    frame.bytes = data;
    const seconds = header.timestampSeconds + secondsOf(note);
    const nanos = header.timestampMicroseconds * 1000 + nanosOf(note);
    this.#sink.put(this.#interface, seconds, nanos, frame, header.capturedLength, header.originalLength);
  }

  /** Describes the interfaces of these records that the sink does not know yet. */
  #addInterfaces(from: number, to: number): void {
    let known = this.#source;
    for (let n = from; n < to; n++) {
      const source = sourceOf(this.#notes[n] as number);
      if (source === known) continue;
      known = source;
      if (!this.#interfaces.has(source)) this.#addLater(source);
    }
  }

  #addLater(source: number): void {
    try {
      this.#add(source);
    } catch (error) {
      if (!(error instanceof FParserError)) throw error;
      this.#report(error);
      this.#interfaces.set(source, this.#sink.addInterface(LINK_TYPE_REFUSED));
    }
  }

  #add(source: number): void {
    const bigEndian = source >>> NOTE_LINK_TYPE_BITS !== 0;
    this.#interfaces.set(source, this.#sink.addInterface(source & NOTE_LINK_TYPE_MASK, 1, bigEndian));
  }
}
