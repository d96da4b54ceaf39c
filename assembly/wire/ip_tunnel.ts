/** Headers of tunnels right behind IP: EtherIP (RFC 3378 §3) and the register message of PIM (RFC 7761 §4.9.3). */
import { be32, u8At } from "./bytes";

// EtherIP: 0 version 4 bits, reserved 12 bits
const ETHERIP_VERSION: usize = 0;
export const ETHERIP_SIZE: usize = 2;

@inline export function isEtherip(ptr: usize): bool { return u8At(ptr + ETHERIP_VERSION) >> 4 == 3; }

// PIM register: 0 version and type, 4 bits each | 1 reserved u8 | 2 checksum u16 | 4 border, null, reserved u32
const PIM_VERSION_AND_TYPE: usize = 0;
const REGISTER_FLAGS: usize = 4;
export const PIM_REGISTER_SIZE: usize = 8;
const VERSION_2_REGISTER: u32 = 0x21;
const NULL_REGISTER: u32 = 0x40000000;

/** A packet follows: a null register has only the likeness of one. */
@inline export function pimCarriesPacket(ptr: usize): bool {
  return u8At(ptr + PIM_VERSION_AND_TYPE) == VERSION_2_REGISTER && (be32(ptr + REGISTER_FLAGS) & NULL_REGISTER) == 0;
}
