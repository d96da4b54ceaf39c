/** Captures of oracle-zeek-conn.json whose rows differ, each for a reason outside of the rules. Not compared. */
export const ZEEK_EXCEPTIONS: Readonly<Record<string, string>> = {
  'nf-dhcp_big_endian.pcapng': 'times that no clock of nanoseconds since 1970 holds',
  'pg-le-test202.pcapng': 'time stamps that the two sides read differently',
  'pp-pcapng-example.pcapng': 'times that no clock of nanoseconds since 1970 holds',
  'pg-be-test018.pcapng': 'a packet without a time is in 1970 there',
  'pg-le-test016.pcapng': 'a packet without a time is in 1970 there',
  'pp-MplsPackets.pcap': 'Ethernet over MPLS is read here',
  'td-kday4.pcap': 'three packets of the same 347 bytes in one millisecond are two connections there',
};
