/**
 * Network owners of the addresses in a capture. With a database in MaxMind's format (GeoLite2-ASN, for instance) global
 * addresses get their AS; without one nobody is asked, and only special addresses have a name.
 *
 *   node examples/owners.mjs FILE [DATABASE.mmdb]
 */
import { readFlows } from 'pcapflow';
import { openMmdb, OwnerLookup } from 'pcapflow/owner';

const [file = 'pcaps/tour.pcap', database] = process.argv.slice(2);

const addresses = new Set();
for await (const flow of readFlows(file)) addresses.add(flow.srcAddress).add(flow.dstAddress);

const lookup = await OwnerLookup.open(database === undefined ? {} : { source: await openMmdb(database) });
for (const [address, owner] of await lookup.lookup(addresses)) {
  const who = owner === null ? 'unknown' : owner.asn === null ? owner.name : `AS${owner.asn} ${owner.name}`;
  console.log(`${address.padEnd(20)} ${who}`);
}
await lookup.close();
