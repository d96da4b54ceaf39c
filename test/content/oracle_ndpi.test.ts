import { describe, expect, it } from 'vitest';
import { haveCaptures, IdentifiedCapture, oracle, type Ends } from './captures.ts';

interface Row extends Ends {
  readonly label: string;
  readonly confidence: string;
}

/** Names of nDPI that differ from ours in more than capitals. */
const NAMES: Readonly<Record<string, string>> = {
  NetBIOS: 'nbns',
  SRTP: 'rtp',
  FTP_CONTROL: 'ftp',
  FTP_DATA: 'ftp-data',
  HTTP_Proxy: 'http',
  IMAPS: 'tls',
};

/** Protocols of nDPI that are not promised. ApplePush is TLS on port 5223, and is called that here. */
const NOT_PROMISED: ReadonlySet<string> = new Set([
  'NFS',
  'IGMP',
  'ICMP',
  'ICMPV6',
  'KakaoTalk_Voice',
  'Nats',
  'WhatsApp',
  'ApplePush',
  'Dropbox',
  'Spotify',
]);

/** Every row that is read otherwise: capture, sender's port, label, our name, reason. */
const MISSES = [
  ['nd-fuzz-2006-09-29-28586.pcap', 9587, 'HTTP', null, 'the fuzzer broke the version: HTTP/\\x011.1'],
  [
    'nd-whatsapp_login_call.pcap',
    51518,
    'SRTP',
    'stun',
    'STUN first; the media begins 18 s later, behind the 10 s of the prefix',
  ],
];

describe.skipIf(!haveCaptures)('labels of nDPI (skipped where ../shared/captures is absent)', () => {
  it('agrees with what nDPI found by content, but for the misses listed', () => {
    const { captures } = oracle<{ captures: Record<string, { flows: readonly Row[] }> }>('oracle-ndpi-labels.json');
    const misses: unknown[] = [];
    let total = 0;
    let named = 0;
    for (const [name, { flows }] of Object.entries(captures)) {
      const inner = new IdentifiedCapture(name, true);
      const outer = new IdentifiedCapture(name, false);
      for (const row of flows) {
        const label = row.label.split('.')[0] ?? '';
        if (row.confidence !== 'DPI' || NOT_PROMISED.has(label)) continue;
        const identity = (inner.find(row) ?? outer.find(row))?.identity;
        const app = identity?.appConfidence === 0 ? null : (identity?.app ?? null);
        total++;
        if (app !== null) named++;
        if (app !== (NAMES[label] ?? label.toLowerCase())) misses.push([name, row.a_port, label, app]);
      }
    }
    expect(misses).toEqual(MISSES.map((miss) => miss.slice(0, 4)));
    const wrong = MISSES.filter(([, , , app]) => app !== null).length;
    const unnamed = MISSES.length - wrong;
    expect(total).toBe(175);
    expect(1 - wrong / named).toBeGreaterThanOrEqual(0.99);
    expect(1 - unnamed / total).toBeGreaterThanOrEqual(0.9);
  });

  it('gives no name by content to flows that nDPI does not know, but to announced FTP data', () => {
    const { captures } = oracle<{ captures: Record<string, { flows: readonly Row[] }> }>('oracle-ndpi-labels.json');
    for (const [name, { flows }] of Object.entries(captures)) {
      const capture = new IdentifiedCapture(name, true);
      for (const row of flows.filter(({ label }) => label === 'Unknown')) {
        const { app = null, appConfidence = null } = capture.find(row)?.identity ?? {};
        if (appConfidence !== 0 && app !== 'ftp-data') expect(app, `${name} ${row.a_port}`).toBeNull();
      }
    }
  });
});
