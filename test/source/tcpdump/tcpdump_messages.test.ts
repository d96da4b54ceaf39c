import { describe, expect, it } from 'vitest';
import {
  errorOf,
  isListening,
  packetsDropped,
  refusesNanoseconds,
} from '../../../src/source/tcpdump/tcpdump_messages.ts';

describe('what tcpdump says', () => {
  it.each([
    ['tcpdump: 5 packets captured, 7 packets received by filter, 2 packets dropped by kernel', 2],
    ['1 packet dropped by kernel', 1],
    ['12345678901 packets dropped by kernel', 12_345_678_901],
    ['0 packets dropped by interface', undefined],
    ['5 packets captured', undefined],
  ])('drops in the line of tcpdump %s', (line, dropped) => {
    expect(packetsDropped(line)).toBe(dropped);
  });

  it('is listening from then on', () => {
    expect(isListening('tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n')).toBe(
      true,
    );
    expect(isListening('tcpdump: data link type LINUX_SLL2\n')).toBe(false);
  });

  it.each([
    // Versions 4.99.3, 4.9.3 and 4.9.2.
    ['tcpdump: eth9: No such device exists\n(No such device exists)\n', 'ERR_NO_SUCH_DEVICE'],
    ['tcpdump: eth9: No such device exists\n(SIOCGIFHWADDR: No such device)\n', 'ERR_NO_SUCH_DEVICE'],
    ['tcpdump: pcap_loop: The interface disappeared\n3 packets captured\n', 'ERR_NO_SUCH_DEVICE'],
    ['tcpdump: eth0: That device is not up\n', 'ERR_DEVICE_DOWN'],
    ['tcpdump: pcap_loop: The interface went down\n', 'ERR_DEVICE_DOWN'],
    [
      "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
      'ERR_PERMISSION',
    ],
    [
      "tcpdump: eth0: You don't have permission to capture on that device\n(socket: Operation not permitted)\n",
      'ERR_PERMISSION',
    ],
    ["tcpdump: can't parse filter expression: syntax error\n", 'ERR_FILTER_SYNTAX'],
    ['tcpdump: syntax error\n', 'ERR_FILTER_SYNTAX'],
    ['tcpdump: expression rejects all packets\n', 'ERR_FILTER_SYNTAX'],
    ["tcpdump: unknown host 'nosuch'\n", 'ERR_FILTER_SYNTAX'],
    ['tcpdump: listening on eth0, link-type EN10MB\n', 'ERR_READ'],
  ])('%j becomes %s', (text, code) => {
    const error = errorOf('eth0', text, 'ERR_READ', 'exit status 1');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^eth0: /);
    expect(error.message).not.toContain('tcpdump: ');
  });

  it('is told in its own words when they are not known', () => {
    expect(errorOf('eth0', 'tcpdump: something odd\n3 packets captured\n', 'ERR_READ', 'SIGKILL').message).toBe(
      'eth0: tcpdump ended (SIGKILL): something odd',
    );
    expect(errorOf('eth0', '', 'ERR_READ', 'exit status 1').message).toBe('eth0: tcpdump ended (exit status 1)');
  });

  it('shows how to get the right to capture', () => {
    expect(errorOf('eth0', "tcpdump: eth0: You don't have permission", 'ERR_READ', '1').message).toContain(
      'sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v tcpdump)"',
    );
  });

  it.each([
    ['tcpdump: unsupported time stamp precision\n', true],
    ["tcpdump: That device doesn't support that time stamp precision\n", true],
    ["tcpdump: unrecognized option '--time-stamp-precision=nano'\n", true],
    ['tcpdump: syntax error\n', false],
  ])('about nanoseconds: %j', (text, refused) => {
    expect(refusesNanoseconds(text)).toBe(refused);
  });
});
