/** Questions for `pcapflow query`: in its help, in docs/query.md, and run by a test. */

export interface QueryExample {
  readonly title: string;
  readonly sql: string;
}

export const QUERY_EXAMPLES: readonly QueryExample[] = [
  {
    title: 'top talkers',
    sql: [
      'SELECT srcAddress, count(*) AS flows, sum(bytesForward + bytesReverse) AS bytes FROM flows GROUP BY',
      'ALL ORDER BY bytes DESC, srcAddress LIMIT 10',
    ].join('\n'),
  },
  {
    title: 'bytes per minute',
    sql: [
      "SELECT time_bucket(INTERVAL '1 minute', firstSeen::TIMESTAMP) AS minute, sum(bytesForward +",
      'bytesReverse) AS bytes FROM flows GROUP BY ALL ORDER BY minute',
    ].join('\n'),
  },
  {
    title: 'services by traffic',
    sql: [
      'SELECT protocol, dstPort, count(*) AS flows, sum(bytesForward + bytesReverse) AS bytes FROM flows',
      'GROUP BY ALL ORDER BY bytes DESC, protocol, dstPort LIMIT 20',
    ].join('\n'),
  },
  {
    title: 'scans of ports: many ports of one host',
    sql: [
      'SELECT srcAddress, dstAddress, count(DISTINCT dstPort) AS ports FROM flows WHERE protocol IN (6, 17)',
      'GROUP BY ALL HAVING ports >= 3 ORDER BY ports DESC, srcAddress, dstAddress',
    ].join('\n'),
  },
  {
    title: 'sweeps: one port of many hosts',
    sql: [
      'SELECT srcAddress, protocol, dstPort, count(DISTINCT dstAddress) AS hosts FROM flows GROUP BY ALL',
      'HAVING hosts >= 3 ORDER BY hosts DESC, srcAddress, dstPort',
    ].join('\n'),
  },
  {
    title: 'beacons: flows to one host at even gaps',
    sql: [
      'SELECT srcAddress, dstAddress, dstPort, count(*) AS gaps, avg(gap) AS seconds, stddev_pop(gap) /',
      'avg(gap) AS variation FROM (SELECT srcAddress, dstAddress, dstPort, (epoch_ns(firstSeen) -',
      'lag(epoch_ns(firstSeen)) OVER (PARTITION BY srcAddress, dstAddress, dstPort ORDER BY firstSeen)) /',
      '1e9 AS gap FROM flows) WHERE gap > 0 GROUP BY ALL HAVING gaps >= 3 AND variation < 0.1 ORDER BY',
      'variation, srcAddress, dstAddress, dstPort',
    ].join('\n'),
  },
  {
    title: 'the longest flows',
    sql: [
      'SELECT srcAddress, dstAddress, dstPort, (epoch_ns(lastSeen) - epoch_ns(firstSeen)) / 1e9 AS seconds',
      'FROM flows ORDER BY seconds DESC, srcAddress, dstPort LIMIT 10',
    ].join('\n'),
  },
  {
    title: 'half-open connections: SYN without an answer',
    sql: [
      'SELECT srcAddress, dstAddress, dstPort, packetsForward FROM flows WHERE protocol = 6 AND',
      'tcpFlagsForward & 2 = 2 AND packetsReverse = 0 ORDER BY srcAddress, dstAddress, dstPort',
    ].join('\n'),
  },
  {
    title: 'connections to addresses from hosts that never asked DNS',
    sql: [
      'SELECT DISTINCT srcAddress, dstAddress, dstPort FROM flows WHERE protocol = 6 AND srcAddress NOT IN',
      '(SELECT srcAddress FROM flows WHERE dstPort = 53) ORDER BY ALL',
    ].join('\n'),
  },
  {
    title: 'uploads: far more sent than received',
    sql: [
      'SELECT srcAddress, dstAddress, dstPort, bytesForward, bytesReverse FROM flows WHERE bytesForward >',
      '10 * bytesReverse AND bytesForward > 1000 ORDER BY bytesForward DESC, srcAddress LIMIT 20',
    ].join('\n'),
  },
];
