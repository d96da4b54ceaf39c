/** Running records of flows that last. */

// record INTERIM: running records of a flow.
/** u64 ns: from this time on a packet of the flow has one written */
export const INTERIM_DUE = 0;
/** u32: records written so far, up to 2^32-1 */
export const INTERIM_SEQUENCE = 8;
/** u32: 1: this is a running record, and its flow continues */
export const INTERIM_RUNNING = 12;
/** size */
export const INTERIM_SIZE = 16;

// record INTERIM_BLOCK: which record of its flow a row is.
/** u32 */
export const INTERIM_BLOCK_SEQUENCE = 0;
/** u8 */
export const INTERIM_BLOCK_FINAL = 4;
// gap u8[3]
/** size */
export const INTERIM_BLOCK_SIZE = 8;
