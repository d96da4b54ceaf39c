import { describe, expect, it } from 'vitest';
import { restrictedFilter } from '../../../src/source/cap/cap_filter.ts';

const near = { name: 'near0', index: 3, loopback: false };
const far = { name: 'far0', index: 5, loopback: false };
const lo = { name: 'lo', index: 1, loopback: true };

describe('restrictedFilter', () => {
  it.each([
    [[near], 1, 'tcp or udp', '(ifindex 3) and (tcp or udp)'],
    [[near, far], 1, ' ip ', '(ifindex 3 or ifindex 5) and (ip)'],
    [[near, lo], 1, '', '(ifindex 3 or (ifindex 1 and inbound))'],
    [[], 1, 'ip', '(not ifindex 1 or inbound) and (ip)'],
    [[], 1, '', '(not ifindex 1 or inbound)'],
    [[], undefined, 'ip', '(ip)'],
    [[], undefined, ' ', ''],
  ])('%j, loopback %s, %j', (interfaces, loopback, filter, expected) => {
    expect(restrictedFilter(interfaces, loopback, filter)).toBe(expected);
  });
});
