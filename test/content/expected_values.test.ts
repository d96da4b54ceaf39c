import { describe, expect, it } from 'vitest';
import { haveCaptures, IdentifiedCapture } from './captures.ts';
import type { Identity } from '../../src/content/index.ts';

type Row = readonly [
  capture: string,
  originator: string,
  responder: string,
  proto: 'tcp' | 'udp',
  expected: { readonly [K in keyof Identity]?: unknown },
];

/** First sender, other side, and what is known of the conversation from tshark and by hand. */
const ROWS: readonly Row[] = [
  [
    'nd-http_ipv6.pcap',
    '2a00:d40:1:3:7aac:c0ff:fea7:d4c 37486',
    '2a03:b0c0:3:d0::70:1001 443',
    'tcp',
    {
      app: 'tls',
      appBy: 'handshake',
      appConfidence: 3,
      serverName: 'www.ntop.org',
      alpn: ['http/1.1', 'spdy/3.1', 'h2-14', 'h2'],
      ja3: 'd3e627f423a33ea41841c19b8af79293',
      ja4: 't12d1612h1_94fc43e2fc61_c9eaec7dbab4',
      tlsVersion: '0303',
      tlsCipher: 'c02f',
      certSubject: 'shop.ntop.org',
      certNames: ['shop.ntop.org', 'www.shop.ntop.org'],
    },
  ],
  [
    'nd-anyconnect-vpn.pcap',
    '10.0.0.227 56920',
    '99.86.34.156 443',
    'tcp',
    { serverName: 'slack.com', alpn: ['h2', 'http/1.1'], ja3: 'd8dc5f8940df366b3a58b935569143e8', tlsCipher: 'c02f' },
  ],
  [
    'nd-anyconnect-vpn.pcap',
    '10.0.0.227 56918',
    '8.37.102.91 443',
    'tcp',
    { serverName: null, ja4: 't12i2204h1_95b9206a23eb_1ea9011b3dfa' },
  ],
  [
    'nd-KakaoTalk_talk.pcap',
    '10.24.82.188 58857',
    '110.76.143.50 9001',
    'tcp',
    { app: 'tls', serverName: null, ja4: 't10i120300_b275ccc1cd51_a875e5012fde' },
  ],
  [
    'nd-dlt_ppp.pcap',
    '193.167.0.252 44083',
    '193.167.100.100 443',
    'udp',
    {
      app: 'quic',
      appConfidence: 3,
      quicVersion: 'ff00001d',
      serverName: 'server4',
      alpn: ['hq-29'],
      ja4: 'q00d0308h9_55b375c5d22e_23ed935430f2',
    },
  ],
  [
    'nd-whatsapp_login_call.pcap',
    '192.168.2.4 49201',
    '17.178.104.12 443',
    'tcp',
    { serverName: 'query.ess.apple.com', tlsCipher: '0004', certSubject: '*.ess.apple.com' },
  ],
  [
    'pp-example.pcap',
    '10.0.0.6 36448',
    '31.13.72.49 443',
    'tcp',
    {
      serverName: 'www.facebook.com',
      tlsCipher: '0005',
      certSubject: '*.facebook.com',
      certNames: ['*.facebook.com', 'facebook.com'],
    },
  ],
  [
    'pp-example.pcap',
    '10.0.0.6 58108',
    '10.0.0.138 53',
    'udp',
    { app: 'dns', dnsQuery: 'www.ynettours.co.il', dnsType: 'A', dnsRcode: 0, dnsAnswers: ['192.115.80.245'] },
  ],
  [
    'pp-many_interfaces-1.pcapng',
    '192.168.1.139 50981',
    '74.125.228.227 443',
    'tcp',
    { serverName: 'clients6.google.com', ja3: '06ac73054dde9c9e7947fed24457fe9c', tlsCipher: 'c02b' },
  ],
  [
    'zk-ssh-dups.pcap',
    '192.168.0.102 53206',
    '192.168.0.112 22',
    'tcp',
    { app: 'ssh', hassh: 'ec7378c1a92f5a8dde7e8b7a1ddf33d1' },
  ],
  [
    'td-geneve.pcap',
    '30.0.0.2 51225',
    '30.0.0.1 22',
    'tcp',
    {
      app: 'ssh',
      banner: { client: 'SSH-2.0-OpenSSH_5.3', server: 'SSH-2.0-OpenSSH_5.9p1 Debian-5ubuntu1' },
      hassh: '21b457a327ce7a2d4fce5ef2c42400bd',
    },
  ],
  ['pp-sll.pcap', '10.0.0.5 68', '255.255.255.255 67', 'udp', { app: 'dhcp', details: { hostName: 'Bichman' } }],
  ['pp-raw_ip.pcap', '0.0.0.0 68', '255.255.255.255 67', 'udp', { app: 'dhcp', details: { hostName: 'Bichman' } }],
  [
    'nd-tls_missing_ch_frag.pcap',
    '10.10.10.1 443',
    '192.168.0.1 33063',
    'tcp',
    { app: 'tls', serverName: null, ja3: null, tlsVersion: '0304', tlsCipher: '1302' },
  ],
];

describe.skipIf(!haveCaptures)('values known beforehand (skipped where ../shared/captures is absent)', () => {
  it.each(ROWS)('what is known of %s: %s', (name, originator, responder, proto, expected) => {
    const [a = '', aPort] = originator.split(' ');
    const [b = '', bPort] = responder.split(' ');
    const found = new IdentifiedCapture(name, true).find({ proto, a, a_port: Number(aPort), b, b_port: Number(bPort) });
    expect(found?.identity).toMatchObject(expected);
  });
});
