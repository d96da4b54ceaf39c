/** Formats of lines that say what flows are: where in a line that stands, and how it is written. */
import type { FlowTable } from '../engine/table.ts';
import { jsonLines } from '../export/jsonl.ts';
import type { FieldDefinition } from '../flow/field.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import type { LineFormat } from '../flow/line_format.ts';
import { identityPaths } from '../export/identity_paths.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import type { RowLines } from '../write/conn_log.ts';
import type { RowSink } from '../write/flows.ts';

export type IdentifiedFormatName = 'jsonl' | 'csv' | 'ecs' | 'zeek' | 'zeek-json';

export interface IdentifiedFormat {
  readonly fields: readonly FieldDefinition[];
  /** Lines with a text that their row refers to. @param reference its offset in the row */
  readonly linesWith: (reference: number) => LineFormat;
  /** That text. */
  readonly text: (identity: KnownIdentity) => string;
  /** @param linesOf makes the lines */
  readonly sink: (linesOf: (engine: FlowTable) => RowLines) => RowSink;
}

/**
 * Loads what the format needs: only cells need to know the width of characters.
 * @param members that are wanted, in JSON Lines and CSV; undefined: all
 */
export function identifiedFormat(
  name: IdentifiedFormatName,
  fields: readonly FieldDefinition[],
  members?: readonly MemberPath[],
): Promise<IdentifiedFormat> {
  switch (name) {
    case 'jsonl':
      return jsonlFormat(fields, members);
    case 'csv':
      return csvFormat(fields, members);
    case 'ecs':
      return ecsFormat(fields);
    default:
      return zeekFormat(name);
  }
}

async function jsonlFormat(
  fields: readonly FieldDefinition[],
  members: readonly MemberPath[] | undefined,
): Promise<IdentifiedFormat> {
  const text =
    members === undefined
      ? (await import('../export/identity_json.ts')).identityJson
      : (await import('./chosen_identity.ts')).chosenIdentityJson(members);
  return beforeEnd(jsonLines, '}\n', fields, '', fields.length === 0 ? { begin: '{', text } : { text });
}

async function csvFormat(
  fields: readonly FieldDefinition[],
  members: readonly MemberPath[] | undefined,
): Promise<IdentifiedFormat> {
  const { csv } = await import('../export/csv.ts');
  const { header, text } = members === undefined ? await allCells() : await chosenCells(members);
  const titles = `${csv.header(fields).trimEnd()}${fields.length === 0 ? header.slice(1) : header}\n`;
  return beforeEnd(csv, '\n', fields, titles, fields.length === 0 ? { begin: '', text } : { text });
}

/** Titles, and the cells of a flow, with commas in front. */
interface Cells {
  readonly header: string;
  readonly text: IdentifiedFormat['text'];
}

async function allCells(): Promise<Cells> {
  const { identityCsv, identityCsvHeader } = await import('../export/identity_text.ts');
  return { header: identityCsvHeader, text: identityCsv };
}

async function chosenCells(members: readonly MemberPath[]): Promise<Cells> {
  const chosen = await import('./chosen_identity.ts');
  const columns = identityPaths(members);
  return { header: chosen.chosenIdentityHeader(columns), text: chosen.chosenIdentityCsv(columns) };
}

async function ecsFormat(fields: readonly FieldDefinition[]): Promise<IdentifiedFormat> {
  const [{ ecsFields, ecsOpenDocuments }, { ecsIdentity }] = await Promise.all([
    import('../export/ecs.ts'),
    import('../export/ecs_identity.ts'),
  ]);
  return beforeEnd(ecsOpenDocuments, '}\n', ecsFields(fields), '', { text: ecsIdentity });
}

async function zeekFormat(name: 'zeek' | 'zeek-json'): Promise<IdentifiedFormat> {
  const [zeek, { logSink }] = await Promise.all([import('../export/zeek.ts'), import('../write/conn_log.ts')]);
  const linesWith = (lines: LineFormat) => (reference: number) => zeek.withService(lines, reference);
  if (name === 'zeek') {
    const { connLog, serviceCell } = zeek;
    const sink: IdentifiedFormat['sink'] = (linesOf) => logSink(connLog, linesOf);
    return { fields: connLog.fields, linesWith: linesWith(connLog.format), text: serviceCell, sink };
  }
  const { connJson, serviceMember } = zeek;
  return { fields: zeek.CONN_FIELDS, linesWith: linesWith(connJson), text: serviceMember, sink: sinkOf('') };
}

/**
 * The text stands in front of what ends a line.
 * @param header before the first line
 * @param parts `begin`: a line has no fields, begins so, and needs no comma in front of the text
 */
function beforeEnd(
  lines: LineFormat,
  end: string,
  fields: readonly FieldDefinition[],
  header: string,
  { begin, text }: Pick<IdentifiedFormat, 'text'> & { readonly begin?: string },
): IdentifiedFormat {
  const linesWith = (reference: number): LineFormat => ({
    ...lines,
    steps(placed) {
      if (begin !== undefined) return [{ text: begin, reference }, { text: end }];
      const steps = lines.steps(placed);
      const last = steps.at(-1)?.text.slice(0, -end.length) ?? '';
      return [...steps.slice(0, -1), { text: last, reference }, { text: end }];
    },
  });
  const written = begin === undefined ? text : (identity: KnownIdentity) => text(identity).slice(1);
  return { fields, linesWith, text: written, sink: sinkOf(header) };
}

const sinkOf =
  (header: string): IdentifiedFormat['sink'] =>
  (linesOf) => {
    let lines: RowLines | undefined;
    return {
      begin(engine) {
        lines = linesOf(engine);
        return header;
      },
      rows: (_, rows) => lines?.of(rows) ?? '',
      end: () => '',
    };
  };
