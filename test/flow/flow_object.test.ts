import { expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';
import type { Flow } from '../../src/index.ts';

const TOUR = 'pcaps/tour.pcap';

async function first<T>(flows: AsyncIterable<T>): Promise<T> {
  for await (const flow of flows) return flow;
  throw new Error('there is no flow');
}

it('JSON.stringify gives all members of a flow, times as the digits of their nanoseconds', async () => {
  const flow = await first(readFlows(TOUR, { with: ['tcp', 'community-id', 'identify'] }));
  const parsed = JSON.parse(JSON.stringify(flow)) as Record<keyof Flow, unknown>;
  expect(Object.keys(parsed)).toEqual(Object.keys(flow));
  expect(parsed).toEqual({ ...flow, firstSeenNs: '1700000000560000000', lastSeenNs: '1700000000777000000' });
  expect(BigInt(parsed.firstSeenNs as string)).toBe(flow.firstSeenNs);
});

it('JSON.stringify works on chosen fields, too', async () => {
  const flow = await first(readFlows(TOUR, { fields: ['srcPort', 'lastSeen'] }));
  expect(JSON.stringify([flow])).toBe('[{"srcPort":51001,"lastSeenNs":"1700000000777000000"}]');
  expect(Object.isFrozen(flow)).toBe(true);
});
