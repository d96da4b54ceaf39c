/** Linux cooked captures: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2 of the pcap registry. */
import { be16 } from "./bytes";

// SLL: 0 packet type u16 | 2 ARPHRD_ type u16 | 4 address length u16 | 6 address 8 | 14 protocol u16
export const SLL_ADDRESS_LENGTH: usize = 4;
export const SLL_ADDRESS: usize = 6;
const PROTOCOL: usize = 14;
const HARDWARE: usize = 2;
export const SLL_SIZE: usize = 16;

// SLL2: 0 protocol u16 | 2 0 u16 | 4 interface u32 | 8 ARPHRD_ type u16 | 10 packet type u8 | 11 address length u8
// 12 address 8
const PROTOCOL_2: usize = 0;
export const SLL2_ADDRESS_LENGTH: usize = 11;
export const SLL2_ADDRESS: usize = 12;
const HARDWARE_2: usize = 8;
export const SLL2_SIZE: usize = 20;

// ARPHRD_ values (linux/if_arp.h) of devices with Ethernet headers. Others that Linux captures cooked have none.
export const HARDWARE_ETHERNET: u32 = 1;
export const HARDWARE_LOOPBACK: u32 = 772;

/** Protocol values below ETHERTYPE_MIN name frame formats. This one is 802.2 LLC. */
export const SLL_LLC: u32 = 0x0004;

@inline export function sllProtocol(ptr: usize): u32 { return be16(ptr + PROTOCOL); }
@inline export function sll2Protocol(ptr: usize): u32 { return be16(ptr + PROTOCOL_2); }
@inline export function sllHardware(ptr: usize): u32 { return be16(ptr + HARDWARE); }
@inline export function sll2Hardware(ptr: usize): u32 { return be16(ptr + HARDWARE_2); }
