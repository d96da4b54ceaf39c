/** What is done with finished flows: `--where`, `--sort`, `--top`, `--by`, and fields that are derived. */
import type { EngineOptions } from '../engine/options.ts';
import type { RowStage } from '../engine/row_stage.ts';
import { placedFields, planSides } from '../engine/side_records.ts';
import { groupOption, wantsIdentity } from '../flow/groups.ts';
import type { FlowFeed } from '../reader/flow_feed.ts';
import type { FieldScope } from '../query/fields.ts';
import { derivedWriter } from '../query/derived.ts';
import type { RowBytes } from '../engine/row_bytes.ts';
import type { KnownIdentity } from '../flow/identity.ts';
import { HostSource } from '../query/host_fields.ts';
import type { KnownHost } from '../query/host_fields.ts';
import { IdentitySource } from '../query/identity_fields.ts';
import { groupPlan } from '../query/grouping.ts';
import type { GroupPlan } from '../query/grouping.ts';
import { sortKey } from '../query/sort_key.ts';
import type { RowKey } from '../query/sort_key.ts';
import { compileWhere } from '../query/where.ts';
import { unknownName } from '../text/nearest.ts';
import type { QueryValues } from './flow_options.ts';

const SECOND_MS = 1000;
const LARGEST_FIRST = '-bytes';

/** Sums that each group has. */
export const SUMS = ['flows', 'packets', 'bytes'] as const;

/** Order, and how many of it are written. */
interface Order {
  readonly descending: boolean;
  readonly top: number | undefined;
  /** Time between two results, milliseconds; undefined: there is one, at the end. */
  readonly intervalMs: number | undefined;
}

/** Flows are kept and written in an order. */
export interface RankedFlows extends Order {
  readonly kind: 'ranked';
  readonly key: RowKey;
}

/** Flows are summed up. */
export interface GroupedFlows extends Order {
  readonly kind: 'grouped';
  readonly plan: GroupPlan;
  /** A sum, or one of the fields. */
  readonly sort: string;
}

export type Gathering = RankedFlows | GroupedFlows;

/** What is looked up about flows besides their fields. */
export interface LookedUp {
  readonly processes: boolean;
  readonly owners: boolean;
}

/**
 * Whether a flow is wanted, of which this is known. One that is not counts as left out. Keys and groups are those of
 * this flow then.
 */
export type LaterTest = (bytes: RowBytes, row: number, host: KnownHost, content: KnownIdentity | undefined) => boolean;

export interface FlowQuery {
  readonly stage: RowStage | undefined;
  /** Undefined: flows are written as they end. */
  readonly gathering: Gathering | undefined;
  /** If what is asked is known only when flows are written: before a flow is gathered, too. Undefined: it is not. */
  readonly later: LaterTest | undefined;
  /** Lets the flows of a feed answer it. */
  readonly answerFrom: (feed: Pick<FlowFeed, 'engine' | 'identities'>) => void;
}

/** @throws {WhereError | RangeError} for an expression or a field that is wrong */
export function flowQuery(values: QueryValues, options: EngineOptions, { processes, owners }: LookedUp): FlowQuery {
  const identity = wantsIdentity(options.with) ? new IdentitySource() : undefined;
  const scope: FieldScope = {
    groups: options.with ?? [],
    identity,
    placed: (fields) => placedFields(fields, options),
    remedy: (group) => groupOption(group, 'command'),
  };
  const { where } = values;
  const { derivedAt } = planSides(options);
  const host = new HostSource(processes, owners);
  const test = where === undefined ? undefined : compileWhere(where, { ...scope, host });
  // Names of fields are checked by this as well, and may ask for what is known later.
  const gathering = gatheringOf(values, { ...scope, host });
  const keeps = host.asked && test !== undefined ? keepAll : test;
  const complete = derivedAt === undefined ? undefined : derivedWriter(derivedAt);
  const isStaged = keeps !== undefined || complete !== undefined;
  const stage: RowStage | undefined = isStaged ? { keeps, complete, leftOut: 0 } : undefined;
  return {
    stage,
    gathering,
    later: !host.asked
      ? undefined
      : (bytes, row, known, content) => {
          host.known = known;
          if (identity !== undefined && content !== undefined) identity.reader = { peek: () => content };
          const isWanted = test === undefined || test(bytes, row);
          if (!isWanted && stage !== undefined) stage.leftOut++;
          return isWanted;
        },
    answerFrom({ engine, identities }) {
      engine.stage = stage;
      if (identity !== undefined) identity.reader = identities;
    },
  };
}

const keepAll = (): boolean => true;

function gatheringOf({ sort, top, by, interval }: QueryValues, scope: FieldScope): Gathering | undefined {
  if (sort === undefined && top === undefined && by === undefined) {
    if (interval !== undefined) throw new RangeError('--interval requires --sort, --top or --by');
    return undefined;
  }
  const text = sort ?? LARGEST_FIRST;
  const descending = text.startsWith('-');
  const name = descending ? text.slice(1) : text;
  const order: Order = { descending, top, intervalMs: interval === undefined ? undefined : interval * SECOND_MS };
  if (by === undefined) return { kind: 'ranked', key: sortKey('--sort', name, scope), ...order };
  const plan = groupPlan(by, scope);
  const known = [...SUMS, ...plan.names];
  if (!known.includes(name)) {
    throw new RangeError(`--sort: ${unknownName('column', name, known, `groups have ${known.join(', ')}`)}`);
  }
  return { kind: 'grouped', plan, sort: name, ...order };
}
