/** Bytes of a frame that groups of fields need when nobody has said how many to keep. */
import { expect, it } from 'vitest';
import { neededSnaplen } from '../../src/options/snaplen.ts';

it.each([
  [{}, 100],
  [{ with: ['stats', 'link', 'community-id'] }, 100],
  [{ with: ['tcp'] }, 128],
  [{ with: ['tcp', 'payload=9'] }, 1600],
  [{ with: ['entropy'] }, 1600],
  [{ with: ['identify=tls'] }, 1600],
  [{ with: ['zeek', 'payload'] }, 262_144],
  [{ checksums: 'drop' }, 262_144],
  [{ checksums: 'ignore' }, 100],
] as const)('%j needs %i', (needs, bytes) => {
  expect(neededSnaplen(needs, 100)).toBe(bytes);
});
