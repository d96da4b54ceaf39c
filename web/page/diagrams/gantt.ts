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
  const scroller = h('div', { class: 'gantt', scroll: () => draw() });
  const laneOf = (event: PointerEvent): GanttData['flows'][number] | undefined =>
    flows[Math.floor((event.offsetY + scroller.scrollTop - TOP) / LANE)];
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
  const all = h('div', { role: 'presentation' }, canvas);
  const height = flows.length * LANE + 2 * TOP;
  all.style.height = `${height}px`;
  const draw = (): void => drawLanes(data, canvas, scroller.scrollTop);
  scroller.append(all);
  new ResizeObserver(() => {
    canvas.style.height = `${Math.min(height, scroller.clientHeight)}px`;
    draw();
  }).observe(scroller);
  return h('div', { class: 'diagram' }, note, scroller);
}

/** Only the lanes on the screen: a canvas for all of them would be larger than some graphics cards allow. */
function drawLanes({ flows, startMs, endMs }: GanttData, canvas: HTMLCanvasElement, scrollTop: number): void {
  const sharp = sharpContext(canvas);
  if (sharp === undefined) return;
  const { context, width, height } = sharp;
  const span = Math.max(1e-6, endMs - startMs);
  const xOf = (ms: number): number => MARGIN + ((ms - startMs) / span) * (width - 2 * MARGIN - LEAST_WIDTH);
  const colours = SERIES_COLOURS.map(colour);
  const first = Math.max(0, Math.floor((scrollTop - TOP) / LANE));
  const end = Math.min(flows.length, Math.ceil((scrollTop + height - TOP) / LANE));
  for (let n = first; n < end; n++) {
    const { fromMs, toMs, series } = flows[n]!;
    const x = xOf(fromMs);
    context.fillStyle = colours[series]!;
    context.fillRect(x, TOP + n * LANE - scrollTop, Math.max(LEAST_WIDTH, xOf(toMs) - x), LANE - 2);
  }
}
