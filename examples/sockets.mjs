/**
 * Socket tables: who listens on this machine, with its process. Other users' processes need root. Linux only.
 *
 *   node examples/sockets.mjs
 */
import { HostError, socketOwners, SocketTable } from 'pcapflow/host';

try {
  const table = await SocketTable.open(['tcp', 'tcp6']);
  const { owners } = socketOwners();
  for (const { local, uid, inode } of table.listening()) {
    const holder = owners.get(inode)?.[0];
    const who = holder === undefined ? `user ${uid}` : `${holder.name} (${holder.pid})`;
    console.log(`${local.address} port ${local.port}: ${who}`);
  }
  console.log(`${table.established().length} established connections`);
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.log(`skipped: ${error.message}`);
}
