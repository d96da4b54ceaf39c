/** Lines without an order, compared by their number and the sums of their digests: memory does not grow with them. */
import { createHash } from 'node:crypto';

const WORDS = 4;
const WORD_SIZE = 4;

export class Multiset {
  count = 0;
  readonly #sums = new Uint32Array(WORDS);

  add(line: string): void {
    const digest = createHash('md5').update(line).digest();
    for (let n = 0; n < WORDS; n++) this.#sums[n] = (this.#sums[n] as number) + digest.readUInt32LE(n * WORD_SIZE);
    this.count++;
  }

  equals(other: Multiset): boolean {
    return this.count === other.count && this.#sums.every((sum, n) => sum === other.#sums[n]);
  }
}

/** The lines of a stream of text, however it is cut. */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of stream) {
    // What is read is ASCII, so that no character is cut.
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
