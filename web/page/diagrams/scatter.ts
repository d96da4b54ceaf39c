/** Flows by duration and bytes, both logarithmic: how many there are of each size. A click selects those of a cell. */
import type { ScatterData } from '../../protocol.ts';
import { colour, h, sharpContext } from '../dom.ts';
import { counted } from '../words.ts';

const MARGIN = { left: 96, right: 16, top: 16, bottom: 44 };
const INSTANT_WIDTH = 18;
const DURATIONS: readonly (readonly [log: number, text: string])[] = [
  [-6, '1 µs'],
  [-3, '1 ms'],
  [0, '1 s'],
  [Math.log10(60), '1 min'],
  [Math.log10(3600), '1 h'],
  [Math.log10(86_400), '1 day'],
];
const SIZES: readonly (readonly [log: number, text: string])[] = [
  [1, '10 B'],
  [2, '100 B'],
  [3, '1 kB'],
  [4, '10 kB'],
  [5, '100 kB'],
  [6, '1 MB'],
  [9, '1 GB'],
  [12, '1 TB'],
];

export function drawScatter(data: ScatterData, pick: (where: string) => void): HTMLElement {
  const note = h(
    'p',
    { class: 'note', role: 'status' },
    'Each cell is coloured by its number of flows; those at the left have no duration.',
  );
  const canvas = h('canvas', {
    class: 'scatter-canvas',
    role: 'img',
    'aria-label': 'Flows by duration and bytes',
    pointermove: (event: PointerEvent) => {
      const cell = cellAt(data, canvas, event);
      if (cell !== undefined) note.textContent = `${counted(cell.count, 'flow')}: ${cell.where}`;
    },
    click: (event: PointerEvent) => {
      const cell = cellAt(data, canvas, event);
      if (cell !== undefined && cell.count > 0) pick(cell.where);
    },
  });
  new ResizeObserver(() => draw(data, canvas)).observe(canvas);
  return h('div', { class: 'diagram' }, note, canvas);
}

interface Plot {
  readonly width: number;
  readonly height: number;
}

function plotOf(canvas: HTMLCanvasElement): Plot {
  return {
    width: canvas.clientWidth - MARGIN.left - MARGIN.right,
    height: canvas.clientHeight - MARGIN.top - MARGIN.bottom,
  };
}

function draw(data: ScatterData, canvas: HTMLCanvasElement): void {
  const sharp = sharpContext(canvas);
  if (sharp === undefined) return;
  const { context } = sharp;
  const plot = plotOf(canvas);
  const { columns, rows, counts, instant } = data;
  const most = Math.log2(1 + Math.max(1, ...counts, ...instant));
  const cell = (count: number, x: number, y: number, width: number): void => {
    if (count === 0) return;
    context.globalAlpha = 0.25 + (0.75 * Math.log2(1 + count)) / most;
    context.fillRect(x, y, Math.max(1, width - 1), Math.max(1, plot.height / rows - 1));
  };
  drawAxes(context, data, plot);
  context.fillStyle = colour('tcp');
  const cellWidth = plot.width / columns;
  for (let row = 0; row < rows; row++) {
    const y = MARGIN.top + plot.height * (1 - (row + 1) / rows);
    cell(instant[row]!, MARGIN.left - INSTANT_WIDTH - 4, y, INSTANT_WIDTH);
    for (let column = 0; column < columns; column++) {
      cell(counts[row * columns + column]!, MARGIN.left + column * cellWidth, y, cellWidth);
    }
  }
  context.globalAlpha = 1;
}

function drawAxes(context: CanvasRenderingContext2D, { x, y }: ScatterData, plot: Plot): void {
  context.font = '12px system-ui, sans-serif';
  context.strokeStyle = colour('line');
  context.fillStyle = colour('muted');
  context.textBaseline = 'top';
  context.textAlign = 'center';
  const bottom = MARGIN.top + plot.height;
  for (const [log, text] of DURATIONS.filter(([at]) => at >= x[0] && at <= x[1])) {
    const at = MARGIN.left + ((log - x[0]) / (x[1] - x[0])) * plot.width;
    line(context, at, MARGIN.top, at, bottom);
    context.fillText(text, at, bottom + 8);
  }
  context.fillText('duration', MARGIN.left + plot.width / 2, bottom + 26);
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const [log, text] of SIZES.filter(([at]) => at >= y[0] && at <= y[1])) {
    const at = MARGIN.top + plot.height * (1 - (log - y[0]) / (y[1] - y[0]));
    line(context, MARGIN.left, at, MARGIN.left + plot.width, at);
    context.fillText(text, MARGIN.left - INSTANT_WIDTH - 12, at);
  }
}

function line(context: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(Math.round(fromX) + 0.5, Math.round(fromY) + 0.5);
  context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
  context.stroke();
}

function cellAt(
  { columns, rows, counts, instant, x, y }: ScatterData,
  canvas: HTMLCanvasElement,
  { offsetX, offsetY }: PointerEvent,
): { readonly count: number; readonly where: string } | undefined {
  const plot = plotOf(canvas);
  const row = Math.floor((1 - (offsetY - MARGIN.top) / plot.height) * rows);
  const column = Math.floor(((offsetX - MARGIN.left) / plot.width) * columns);
  if (row < 0 || row >= rows || column >= columns || offsetX < MARGIN.left - INSTANT_WIDTH - 4) return undefined;
  const bounds = (
    name: string,
    [from, to]: readonly [number, number],
    cell: number,
    cells: number,
    unit: string,
  ): string => {
    const edge = (n: number): string => `${Number((10 ** (from + ((to - from) * n) / cells)).toPrecision(6))}${unit}`;
    const low = cell === 0 ? [] : [`${name} >= ${edge(cell)}`];
    const high = cell === cells - 1 ? [] : [`${name} < ${edge(cell + 1)}`];
    return [...low, ...high].join(' and ');
  };
  const bytes = bounds('bytes', y, row, rows, '');
  if (column < 0) return { count: instant[row]!, where: `duration = 0 and ${bytes}` };
  const positive = column === 0 ? 'duration > 0 and ' : '';
  return {
    count: counts[row * columns + column]!,
    where: `${positive}${bounds('duration', x, column, columns, '')} and ${bytes}`,
  };
}
