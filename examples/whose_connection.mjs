/**
 * Whose connection is this? Opens one over loopback and asks for both ends of a packet on it. Linux only.
 *
 *   node examples/whose_connection.mjs
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { HostError, NetworkStateTracker } from 'pcapflow/host';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const client = connect(server.address().port, '127.0.0.1');
const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'connect')]);

try {
  const answer = await new NetworkStateTracker().lookup({
    protocol: 'tcp',
    inbound: false,
    src: { address: client.localAddress, port: client.localPort },
    dst: { address: client.remoteAddress, port: client.remotePort },
    seenAt: Date.now(),
  });
  console.log(`a packet to port ${client.remotePort} belongs to process ${answer.pid}, user ${answer.uid}`);
  console.log(answer.pid === process.pid ? 'that is this process' : 'that is another process');
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.log(`skipped: ${error.message}`);
} finally {
  for (const socket of [client, accepted]) socket.destroy();
  server.close();
}
