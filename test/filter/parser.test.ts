import { describe, expect, it } from 'vitest';
import { FilterError, formatTree, parseFilter } from '../../src/filter/index.ts';

/** The printed tree, without its last line feed. */
function tree(text: string): string {
  return formatTree(parseFilter(text)).trimEnd();
}

function refusal(text: string): FilterError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe('the syntax tree', () => {
  it('binds and and or alike, to the left', () => {
    expect(tree('tcp or udp and ip')).toBe('and\n  or\n    protocol tcp\n    protocol udp\n  protocol ip');
  });

  it('takes over qualifiers for the ids that follow', () => {
    expect(tree('tcp dst port 80 or 443 and not (22 or 25)')).toBe(
      [
        'and',
        '  or',
        '    tcp dst port 80',
        '    tcp dst port 443',
        '  not',
        '    or',
        '      tcp dst port 22',
        '      tcp dst port 25',
      ].join('\n'),
    );
  });

  it('forgets qualifiers behind a test that has none', () => {
    expect(tree('port 80 and (udp) and 53')).toContain('port 53');
    expect(tree('udp and 53')).toContain('  53');
  });

  it('lets % and ^ wait for what follows them', () => {
    expect(tree('len = 7 * 4 % 3 + 1')).toBe('len = (7 * (4 % (3 + 1)))');
    expect(tree('len = 1 | 2 & 3 << 4 - 5 / 6')).toBe('len = (1 | (2 & (3 << (4 - (5 / 6)))))');
    expect(tree('len = 8 - 2 - 1')).toBe('len = ((8 - 2) - 1)');
  });

  it('tells arithmetic parentheses from those of tests', () => {
    expect(tree('(tcp[13] & 2) != 0')).toBe('(tcp[13:1] & 2) != 0');
    expect(tree('(tcp[13] & 2 != 0) or (len) > 5')).toBe('or\n  (tcp[13:1] & 2) != 0\n  len > 5');
    expect(tree('((5)) = len')).toBe('5 = len');
  });

  it('reads addresses, names and numbers by their longest form', () => {
    expect(tree('ether host 1-2-3-4-5-6')).toBe('link host 1-2-3-4-5-6');
    expect(tree('ether host 001122334455')).toBe('link host 001122334455');
    expect(tree('host 2001:db8::1.2.3.4')).toBe('host 2001:db8::1.2.3.4');
    expect(tree('net ::/0')).toBe('net ::/0');
    expect(tree('net 10.0.0.0 mask 255.0.0.0')).toBe('net 10.0.0.0 mask 255.0.0.0');
    expect(tree('portrange 80-90')).toBe('portrange 80-90');
    expect(tree('len = 0x1f')).toBe('len = 31');
    expect(tree('len = 017')).toBe('len = 15');
    expect(tree('ip proto \\icmp')).toBe('ip proto icmp');
  });

  it('has nothing to test in an empty expression', () => {
    expect(tree('  \n')).toBe('everything');
  });
});

describe('refusals', () => {
  it('point at the place', () => {
    const error = refusal('tcp port 80 or or udp');
    expect(error.code).toBe('ERR_FILTER_SYNTAX');
    expect(error.column).toBe(15);
    expect(error.message).toBe(
      "syntax error: found 'or'; expected a protocol, an address or a word such as host, net or port\n  tcp port 80 or or udp\n                 ^",
    );
  });

  it('show the part of a long expression around the place', () => {
    const long = `${'tcp or '.repeat(100)}$ or udp`;
    const [, shown = '', caret = ''] = refusal(long).message.split('\n');
    expect(shown.length).toBeLessThan(130);
    expect(shown[caret.indexOf('^')]).toBe('$');
  });

  it.each([
    ['(10.0.0.1)', 1],
    ['port 22 or (80 or tcp)', 18],
    ['net 10/8', 4],
    ['tcp[0', 5],
    ['len = 08', 6],
    ['len = 4294967296', 6],
    ['host 1.2.3.4 and', 16],
    ['tcp 80', 4],
    ['vlan and )', 9],
    ['1:2:3:', 0],
    ['vpi 3', 0],
    ['type 3', 6],
  ])('the parser refuses %s', (text, column) => {
    expect(refusal(text)).toMatchObject({ code: 'ERR_FILTER_SYNTAX', column });
  });

  it('of what needs a resolver are told apart', () => {
    expect(refusal('gateway foo').code).toBe('ERR_FILTER_UNSUPPORTED');
  });
});
