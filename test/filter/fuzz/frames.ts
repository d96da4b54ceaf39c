/** Frames that look like traffic of a link type, some of them cut, some of them noise. */
import { IPV4_POOL, IPV6_POOL, LABEL_POOL, MAC_POOL, PORT_POOL, SESSION_POOL, VLAN_POOL } from './expressions.ts';
import type { Random } from './random.ts';

export interface FuzzFrame {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
}

/** Link types with a header of their own below. */
export const FUZZ_LINK_TYPES = [
  1, 1, 1, 1, 0, 9, 50, 51, 101, 104, 105, 108, 113, 127, 192, 228, 229, 276, 8, 166,
] as const;

/** A frame of the link type. */
export function randomFrame(random: Random, linkType: number): FuzzFrame {
  let bytes = random.chance(0.05) ? noise(random, random.below(120)) : link(random, linkType);
  if (random.chance(0.1)) for (let count = 1 + random.below(4); count > 0; count--) flip(random, bytes);
  if (random.chance(0.25)) bytes = bytes.slice(0, random.below(bytes.length + 1));
  const wireLength = random.chance(0.3) ? bytes.length + random.below(1500) : bytes.length;
  return { bytes: new Uint8Array(bytes), wireLength };
}

function noise(random: Random, length: number): number[] {
  return Array.from({ length }, () => random.below(256));
}

function flip(random: Random, bytes: number[]): void {
  if (bytes.length > 0) bytes[random.below(Math.min(bytes.length, 80))] = random.below(256);
}

function u16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value)];
}

function mac(random: Random): number[] {
  return random
    .pick(MAC_POOL)
    .split(':')
    .map((part) => Number.parseInt(part, 16));
}

function ipv4Address(random: Random): number[] {
  return random.pick(IPV4_POOL).split('.').map(Number);
}

function ipv6Address(random: Random): number[] {
  const [head = '', tail = ''] = random.pick(IPV6_POOL).split('::');
  const groups = (half: string): number[] =>
    half
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [front, back] = [groups(head), groups(tail)];
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back].flatMap(u16);
}

interface Payload {
  /** EtherType */
  readonly type: number;
  readonly bytes: number[];
}

function link(random: Random, linkType: number): number[] {
  const payload = network(random, 2);
  const family = payload.type === 0x86dd ? random.pick([24, 28, 30]) : payload.type === 0x0800 ? 2 : 7;
  const ppp = u16(
    payload.type === 0x0800 ? 0x21 : payload.type === 0x86dd ? 0x57 : payload.type === 0x8847 ? 0x281 : 0xc021,
  );
  const version = payload.type === 0x86dd ? 0x86dd : payload.type;
  switch (linkType) {
    case 0:
      return [...u32(family).reverse(), ...payload.bytes];
    case 108:
      return [...u32(family), ...payload.bytes];
    case 9:
    case 50:
    case 166:
      return [random.pick([0xff, 0, 1]), 0x03, ...ppp, ...payload.bytes];
    case 51:
      return [
        0x11,
        0x00,
        ...u16(random.pick(SESSION_POOL)),
        ...u16(payload.bytes.length + 2),
        ...ppp,
        ...payload.bytes,
      ];
    case 104:
      return [0x0f, 0x00, ...u16(version), ...payload.bytes];
    case 113:
      return [
        ...u16(random.pick([0, 4])),
        ...u16(1),
        ...u16(6),
        ...mac(random),
        0,
        0,
        ...u16(version),
        ...payload.bytes,
      ];
    case 276:
      return [
        ...u16(version),
        0,
        0,
        ...u32(random.pick([1, 3])),
        ...u16(1),
        random.pick([0, 4]),
        6,
        ...mac(random),
        0,
        0,
        ...payload.bytes,
      ];
    case 105:
      return wlan(random, payload);
    case 127: {
      const flags = random.chance(0.5);
      const header = flags ? [0, 0, 9, 0, 2, 0, 0, 0, random.pick([0, 0x20])] : [0, 0, 8, 0, 0, 0, 0, 0];
      return [...header, ...wlan(random, payload)];
    }
    case 192:
      return [0, 0, 8, 0, random.pick([105, 105, 1]), 0, 0, 0, ...wlan(random, payload)];
    case 8:
      return [...noise(random, 16), ...payload.bytes];
    case 12:
    case 101:
    case 228:
    case 229:
      return payload.bytes;
    default:
      return [...mac(random), ...mac(random), ...typed(random, payload)];
  }
}

/** An EtherType and its payload; sometimes a length and LLC. */
function typed(random: Random, payload: Payload): number[] {
  if (random.chance(0.9)) return [...u16(payload.type), ...payload.bytes];
  const llc = random.chance(0.5)
    ? [0xaa, 0xaa, 0x03, 0, 0, 0, ...u16(payload.type)]
    : [
        ...random.pick([
          [0xfe, 0xfe],
          [0x42, 0x42],
          [0xe0, 0xe0],
          [0xff, 0xff],
          [0x06, 0x06],
        ]),
        random.pick([3, 0, 1, 0x83]),
      ];
  const body = [...llc, ...payload.bytes];
  return [...u16(Math.min(body.length, 1500)), ...body];
}

function wlan(random: Random, payload: Payload): number[] {
  const control = random.pick([0x08, 0x08, 0x88, 0x80, 0x40, 0xb4, 0xc4, 0xd4]);
  const header = [
    control,
    random.below(4),
    0,
    0,
    ...mac(random),
    ...mac(random),
    ...mac(random),
    0,
    0,
    ...(control === 0x88 ? [0, 0] : []),
  ];
  return [...header, 0xaa, 0xaa, 0x03, 0, 0, 0, ...u16(payload.type), ...payload.bytes];
}

function network(random: Random, depth: number): Payload {
  switch (random.below(depth > 0 ? 12 : 8)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { type: 0x0800, bytes: ipv4(random, depth) };
    case 4:
    case 5:
    case 6:
      return { type: 0x86dd, bytes: ipv6(random, depth) };
    case 7:
      return {
        type: random.pick([0x0806, 0x8035]),
        bytes: [
          0,
          1,
          8,
          0,
          6,
          4,
          0,
          random.pick([1, 2]),
          ...mac(random),
          ...ipv4Address(random),
          ...mac(random),
          ...ipv4Address(random),
        ],
      };
    case 8:
    case 9: {
      const inner = network(random, depth - 1);
      const tag = u16(random.pick(VLAN_POOL) | (random.below(2) << 13));
      return { type: random.pick([0x8100, 0x88a8, 0x9100]), bytes: [...tag, ...u16(inner.type), ...inner.bytes] };
    }
    case 10: {
      const inner = random.chance(0.5) ? ipv4(random, 0) : ipv6(random, 0);
      const label = (bottom: number): number[] => u32(((random.pick(LABEL_POOL) << 12) | (bottom << 8) | 64) >>> 0);
      return { type: 0x8847, bytes: [...(random.chance(0.3) ? label(0) : []), ...label(1), ...inner] };
    }
    default: {
      const inner = network(random, 0);
      const protocol = u16(inner.type === 0x86dd ? 0x57 : 0x21);
      const header = [0x11, 0, ...u16(random.pick(SESSION_POOL)), ...u16(inner.bytes.length + 2)];
      return { type: random.pick([0x8864, 0x8864, 0x8863]), bytes: [...header, ...protocol, ...inner.bytes] };
    }
  }
}

const TRANSPORTS = [6, 6, 17, 17, 132, 1, 58, 2, 50, 51, 103, 112] as const;

function ipv4(random: Random, depth: number): number[] {
  const protocol = random.pick(TRANSPORTS);
  const words = random.chance(0.2) ? 6 + random.below(4) : 5;
  const body = transport(random, protocol, depth);
  return [
    0x40 | words,
    0,
    ...u16(4 * words + body.length),
    ...u16(random.below(65536)),
    ...u16(random.pick([0, 0, 0, 0x4000, 0x2000, 0x0005])),
    64,
    protocol,
    0,
    0,
    ...ipv4Address(random),
    ...ipv4Address(random),
    ...noise(random, 4 * words - 20),
    ...body,
  ];
}

function ipv6(random: Random, depth: number): number[] {
  const protocol = random.pick(TRANSPORTS);
  let body = transport(random, protocol, depth);
  let next: number = protocol;
  for (let count = random.chance(0.3) ? 1 + random.below(3) : 0; count > 0; count--) {
    const extension = random.pick([0, 43, 44, 60, 51]);
    const length = extension === 51 ? 1 : 0;
    body = [next, length, ...noise(random, extension === 51 ? 10 : 6), ...body];
    next = extension;
  }
  return [0x60, 0, 0, 0, ...u16(body.length), next, 64, ...ipv6Address(random), ...ipv6Address(random), ...body];
}

function transport(random: Random, protocol: number, depth: number): number[] {
  const ports = [...u16(random.pick(PORT_POOL)), ...u16(random.pick(PORT_POOL))];
  const data = noise(random, random.below(60));
  switch (protocol) {
    case 6:
      return [
        ...ports,
        ...noise(random, 8),
        0x50,
        random.pick([2, 0x12, 0x10, 0x11, 0x04]),
        ...noise(random, 6),
        ...data,
      ];
    case 17: {
      if (depth > 0 && random.chance(0.2)) {
        const ethernet = random.chance(0.6);
        const inner = network(random, 0);
        const options = random.chance(0.3) ? 1 : 0;
        const header = [options, 0, ...u16(ethernet ? 0x6558 : inner.type), 0, 0, random.pick([5, 6]), 0];
        const frame = ethernet ? [...mac(random), ...mac(random), ...u16(inner.type), ...inner.bytes] : inner.bytes;
        return [
          ...u16(random.pick(PORT_POOL)),
          ...u16(6081),
          0,
          0,
          0,
          0,
          ...header,
          ...noise(random, 4 * options),
          ...frame,
        ];
      }
      return [...ports, ...u16(8 + data.length), 0, 0, ...data];
    }
    case 132:
      return [...ports, ...noise(random, 8), ...data];
    case 51:
      return [random.pick([6, 17, 51]), random.pick([1, 4]), ...noise(random, 10), ...data];
    default:
      return [random.pick([0, 3, 8, 128, 135]), 0, ...noise(random, 6), ...data];
  }
}
