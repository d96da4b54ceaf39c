/** Who talks to whom: bands from source over service to destination, as thick as their bytes. */
import type { SankeyData } from '../../protocol.ts';
import { sizeText } from '../../../src/text/figure_text.ts';
import { h, svg } from '../dom.ts';
import { bytesText, counted } from '../words.ts';

const WIDTH = 1200;
const GAP = 10;
const NODE_WIDTH = 14;
/** Room for the names at the left and right. */
const SIDE = 270;
const HEIGHT_MIN = 320;
const PER_NODE = 34;
const LABEL_MAX = 34;
/** A node with few bytes can still be seen. */
const THIN = 2;

interface Box {
  readonly x: number;
  y: number;
  height: number;
  /** Where the next band begins, at its left and right. */
  into: number;
  outOf: number;
}

export function drawSankey({ nodes, links }: SankeyData, pick: (where: string) => void): HTMLElement {
  if (links.length === 0) return h('p', { class: 'rows-empty' }, 'No flows to draw.');
  const layers = [0, 1, 2].map((layer) => nodes.map((_, n) => n).filter((n) => nodes[n]!.layer === layer));
  const sums = nodes.map((_, n) => sumOf(links.filter(({ from, to }) => (nodes[n]!.layer === 2 ? to : from) === n)));
  const height = Math.max(HEIGHT_MIN, Math.max(...layers.map(({ length }) => length)) * PER_NODE);
  const most = Math.max(...layers.map((layer) => layer.length));
  const total = layers[0]!.reduce((sum, n) => sum + sums[n]!.bytes, 0) || 1;
  const scale = (height - GAP * (most + 1)) / total;
  const boxes: Box[] = [];
  layers.forEach((layer, column) => {
    const x = [SIDE, (WIDTH - NODE_WIDTH) / 2, WIDTH - SIDE - NODE_WIDTH][column]!;
    const ordered = [...layer].sort(
      (a, b) =>
        Number(nodes[b]!.where !== undefined) - Number(nodes[a]!.where !== undefined) ||
        sums[b]!.bytes - sums[a]!.bytes,
    );
    const used = ordered.reduce((sum, n) => sum + Math.max(THIN, sums[n]!.bytes * scale) + GAP, 0);
    let y = Math.max(GAP, (height - used) / 2);
    for (const n of ordered) {
      const size = Math.max(THIN, sums[n]!.bytes * scale);
      boxes[n] = { x, y, height: size, into: y, outOf: y };
      y += Math.max(size, 14) + GAP;
    }
  });
  const end = Math.max(height, ...boxes.map((box) => box.y + box.height + GAP));
  const ordered = [...links].sort((a, b) => boxes[a.from]!.y - boxes[b.from]!.y || boxes[a.to]!.y - boxes[b.to]!.y);
  const bands = ordered.map(({ from, to, bytes, flows }) => {
    const [one, other] = [boxes[from]!, boxes[to]!];
    const size = Math.max(1, bytes * scale);
    const d = bandPath(one.x + NODE_WIDTH, one.outOf + size / 2, other.x, other.into + size / 2);
    one.outOf += size;
    other.into += size;
    const words = `${nodes[from]!.name} → ${nodes[to]!.name}: ${bytesText(bytes)}, ${counted(flows, 'flow')}`;
    return svg('path', { class: 'band', d, 'stroke-width': String(size) }, svg('title', {}, words));
  });
  const shown = nodes.map((node, n) => nodeGroup(node, boxes[n]!, sums[n]!, pick));
  return h(
    'div',
    { class: 'diagram' },
    svg(
      'svg',
      {
        viewBox: `0 0 ${WIDTH} ${end}`,
        class: 'sankey',
        role: 'group',
        'aria-label': 'Bytes by source, service and destination',
      },
      svg('g', {}, ...bands),
      ...shown,
    ),
  );
}

function nodeGroup(
  { name, layer, where }: SankeyData['nodes'][number],
  box: Box,
  { bytes, flows }: ReturnType<typeof sumOf>,
  pick: (where: string) => void,
): SVGElement {
  const atLeft = layer === 0;
  const x = atLeft ? box.x - 8 : box.x + NODE_WIDTH + 8;
  const short = name.length > LABEL_MAX ? `${name.slice(0, LABEL_MAX - 9)}…${name.slice(-8)}` : name;
  const words = `${name}: ${bytesText(bytes)}, ${counted(flows, 'flow')}`;
  const choose = (): void => {
    if (where !== undefined) pick(where);
  };
  return svg(
    'g',
    {
      class: where === undefined ? 'node' : 'node is-choice',
      ...(where === undefined ? {} : { role: 'button', tabindex: '0', 'aria-label': words }),
      click: choose,
      keydown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') choose();
      },
    },
    svg('title', {}, words),
    svg('rect', {
      x: String(box.x),
      y: String(box.y),
      width: String(NODE_WIDTH),
      height: String(box.height),
      rx: '2',
    }),
    svg(
      'text',
      {
        x: String(x),
        y: String(box.y + box.height / 2),
        'text-anchor': atLeft ? 'end' : 'start',
        'dominant-baseline': 'middle',
      },
      `${short}  ${sizeText(bytes)}`,
    ),
  );
}

function sumOf(links: SankeyData['links']): { readonly bytes: number; readonly flows: number } {
  return links.reduce((sum, { bytes, flows }) => ({ bytes: sum.bytes + bytes, flows: sum.flows + flows }), {
    bytes: 0,
    flows: 0,
  });
}

function bandPath(fromX: number, fromY: number, toX: number, toY: number): string {
  const middle = (fromX + toX) / 2;
  return `M${fromX},${fromY}C${middle},${fromY} ${middle},${toY} ${toX},${toY}`;
}
