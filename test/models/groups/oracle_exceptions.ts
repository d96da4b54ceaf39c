/** Where oracle-analytics.json and the project read captures differently. */

const NO_CLOCK = 'times that no clock of nanoseconds since 1970 holds';
/** Captures, or conversations by their first end, in which the two sides read different fields. Not compared. */
export const ORACLE_EXCEPTIONS: Readonly<Record<string, string>> = {
  'nd-fuzz-2006-09-29-28586.pcap 172.20.3.5:2605': 'IP length beyond the frame: believed here, not by tshark',
  'nf-dhcp_big_endian.pcapng': NO_CLOCK,
  'pp-pcapng-example.pcapng': NO_CLOCK,
  'td-kday4.pcap 204.9.51.132:50079': 'a TCP header longer than its packet: tshark gives no payload length',
  'td-timestamp_invalid_micro.pcap': 'a fraction of more than a second',
  'td-udp-length-heapoverflow.pcap': 'UDP length below 8: tshark gives no payload',
  'zk-reassembly.pcap': 'IP length beyond the frame: believed here, not by tshark',
};
