/** What the diagrams draw, summed up from the flows of the view. */
import { ROW_DESTINATION, ROW_SOURCE } from '../../assembly/layout.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../assembly/wire/numbers.ts';
import { protocolText } from '../../src/flow/numbers.ts';
import type { Diagram, GanttData, HostsData, SankeyData, ScatterData, Share } from '../protocol.ts';
import {
  addressOf,
  bytesOf,
  cellsOf,
  destinationPortOf,
  durationOf,
  firstMs,
  lastMs,
  packetsOf,
  protocolOf,
  seriesOf,
} from './flow_row.ts';
import type { FlowView } from './flow_view.ts';
import type { RowStore } from './row_store.ts';
import type { ServiceName } from './totals.ts';

const SANKEY_HOSTS = 12;
const SANKEY_SERVICES = 10;
const HOSTS_SHOWN = 60;
const LINKS_SHOWN = 300;
const FLOWS_SHOWN = 2000;
const SCATTER_COLUMNS = 64;
const SCATTER_ROWS = 40;
const OTHER = 'others';
/** At least from a millisecond to ten seconds, from ten bytes to a hundred kilobytes. */
const DURATION_LOG: readonly [number, number] = [-3, 1];
const BYTES_LOG: readonly [number, number] = [1, 5];

interface Rows {
  readonly store: RowStore;
  readonly view: FlowView;
  readonly serviceName: ServiceName;
}

const MAKERS: Readonly<Record<Diagram['kind'], (rows: Rows) => Diagram>> = {
  sankey,
  hosts,
  scatter,
  timeline,
};

export function diagram(kind: Diagram['kind'], rows: Rows): Diagram {
  return MAKERS[kind](rows);
}

/** Sums by name, the most bytes first. */
class NamedSums {
  readonly #sums = new Map<string, { flows: number; packets: number; bytes: number }>();

  add(name: string, packets: number, bytes: number): void {
    const sum = this.#sums.get(name);
    if (sum === undefined) this.#sums.set(name, { flows: 1, packets, bytes });
    else {
      sum.flows++;
      sum.packets += packets;
      sum.bytes += bytes;
    }
  }

  sorted(): (readonly [string, { readonly flows: number; readonly packets: number; readonly bytes: number }])[] {
    return [...this.#sums].sort((a, b) => b[1].bytes - a[1].bytes || b[1].flows - a[1].flows);
  }
}

function serviceOf(protocol: number, port: number, serviceName: ServiceName): string {
  const name = protocolText(protocol);
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return name;
  const service = serviceName(protocol, port);
  return service === null ? `${name} ${port}` : `${name} ${port} ${service}`;
}

/** The names of the first so many; all others are one. */
function chosen(sums: NamedSums, most: number): ReadonlySet<string> {
  return new Set(
    sums
      .sorted()
      .slice(0, most)
      .map(([name]) => name),
  );
}

function sankey({ store, view, serviceName }: Rows): SankeyData {
  const sums = [new NamedSums(), new NamedSums(), new NamedSums()] as const;
  const wheres = new Map<string, string>();
  const eachFlow = (use: (names: readonly [string, string, string], bytes: number, packets: number) => void): void => {
    for (const id of view.ids) {
      const bytes = store.bytesOf(id);
      const row = store.placeOf(id);
      const protocol = protocolOf(bytes, row);
      const port = destinationPortOf(bytes, row);
      const service = serviceOf(protocol, port, serviceName);
      const names = [addressOf(bytes, row, ROW_SOURCE), service, addressOf(bytes, row, ROW_DESTINATION)] as const;
      if (!wheres.has(service)) {
        const hasPort = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
        wheres.set(service, `protocol = ${protocol}${hasPort ? ` and dstPort = ${port}` : ''}`);
      }
      use(names, bytesOf(bytes, row), packetsOf(bytes, row));
    }
  };
  eachFlow((names, bytes, packets) => names.forEach((name, layer) => sums[layer]!.add(name, packets, bytes)));
  const kept = sums.map((sum, layer) => chosen(sum, layer === 1 ? SANKEY_SERVICES : SANKEY_HOSTS));
  const nodes: SankeyData['nodes'][number][] = [];
  const nodeOf = new Map<string, number>();
  const node = (layer: 0 | 1 | 2, name: string): number => {
    const shown = kept[layer]!.has(name) ? name : OTHER;
    const key = `${layer} ${shown}`;
    const known = nodeOf.get(key);
    if (known !== undefined) return known;
    nodeOf.set(key, nodes.length);
    nodes.push({ name: shown, layer, where: shown === OTHER ? undefined : whereOf(layer, shown, wheres) });
    return nodes.length - 1;
  };
  const links = new Map<string, { from: number; to: number; bytes: number; flows: number }>();
  const link = (from: number, to: number, bytes: number): void => {
    const key = `${from} ${to}`;
    const one = links.get(key) ?? { from, to, bytes: 0, flows: 0 };
    one.bytes += bytes;
    one.flows++;
    links.set(key, one);
  };
  eachFlow(([source, service, destination], bytes) => {
    const middle = node(1, service);
    link(node(0, source), middle, bytes);
    link(middle, node(2, destination), bytes);
  });
  return { kind: 'sankey', nodes, links: [...links.values()] };
}

function whereOf(layer: 0 | 1 | 2, name: string, services: ReadonlyMap<string, string>): string | undefined {
  if (layer === 1) return services.get(name);
  return `${layer === 0 ? 'srcAddress' : 'dstAddress'} = ${name}`;
}

function hosts({ store, view }: Rows): HostsData {
  const sums = new NamedSums();
  const pairs = new NamedSums();
  for (const id of view.ids) {
    const bytes = store.bytesOf(id);
    const row = store.placeOf(id);
    const [source, destination] = [addressOf(bytes, row, ROW_SOURCE), addressOf(bytes, row, ROW_DESTINATION)];
    const [packets, size] = [packetsOf(bytes, row), bytesOf(bytes, row)];
    sums.add(source, packets, size);
    if (destination !== source) sums.add(destination, packets, size);
    pairs.add(source < destination ? `${source} ${destination}` : `${destination} ${source}`, packets, size);
  }
  const shown: Share[] = sums
    .sorted()
    .slice(0, HOSTS_SHOWN)
    .map(([label, sum]) => ({ label, where: `address = ${label}`, ...sum }));
  const indexOf = new Map(shown.map(({ label }, n) => [label, n]));
  const all = pairs.sorted().map(([names, { bytes, flows }]) => {
    const [from = '', to = ''] = names.split(' ');
    return { from: indexOf.get(from) ?? -1, to: indexOf.get(to) ?? -1, bytes, flows };
  });
  const links = all.filter(({ from, to }) => from >= 0 && to >= 0).slice(0, LINKS_SHOWN);
  return { kind: 'hosts', hosts: shown, links, linksLeftOut: all.length - links.length };
}

function scatter({ store, view }: Rows): ScatterData {
  const counts = new Uint32Array(SCATTER_COLUMNS * SCATTER_ROWS);
  const instant = new Uint32Array(SCATTER_ROWS);
  const x: [number, number] = [...DURATION_LOG];
  const y: [number, number] = [...BYTES_LOG];
  for (const id of view.ids) {
    const bytes = store.bytesOf(id);
    const row = store.placeOf(id);
    widen(x, durationOf(bytes, row));
    widen(y, bytesOf(bytes, row));
  }
  const place = (value: number, [from, to]: readonly [number, number], cells: number): number =>
    Math.min(cells - 1, Math.max(0, Math.floor(((Math.log10(value) - from) / (to - from)) * cells)));
  for (const id of view.ids) {
    const bytes = store.bytesOf(id);
    const row = store.placeOf(id);
    const duration = durationOf(bytes, row);
    const cell = place(bytesOf(bytes, row), y, SCATTER_ROWS);
    if (duration <= 0) instant[cell]!++;
    else counts[cell * SCATTER_COLUMNS + place(duration, x, SCATTER_COLUMNS)]!++;
  }
  return {
    kind: 'scatter',
    columns: SCATTER_COLUMNS,
    rows: SCATTER_ROWS,
    x,
    y,
    counts,
    instant,
  };
}

/** Whole powers of ten around the value. */
function widen(range: [number, number], value: number): void {
  if (value <= 0) return;
  const log = Math.log10(value);
  if (log < range[0]) range[0] = Math.floor(log);
  if (log >= range[1]) range[1] = Math.floor(log) + 1;
}

function timeline({ store, view }: Rows): GanttData {
  const flows = Array.from(view.ids.subarray(0, FLOWS_SHOWN), (id, index) => {
    const bytes = store.bytesOf(id);
    const row = store.placeOf(id);
    const [, duration, protocol, source, destination, , size] = cellsOf(bytes, row, []);
    return {
      index,
      fromMs: firstMs(bytes, row),
      toMs: lastMs(bytes, row),
      series: seriesOf(protocolOf(bytes, row)),
      label: `${protocol} ${source} → ${destination}, ${duration}, ${size} bytes`,
    };
  });
  flows.sort((a, b) => a.fromMs - b.fromMs);
  const startMs = flows.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity);
  const endMs = flows.reduce((most, { toMs }) => Math.max(most, toMs), -Infinity);
  return { kind: 'timeline', startMs, endMs, flows, leftOut: Math.max(0, view.count - flows.length) };
}
