import { expect, it } from 'vitest';
import { TopIdentities } from '../../../src/cli/top/top_identities.ts';
import type { KnownIdentity as Content } from '../../../src/flow/identity.ts';
import type { LiveIdentities } from '../../../src/attribution/live_identities.ts';

const content: Content = { app: 'tls', appBy: 'handshake', appConfidence: 3, serverName: 'www.example.com' };

it('adds application and name once they are known, and keeps one object as long as nothing changes', () => {
  const start = { protocol: 6, srcAddress: '10.0.0.1', srcPort: 5000, dstAddress: '10.0.0.2', dstPort: 9 };
  const one = { start, answer: undefined };
  const identities = { of: () => one, close: async () => {} } as unknown as LiveIdentities;
  let known: Content | undefined;
  const top = new TopIdentities(identities, undefined, { of: () => known });
  const before = top.of(1, 2);
  expect(before).not.toHaveProperty('app');
  expect(top.of(1, 2)).toBe(before);
  known = content;
  const after = top.of(1, 2);
  expect(after).toMatchObject({ app: 'tls', name: 'www.example.com' });
  expect(top.of(1, 2)).toBe(after);
});
