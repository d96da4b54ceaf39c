/**
 * Raw deflate data (RFC 1951) in the form in which `src/source/file/gzip.ts` uses node:zlib. Browsers do not have that:
 * their DecompressionStream does not tell where the data of a member ends. Errors have the words of zlib.
 * (fflate 0.8 does not tell it either, and is larger: 2.5 kB of gzip against 1.9.)
 */

const WINDOW = 32_768;
const MASK = 2 * WINDOW - 1;
const CODE_BITS_MAX = 15;
const LITERALS = 288;
const END_OF_BLOCK = 256;
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const [LENGTH_BASE, LENGTH_BITS] = ranges(29, 3, 4);
const [DISTANCE_BASE, DISTANCE_BITS] = ranges(30, 1, 2);
// Length 258 has a symbol of its own.
LENGTH_BASE[28] = 258;
LENGTH_BITS[28] = 0;

/** First values and numbers of extra bits of symbols: each `step` symbols have one bit more. */
function ranges(count: number, first: number, step: number): [Uint16Array, Uint8Array] {
  const base = new Uint16Array(count);
  const bits = new Uint8Array(count);
  for (let symbol = 0, value = first; symbol < count; symbol++) {
    bits[symbol] = Math.max(0, Math.floor(symbol / step) - 1);
    base[symbol] = value;
    value += 1 << bits[symbol]!;
  }
  return [base, bits];
}

/** A code as a table over its next bits: symbol and length of each. */
interface Code {
  readonly bits: number;
  readonly table: Uint16Array;
}

const INCOMPLETE = 0;
class InputEnd extends Error {}

/** @param single a code of only one symbol is allowed, as of distances */
function codeOf(lengths: Uint8Array, what: string, single: boolean): Code {
  const counts = new Uint16Array(CODE_BITS_MAX + 1);
  for (const length of lengths) counts[length]!++;
  let bits = CODE_BITS_MAX;
  while (bits > 1 && counts[bits] === 0) bits--;
  let left = 1;
  for (let length = 1; length <= CODE_BITS_MAX; length++) {
    left = 2 * left - counts[length]!;
    if (left < 0) throw new Error(`invalid ${what} set`);
  }
  const used = lengths.length - counts[0]!;
  if (left > 0 && !(single && used <= 1)) throw new Error(`invalid ${what} set`);
  const next = new Uint16Array(CODE_BITS_MAX + 2);
  for (let length = 1; length <= CODE_BITS_MAX; length++) next[length + 1] = (next[length]! + counts[length]!) << 1;
  const table = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const code = next[length]!++;
    // Codes begin with their highest bit, the table is over bits as they come.
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  });
  return { bits, table };
}

function fixedCodes(): readonly [Code, Code] {
  const lengths = new Uint8Array(LITERALS).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
  return [codeOf(lengths, 'literal/lengths', false), codeOf(new Uint8Array(32).fill(5), 'distances', false)];
}

type State = 'block' | 'stored' | 'codes' | 'end';

class Inflater {
  /** Input bytes used, those in `#hold` too. */
  #used = 0;
  #input = new Uint8Array(0);
  #at = 0;
  #hold = 0;
  #bits = 0;
  #state: State = 'block';
  #isLast = false;
  #stored = 0;
  #literals: Code | undefined;
  #distances: Code | undefined;
  readonly #out = new Uint8Array(2 * WINDOW);
  /** Bytes of output so far, and those that were given out. */
  #size = 0;
  #given = 0;
  readonly #give: (piece: Uint8Array) => void;

  constructor(give: (piece: Uint8Array) => void) {
    this.#give = give;
  }

  get ended(): boolean {
    return this.#state === 'end';
  }

  /** Input bytes that belong to the data. */
  get used(): number {
    return this.#used - (this.#bits >> 3);
  }

  /** @throws {Error} for damaged data; whole pieces before it were given out */
  push(bytes: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    this.#input = new Uint8Array(rest.length + bytes.length);
    this.#input.set(rest);
    this.#input.set(bytes, rest.length);
    this.#at = 0;
    while (this.#state !== 'end') {
      const [at, hold, bits, used] = [this.#at, this.#hold, this.#bits, this.#used];
      try {
        this.#step();
      } catch (error) {
        if (!(error instanceof InputEnd)) throw error;
        // The step is done again when there is more.
        [this.#at, this.#hold, this.#bits, this.#used] = [at, hold, bits, used];
        break;
      }
    }
    this.#flush();
  }

  #step(): void {
    if (this.#state === 'codes') this.#copySymbols();
    else if (this.#state === 'stored') this.#copyStored();
    else this.#beginBlock();
  }

  #beginBlock(): void {
    if (this.#isLast) {
      this.#state = 'end';
      return;
    }
    const isLast = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) {
      this.#take(this.#bits & 7);
      const length = this.#take(16);
      if (this.#take(16) !== (length ^ 0xffff)) throw new Error('invalid stored block lengths');
      this.#stored = length;
      this.#state = 'stored';
    } else if (type === 3) {
      throw new Error('invalid block type');
    } else {
      [this.#literals, this.#distances] = type === 1 ? fixedCodes() : this.#readCodes();
      this.#state = 'codes';
    }
    this.#isLast = isLast;
  }

  #readCodes(): readonly [Code, Code] {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const count = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new Error('too many length or distance symbols');
    const codeLengths = new Uint8Array(19);
    for (let n = 0; n < count; n++) codeLengths[LENGTH_ORDER[n]!] = this.#take(3);
    const code = codeOf(codeLengths, 'code lengths', false);
    const lengths = new Uint8Array(literals + distances);
    for (let n = 0; n < lengths.length; ) {
      const symbol = this.#symbol(code, 'bit length repeat');
      if (symbol < 16) {
        lengths[n++] = symbol;
        continue;
      }
      if (symbol === 16 && n === 0) throw new Error('invalid bit length repeat');
      const repeat = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (n + repeat > lengths.length) throw new Error('invalid bit length repeat');
      lengths.fill(symbol === 16 ? lengths[n - 1]! : 0, n, n + repeat);
      n += repeat;
    }
    if (lengths[END_OF_BLOCK] === 0) throw new Error('invalid code -- missing end-of-block');
    return [
      codeOf(lengths.subarray(0, literals), 'literal/lengths', true),
      codeOf(lengths.subarray(literals), 'distances', true),
    ];
  }

  /** As many bytes as there are: what was written cannot be done again. */
  #copyStored(): void {
    const ready = Math.min(this.#stored, (this.#bits >> 3) + this.#input.length - this.#at);
    if (ready === 0 && this.#stored > 0) throw new InputEnd();
    for (let n = 0; n < ready; n++) this.#write(this.#take(8));
    this.#stored -= ready;
    if (this.#stored === 0) this.#state = 'block';
  }

  /** One symbol at a time, so that a step can be done again; many as long as there is enough input. */
  #copySymbols(): void {
    const [literals, distances] = [this.#literals as Code, this.#distances as Code];
    do {
      const symbol = this.#symbol(literals, 'literal/length code');
      if (symbol < END_OF_BLOCK) {
        this.#write(symbol);
      } else if (symbol === END_OF_BLOCK) {
        this.#state = 'block';
        return;
      } else {
        this.#repeat(symbol - 257, distances);
      }
    } while (this.#input.length - this.#at > 8);
  }

  #repeat(symbol: number, distances: Code): void {
    if (symbol >= LENGTH_BASE.length) throw new Error('invalid literal/length code');
    const length = LENGTH_BASE[symbol]! + this.#take(LENGTH_BITS[symbol]!);
    const code = this.#symbol(distances, 'distance code');
    if (code >= DISTANCE_BASE.length) throw new Error('invalid distance code');
    const distance = DISTANCE_BASE[code]! + this.#take(DISTANCE_BITS[code]!);
    if (distance > this.#size) throw new Error('invalid distance too far back');
    for (let n = 0; n < length; n++) this.#write(this.#out[(this.#size - distance) & MASK]!);
  }

  #write(byte: number): void {
    this.#out[this.#size & MASK] = byte;
    this.#size++;
    if ((this.#size & (WINDOW - 1)) === 0) this.#flush();
  }

  /** Gives out what was not given; never more than a piece. */
  #flush(): void {
    if (this.#given === this.#size) return;
    const from = this.#given & MASK;
    this.#give(this.#out.slice(from, from + this.#size - this.#given));
    this.#given = this.#size;
  }

  #take(count: number): number {
    while (this.#bits < count) this.#fill();
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }

  #symbol({ bits, table }: Code, what: string): number {
    while (this.#bits < bits && this.#at < this.#input.length) this.#fill();
    const entry = table[this.#hold & ((1 << bits) - 1)]!;
    const length = entry & 15;
    if (entry === INCOMPLETE) {
      if (this.#bits < bits) throw new InputEnd();
      throw new Error(`invalid ${what}`);
    }
    if (length > this.#bits) throw new InputEnd();
    this.#hold >>>= length;
    this.#bits -= length;
    return entry >> 4;
  }

  #fill(): void {
    if (this.#at === this.#input.length) throw new InputEnd();
    this.#hold |= this.#input[this.#at++]! << this.#bits;
    this.#bits += 8;
    this.#used++;
  }
}

type Listener = (value: never) => void;

/** A decoder with as much of Node's streams as PulledDecoder uses. */
class InflateRaw {
  /** Bytes given; at the end those that belong to the data. */
  bytesWritten = 0;
  readonly #listeners = new Map<string, Listener>();
  readonly #inflater = new Inflater((piece) => this.#emit('data', piece));

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, listener);
    return this;
  }

  write(bytes: Uint8Array, done: () => void): void {
    try {
      this.#inflater.push(bytes);
    } catch (error) {
      this.#emit('error', error);
      return;
    }
    const { ended, used } = this.#inflater;
    this.bytesWritten = ended ? used : this.bytesWritten + bytes.length;
    if (ended) this.#emit('end', undefined);
    else done();
  }

  end(): void {
    this.#emit('error', new Error('unexpected end of file'));
  }

  destroy(): void {
    this.#listeners.clear();
  }

  #emit(event: string, value: unknown): void {
    (this.#listeners.get(event) as ((value: unknown) => void) | undefined)?.(value);
  }
}

/** In the place of node:zlib: what it lacks, Zstandard and checksums, is done by packages and by tables. */
export default { createInflateRaw: (): InflateRaw => new InflateRaw() };
