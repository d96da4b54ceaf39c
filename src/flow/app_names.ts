/** Names of the application protocols that identification can find, in the order of the alphabet. */
export const APP_NAMES: readonly string[] = (
  'bacnet bittorrent coap dhcp dhcpv6 dnp3 dns dtls ethernet-ip ftp ftp-data gtp http http2 iec104 imap ' +
  'ipfix ipsec irc kerberos l2tp ldap llmnr mdns memcached modbus mongodb mqtt mssql mysql nbns netflow ' +
  'nntp ntp opcua openvpn pop3 postgresql quic radius rdp redis rtcp rtp rtsp s7 sip smb smtp snmp ' +
  'socks ssdp ssh stun syslog teredo tftp tls vxlan websocket wireguard xmpp'
).split(' ');
