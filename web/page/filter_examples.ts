/** Examples for the fields of expressions, by the id of the field. A click fills one in. */
export const FILTER_EXAMPLES: Readonly<Record<string, readonly (readonly [text: string, meaning: string])[]>> = {
  'view-filter': [
    ['bytes > 1MB and dstPort in (80, 443)', 'large flows of the web'],
    ['address in 192.168.0.0/16 and not port = 53', 'a network, without DNS'],
    ['tcpFlagsForward has syn and packetsReverse = 0', 'connections that nobody answered'],
    ['service = ssh or duration > 1h', 'by service, or by duration'],
  ],

  'capture-filter': [
    ['tcp port 443', 'packets of one port'],
    ['net 10.0.0.0/8 and not port 53', 'of one network, without DNS'],
    ['tcp[tcpflags] & tcp-rst != 0', 'only resets'],
    ['host 2001:db8::1', 'of one host'],
  ],
};
