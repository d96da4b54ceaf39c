/** Formats of text: what turns rows into each of them. Its code is loaded when the format is asked for. */
import type { TableLook } from '../export/table.ts';
import type { FieldDefinition } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/schema.ts';
import type { ValuesAt } from '../options/table.ts';
import type { RowSink } from './flows.ts';

/** Undefined: the fields that every flow has; a table then has columns of its own. */
export type ChosenFields = readonly FieldDefinition[] | undefined;

/** Formats of text. */
export type SinkFormat = Exclude<
  NonNullable<ValuesAt<'read'>['format']>,
  'ipfix' | 'netflow9' | 'arrow' | 'parquet' | 'none'
>;

/** Makes what turns rows into text. @param live flows are shown as they end, however few they are */
export type MakeSink = (live: boolean) => RowSink;

/** Of tables. */
interface ShownTable {
  /** Times are those of this host. */
  readonly localTime: boolean;
  readonly look: TableLook;
}

type LoadSink = (fields: ChosenFields, shown: ShownTable) => Promise<MakeSink>;

/** Call it before the capture is open: after dropping privileges the process may be unable to read its own files. */
export function rowSinks(format: SinkFormat, fields: ChosenFields, shown: ShownTable): Promise<MakeSink> {
  return SINKS[format](fields, shown);
}

const SINKS: Readonly<Record<SinkFormat, LoadSink>> = {
  async table(fields, { localTime, look }) {
    const [{ tableSink }, { streamingTable, table }, { columnsOf }] = await Promise.all([
      import('./view_sink.ts'),
      import('../export/table.ts'),
      import('../export/field_columns.ts'),
    ]);
    const columns = columnsOf(fields, localTime);
    return (live) => {
      const make = live ? streamingTable : table;
      return tableSink(make(columns, undefined, look), fields);
    };
  },
  async jsonl(fields = FLOW_FIELDS) {
    const [{ lineSink }, { jsonLines }] = await Promise.all([import('./flows.ts'), import('../export/jsonl.ts')]);
    return () => lineSink(jsonLines, fields);
  },
  async csv(fields = FLOW_FIELDS) {
    const [{ lineSink }, { csv }] = await Promise.all([import('./flows.ts'), import('../export/csv.ts')]);
    return () => lineSink(csv, fields);
  },
  async cic() {
    const [{ viewSink }, cic] = await Promise.all([import('./view_sink.ts'), import('../export/cic.ts')]);
    return () => viewSink(cic.CIC_HEADER, cic.cicLine, cic.CIC_FIELDS);
  },
  async nfstream() {
    const [{ viewSink }, nfstream] = await Promise.all([import('./view_sink.ts'), import('../export/nfstream.ts')]);
    return () => viewSink(nfstream.NFSTREAM_HEADER, nfstream.nfstreamLines(), nfstream.NFSTREAM_FIELDS);
  },
  async zeek() {
    const [{ logSink }, { connLog }] = await Promise.all([import('./conn_log.ts'), import('../export/zeek.ts')]);
    return () => logSink(connLog);
  },
  async ecs(fields = FLOW_FIELDS) {
    const [{ lineSink }, { ecsDocuments, ecsFields }] = await Promise.all([
      import('./flows.ts'),
      import('../export/ecs.ts'),
    ]);
    return () => lineSink(ecsDocuments, ecsFields(fields));
  },
  async 'zeek-json'() {
    const [{ lineSink }, { CONN_FIELDS, connJson }] = await Promise.all([
      import('./flows.ts'),
      import('../export/zeek.ts'),
    ]);
    return () => lineSink(connJson, CONN_FIELDS);
  },
};
