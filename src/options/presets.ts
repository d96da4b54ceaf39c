/** Presets: values of several options under one name. What is given itself wins; lists are added to. */
import type { GroupName } from '../flow/groups.ts';
import { defaultOf } from './option.ts';
import type { Option, Place } from './option.ts';

/** Groups that the columns of CICFlowMeter are made of. */
const CIC_GROUPS: readonly GroupName[] = ['tcp', 'stats', 'activity'];

/** CICFlowMeter has no timeout but the age of a flow, s. */
const CIC_TIMEOUT_S = 120;

/** Groups that the columns of NFStream are made of. */
const NFSTREAM_GROUPS: readonly GroupName[] = ['tcp', 'stats', 'link'];

/** NFStream's timeouts, s: it knows silence and age only. */
const NFSTREAM_IDLE_S = 120;
const NFSTREAM_ACTIVE_S = 1800;

/** Groups that conn.log is made of. */
const ZEEK_GROUPS: readonly GroupName[] = ['zeek'];

/** Groups that a format of fixed columns is made of. */
export function groupsOfFormat(format: string | undefined): readonly GroupName[] {
  if (format === 'zeek' || format === 'zeek-json') return ZEEK_GROUPS;
  if (format === 'nfstream') return NFSTREAM_GROUPS;
  return format === 'cic' ? CIC_GROUPS : [];
}

/** The format has times of each direction. */
export function hasDirectionTimes(format: string | undefined): boolean {
  return format === 'nfstream';
}

const PRESETS = {
  zeek: { with: ZEEK_GROUPS },
  cic: {
    format: 'cic',
    with: CIC_GROUPS,
    flowTimeout: CIC_TIMEOUT_S,
    finTimeout: CIC_TIMEOUT_S,
    activeTimeout: CIC_TIMEOUT_S,
  },
  nfstream: {
    format: 'nfstream',
    with: NFSTREAM_GROUPS,
    flowTimeout: NFSTREAM_IDLE_S,
    finTimeout: NFSTREAM_IDLE_S,
    activeTimeout: NFSTREAM_ACTIVE_S,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type PresetName = keyof typeof PRESETS;

/** What an option has: what is given, else what the preset says, else the default. @param preset checked; undefined: none */
export function presetValue(option: Option, place: Place, preset: unknown, given: unknown): unknown {
  const preferred = preset === undefined ? undefined : valuesOf(preset as PresetName)[option.name];
  if (preferred === undefined) return given === undefined ? defaultOf(option, place) : given;
  if (option.type !== 'list' || given === undefined) return given ?? preferred;
  return [...new Set([...(preferred as readonly string[]), ...(given as readonly string[])])];
}

function valuesOf(preset: PresetName): Readonly<Record<string, unknown>> {
  return PRESETS[preset];
}

/** @throws {RangeError} for flows of one direction with the preset zeek, which has both */
export function checkPreset({
  preset,
  direction,
}: {
  readonly preset?: string | undefined;
  readonly direction?: string;
}): void {
  if (preset === 'zeek' && direction === 'uni') {
    throw new RangeError('the preset zeek has flows of both directions; leave out unidirectional flows');
  }
}

/** @throws {RangeError} for bytes where the format decides what an address is */
export function checkAddresses(format: string, binaryAddresses: boolean): void {
  if (!binaryAddresses || format === 'arrow' || format === 'parquet') return;
  throw new RangeError(`--binary-addresses needs --format arrow or parquet; in ${format} addresses have one form only`);
}

/** @throws {RangeError} for a record of each direction where a flow is one record */
export function checkUniflow(format: string, uniflow: boolean): void {
  if (!uniflow || format === 'ipfix' || format === 'netflow9') return;
  throw new RangeError(
    '--uniflow needs --format ipfix; for other formats --unidirectional makes a flow of each direction',
  );
}
