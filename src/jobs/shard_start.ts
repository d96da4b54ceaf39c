/** What the engine of a shard gets from the one that has opened the file, and how it begins with it. */
import { CONFIG_INTERFACES, CONTROL } from '../../assembly/layout.ts';
import type { SharedPlaces } from '../engine/memory.ts';
import type { ShardOptions } from '../engine/options.ts';
import { installFilter, instantiate, makeViews } from '../engine/wasm.ts';
import type { SharedFile } from './block_decoder.ts';
import { Board } from './board.ts';
import { ShardTracker } from './shard_tracker.ts';

export interface ShardStart {
  readonly module: WebAssembly.Module;
  /** Of all engines, by shard. */
  readonly memories: readonly WebAssembly.Memory[];
  readonly shard: number;
  readonly options: ShardOptions;
  readonly places: SharedPlaces;
  readonly file: SharedFile;
  readonly board: SharedArrayBuffer;
  /** The control block when the file's header had been read. */
  readonly control: Uint8Array;
  readonly filter: { readonly linkType: number; readonly bigEndian: boolean; readonly bytes: Uint8Array } | undefined;
}

/** An engine over its own memory, ready for the first block. */
export async function beginShard(start: ShardStart): Promise<{ board: Board; tracker: ShardTracker }> {
  const { module, memories, shard, options, places, file, control, filter } = start;
  const memory = memories[shard] as WebAssembly.Memory;
  const exports = await instantiate(module, memory);
  const views = makeViews(memory);
  views.u8.set(control, CONTROL);
  views.u8.set(file.interfaces, views.data.getUint32(CONTROL + CONFIG_INTERFACES, true));
  exports.init();
  if (filter !== undefined) installFilter(exports, memory, filter.linkType, filter.bigEndian, filter.bytes);
  const board = new Board(options.window, start.board);
  const bytes = memories.map(({ buffer }) => new Uint8Array(buffer));
  return { board, tracker: new ShardTracker({ exports, views, board, shard, options, places, file }, bytes) };
}
