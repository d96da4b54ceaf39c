/** Output of each program as it looks on the systems that have it, written in their formats. */

const lines = (text: string): readonly string[] => text.split('\n').slice(1, -1);

/** net-tools 2.10 on Linux; a BusyBox netstat prints the same columns. */
export const NETSTAT = lines(`
Active Internet connections (w/o servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0    586 192.168.0.1:44284       38.229.79.2:443         ESTABLISHED 15843/tor           
tcp        0      0 192.168.0.1:44285       38.229.79.3:443         TIME_WAIT   -                   
tcp        0      0 192.168.0.1:44286       38.229.79.4:443         ESTABLISHED -                   
tcp        0      0 192.168.0.1:44287       38.229.79.5:443         CLOSE_WAIT  15843/tor           
tcp        0      0 192.168.0.1:44288       16.111.19.278:443       ESTABLISHED 15843/tor           
tcp6       0      0 2001:db8::1:44284       2001:db8:0:0:1::2:443   ESTABLISHED 15843/tor           
tcp6       0      0 192.168.0.1:9001        203.0.113.9:50000       ESTABLISHED 15843/tor           
tcp6       0      0 2001:db8::1:80          2001:db8::3:50000       ESTABLISHED 712/nginx: worker p 
udp        0      0 192.168.0.1:68          192.168.0.254:67        ESTABLISHED 501/dhclient        
udp        0      0 192.168.0.1:5000        192.168.0.254:53        ESTABLISHED 15843/tor           
udp6       0      0 fe80::1:546             fe80::2:547             ESTABLISHED 501/dhclient        
udp        0      0 0.0.0.0:5353            0.0.0.0:*                           15843/tor           
Active UNIX domain sockets (w/o servers)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  3      [ ]         STREAM     CONNECTED     23511    15843/tor            /run/tor/control
unix  2      [ ]         DGRAM                    23512    15843/tor            
`);

/** Windows 10. */
export const NETSTAT_WINDOWS = lines(`

Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1104
  TCP    192.168.0.1:44284      38.229.79.2:443        ESTABLISHED     15843
  TCP    192.168.0.1:44285      38.229.79.2:443        TIME_WAIT       0
  TCP    192.168.0.1:44286      38.229.79.3:443        CLOSE_WAIT      15843
  TCP    192.168.0.1:44287      38.229.79.4:443        ESTABLISHED     158
  TCP    [2001:db8::1]:49671    [2001:db8::2]:443      ESTABLISHED     15843
  TCP    [fe80::1%12]:49672     [fe80::2%12]:445       ESTABLISHED     15843
  UDP    0.0.0.0:5353           *:*                                    15843
  UDP    [::]:5353              *:*                                    15843
`).map((line) => `${line}\r`);

/** `tasklist /fo csv /nh` of Windows 10. */
export const TASKLIST = lines(`
"System Idle Process","0","Services","0","8 K"
"svchost.exe","1104","Services","0","12,345 K"
"tor.exe","15843","Console","1","45,678 K"
"a ""quoted"", name.exe","15844","Console","1","678 K"
"Tor.exe","158","Console","1","45,678 K"
"editor.exe","159","Console","1","45,678 K"
`).map((line) => `${line}\r`);

/** iproute2 6.1. */
export const SS = lines(`
Netid State  Recv-Q Send-Q         Local Address:Port           Peer Address:PortProcess                                         
udp   ESTAB  0      0                192.168.0.1:5000          192.168.0.254:53    users:(("tor",pid=15843,fd=12))            
udp   ESTAB  0      0       [fe80::1]%eth0.7:546           [fe80::2]%eth0.7:547   users:(("dhclient",pid=501,fd=5))          
tcp   ESTAB  0      0                192.168.0.1:44284           38.229.79.2:443   users:(("tor",pid=15843,fd=9))             
tcp   ESTAB  0      0                192.168.0.1:44286           38.229.79.4:443                                              
tcp   CLOSE-WAIT 1  0                192.168.0.1:44287           38.229.79.5:443   users:(("tor",pid=15843,fd=10))            
tcp   ESTAB  0      0                192.168.0.1:44288         16.111.19.278:443   users:(("tor",pid=15843,fd=11))            
tcp   ESTAB  0      0              [2001:db8::1]:44284  [2001:db8:0:0:1:0:0:2]:443 users:(("tor",pid=15843,fd=13))            
tcp   ESTAB  0      0       [::ffff:192.168.0.1]:9001    [::ffff:203.0.113.9]:50000 users:(("tor",pid=15843,fd=14))           
tcp   ESTAB  0      0                192.168.0.1:80             203.0.113.10:40000 users:(("nginx",pid=712,fd=5),("nginx",pid=711,fd=5))
`);

/** iproute2 before 2014: no names of the fields, no brackets. */
export const SS_OLD = lines(`
Netid State      Recv-Q Send-Q        Local Address:Port          Peer Address:Port 
tcp    ESTAB      0      0              192.168.0.1:44415          38.229.79.2:443    users:(("tor",15843,9))
tcp    ESTAB      0      0              192.168.0.1:44416          38.229.79.3:443    users:(("a",1,5),("tor",15843,10))
tcp    ESTAB      0      0              2001:db8::1:44417          2001:db8::2:443    users:(("tor",15843,11))
`);

/** lsof 4.95 on Linux. */
export const LSOF = lines(`
COMMAND           PID     USER   FD   TYPE     DEVICE SIZE/OFF NODE NAME
tor             15843   atagar    6u  IPv4   34188130      0t0  TCP 127.0.0.1:9051 (LISTEN)
tor             15843   atagar    9u  IPv4   34188132      0t0  TCP 192.168.0.1:44415->38.229.79.2:443 (ESTABLISHED)
tor             15843   atagar   10u  IPv4   34188133      0t0  TCP 192.168.0.1:44416->38.229.79.3:443 (CLOSE_WAIT)
tor             15843   atagar   11u  IPv4   34188134      0t0  TCP 192.168.0.1:44417->16.111.19.278:443 (ESTABLISHED)
tor             15843   atagar   12u  IPv6   34188135      0t0  TCP [2001:db8::1]:44418->[2001:db8::2]:443 (ESTABLISHED)
tor             15843   atagar   13u  IPv6   34188136      0t0  TCP 192.168.0.1:9001->203.0.113.9:50000 (ESTABLISHED)
tor             15843   atagar   14u  IPv4   34188137      0t0  UDP 192.168.0.1:5000->192.168.0.254:53 
tor             15843   atagar   15u  IPv4   34188138      0t0  UDP *:5353 
Web\\x20Content  16001   atagar   44u  IPv4   34188139      0t0  TCP 192.168.0.1:44500->203.0.113.7:443 (ESTABLISHED)
tor             16002   atagar    9u  IPv4   34188132      0t0  TCP 192.168.0.1:44415->38.229.79.2:443 (ESTABLISHED)
`);

/** lsof 4.91 on Mac. */
export const LSOF_MAC = lines(`
COMMAND     PID   USER   FD   TYPE             DEVICE SIZE/OFF NODE NAME
tor       15843 atagar    9u  IPv4 0x9d7a1b2c3d4e5f60      0t0  TCP 192.168.0.1:44415->38.229.79.2:443 (ESTABLISHED)
tor       15843 atagar   10u  IPv6 0x9d7a1b2c3d4e5f61      0t0  TCP [2001:db8::1]:44418->[2001:db8::2]:443 (ESTABLISHED)
Google\\x20Chrome 401 atagar 20u IPv4 0x9d7a1b2c3d4e5f62      0t0  UDP 192.168.0.1:5000->203.0.113.7:443
`);

/** FreeBSD 13. */
export const SOCKSTAT = lines(`
USER     COMMAND    PID   FD PROTO  LOCAL ADDRESS         FOREIGN ADDRESS      
_tor     tor        4397  12 tcp4   172.27.72.202:54011   38.229.79.2:9001
_tor     tor        4397  13 tcp4   172.27.72.202:54012   *:*
_tor     tor        4397  14 tcp6   2001:db8::1:54013     2001:db8::2:9001
_tor     tor        4397  15 udp4   172.27.72.202:5000    172.27.72.1:53
root     tor two    512   4  tcp4   172.27.72.202:54014   38.229.79.3:9001
root     ntpd       730   20 udp6   *:123                 *:*
?        ?          ?     ?  tcp4   172.27.72.202:54015   38.229.79.4:9001
`);

/** FreeBSD 13. It writes the port of an IPv6 address after a dot. */
export const PROCSTAT = lines(`
  PID COMM                FD T V FLAGS    REF  OFFSET PRO NAME        
 3561 tor               text v r r-------   -       - -   /usr/local/bin/tor 
 3561 tor                cwd v d r-------   -       - -   /                  
 3561 tor                  4 s - rw---n--   2       0 TCP 10.0.0.2:9050 10.0.0.1:22370
 3561 tor                  5 s - rw---n--   2       0 TCP 0.0.0.0:9001 0.0.0.0:0
 3561 tor                  6 s - rw---n--   2       0 UDP 0.0.0.0:0 0.0.0.0:0
 3561 tor                  7 s - rw---n--   2       0 TCP 2001:db8::1.9050 2001:db8::2.22371
 3561 tor                  8 s - rw---n--   2       0 UDP 10.0.0.2:5000 10.0.0.1:53
 3561 tor                  9 s - rw------   2       0 UDS /var/run/log
`);

/** OpenBSD 7. */
export const FSTAT = lines(`
USER     CMD          PID   FD MOUNT        INUM  MODE         R/W    SZ|DV
_tor     tor        15843 text /usr/local  26003  -rwxr-xr-x     r  5170872
_tor     tor        15843   19* internet stream tcp 0x0 127.0.0.1:9051
_tor     tor        15843   20* internet stream tcp 0x0 192.168.1.100:36174 --> 4.3.2.1:443
_tor     tor        15843   21* internet stream tcp 0xffff8000 192.168.1.100:9001 <-- 4.3.2.2:50000
_tor     tor        15843   22* internet6 stream tcp 0x0 [2001:db8::1]:36175 --> [2001:db8::2]:443
_tor     tor        15843   23* internet dgram udp 192.168.1.100:5000 <-> 192.168.1.1:53
_tor     tor        15843   24* internet dgram udp *:5353
_tor     tor        15843   25* unix stream 0x0 <-> 0x0
`);
