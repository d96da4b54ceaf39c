/** Groups that keep as much as one asks for: `--with first-packets=20`. */
import { describe, expect, it } from 'vitest';
import { planSides } from '../../src/engine/side_records.ts';
import { groupSize, hasGroup } from '../../src/flow/groups.ts';
import type { WithName } from '../../src/flow/groups.ts';
import { checkOptions } from '../../src/options/check.ts';

const check = (names: readonly string[]): readonly WithName[] | undefined =>
  checkOptions('readFlows', { with: names }).with;

describe('the size of a group', () => {
  it('is what was asked for last, or what the group keeps else', () => {
    expect(groupSize(check(['first-packets=20', 'payload']), 'first-packets')).toBe(20);
    expect(groupSize(check(['payload']), 'payload')).toBe(64);
    expect(groupSize(check(['payload=9', 'payload=12']), 'payload')).toBe(12);
    expect(groupSize(check(['tcp']), 'payload')).toBe(0);
    expect(hasGroup(check(['first-packets=255']), 'first-packets')).toBe(true);
  });

  it.each([
    ['first-packets=0', 'its number is a whole one from 1 to 255'],
    ['first-packets=256', 'its number is a whole one from 1 to 255'],
    ['payload=1025', 'its number is a whole one from 1 to 1024'],
    ['payload=', 'its number is a whole one from 1 to 1024'],
    ['payload=1.5', 'its number is a whole one from 1 to 1024'],
    ['tcp=3', "'tcp' has no number"],
    ['paylod=3', "unknown part 'paylod=3'"],
  ])('is refused when it is wrong: %s', (name, message) => {
    expect(() => check(['tcp', name])).toThrow(message);
  });

  it.each([
    [['entropy'], 8 + 2 * 512],
    [['first-packets'], 16 + 10 * 12],
    [['first-packets=255'], 16 + 255 * 12 + 4],
    [['payload'], 2 * (16 + 64)],
    [['payload=1024'], 2 * (16 + 1024)],
    [['link'], 2 * 64],
    [['tcp'], 4 * 64 + 2 * 120],
    [['tcp', 'stats', 'zeek'], 14 * 64 + 2 * 120],
  ] as const)('decides how many bytes %s take of each flow', (names, bytes) => {
    const options = { directions: false, headersMax: 0 };
    expect(planSides({ ...options, with: names }).flowBytes - planSides(options).flowBytes).toBe(bytes);
  });
});
