/** Builders: plain TypeScript, a second implementation of the formats that shares nothing with the engine. */

export * from './address.ts';
export * from './bytes.ts';
export * from './checksum.ts';
export * from './encapsulation.ts';
export * from './extension.ts';
export * from './icmp.ts';
export * from './ipv4.ts';
export * from './ipv6.ts';
export * from './link.ts';
export * from './packet.ts';
export * from './pcap.ts';
export * from './pcapng.ts';
export * from './random.ts';
export * from './rare_link.ts';
export * from './transport.ts';
export * from './tunnel.ts';
export * from './more_tunnels.ts';
export * from './wifi.ts';
