/** Owners of addresses: who announces the network, in which country. */
export { defaultCacheFolder } from './cache_folder.ts';
export { CymruSource } from './cymru.ts';
export type { CymruOptions } from './cymru.ts';
export type { CymruLimits } from './cymru_batch.ts';
export { CymruDnsSource } from './cymru_dns.ts';
export type { CymruDnsOptions } from './cymru_dns.ts';
export { localAddress } from './local_address.ts';
export type { LocalAddress, LocalAddressOptions } from './local_address.ts';
export { OwnerLookup } from './owner_lookup.ts';
export type { OwnerLookupOptions } from './owner_lookup.ts';
export { openMmdb } from './mmdb.ts';
export type { Origin, Owner, OwnerAnswers, OwnerSource } from './owner.ts';
