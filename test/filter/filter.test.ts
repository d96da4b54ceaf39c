import { describe, expect, it } from 'vitest';
import { assembleFilterModule, compileFilter, compileProgram, formatWat, interpret } from '../../src/filter/index.ts';
import { instantiateFilter } from '../../src/filter/wasm/instantiate.ts';

/** An Ethernet frame with an IPv4 header and the two ports of TCP. */
function tcpFrame(sourcePort: number, destinationPort: number): Uint8Array {
  const frame = new Uint8Array(54);
  const view = new DataView(frame.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint8(23, 6);
  view.setUint32(26, 0x0a000001);
  view.setUint32(30, 0x0a000002);
  view.setUint16(34, sourcePort);
  view.setUint16(36, destinationPort);
  return frame;
}

describe('a filter by itself', () => {
  it('tells frames apart', () => {
    const filter = compileFilter('tcp dst port 80');
    expect(filter.test(tcpFrame(1024, 80))).toBe(true);
    expect(filter.test(tcpFrame(80, 1024))).toBe(false);
  });

  it('drops a frame that ends before a field it looks at', () => {
    const filter = compileFilter('tcp dst port 80');
    const whole = tcpFrame(1024, 80);
    for (let length = 0; length <= whole.length; length++) {
      expect(filter.test(whole.subarray(0, length))).toBe(length >= 38);
    }
    expect(compileFilter('not tcp dst port 80').test(whole.subarray(0, 37))).toBe(false);
  });

  it('looks at the length on the wire', () => {
    const filter = compileFilter('greater 1000');
    expect(filter.test(new Uint8Array(60))).toBe(false);
    expect(filter.test(new Uint8Array(60), 1500)).toBe(true);
  });

  it('takes frames larger than its memory was', () => {
    const frame = new Uint8Array(200_000);
    frame[199_999] = 7;
    expect(compileFilter('ether[199999] = 7').test(frame)).toBe(true);
    expect(compileFilter('ether[200000] = 7').test(frame)).toBe(false);
  });

  it('finds a protocol behind extension headers, and gives up on a chain that leads back to itself', () => {
    const frame = new Uint8Array(14 + 40 + 16 + 8);
    frame.set([0x86, 0xdd, 0x60], 12);
    frame[20] = 0;
    frame[54] = 60;
    frame[62] = 17;
    expect(compileFilter('ip6 protochain 17').test(frame)).toBe(true);
    expect(compileFilter('ip6 protochain 6').test(frame)).toBe(false);
    // An authentication header whose length leads to itself: 4 * (P[x] + 2) = x, with x = 12.
    const circle = new Uint8Array(200);
    circle.set([0x86, 0xdd, 0x60], 12);
    circle[20] = 51;
    circle[54] = 51;
    circle[55] = 1;
    circle[14 + 12] = 51;
    circle[14 + 13] = 1;
    const filter = compileFilter('ip6 protochain 6');
    expect(filter.test(circle)).toBe(false);
    expect(interpret(filter.program, circle)).toBe(0);
  });

  it('finds every host of a long list', () => {
    const filter = compileFilter(
      `src host ${Array.from({ length: 300 }, (_, index) => `10.0.0.${index % 256}`).join(' or ')}`,
    );
    const frame = tcpFrame(1, 2);
    for (let last = 0; last < 256; last++) {
      frame[29] = last;
      expect(filter.test(frame)).toBe(true);
    }
    frame[28] = 1;
    expect(filter.test(frame)).toBe(false);
  });
});

describe('a filter module', () => {
  it('works on a shared memory', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    const module = assembleFilterModule(compileProgram('tcp port 80'), { sharedMemory: true, maximumPages: 4 });
    const filter = instantiateFilter(module, memory);
    const frame = tcpFrame(80, 1024);
    new Uint8Array(memory.buffer).set(frame, 1000);
    expect(filter(1000, frame.length, frame.length)).toBe(262144);
    expect(filter(1001, frame.length, frame.length)).toBe(0);
  });

  it('reads nothing beyond the captured bytes', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const end = memory.buffer.byteLength;
    const filter = instantiateFilter(
      assembleFilterModule(compileProgram('ip[ip[0]:4] = 0 or ether[4294967295] = 1')),
      memory,
    );
    for (let length = 0; length < 64; length++) expect(filter(end - length, length, length)).toBe(0);
  });

  it('has a text form with the same instructions', () => {
    const text = formatWat(compileProgram('ip'));
    expect(text).toContain('(import "env" "memory" (memory 0))');
    expect(text).toContain('i32.const 2048');
    expect(text.split('\n').filter((line) => /^\s*block$/.test(line)).length).toBe(
      text.split('\n').filter((line) => /^\s*end$/.test(line)).length,
    );
  });
});
