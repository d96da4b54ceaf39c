import { describe, expect, it } from 'vitest';
import { FilterError, compile, compileProgram, formatProgram } from '../../src/filter/index.ts';
import type { CompileOptions } from '../../src/filter/index.ts';

function code(text: string, options: CompileOptions = {}): string {
  try {
    compileProgram(text, options);
    return 'accepted';
  } catch (error) {
    if (error instanceof FilterError) return error.code;
    throw error;
  }
}

describe('programs', () => {
  it('are those that tcpdump prints', () => {
    // tcpdump 4.99.3, libpcap 1.10.3: tcpdump -d 'tcp dst port 80' for an Ethernet file
    expect(formatProgram(compileProgram('tcp dst port 80'), 'd').replace(/ +/g, ' ')).toBe(
      [
        '(000) ldh [12]',
        '(001) jeq #0x86dd jt 2\tjf 6',
        '(002) ldb [20]',
        '(003) jeq #0x6 jt 4\tjf 15',
        '(004) ldh [56]',
        '(005) jeq #0x50 jt 14\tjf 15',
        '(006) jeq #0x800 jt 7\tjf 15',
        '(007) ldb [23]',
        '(008) jeq #0x6 jt 9\tjf 15',
        '(009) ldh [20]',
        '(010) jset #0x1fff jt 15\tjf 11',
        '(011) ldxb 4*([14]&0xf)',
        '(012) ldh [x + 16]',
        '(013) jeq #0x50 jt 14\tjf 15',
        '(014) ret #262144',
        '(015) ret #0',
        '',
      ].join('\n'),
    );
  });

  it('look behind VLAN tags once these were tested', () => {
    const [plain, tagged] = ['ip', 'vlan and ip'].map((text) => formatProgram(compileProgram(text), 'd'));
    expect(plain).toContain('ldh      [12]');
    expect(tagged).toContain('ldh      [16]');
  });

  it('return the snap length for a match', () => {
    expect(formatProgram(compileProgram('', { snaplen: 96 }), 'ddd')).toBe('1\n6 0 0 96\n');
  });

  it('come with a warning when they can never match', () => {
    expect(compile('ip and not ip').warnings).toEqual(['expression rejects all packets']);
    expect(compile('arp', { linkType: 101 }).warnings).toEqual(['expression rejects all packets']);
    expect(compile('ip').warnings).toEqual([]);
  });

  it('depend on the byte order of the file for NULL frames alone', () => {
    const programs = (linkType: number): string[] =>
      [false, true].map((byteSwapped) => formatProgram(compileProgram('ip', { linkType, byteSwapped }), 'ddd'));
    expect(new Set(programs(0)).size).toBe(2);
    expect(new Set(programs(108)).size).toBe(1);
  });

  it('test a long list of hosts as a set', () => {
    const hosts = Array.from({ length: 1000 }, (_, index) => `10.0.${index >>> 8}.${index & 255}`);
    expect(compileProgram(`host ${hosts.join(' or ')}`).length).toBeLessThan(4100);
  });
});

describe('what has no meaning on a link type is refused', () => {
  it.each([
    ['ether host 1:2:3:4:5:6', 1, 'accepted'],
    ['ether host 1:2:3:4:5:6', 101, 'ERR_FILTER_SYNTAX'],
    ['vlan', 1, 'accepted'],
    ['vlan', 113, 'ERR_FILTER_SYNTAX'],
    ['mpls', 9, 'accepted'],
    ['mpls', 0, 'ERR_FILTER_SYNTAX'],
    ['inbound', 113, 'accepted'],
    ['inbound', 1, 'ERR_FILTER_SYNTAX'],
    ['ifindex 3', 276, 'accepted'],
    ['ifindex 3', 113, 'ERR_FILTER_SYNTAX'],
    ['type mgt', 105, 'accepted'],
    ['type mgt', 1, 'ERR_FILTER_SYNTAX'],
    ['ip', 147, 'ERR_FILTER_SYNTAX'],
    ['len > 5', 147, 'accepted'],
    ['len > 5', 5, 'ERR_FILTER_SYNTAX'],
    ['ip', 123, 'ERR_FILTER_UNSUPPORTED'],
    ['radio[0] = 1', 127, 'accepted'],
    ['radio[0] = 1', 105, 'ERR_FILTER_SYNTAX'],
  ])('%s on %i', (text, linkType, wanted) => {
    expect(code(text, { linkType })).toBe(wanted);
  });
});

describe('what libpcap refuses or leaves to a resolver', () => {
  it.each([
    ['port 99999', 'ERR_FILTER_SYNTAX'],
    ['vlan 4096', 'ERR_FILTER_SYNTAX'],
    ['mpls 1048576', 'ERR_FILTER_SYNTAX'],
    ['host 1.2.3.256', 'ERR_FILTER_SYNTAX'],
    ['ip6 host 1.2.3.4', 'ERR_FILTER_SYNTAX'],
    ['tcp host 1.2.3.4', 'ERR_FILTER_SYNTAX'],
    ['net 10.0.0.1/8', 'ERR_FILTER_SYNTAX'],
    ['ether[0:3] = 5', 'ERR_FILTER_SYNTAX'],
    ['ip[0] / 0 = 5', 'ERR_FILTER_SYNTAX'],
    ['udp port http', 'ERR_FILTER_SYNTAX'],
    ['len << 32 = 0', 'ERR_FILTER_SYNTAX'],
    ['udp and 53', 'ERR_FILTER_SYNTAX'],
    ['host example.org', 'ERR_FILTER_UNSUPPORTED'],
    ['net loopback', 'ERR_FILTER_UNSUPPORTED'],
    ['ether host printer', 'ERR_FILTER_UNSUPPORTED'],
    ['port nosuchservice', 'ERR_FILTER_UNSUPPORTED'],
    ['ip proto \\nosuchprotocol', 'ERR_FILTER_UNSUPPORTED'],
    ['port domain', 'accepted'],
    ['portrange ssh-http', 'accepted'],
    ['ip proto \\ospf', 'accepted'],
  ])('the filter %s is %s', (text, wanted) => {
    expect(code(text)).toBe(wanted);
  });
});
