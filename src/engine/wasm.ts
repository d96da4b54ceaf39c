/** The engine module's exports, and the only place that makes views of its memory. */
import { LAYOUT_VERSION, NIL } from '../../assembly/layout.ts';
import { FParserError } from '../errors.ts';

export interface EngineExports {
  readonly table: WebAssembly.Table;
  layoutVersion(): number;
  init(): void;
  attach(): void;
  openCapture(at: number, end: number): number;
  walkCapture(at: number, end: number, until: bigint): number;
  addFilter(linkType: number, bigEndian: number, place: number): void;
  releaseClosed(amount: number): number;
  takeReady(): number;
  releaseFirstPayload(index: number): void;
  rowWithoutText(from: number, n: number, rows: number): number;
  beginFlush(): number;
  flushSome(amount: number): number;
  orderActive(): number;
  writeClosed(amount: number): number;
  writeOrdered(from: number, amount: number): number;
  writeActive(from: number): number;
  writeFlow(index: number): void;
  writeText(from: number, rows: number): number;
  turnFlow(index: number, generation: number): number;
  writeColumns(rows: number): void;
  writeDataRecords(rows: number): number;
  findByAddresses(version: number, protocol: number, sourcePort: number, destinationPort: number): number;
  knowsLinkType(linkType: number): number;
  memoryUsed(): number;
  consumePiece(): number;
  describeSource(number: number, linkType: number, bigEndian: number, unitNs: number, cooked: number): void;
  dropClosed(): void;
  beginBlock(lists: number, size: number): void;
  guessRecord(at: number, end: number): number;
  walkBlock(at: number, end: number, stop: number): number;
  divideCapture(at: number, end: number, stop: number): number;
  believeTimes(): void;
  trackList(at: number, end: number, above: bigint, first: bigint): number;
  passClock(time: bigint): void;
  beginSerialFlush(): void;
  writeSerialRows(to: number, amount: number): number;
  mergeRows(amount: number, open: number): number;
  passTime(time: bigint): void;
  writeStarted(from: number, to: number): number;
}

/** Typed views over all of the memory. It never grows, so they stay valid. */
export interface MemoryViews {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly data: DataView;
}

export function makeViews(memory: WebAssembly.Memory): MemoryViews {
  const { buffer } = memory;
  return { u8: new Uint8Array(buffer), u32: new Uint32Array(buffer), data: new DataView(buffer) };
}

/** @throws {FParserError} ERR_ENGINE when the module was built for another layout. */
export async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<EngineExports> {
  const instance = await WebAssembly.instantiate(module, {
    env: {
      memory,
      abort(): never {
        throw new FParserError('ERR_ENGINE', 'an assertion of the engine failed');
      },
    },
  });
  const exports = instance.exports as unknown as EngineExports;
  const version = exports.layoutVersion();
  if (version !== LAYOUT_VERSION) {
    throw new FParserError(
      'ERR_ENGINE',
      `the engine module has layout ${version}, this package ${LAYOUT_VERSION}: build again`,
    );
  }
  return exports;
}

/**
 * Puts the filter of a link type into the engine's function table and registers it.
 * @param bytes a filter module; null: no filter is possible, and the packets count as not tracked
 */
export function installFilter(
  exports: EngineExports,
  memory: WebAssembly.Memory,
  linkType: number,
  bigEndian: boolean,
  bytes: Uint8Array | null,
): void {
  let place = NIL;
  if (bytes !== null) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { env: { memory } });
    place = exports.table.grow(1);
    exports.table.set(place, instance.exports.filter);
  }
  exports.addFilter(linkType, bigEndian ? 1 : 0, place);
}
