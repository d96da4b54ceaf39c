/** Flows as lines from their first packet to their last, one below the other. */
import type { GanttData } from '../../protocol.ts';
import { colour, h, SERIES_COLOURS, sharpContext } from '../dom.ts';
import { isoText } from '../time_chart.ts';
import { counted } from '../words.ts';

const LANE = 7;
const LEAST_WIDTH = 3;
const MARGIN = 8;
const TOP = 6;

export function drawGantt(data: GanttData, open: (index: number) => void): HTMLElement {
  const { flows, startMs, endMs, leftOut } = data;
  if (flows.length === 0) return h('p', { class: 'rows-empty' }, 'No flows to draw.');
  const left =
    leftOut === 0 ? '' : `; the first ${flows.length} of the table, ${counted(leftOut, 'more flow')} not drawn`;
  const usual = `${counted(flows.length, 'flow')} from ${isoText(startMs)} to ${isoText(endMs)} UTC${left}`;
  const note = h('p', { class: 'note', role: 'status' }, usual);
  const laneOf = (event: PointerEvent): GanttData['flows'][number] | undefined =>
    flows[Math.floor((event.offsetY - TOP) / LANE)];
  const canvas = h('canvas', {
    class: 'gantt-canvas',
    role: 'img',
    'aria-label': usual,
    pointermove: (event: PointerEvent) => (note.textContent = laneOf(event)?.label ?? usual),
    pointerleave: () => (note.textContent = usual),
    click: (event: PointerEvent) => {
      const flow = laneOf(event);
      if (flow !== undefined) open(flow.index);
    },
  });
  canvas.style.height = `${flows.length * LANE + 2 * TOP}px`;
  new ResizeObserver(() => draw(data, canvas)).observe(canvas);
  return h('div', { class: 'diagram' }, note, h('div', { class: 'gantt' }, canvas));
}

function draw({ flows, startMs, endMs }: GanttData, canvas: HTMLCanvasElement): void {
  const sharp = sharpContext(canvas);
  if (sharp === undefined) return;
  const { context, width } = sharp;
  const span = Math.max(1e-6, endMs - startMs);
  const xOf = (ms: number): number => MARGIN + ((ms - startMs) / span) * (width - 2 * MARGIN - LEAST_WIDTH);
  const colours = SERIES_COLOURS.map(colour);
  flows.forEach(({ fromMs, toMs, series }, n) => {
    context.fillStyle = colours[series]!;
    context.fillRect(xOf(fromMs), TOP + n * LANE, Math.max(LEAST_WIDTH, xOf(toMs) - xOf(fromMs)), LANE - 2);
  });
}
