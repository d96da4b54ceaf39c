/** Options that are not known are refused everywhere, with the name that was probably meant. */
import { describe, expect, it } from 'vitest';
import { FlowAttribution } from '../../src/attribution/index.ts';
import { getConnections, interfaceAddress, NetworkStateTracker, SocketTable } from '../../src/host/index.ts';
import { compileFilter, FParser, readFlows } from '../../src/index.ts';
import { nearestName, unknownName } from '../../src/text/nearest.ts';
import { CymruDnsSource, CymruSource, localAddress, OwnerLookup } from '../../src/owner/index.ts';

describe('the nearest name', () => {
  const NAMES = ['filter', 'flowTimeout', 'finTimeout', 'snaplen', 'maxFlows', 'direction'];
  it.each([
    ['fliter', 'filter'],
    ['filtr', 'filter'],
    ['filterr', 'filter'],
    ['Filter', 'filter'],
    ['max-flows', 'maxFlows'],
    ['max_flow', 'maxFlows'],
    ['flowTimout', 'flowTimeout'],
    ['finTimeuot', 'finTimeout'],
    ['snapLength', 'snaplen'],
  ])('of %s is %s', (name, nearest) => {
    expect(nearestName(name, NAMES)).toBe(nearest);
  });

  it.each(['', 'x', 'verbose', 'speed', 'constructor', '__proto__'])('of %j is none', (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
  });

  it('is the first of equally near ones', () => {
    expect(nearestName('bat', ['cat', 'bar', 'bad'])).toBe('cat');
    expect(nearestName('bat', ['bar', 'cat'])).toBe('bar');
  });

  it('is not one letter for another', () => {
    expect(nearestName('d', ['f'])).toBeUndefined();
  });

  it('stands in the message, or the other remedy does', () => {
    expect(unknownName('field', 'protcol', ['protocol'])).toBe("unknown field 'protcol'; did you mean 'protocol'?");
    expect(unknownName('field', 'zebra', ['protocol'])).toBe("unknown field 'zebra'");
    expect(unknownName('field', 'zebra', ['protocol'], 'see docs')).toBe("unknown field 'zebra'; see docs");
  });
});

describe('an option that is not known', () => {
  const wrong = (name: string): object => ({ [name]: 1 });
  it.each<[string, string, string, () => unknown]>([
    ['readFlows', 'fliter', 'filter', () => readFlows('x', wrong('fliter'))],
    ['readFlows', 'flow-timeout', 'flowTimeout', () => readFlows('x', wrong('flow-timeout'))],
    ['FParser', 'tcpCalback', 'tcpCallback', () => new FParser('x', wrong('tcpCalback'))],
    ['compileFilter', 'linktype', 'linkType', () => compileFilter('tcp', wrong('linktype'))],
    ['SocketTable', 'procroot', 'procRoot', () => new SocketTable('tcp', wrong('procroot'))],
    ['NetworkStateTracker', 'endianess', 'endianness', () => new NetworkStateTracker(wrong('endianess'))],
    ['FlowAttribution', 'cpuShares', 'cpuShare', () => new FlowAttribution(wrong('cpuShares'))],
    ['CymruSource', 'hosts', 'host', () => new CymruSource(wrong('hosts'))],
    ['CymruDnsSource', 'server', 'servers', () => new CymruDnsSource(wrong('server'))],
    ['interfaceAddress', 'familiy', 'family', () => interfaceAddress('lo', wrong('familiy'))],
  ])('is refused by %s: %s, not %s', (_, name, meant, act) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(`unknown option '${name}'; did you mean '${meant}'?`);
  });

  it.each<[string, string, string, () => Promise<unknown>]>([
    ['getConnections', 'timeout', 'timeoutMs', () => getConnections({ pid: 1, ...wrong('timeout') })],
    ['OwnerLookup', 'cacheFoldr', 'cacheFolder', () => OwnerLookup.open(wrong('cacheFoldr'))],
    ['localAddress', 'destnation', 'destination', () => localAddress(wrong('destnation'))],
    [
      'NetworkStateTracker.lookup',
      'requirePID2',
      'requirePid',
      () => {
        const end = { address: '192.0.2.1', port: 1 };
        const packet = { protocol: 'tcp', inbound: true, src: end, dst: end, seenAt: 0 } as const;
        return new NetworkStateTracker().lookup(packet, wrong('requirePID2'));
      },
    ],
  ])('is refused by %s: %s, not %s', async (_, name, meant, act) => {
    await expect(act()).rejects.toThrow(`unknown option '${name}'; did you mean '${meant}'?`);
  });

  it('without a near name says where it is not known', () => {
    expect(() => readFlows('x', wrong('verbose'))).toThrow("unknown option 'verbose'; readFlows has no such option");
  });
});
