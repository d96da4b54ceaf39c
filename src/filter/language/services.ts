/**
 * Service names, as registered with IANA and kept in the services file of Debian 12. A name stands for a port of TCP,
 * of UDP, or of both.
 */

/** Where a service name is defined. */
export interface Service {
  readonly port: number;
  readonly transport: 'tcp' | 'udp' | 'both';
}

const BOTH = `
  7 echo; 9 discard null sink; 13 daytime; 19 chargen source ttytst; 37 time timserver; 49 tacacs; 53 domain;
  88 kerberos kerberos-sec kerberos5 krb5; 111 sunrpc portmapper; 161 snmp; 162 snmptrap snmp-trap; 163 cmip-man;
  164 cmip-agent; 369 rpc2portmap; 370 codaauth2; 389 ldap; 427 svrloc; 443 https; 464 kpasswd; 514 syslog;
  538 gdomap; 554 rtsp; 636 ldaps; 646 ldp; 655 tinc; 750 kerberos-iv kdc kerberos4; 751 kerberos-master;
  853 domain-s; 1194 openvpn; 1645 datametrics old-radius; 1646 old-radacct sa-msg-port; 1812 radius;
  1813 radius-acct radacct; 2049 nfs; 2086 gnunet; 2101 rtcm-sc104; 2430 venus; 2431 venus-se; 2432 codasrv;
  2433 codasrv-se; 2583 mon; 3205 isns; 3493 nut; 5060 sip; 5061 sip-tls; 6346 gnutella-svc; 6347 gnutella-rtr;
  27374 asp`;

const TCP_ONLY = `
  1 tcpmux; 11 systat users; 15 netstat; 17 qotd quote; 20 ftp-data; 21 ftp; 22 ssh; 23 telnet; 25 smtp mail;
  43 nicname whois; 70 gopher; 79 finger; 80 http www; 102 iso-tsap tsap; 104 acr-nema dicom; 106 poppassd;
  110 pop3 pop-3; 113 ident auth authentication tap; 119 nntp readnews untp; 135 epmap loc-srv; 139 netbios-ssn;
  143 imap imap2; 174 mailq; 179 bgp; 199 smux; 209 qmtp; 210 z3950 wais; 345 pawserv; 346 zserv; 444 snpp;
  445 microsoft-ds; 465 submissions smtps ssmtp urd; 487 saft; 512 exec; 513 login; 514 shell cmd;
  515 printer spooler; 540 uucp uucpd; 543 klogin; 544 kshell krcmd; 548 afpovertcp; 563 nntps snntp;
  587 submission; 607 nqs; 628 qmqp; 631 ipp; 706 silc; 749 kerberos-adm; 754 hprop krb-prop krb5_prop krb_prop;
  775 moira-db moira_db; 777 moira-update moira_update; 783 spamd; 871 supfilesrv; 873 rsync; 989 ftps-data;
  990 ftps; 992 telnets; 993 imaps; 995 pop3s; 1080 socks; 1093 proofd; 1094 rootd; 1099 rmiregistry;
  1127 supfiledbg; 1178 skkserv; 1236 rmtcfg; 1313 xtel; 1314 xtelw; 1352 lotusnote lotusnotes; 1433 ms-sql-s;
  1524 ingreslock; 1649 kermit; 1677 groupwise; 2000 cisco-sccp; 2119 gsigatekeeper; 2121 iprop; 2135 gris;
  2401 cvspserver; 2600 zebrasrv; 2601 zebra; 2602 ripd; 2603 ripngd; 2604 ospfd; 2605 bgpd; 2606 ospf6d;
  2607 ospfapi; 2608 isisd; 2628 dict; 2792 f5-globalsite; 2811 gsiftp; 2947 gpsd; 3050 gds-db gds_db;
  3260 iscsi-target; 3306 mysql; 3389 ms-wbt-server; 3632 distcc; 3689 daap; 3690 svn subversion; 4031 suucp;
  4094 sysrqd; 4190 sieve; 4353 f5-iquery; 4369 epmd; 4373 remctl; 4460 ntske; 4557 fax; 4559 hylafax; 4691 mtn;
  4899 radmin-port; 4949 munin lrrd; 5222 xmpp-client jabber-client; 5269 xmpp-server jabber-server; 5308 cfengine;
  5432 postgresql postgres; 5556 freeciv rptp; 5666 nrpe; 5667 nsca; 5671 amqps; 5672 amqp; 5680 canna;
  6000 x11 x11-0; 6001 x11-1; 6002 x11-2; 6003 x11-3; 6004 x11-4; 6005 x11-5; 6006 x11-6; 6007 x11-7; 6379 redis;
  6444 sge-qmaster sge_qmaster; 6445 sge-execd sge_execd; 6446 mysql-proxy; 6514 syslog-tls;
  6566 sane sane-port saned; 6667 ircd; 6697 ircs-u; 7000 bbs; 7100 font-service xfs; 8021 zope-ftp;
  8080 http-alt webcache; 8081 tproxy; 8088 omniorb; 8140 puppet; 8990 clc-build-daemon; 9098 xinetd;
  9101 bacula-dir; 9102 bacula-fd; 9103 bacula-sd; 9418 git; 9667 xmms2; 9673 zope; 10000 webmin;
  10050 zabbix-agent; 10051 zabbix-trapper; 10080 amanda; 10081 kamanda; 10082 amandaidx; 10083 amidxtape;
  10809 nbd; 11371 hkp; 17004 sgi-cad; 17500 db-lsp; 22125 dcap; 22128 gsidcap; 22273 wnn6; 24554 binkp;
  30865 csync2; 57000 dircproxy; 60177 tfido; 60179 fido`;

const UDP_ONLY = `
  21 fsp fspd; 67 bootps; 68 bootpc; 69 tftp; 123 ntp; 137 netbios-ns; 138 netbios-dgm; 177 xdmcp; 213 ipx;
  319 ptp-event; 320 ptp-general; 371 Clearcase clearcase; 500 isakmp; 512 biff comsat; 513 who whod; 517 talk;
  518 ntalk; 520 router route routed; 546 dhcpv6-client; 547 dhcpv6-server; 623 asf-rmcp; 751 kerberos_master;
  752 passwd-server passwd_server; 779 moira-ureg moira_ureg; 1210 predict; 1434 ms-sql-m; 1701 l2tp l2f;
  2102 zephyr-srv; 2103 zephyr-clt; 2104 zephyr-hm; 3130 icp icpv2; 4500 ipsec-nat-t; 4569 iax; 5353 mdns;
  5555 rplay; 6696 babel; 7000 afs3-fileserver; 7001 afs3-callback; 7002 afs3-prserver; 7003 afs3-vlserver;
  7004 afs3-kaserver; 7005 afs3-volser; 7007 afs3-bos; 7008 afs3-update; 7009 afs3-rmtsys; 17001 sgi-cmsd;
  17002 sgi-crsd; 17003 sgi-gcd`;

const SERVICES = new Map<string, Service>();
for (const [transport, table] of [
  ['both', BOTH],
  ['tcp', TCP_ONLY],
  ['udp', UDP_ONLY],
] as const) {
  for (const entry of table.split(';')) {
    const [port, ...names] = entry.trim().split(/\s+/);
    for (const name of names) SERVICES.set(name, { port: Number(port), transport });
  }
}

/** All names, in the order of the table: the first name of a port is the usual one. */
export function* serviceNames(): Generator<Service & { readonly name: string }> {
  for (const [name, service] of SERVICES) yield { name, ...service };
}

/** The service of a name, undefined when it is not in the table. A name of digits is a port of both transports. */
export function serviceOf(name: string): Service | undefined {
  if (/^\d+$/.test(name)) return { port: Number(name) & 0xffff, transport: 'both' };
  return SERVICES.get(name);
}
