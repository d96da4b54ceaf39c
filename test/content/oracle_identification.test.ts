import { describe, expect, it } from 'vitest';
import { haveCaptures, IdentifiedCapture, oracle, type Ends, type IdentifiedConversation } from './captures.ts';

/** What tshark 4.0.17 says of a conversation; `../shared/captures/README.md` says how it was asked. */
interface Row extends Ends {
  readonly client_hello?: string;
  readonly sni?: string;
  readonly alpn?: readonly string[];
  readonly alpn_server?: readonly string[];
  readonly ja3?: string;
  readonly ja3s?: string;
  readonly tls_cipher?: string;
  readonly tls_server_version?: string;
  readonly tls_server_supported_version?: string;
  readonly cert_dns_names?: readonly string[];
  readonly cert_utf8_strings?: readonly string[];
  readonly cert_printable_strings?: readonly string[];
  readonly quic_version?: string;
  readonly gquic_version?: string;
  readonly gquic_sni?: string;
  readonly dns_queries?: readonly (readonly [name: string, type: string])[];
  readonly dns_rcode?: readonly string[];
  readonly dns_a?: readonly string[];
  readonly http_host?: string;
  readonly http_method?: string;
  readonly http_uri?: string;
  readonly http_user_agent?: string;
  readonly http_status?: string;
  readonly http_content_type?: string;
  readonly ssh_banner_ab?: string;
  readonly ssh_banner_ba?: string;
  readonly hassh?: string;
  readonly hassh_server?: string;
  readonly dhcp_hostname?: string;
  readonly bittorrent_info_hash?: string;
  readonly stun_types?: readonly string[];
  readonly ntp_version?: string;
  readonly mysql_version?: string;
}

const DNS_TYPES: Readonly<Record<string, string>> = {
  '1': 'A',
  '2': 'NS',
  '5': 'CNAME',
  '6': 'SOA',
  '12': 'PTR',
  '15': 'MX',
  '16': 'TXT',
  '28': 'AAAA',
  '32': 'NB',
  '33': 'SRV',
  '48': 'DNSKEY',
  '65': 'HTTPS',
  '255': 'ANY',
};

/** Differences that were looked at: capture and field to their number and the reason. */
const BODY =
  'tshark reports a response once it has its whole body; the first one has holes or goes on behind the capture';
const FRAGMENT = 'the answer comes in IP fragments, of which only the first one is read';
const CUT = 'the capture cut the message';
const ADDITIONAL = 'tshark counts addresses of the additional section, which are not answers';
const MEDIA = 'STUN opens the path for RTP, which names the flow';
const LINK = 'link type that is not read, or the outer side of a tunnel that was followed';
const EXPLAINED: Readonly<Record<string, readonly [count: number, why: string]>> = {
  'ci-tcp.pcap method': [1, CUT],
  'ci-tcp.pcap path': [1, CUT],
  'dv-snap68.pcap rcode': [2, 'the response comes behind the first 8 datagrams or more than 10 s later'],
  'dv-snap68.pcap stun': [2, MEDIA],
  'lp-AH-IPcomp-IPv6.pcap host': [1, 'payload compressed by IPComp'],
  'lp-AH-IPcomp-IPv6.pcap method': [1, 'payload compressed by IPComp'],
  'lp-AH-IPcomp-IPv6.pcap path': [1, 'payload compressed by IPComp'],
  'lp-AH-IPcomp-IPv6.pcap userAgent': [1, 'payload compressed by IPComp'],
  'lp-AH-IPcomp-IPv6.pcap status': [1, 'payload compressed by IPComp'],
  'lp-AH-IPcomp-IPv6.pcap contentType': [1, 'payload compressed by IPComp'],
  'nd-KakaoTalk_talk.pcap path': [1, 'a proxy is asked: the path is without scheme and host'],
  'nd-anyconnect-vpn.pcap answers': [2, ADDITIONAL],
  'nd-dns_fragmented.pcap answers': [7, FRAGMENT],
  'nd-fuzz-2006-09-29-28586.pcap host': [1, 'tshark ends the text at a zero byte; here it is shown as \\x00'],
  'nd-fuzz-2006-09-29-28586.pcap status': [2, 'tshark reports the interim response 100'],
  'nd-whatsapp_login_call.pcap answers': [4, ADDITIONAL],
  'nd-whatsapp_login_call.pcap stun': [2, MEDIA],
  'pp-650HttpResponses.pcap status': [4, BODY],
  'pp-650HttpResponses.pcap contentType': [20, BODY],
  'pp-example.pcap contentType': [1, 'the first response has none; tshark takes it from a later one'],
  'pp-example.pcap certSubject': [
    2,
    'a name of kind T61String, which the fields asked for leave out; and an OCSP answer over HTTP',
  ],
  'pp-ip6_fragments.pcap rcode': [1, 'the response comes behind the first 8 datagrams or more than 10 s later'],
  'pp-sll.pcap contentType': [1, 'the first response has none; tshark takes it from a later one'],
  'zk-fragmented-1.pcap ntp': [1, 'zeros from port 123: version 0, mode 0 is not NTP'],
  'td-geneve.pcap absent': [2, LINK],
  'td-nflog.pcap answers': [2, ADDITIONAL],
  'td-vxlan.pcap absent': [2, LINK],
};

/** Field, what was identified, what tshark says. */
type Comparison = readonly [field: string, ours: unknown, theirs: unknown];

describe.skipIf(!haveCaptures)('tshark on the shared captures (skipped where ../shared/captures is absent)', () => {
  it('says the same of every conversation, but for differences that are explained', () => {
    const equal: Record<string, number> = {};
    const differences: Record<string, number> = {};
    const details: string[] = [];
    const { captures } = oracle<{ captures: Record<string, readonly Row[]> }>('oracle-identification.json');
    for (const [name, rows] of Object.entries(captures)) {
      const capture = new IdentifiedCapture(name, true);
      for (const row of rows) {
        for (const [field, ours, theirs] of comparisons(capture.find(row), row)) {
          if (JSON.stringify(ours) === JSON.stringify(theirs)) equal[field] = (equal[field] ?? 0) + 1;
          else {
            const key = `${name} ${field}`;
            differences[key] = (differences[key] ?? 0) + 1;
            details.push(`${key} ${row.a}:${row.a_port} ${JSON.stringify(ours)} ${JSON.stringify(theirs)}`);
          }
        }
      }
    }
    const explained = Object.fromEntries(Object.entries(EXPLAINED).map(([key, [count]]) => [key, count]));
    expect(differences, details.join('\n')).toEqual(explained);
    expect(equal).toEqual(EQUAL);
  });
});

/** Values that are equal, by field. */
const EQUAL: Readonly<Record<string, number>> = {
  serverName: 22,
  alpn: 22,
  alpnChosen: 4,
  ja3: 22,
  ja3s: 22,
  tlsCipher: 22,
  tlsVersion: 22,
  certNames: 11,
  certSubject: 14,
  quicVersion: 2,
  gquicVersion: 11,
  gquicName: 10,
  query: 373,
  rcode: 364,
  answers: 312,
  host: 82,
  method: 86,
  path: 85,
  userAgent: 84,
  status: 273,
  contentType: 232,
  banner: 3,
  hassh: 3,
  hasshServer: 2,
  dhcpHost: 4,
  infoHash: 24,
  stun: 36,
  ntp: 1,
  mysql: 2,
};

function comparisons(conversation: IdentifiedConversation | undefined, row: Row): Comparison[] {
  if (conversation === undefined) return [['absent', true, false]];
  const { identity } = conversation;
  const details = identity.details ?? {};
  const wanted = <T>(value: T | undefined, make: (value: T) => Comparison): Comparison[] =>
    value === undefined ? [] : [make(value)];
  const hex = (text: string) => text.replace('0x', '');
  return [
    ...wanted(row.client_hello, () => ['serverName', identity.serverName, row.sni ?? null]),
    ...wanted(row.client_hello, () => ['alpn', identity.alpn ?? [], row.alpn ?? []]),
    ...wanted(row.alpn_server, (names) => ['alpnChosen', [identity.alpnChosen], names]),
    ...wanted(row.ja3, (text) => ['ja3', identity.ja3, text]),
    ...wanted(row.ja3s, (text) => ['ja3s', identity.ja3s, text]),
    ...wanted(row.tls_cipher, (text) => ['tlsCipher', identity.tlsCipher, hex(text)]),
    ...wanted(row.tls_server_supported_version ?? row.tls_server_version, (text) => [
      'tlsVersion',
      identity.tlsVersion,
      hex(text),
    ]),
    ...wanted(row.cert_dns_names, (names) => ['certNames', identity.certNames, names]),
    ...certificate(row, identity.certSubject),
    ...wanted(row.quic_version, (text) => ['quicVersion', identity.quicVersion, hex(text)]),
    ...wanted(row.gquic_version, (text) => ['gquicVersion', identity.quicVersion, Buffer.from(text).toString('hex')]),
    ...wanted(row.gquic_sni, (text) => ['gquicName', identity.serverName, text]),
    ...wanted(row.dns_queries, ([first]) => [
      'query',
      [identity.dnsQuery, identity.dnsType],
      [first?.[0], DNS_TYPES[first?.[1] ?? ''] ?? `TYPE${first?.[1]}`],
    ]),
    ...wanted(row.dns_rcode, ([first]) => ['rcode', String(identity.dnsRcode), first]),
    ...wanted(row.dns_a, (addresses) => answers(identity.dnsAnswers, addresses)),
    ...wanted(row.http_host, (text) => ['host', identity.serverName, text.toLowerCase().replace(/:\d+$/, '')]),
    ...wanted(row.http_method, (text) => ['method', identity.httpMethod, text]),
    ...wanted(row.http_uri, (text) => ['path', identity.httpPath, text.split('?')[0]?.slice(0, 255)]),
    ...wanted(row.http_user_agent, (text) => ['userAgent', identity.httpUserAgent, text.slice(0, 255)]),
    ...wanted(row.http_status, (text) => ['status', String(identity.httpStatus), text]),
    ...wanted(row.http_content_type, (text) => ['contentType', identity.httpContentType, text.slice(0, 255)]),
    ...banners(row, identity.banner),
    ...wanted(row.hassh, (text) => ['hassh', identity.hassh, text]),
    ...wanted(row.hassh_server, (text) => ['hasshServer', identity.hasshServer, text]),
    ...wanted(row.dhcp_hostname, (text) => ['dhcpHost', details.hostName, text]),
    ...wanted(row.bittorrent_info_hash, (text) => ['infoHash', details.infoHash, text]),
    ...wanted(row.stun_types, () => ['stun', identity.appConfidence === 0 ? null : identity.app, 'stun']),
    ...wanted(row.ntp_version, (text) => ['ntp', String(details.version), text]),
    ...wanted(row.mysql_version, (text) => ['mysql', details.version, text]),
  ];
}

/** The oracle mixes strings of all certificates: the subject has to be one of them. */
function certificate(row: Row, subject: string | null): Comparison[] {
  const strings = [...(row.cert_utf8_strings ?? []), ...(row.cert_printable_strings ?? [])];
  return strings.length === 0 ? [] : [['certSubject', strings.includes(subject ?? ''), true]];
}

/** tshark lists addresses of all responses; those of the first one come first. */
function answers(ours: readonly string[] | null, theirs: readonly string[]): Comparison {
  const ipv4 = (ours ?? []).filter((address) => !address.includes(':'));
  return ['answers', ipv4, ipv4.length === 0 ? theirs : theirs.slice(0, ipv4.length)];
}

function banners(row: Row, banner: IdentifiedConversation['identity']['banner']): Comparison[] {
  const theirs = [row.ssh_banner_ab, row.ssh_banner_ba].filter((text) => text !== undefined);
  if (theirs.length === 0) return [];
  return [['banner', [banner?.client, banner?.server].filter((text) => text !== null).sort(), theirs.sort()]];
}
