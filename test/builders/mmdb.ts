/** Small databases in the MaxMind DB format 2.0 (24-bit records). */
import { concat, u24, u8, zeros } from './bytes.ts';
import { addressToInt } from '../../src/host/address/address.ts';

export type MmdbValue = string | number | readonly MmdbValue[] | { readonly [key: string]: MmdbValue };

const MARKER = concat(Uint8Array.of(0xab, 0xcd, 0xef), new TextEncoder().encode('MaxMind.com'));
const TYPE = { text: 2, uint32: 6, map: 7, array: 11 } as const;

interface Node {
  readonly index: number;
  readonly sides: (Node | { readonly leaf: number } | undefined)[];
}

/**
 * @param networks data by prefix; none may lie in another. IPv4 ones go below `::/96` of an IPv6 tree
 * @param major version of the format
 */
export function mmdb(
  networks: Readonly<Record<string, MmdbValue>>,
  { ipVersion = 6, major = 2 }: { readonly ipVersion?: 4 | 6; readonly major?: number } = {},
): Uint8Array {
  const nodes: Node[] = [];
  const newNode = (): Node => {
    const node: Node = { index: nodes.length, sides: [undefined, undefined] };
    nodes.push(node);
    return node;
  };
  const root = newNode();
  let data: Uint8Array = new Uint8Array(0);
  for (const [prefix, value] of Object.entries(networks)) {
    const [address = '', length = ''] = prefix.split('/');
    const isV4 = !address.includes(':');
    const skip = isV4 && ipVersion === 6 ? 96 : 0;
    const bits = addressToInt(address)
      .toString(2)
      .padStart(isV4 ? 32 : 128, '0');
    const path = [...'0'.repeat(skip), ...bits.slice(0, Number(length))].map(Number);
    let node = root;
    for (const bit of path.slice(0, -1)) {
      const next = node.sides[bit] ?? newNode();
      if ('leaf' in next) throw new Error(`${prefix} lies in another network`);
      node = node.sides[bit] = next;
    }
    node.sides[path.at(-1) ?? 0] = { leaf: data.length };
    data = concat(data, encoded(value));
  }
  const record = (side: Node | { readonly leaf: number } | undefined): Uint8Array => {
    if (side === undefined) return u24(nodes.length);
    return u24('leaf' in side ? nodes.length + 16 + side.leaf : side.index);
  };
  const tree = concat(...nodes.flatMap(({ sides }) => [record(sides[0]), record(sides[1])]));
  const metadata = encoded({
    binary_format_major_version: major,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
    database_type: 'Test',
    description: { en: 'for tests' },
    ip_version: ipVersion,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 24,
  });
  return concat(tree, zeros(16), data, MARKER, metadata);
}

function encoded(value: MmdbValue): Uint8Array {
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    return concat(control(TYPE.text, bytes.length), bytes);
  }
  if (typeof value === 'number') {
    const bytes = Uint8Array.of(value / 2 ** 24, value >>> 16, value >>> 8, value);
    return concat(control(TYPE.uint32, 4), bytes);
  }
  if (Array.isArray(value)) return concat(control(TYPE.array, value.length), ...value.map(encoded));
  const entries = Object.entries(value);
  return concat(control(TYPE.map, entries.length), ...entries.flatMap(([key, one]) => [encoded(key), encoded(one)]));
}

/** Types from 8 on go into a second byte, sizes from 29 on too. */
function control(type: number, size: number): Uint8Array {
  if (size > 29 + 255) throw new Error('too long for a test');
  const small = Math.min(size, 29);
  const head = type < 8 ? u8((type << 5) | small) : concat(u8(small), u8(type - 7));
  return size < 29 ? head : concat(head, u8(size - 29));
}
