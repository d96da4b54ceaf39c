/** One capture that is being looked at: reads it, keeps its rows, answers the page. */
import { planSides } from '../../src/engine/side_records.ts';
import { rowAt } from '../../src/engine/table.ts';
import { ROWS_MAX } from '../../assembly/layout.ts';
import { FParserError } from '../../src/errors.ts';
import { wantsIdentity } from '../../src/flow/groups.ts';
import type { CaptureReader } from '../../src/reader/capture_reader.ts';
import type { Notice, OpenArguments, Outcome, Overview, Progress, Requests, Source } from '../protocol.ts';
import type { FlowWriter } from './flow_export.ts';
import type { ParquetWriter } from './flow_parquet.ts';
import { bytesOf, cellsOf } from './flow_row.ts';
import { FlowView } from './flow_view.ts';
import type { HostRows } from './host_rows.ts';
import type { IdentityRows } from './identity_rows.ts';
import { openReader, problemOf, readOptions } from './reading.ts';
import type { SortBy } from './row_order.ts';
import { RowStore } from './row_store.ts';
import { sizeOf } from './capture_bytes.ts';
import type { CaptureSource } from './capture_bytes.ts';
import type { LiveSource } from './live_session.ts';
import type { TcpColumns } from './tcp_columns.ts';
import type { ServiceName } from './totals.ts';
import { viewFilter } from './view_filter.ts';
import type { KnownBeside } from './view_filter.ts';

const PROGRESS_MS = 100;
const OVERVIEW_MS = 500;

function isFile(source: Source): source is CaptureSource {
  return source.kind !== 'live';
}

/** How many rows are kept, and how many of them when they become too many. */
export interface Limits {
  readonly most: number;
  readonly kept: number;
}

export class Session {
  readonly #arguments: OpenArguments;
  readonly #say: (notice: Notice) => void;
  readonly #limits: Limits;
  readonly #options: ReturnType<typeof readOptions>;
  readonly #store: RowStore;
  readonly #view: FlowView;
  #reader: CaptureReader | undefined;
  #writer: Promise<FlowWriter> | undefined;
  /** The file that is being written, and its rows. */
  #parquet: { readonly writer: ParquetWriter; readonly ids: Uint32Array } | undefined;
  #serviceName: ServiceName = () => null;
  /** Undefined: the group `tcp` is off. */
  #tcp: TcpColumns | undefined;
  /** Undefined: the group `identify` is off. */
  #identities: IdentityRows | undefined;
  /** Undefined: processes are not shown. */
  #hosts: HostRows | undefined;
  readonly #stopping = new AbortController();
  #cancelled = false;
  #leftOut = 0;

  constructor(
    opening: OpenArguments,
    say: (notice: Notice) => void,
    limits: Limits = { most: 2 ** 22, kept: 2 ** 20 },
  ) {
    this.#arguments = opening;
    this.#say = say;
    this.#limits = limits;
    this.#options = readOptions(opening.groups);
    this.#store = new RowStore(planSides(this.#options).rowBytes);
    this.#view = new FlowView(this.#store);
  }

  /** Reads all, or until the live capture ends. @throws {FParserError} when nothing can be read */
  async read(): Promise<Outcome> {
    const { sources, groups } = this.#arguments;
    if (groups.includes('tcp')) this.#tcp = (await import('./tcp_columns.ts')).tcpColumns(this.#options);
    if (wantsIdentity(groups)) await this.#openIdentities();
    const [first] = sources;
    if (first?.kind === 'live') {
      void this.#warmUp();
      return this.#follow(first);
    }
    const outcome = await this.#readFiles(sources.filter(isFile));
    void this.#warmUp();
    return outcome;
  }

  async #openIdentities(): Promise<void> {
    const { IdentityRows } = await import('./identity_rows.ts');
    const identities = new IdentityRows(this.#options);
    this.#identities = identities;
    this.#view.sumFurther(() => identities.sums());
  }

  /** Loads what is likely to be wanted next. What cannot be loaded is reported when it is wanted. */
  async #warmUp(): Promise<void> {
    try {
      await this.#nameServices();
      this.#say({ kind: 'overview', overview: this.overview() });
      await Promise.all([import('../../src/query/where.ts'), import('./row_order.ts'), import('./flow_details.ts')]);
      await this.#openWriter();
    } catch {}
  }

  async #nameServices(): Promise<ServiceName> {
    this.#serviceName = (await import('../../src/query/services.ts')).serviceName;
    return this.#serviceName;
  }

  async #readFiles(sources: readonly CaptureSource[]): Promise<Outcome> {
    const began = performance.now();
    const notes: string[] = [];
    const identify = this.#identities && (await import('./identify.ts')).identitiesOf;
    const reader = await openReader(sources, this.#arguments, (message) => notes.push(message), identify);
    this.#reader = reader;
    if (this.#cancelled) reader.stop();
    await reader.start();
    let [progressAt, overviewAt] = [began, began];
    while (await reader.advance()) {
      this.#take(reader);
      const now = performance.now();
      if (now - progressAt > PROGRESS_MS) {
        progressAt = now;
        this.#say({ kind: 'progress', progress: this.#progress(reader) });
      }
      if (now - overviewAt > OVERVIEW_MS) {
        this.#say({ kind: 'overview', overview: this.overview() });
        overviewAt = performance.now();
      }
    }
    this.#take(reader);
    reader.close();
    this.#view.settle();
    this.#reader = undefined;
    this.#say({ kind: 'overview', overview: this.overview() });
    return this.#outcome(reader, notes, performance.now() - began);
  }

  async #follow(source: LiveSource): Promise<Outcome> {
    const { follow } = await import('./live_session.ts');
    if (source.processes) {
      const hosts = new (await import('./host_rows.ts')).HostRows();
      this.#hosts = hosts;
      this.#view.sumFurther(() => hosts.sums());
    }
    return follow(source, {
      rowBytes: this.#store.rowBytes,
      stopping: this.#stopping.signal,
      say: this.#say,
      refresh: () => this.#refresh(),
      take: (rows, count, { identities = [], hosts = [] }) => {
        this.#identities?.putAll(rows, this.#store.rowBytes, identities);
        this.#hosts?.putAll(rows, this.#store.rowBytes, hosts);
        this.#append(rows, 0, count);
      },
      flows: () => this.#store.count,
      left: () => ({ cancelled: this.#cancelled, flowsLeftOut: this.#leftOut }),
    });
  }

  /** Brings in what came. */
  #refresh(): void {
    this.#view.settle();
    this.#say({ kind: 'overview', overview: this.overview() });
  }

  cancel(): void {
    this.#cancelled = true;
    this.#stopping.abort();
    this.#reader?.stop();
  }

  overview(): Overview {
    return this.#view.totals.overview(this.#serviceName);
  }

  async select(expressions: readonly string[]): Promise<number> {
    const test = await viewFilter(expressions, this.#options, this.#known);
    this.#view.select(test);
    this.#say({ kind: 'overview', overview: this.overview() });
    return this.#view.count;
  }

  async sort(order: Requests['sort']['argument']): Promise<undefined> {
    const { numberOf, sortIds } = await import('./row_order.ts');
    const { column, descending } = order;
    if (column === undefined) return this.#view.sort(undefined);
    const numbers = (): SortBy['number'] => {
      if (column === 'rtt' || column === 'retransmitted') return this.#tcp?.numbers[column];
      if (column === 'process') return this.#hosts?.number();
      if (column === 'application' || column === 'name') return this.#identities?.numberOf(column);
      return numberOf(column);
    };
    return this.#view.sort((ids) => sortIds(ids, this.#store, { column, number: numbers(), descending }));
  }

  rows({ from, count }: Requests['rows']['argument']): Requests['rows']['answer'] {
    const first = Math.max(0, Math.min(from, this.#view.count - count));
    const last = Math.min(this.#view.count, first + count);
    const rows: string[][] = [];
    for (let index = first; index < last; index++) {
      const id = this.#view.idAt(index);
      rows.push(this.#cells(id));
    }
    return { from: first, rows };
  }

  #cells(id: number): string[] {
    const [bytes, row] = [this.#store.bytesOf(id), this.#store.placeOf(id)];
    const none = ['', ''];
    const about = [...(this.#identities?.cells(bytes, row) ?? none), this.#hosts?.cell(bytes, row) ?? ''];
    return [...cellsOf(bytes, row, about), ...(this.#tcp?.cells(bytes, row) ?? none)];
  }

  /** What is kept beside the rows. */
  get #known(): KnownBeside {
    return { identities: this.#identities, hosts: this.#hosts };
  }

  async flow({ index }: Requests['flow']['argument']): Promise<Requests['flow']['answer']> {
    const id = this.#view.idAt(index);
    const writer = await this.#openWriter();
    const { flowDetails } = await import('./flow_details.ts');
    const [bytes, row] = [this.#store.bytesOf(id), this.#store.placeOf(id)];
    return flowDetails({
      cells: this.#cells(id),
      bytes,
      row,
      fields: writer.fields,
      further: [...(this.#identities?.fields(bytes, row) ?? []), ...(this.#hosts?.fields(bytes, row) ?? [])],
      totals: this.#view.totals,
      json: writer.json(this.#store.row(id)),
      count: (where) => this.#count(where),
    });
  }

  async diagram({ kind }: Requests['diagram']['argument']): Promise<Requests['diagram']['answer']> {
    const { diagram } = await import('./diagrams.ts');
    return diagram(kind, { store: this.#store, view: this.#view, serviceName: await this.#nameServices() });
  }

  async export({ format, from }: Requests['export']['argument']): Promise<Requests['export']['answer']> {
    const writer = await this.#openWriter();
    if (format !== 'parquet') return writer.part(format, this.#store, this.#view.ids, from);
    if (from === 0) this.#parquet = { writer: await writer.parquet(), ids: this.#view.ids.slice() };
    if (this.#parquet === undefined) throw new FParserError('ERR_STOPPED', 'no file is being written');
    const part = await this.#parquet.writer.part(this.#store, this.#parquet.ids, from);
    if (part.next === undefined) this.#parquet = undefined;
    return part;
  }

  #openWriter(): Promise<FlowWriter> {
    this.#writer ??= import('./flow_export.ts').then(({ FlowWriter }) =>
      FlowWriter.create(this.#arguments.groups, this.#identities),
    );
    return this.#writer;
  }

  async #count(where: string): Promise<number> {
    const test = await viewFilter([where], this.#options, this.#known);
    let count = 0;
    for (let id = 0; id < this.#store.count; id++) {
      if (test?.(this.#store.bytesOf(id), this.#store.placeOf(id)) === true) count++;
    }
    return count;
  }

  #take({ engine, identities }: CaptureReader): void {
    while (engine.closedCount > 0) {
      engine.takeClosed(ROWS_MAX, (rows) => {
        if (identities !== undefined) this.#identities?.take(engine.views, rows, identities);
        this.#append(engine.views.u8, rowAt(rows, 0), rows.count);
      });
    }
  }

  #append(u8: Uint8Array, base: number, count: number): void {
    this.#store.append(u8, base, count);
    this.#view.update();
    if (this.#store.count > this.#limits.most) this.#keepLargest();
  }

  /** The sums have all flows; the table only the largest ones. */
  #keepLargest(): void {
    const store = this.#store;
    const size = Float64Array.from({ length: store.count }, (_, id) => bytesOf(store.bytesOf(id), store.placeOf(id)));
    const least = size.slice().sort()[store.count - this.#limits.kept]!;
    const kept: number[] = [];
    size.forEach((bytes, id) => {
      if (bytes > least) kept.push(id);
    });
    for (let id = 0; kept.length < this.#limits.kept; id++) if (size[id] === least) kept.push(id);
    this.#leftOut += store.count - kept.length;
    store.keep(Uint32Array.from(kept).sort());
    this.#identities?.keepOf(store);
    this.#hosts?.keepOf(store);
    this.#view.renumber();
  }

  #progress(reader: CaptureReader): Progress {
    const total = this.#arguments.sources.filter(isFile).reduce((sum, source) => sum + sizeOf(source), 0);
    const flows = this.#store.count + this.#leftOut;
    return { bytes: reader.bytesTaken, total, packets: reader.engine.packetsSeen, flows };
  }

  /** What there is to say when flows are shown. */
  async #outcome(reader: CaptureReader, notes: readonly string[], milliseconds: number): Promise<Outcome> {
    const { captureNotes, packetsWithoutFlow } = await import('../../src/reader/capture_notes.ts');
    const counters = reader.engine.counters();
    return {
      ...this.#progress(reader),
      wireBytes: counters.wireBytes,
      others: packetsWithoutFlow(counters),
      problems: reader.problems.map(problemOf),
      problemsOmitted: reader.problemsOmitted,
      notes: [...notes, ...captureNotes(reader.engine)],
      cancelled: this.#cancelled,
      flowsLeftOut: this.#leftOut,
      milliseconds,
    };
  }
}

/** Compiles a capture filter, for link type Ethernet. @throws {FilterError} */
export async function checkFilter(filter: string): Promise<undefined> {
  if (filter.trim() === '') return undefined;
  const { parseFilter } = await import('../../src/filter/index.ts');
  parseFilter(filter);
  return undefined;
}
