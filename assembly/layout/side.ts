/** Which side records there are, and where. */

// bits SIDE u32: groups of side records: see src/engine/side_records.ts
export const SIDE_DIRECTIONS = 1;
export const SIDE_PACKET_LOG = 2;
export const SIDE_TCP = 4;
export const SIDE_FIRST_PAYLOAD = 8;
export const SIDE_COMMUNITY_ID = 16;
export const SIDE_ZEEK = 32;
export const SIDE_STATS = 64;
export const SIDE_LINK = 128;
export const SIDE_ACTIVITY = 256;
export const SIDE_FIRST_PACKETS = 512;
export const SIDE_PAYLOAD = 1024;
export const SIDE_ENTROPY = 2048;
export const SIDE_INTERIM = 4096;

/** number: groups of side records at most */
export const SIDE_GROUPS_MAX = 16;

// record SIDE_CONFIG: where a group of side records is.
/** u32: address of its record of flow 0; that of the next one is CONFIG_SIDE_BYTES behind it */
export const SIDE_CONFIG_RECORDS = 0;
/** u32: offset of its block in a row, bytes */
export const SIDE_CONFIG_ROW = 4;
/** size */
export const SIDE_CONFIG_SIZE = 8;

// record SIDE_REST: where a group has what it keeps of a flow beside its record.
/** u32: address of its rest of flow 0 */
export const SIDE_REST_FIRST = 0;
/** u32 bytes: of one flow, which is where that of the next one is; 0: there is none */
export const SIDE_REST_BYTES = 4;
/** size */
export const SIDE_REST_SIZE = 8;

// record SIDE_LINES: the lines of a flow's side records that are fetched ahead for one of its packets.
/** u32: how many */
export const SIDE_LINES_COUNT = 0;
/** u32[15] bytes: their offsets in the side records */
export const SIDE_LINES_OFFSETS = 4;
/** size */
export const SIDE_LINES_SIZE = 64;
