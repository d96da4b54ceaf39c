/**
 * Translates the options that `read`, `live`, `top` and `replay` share to engine settings and to the writer of a
 * format.
 */
import { withTimeForm } from '../flow/field.ts';
import { FLOW_FIELDS } from '../flow/schema.ts';
import { groupsOn, wantsIdentity } from '../flow/groups.ts';
import { discardClosed, takeLeftOut } from '../reader/flow_feed.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { WithName } from '../flow/groups.ts';
import type { EngineSettings } from '../options/engine_settings.ts';
import { checkAddresses, checkPreset, checkUniflow, groupsOfFormat } from '../options/presets.ts';
import type { ValuesAt } from '../options/table.ts';
import type { EngineOptions, TimeWindow } from '../engine/options.ts';
import { binaryWriter, checkBinary, isBinary } from './binary_formats.ts';
import type { BinaryValues } from './binary_formats.ts';
import { fixedColumns, hasFixedColumns, isConnLog, isToolFormat } from './fixed_formats.ts';
import type { FixedFormat, ToolFormat } from './fixed_formats.ts';
import { FORMAT_TRAITS } from './format_traits.ts';
import type { FlowFormat } from './format_traits.ts';
import type { FlowQuery, Gathering, LookedUp } from './flow_query.ts';
import type { ColorChoice } from '../text/color.ts';
import type { TableLook } from '../export/table.ts';
import { kafkaAddress } from './kafka/kafka_address.ts';
import { withPackages } from './optional_package.ts';
import type { MemberPath } from '../export/identity_paths.ts';
import type { Output } from './output.ts';
import { rowSinks } from '../write/row_sinks.ts';
import type { ChosenFields, SinkFormat } from '../write/row_sinks.ts';
import type { AnnotationSources } from './write_annotated.ts';

/** What `flowSettings` takes. */
type FlowValues = Omit<EngineSettings, 'direction'> & {
  readonly unidirectional: boolean;
  readonly format?: FlowFormat | undefined;
  readonly with?: readonly WithName[] | undefined;
};

/** The options of the engine: `--unidirectional` has another form in the library, and formats need groups. */
export function flowSettings<V extends FlowValues>(
  values: V,
): V & EngineSettings & { readonly with: readonly WithName[] } {
  const groups = new Set([...(values.with ?? []), ...groupsOfFormat(values.format)]);
  return { ...values, direction: values.unidirectional ? 'uni' : 'bi', with: [...groups] };
}

/** `live`: flows are shown as they end, however few they are. */
export type Writer = (feed: FlowFeed, output: Output, live?: boolean) => Promise<unknown>;

/** Formats of text whose fields can be chosen. */
export type TextFormat = Exclude<SinkFormat, FixedFormat>;

/** Fills in what a format implies. @throws {RangeError} for what does not go together */
export function settledValues<V extends SettledValues>(values: V): V {
  const isLog = isConnLog(values.format);
  if (isLog && values.preset !== undefined && values.preset !== 'zeek') {
    throw new RangeError(`--format ${values.format} has flows by Zeek's rules; leave out --preset ${values.preset}`);
  }
  const preset = isLog ? 'zeek' : values.preset;
  checkPreset({ preset, direction: values.unidirectional ? 'uni' : 'bi' });
  const groups = isLog ? [...new Set([...(values.with ?? []), ...groupsOfFormat(values.format)])] : values.with;
  checkInterim(values);
  return { ...values, preset, with: groups };
}

type SettledValues = Pick<ValuesAt<'read'>, 'format' | 'preset' | 'with' | 'unidirectional' | 'interim' | 'by'> & {
  readonly process?: boolean;
};

/** @throws {RangeError} where a running record would be taken for a flow */
function checkInterim({ interim, format, by, process: byProcess = false }: SettledValues): void {
  if (interim === undefined) return;
  if (format !== undefined && !FORMAT_TRAITS[format].hasRunningRecords) {
    throw new RangeError(
      `--format ${format} has no place for running records; leave out --interim, or choose jsonl or csv`,
    );
  }
  if (by !== undefined) throw new RangeError('--by would count packets of running records again; leave out --interim');
  if (byProcess) throw new RangeError('running records have no process; leave out --interim or --process');
}

/** A format whose columns are fields. */
export type FieldFormat = Exclude<TextFormat, ToolFormat>;

/** Tracks, and writes nothing. Flows that would be left out are counted. */
const NO_WRITER: Writer = async (feed) => {
  takeLeftOut(feed);
  while (await feed.advance()) discardClosed(feed);
};

async function plainWriter(format: SinkFormat, chosen: ChosenFormat, gathering?: Gathering): Promise<Writer> {
  const { fields } = chosen;
  const makeSink = await rowSinks(format, fields, chosen);
  if (gathering !== undefined) {
    const { gatheredWriter } = await import('./write_gathered.ts');
    return gatheredWriter(format, gathering, () => makeSink(false), chosen);
  }
  const { writeFlows } = await import('../write/flows.ts');
  return (feed, output, live = false) => writeFlows(feed, makeSink(live), output);
}

/** How flows are written. */
export interface ChosenFormat {
  readonly format: FlowFormat;
  readonly fields: ChosenFields;
  /** What flows are is written behind their fields. */
  readonly identify: boolean;
  /** Only these members of it; undefined: all. */
  readonly identityMembers: readonly MemberPath[] | undefined;
  /** Tables have times of this host. */
  readonly localTime: boolean;
  /** Where and how tables are shown. */
  readonly look: TableLook;
  /** Some of the fields are derived. */
  readonly derived: boolean;
  /** Options of formats that are not text. */
  readonly values: BinaryValues;
}

/** The format and the fields that were asked for, or the format that suits where it goes. @throws {RangeError} for a field */
export async function chosenFormat(values: FormatValues): Promise<ChosenFormat> {
  const { format: asked, fields: names, output, localTime, timeFormat, by } = values;
  const groups = groupsOn(values);
  if (by !== undefined && names !== undefined) throw new RangeError('--by has columns of its own; leave out --fields');
  // Looking at process.stdout makes its stream, which takes 3 ms: only where it decides.
  const format = asked ?? (output === undefined && process.stdout.isTTY === true ? 'table' : 'jsonl');
  if (isToolFormat(format) && names !== undefined) throw new RangeError(`${ownColumns(format)}; leave out --fields`);
  checkAddresses(format, values.binaryAddresses);
  checkUniflow(format, values.uniflow);
  if (isBinary(format)) checkBinary(format, values);
  if (hasFixedColumns(format)) checkFixed(format, values);
  // What flows are is not among their fields.
  const withFields = groups.filter((name) => !wantsIdentity([name]));
  const members = await chosenMembers(names, groups);
  const fields = await chosenFields(names, format === 'table' ? [] : withFields, groups);
  const form = timeFormat === 'seconds' || format === 'table' || isBinary(format) ? undefined : timeFormat;
  const formed = form === undefined ? fields : (fields ?? FLOW_FIELDS).map((one) => withTimeForm(one, form));
  const derived = fields?.some(({ group }) => group === 'derived') === true;
  const look = format === 'table' ? await tableLook(output, values.color) : {};
  const identify = wantsIdentity(groups);
  return { format, look, fields: formed, identify, identityMembers: members, localTime, derived, values };
}

/** @throws {RangeError} for an option that asks for other columns */
function checkFixed(format: FixedFormat, values: FormatValues): void {
  const { fields, owner = false, process: byProcess = false } = values;
  if (fields !== undefined) throw fixedColumns(format, '--fields');
  if (owner || byProcess) throw fixedColumns(format, '--owner and --process');
}

/** @param usual groups whose fields are written where nothing is said @param groups those that can be chosen */
async function chosenFields(
  names: string | undefined,
  usual: readonly WithName[],
  groups: readonly WithName[],
): Promise<ChosenFields> {
  if (names === undefined && usual.length === 0) return undefined;
  const { chooseFields, fieldsWith } = await import('../flow/fields.ts');
  if (names === undefined) return fieldsWith(usual);
  const { DERIVED_FIELDS } = await import('../flow/derived_schema.ts');
  const list = names.split(',').filter((name) => !isOfIdentity(name));
  return names !== '' && list.length === 0 ? [] : chooseFields('--fields', list, groups, DERIVED_FIELDS);
}

/** A member of what a flow is about. */
const isOfIdentity = (name: string): boolean => name === 'identify' || name.startsWith('identify.');

/** Members of what flows are that the fields name; undefined: none is named. @throws {RangeError} */
async function chosenMembers(
  names: string | undefined,
  groups: readonly WithName[],
): Promise<readonly MemberPath[] | undefined> {
  const chosen = names?.split(',').filter(isOfIdentity) ?? [];
  if (chosen.length === 0) return undefined;
  return (await import('./identity_members.ts')).identityMembers('--fields', chosen, wantsIdentity(groups));
}

/** The span of time whose packets are wanted; undefined: all. @throws {RangeError} */
export async function chosenWindow({ from, to, localTime }: WindowValues): Promise<TimeWindow | undefined> {
  if (from === undefined && to === undefined) return undefined;
  return (await import('../query/time_window.ts')).timeWindow(from, to, ['--from', '--to'], localTime);
}

type WindowValues = Pick<ValuesAt<'read'>, 'from' | 'to' | 'localTime'>;

/** On standard output, if it is a terminal whose size is known; with colours, if it has them. */
async function tableLook(output: string | undefined, color: ColorChoice): Promise<TableLook> {
  const stream = output === undefined || output === '-' ? process.stdout : { isTTY: false, columns: 0, rows: 0 };
  const terminal = stream.isTTY && stream.columns > 0 && stream.rows > 0 ? stream : undefined;
  const { chosenColorDepth } = await import('../text/color.ts');
  const depth =
    output === undefined || output === '-' || color === 'always' ? chosenColorDepth(color, process.env, stream) : 0;
  return { terminal, palette: depth === 0 ? undefined : (await import('../text/cell_style.ts')).cellPalette(depth) };
}

const ownColumns = (format: ToolFormat): string => `--format ${format} has columns of its own`;

/** What is known about flows besides their fields, for the writer. */
export interface WriterSources {
  readonly query: FlowQuery | undefined;
  /** Owners and processes; undefined: they are not wanted. */
  readonly annotations?: AnnotationSources | undefined;
}

/** @throws {RangeError} when groups are to have what only flows have */
export async function loadWriter(chosen: ChosenFormat, { query, annotations }: WriterSources): Promise<Writer> {
  const { format, identify } = chosen;
  const isTopic = kafkaAddress(chosen.values.output) !== undefined;
  if (query?.later !== undefined) checkLater(format, isTopic);
  if (isTopic) return topicWriter(chosen);
  if (format === 'none') return NO_WRITER;
  if (isBinary(format))
    return binaryWriter(format, chosen.fields ?? FLOW_FIELDS, chosen.values, chosen.identityMembers);
  const gathering = query?.gathering;
  const isSummed = gathering?.kind === 'grouped' && query?.later === undefined;
  if ((annotations === undefined && !identify) || isSummed) {
    if (annotations !== undefined) throw new RangeError(NO_ANNOTATIONS);
    return plainWriter(format, chosen, gathering);
  }
  if (isToolFormat(format))
    throw new RangeError(`${ownColumns(format)}; leave out --owner, --process and the group identify`);
  if (hasFixedColumns(format) && annotations !== undefined) throw fixedColumns(format, '--owner and --process');
  if (hasFixedColumns(format) && gathering !== undefined) throw fixedColumns(format, '--sort, --top and --by');
  if (hasFixedColumns(format) || (annotations === undefined && gathering === undefined && format !== 'table')) {
    const { identifiedWriter } = await import('./write_identified.ts');
    return identifiedWriter(format, chosen.fields ?? FLOW_FIELDS, chosen.identityMembers);
  }
  const { annotatedWriter } = await import('./write_annotated.ts');
  const asked = { gathering, later: query?.later };
  return annotatedWriter(format, chosen, annotations ?? { owners: undefined, identities: undefined }, asked);
}

/** @throws {RangeError} where nobody waits for what the expression asks */
function checkLater(format: FlowFormat, isTopic: boolean): void {
  const what = '--where, --sort or --by about processes or owners cannot have';
  if (isTopic) throw new RangeError(`${what} kafka://; leave one of them out`);
  if (format === 'table' || format === 'jsonl' || format === 'csv') return;
  throw new RangeError(`${what} --format ${format}; choose table, jsonl or csv`);
}

const NO_ANNOTATIONS =
  '--by has columns of its own: leave out --owner and --process, or sum up by their fields (process, owner.name)';

/** @throws {RangeError} when a package is missing, and for formats and options without a place in messages */
async function topicWriter(chosen: ChosenFormat): Promise<Writer> {
  const { format, fields, values } = chosen;
  const { checkMessages } = await import('./kafka/checks.ts');
  const name = checkMessages(format, values);
  const makeSink = chosen.identify
    ? await (await import('./write_identified.ts')).identifiedSinks(name, fields ?? FLOW_FIELDS, chosen.identityMembers)
    : await rowSinks(name, fields, chosen);
  const what = '--output kafka://';
  const { writeKeyed } = await withPackages(what, ['kafkajs'], async () => {
    await import('./kafka/kafka_target.ts');
    return import('./kafka/write_keyed.ts');
  });
  return (feed, output, live = false) => writeKeyed(feed, makeSink(live, feed), output);
}

export type QueryValues = Pick<ValuesAt<'read'>, 'where' | 'sort' | 'top' | 'by'> & {
  readonly interval?: number | undefined;
};

/** What is done with the flows; undefined: nothing. @param derived some fields are @throws {WhereError | RangeError} */
export async function openQuery(
  values: QueryValues,
  derived: boolean,
  options: EngineOptions,
  lookedUp: LookedUp = { processes: false, owners: false },
): Promise<FlowQuery | undefined> {
  const { where, sort, top, by, interval } = values;
  const isPlain = [where, sort, top, by, interval].every((value) => value === undefined) && !derived;
  return isPlain ? undefined : (await import('./flow_query.ts')).flowQuery(values, options, lookedUp);
}

type FormatValues = Pick<ValuesAt<'read'>, 'format' | 'fields' | 'localTime' | 'timeFormat' | 'interim' | 'color'> &
  BinaryValues;
