/** Decodes the blocks of Zstandard frames: Node itself if it can (from 22.15 on), else the package fzstd. */
import zlib from 'node:zlib';
import { PulledDecoder } from './pulled_decoder.ts';
import type { ZlibDecoder } from './pulled_decoder.ts';
import type { FrameHeader } from './zstd_header.ts';

const PIECE = 131072;
const MIB = 2 ** 20;
/** fzstd decodes frames with a larger window incorrectly (`zstd --long=27`, `--ultra -22`). */
const FZSTD_WINDOW_MAX = 64 * MIB;
/** The largest window that Node accepts: ZSTD_WINDOWLOG_LIMIT_DEFAULT of libzstd. */
const NODE_WINDOW_MAX = 128 * MIB;

/** The output of a block, and the error after it. */
export interface Decoded {
  readonly pieces: readonly Uint8Array[];
  readonly failure: string | undefined;
}

/** Decodes one frame. */
export interface FrameDecoder {
  /** A whole block; the first one with the frame's header in front. */
  give(block: Uint8Array): Decoded | Promise<Decoded>;
  /** Whether the checksum after the last block matches the output. */
  agrees(checksum: Uint8Array): boolean | Promise<boolean>;
  close(): void;
}

export interface FrameDecoders {
  begin(header: FrameHeader): FrameDecoder;
  /** Why a frame cannot be decoded. */
  cannot(header: FrameHeader): string | undefined;
}

type Create = (options: { readonly chunkSize: number }) => ZlibDecoder;

export async function frameDecoders(
  create = (zlib as { createZstdDecompress?: Create }).createZstdDecompress,
): Promise<FrameDecoders> {
  return create === undefined ? fzstdDecoders() : nodeDecoders(create);
}

function nodeDecoders(create: Create): FrameDecoders {
  return {
    cannot: (header) => refusal(header, NODE_WINDOW_MAX, ''),
    begin() {
      const decoder = new PulledDecoder(create({ chunkSize: PIECE }));
      const give = async (bytes: Uint8Array): Promise<Decoded> => {
        const state = await decoder.give(bytes);
        return { pieces: decoder.take(), failure: state.kind === 'failed' ? state.error.message : undefined };
      };
      return {
        give,
        agrees: async (checksum) => (await give(checksum)).failure === undefined,
        close: () => decoder.close(),
      };
    },
  };
}

async function fzstdDecoders(): Promise<FrameDecoders> {
  const [{ Decompress }, { default: xxhash }] = await Promise.all([import('fzstd'), import('xxhash-wasm')]);
  const { create64 } = await xxhash();
  return {
    cannot: (header) => refusal(header, FZSTD_WINDOW_MAX, ', or Node 22.15'),
    begin({ hasChecksum }) {
      // fzstd does not check checksums.
      const hash = hasChecksum ? create64() : undefined;
      let pieces: Uint8Array[] = [];
      const decoder = new Decompress((piece) => {
        if (piece.length === 0) return;
        hash?.update(piece);
        pieces.push(piece);
      });
      return {
        give(block) {
          pieces = [];
          try {
            // A copy: the block's bytes will be overwritten, and the decoder may keep them.
            decoder.push(block.slice());
            return { pieces, failure: undefined };
          } catch (error) {
            return { pieces, failure: error instanceof Error ? error.message : String(error) };
          }
        },
        agrees: (checksum) =>
          Number((hash?.digest() ?? 0n) & 0xffffffffn) ===
          new DataView(checksum.buffer, checksum.byteOffset).getUint32(0, true),
        close: () => undefined,
      };
    },
  };
}

function refusal({ window, dictionary }: FrameHeader, windowMax: number, remedy: string): string | undefined {
  if (dictionary !== 0) return `it needs dictionary ${dictionary}; use 'zstd -dc -D DICTIONARY FILE | pcapflow read -'`;
  if (window <= windowMax) return undefined;
  const size = `${Math.ceil(window / MIB)} MiB`;
  const reason = `its window of ${size} is too large here (at most ${windowMax / MIB} MiB)`;
  return `${reason}; use 'zstd -dc --long=31 FILE | pcapflow read -'${remedy}`;
}
