/**
 * Clients of the web server, all at once, each a process (bash) and a user of its own, named `client-N` or as said: a
 * request over TCP, one over UDP. Beside them this process asks over UDP from a socket that is not connected. Ends when
 * all have their answers and are gone. Arguments: address and port of the server, how many, what to call them.
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [host = '', port = '', count = '', name] = process.argv.slice(2);
const FIRST_UID = 20_001;
/** Both connections first, so that the one answer is awaited while the other is. */
const SCRIPT = `
printf %s "$3" > /proc/$$/comm
exec 3<>/dev/tcp/$1/$2 4<>/dev/udp/$1/$2 || exit 1
printf '%s/%s' $$ $UID >&4
printf 'GET /%s/%s HTTP/1.0\\r\\n\\r\\n' $$ $UID >&3
read -r -u 4 line
while read -r -u 3 line; do :; done
`;

const socket = createSocket('udp4');
socket.send(`${process.pid}/${process.getuid?.()}`, Number(port), host);
const clients = Array.from({ length: Number(count) }, async (_, n) => {
  const uid = FIRST_UID + n;
  const child = spawn('bash', ['-c', SCRIPT, 'bash', host, port, name ?? `client-${n}`], {
    uid,
    gid: uid,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`client ${n} ended with ${code}`);
});
await Promise.all([once(socket, 'message'), ...clients]);
socket.close();
