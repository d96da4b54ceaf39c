/**
 * Every offset, size and code that the engine and its host share. Integer constants only: these very files are compiled
 * by `asc` into the engine and by `tsc` into the host. Nothing else in the project writes an offset as a number.
 *
 * `test/engine/layout.test.ts` reads the files as one text, in the order given here, and checks each constant against
 * what its comment says. A line `// kind NAME: ...` begins a section, `// record NAME continues` continues one of an
 * earlier file, the comment of a constant begins with its type:
 *
 *     record   Fields in order, none on another, each naturally aligned, what is unused named by a `// gap TYPE` line.
 *              Types: u8 u16 u32 u64 i64 f64, a record's name, or TYPE[count]; then the unit, which 8-byte fields must
 *              have; then what it means. `line TYPE` is alone on its cache line. `size` is that of the record, which
 *              ends the section; `end` is that of the fields so far.
 *     regions  Like the fields of a record, at addresses. `TYPE on NAME` uses the same bytes as region NAME.
 *     codes    Distinct values, each named NAME_...; `count` says how many there are.
 *     bits     Distinct single bits of the field type that stands behind the name.
 *     packed   Ranges `bits from..to` of such a field; a constant is their shift or their unshifted mask.
 *
 * Anywhere else: `number`, of a unit or a power of two, and `bytes TYPE`, the size of that type.
 *
 * All fields are little-endian. `LAYOUT_VERSION` goes up with any change.
 */
export * from './layout/common.ts';
export * from './layout/values.ts';
export * from './layout/key.ts';
export * from './layout/verdict.ts';
export * from './layout/packet.ts';
export * from './layout/flow.ts';
export * from './layout/directions.ts';
export * from './layout/packet_log.ts';
export * from './layout/spread.ts';
export * from './layout/tcp.ts';
export * from './layout/stats.ts';
export * from './layout/zeek.ts';
export * from './layout/activity.ts';
export * from './layout/layers.ts';
export * from './layout/first_packets.ts';
export * from './layout/payload.ts';
export * from './layout/entropy.ts';
export * from './layout/interim.ts';
export * from './layout/community_id.ts';
export * from './layout/first_payload.ts';
export * from './layout/row.ts';
export * from './layout/table.ts';
export * from './layout/kept.ts';
export * from './layout/fragments.ts';
export * from './layout/duplicates.ts';
export * from './layout/interface.ts';
export * from './layout/side.ts';
export * from './layout/control_options.ts';
export * from './layout/control_state.ts';
export * from './layout/control_threads.ts';
export * from './layout/control_further.ts';
export * from './layout/ring.ts';
export * from './layout/shards.ts';
export * from './layout/text.ts';
export * from './layout/columns.ts';
export * from './layout/data_records.ts';
export * from './layout/regions.ts';
