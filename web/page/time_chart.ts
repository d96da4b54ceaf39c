/** Traffic over time, stacked by protocol. Dragging over it selects a span of time. */
import { decimalText, sizeText } from '../../src/text/figure_text.ts';
import { SERIES } from '../protocol.ts';
import type { Measure, Timeline } from '../protocol.ts';
import { colour, h, SERIES_COLOURS, sharpContext } from './dom.ts';
import { bytesText, counted } from './words.ts';

const MARGIN = { left: 76, right: 12, top: 10, bottom: 22 };
const MINUTE = 60_000;
const STEPS_MS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1000,
  2000,
  5000,
  10_000,
  30_000,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
  360 * MINUTE,
  720 * MINUTE,
  1440 * MINUTE,
  7 * 1440 * MINUTE,
  30 * 1440 * MINUTE,
  365 * 1440 * MINUTE,
];
const TICK_WIDTH = 120;
const DRAG_MIN = 4;
/** The least pixels of a bar. */
const COLUMN_WIDTH = 4;

export class TimeChart {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #readout: HTMLElement;
  readonly #select: (from: string, to: string) => void;
  #timeline: Timeline | undefined;
  #measure: Measure = 'bytes';
  #drag: { readonly from: number; to: number } | undefined;
  #pointer: number | undefined;

  /** @param select is called with two times in ISO 8601 */
  constructor(select: (from: string, to: string) => void, head: HTMLElement) {
    this.#select = select;
    this.#canvas = h('canvas', {
      class: 'time-canvas',
      role: 'img',
      pointerdown: (event: PointerEvent) => this.#down(event),
      pointermove: (event: PointerEvent) => this.#move(event),
      pointerup: () => this.#up(),
      pointercancel: () => this.#leave(),
      pointerleave: () => this.#leave(),
    });
    this.#readout = h('span', { class: 'note' });
    const legend = h(
      'span',
      { class: 'legend' },
      ...SERIES.map((name, n) => h('span', { class: `key key-${SERIES_COLOURS[n]}` }, name)),
    );
    this.element = h(
      'section',
      { class: 'panel time-panel', 'aria-label': 'Traffic over time' },
      h('h2', {}, 'Traffic over time', this.#readout, legend, head),
      this.#canvas,
    );
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  show(timeline: Timeline, measure: Measure): void {
    this.#timeline = timeline;
    this.#measure = measure;
    const total = timeline.values[measure].reduce((sum, series) => sum + series.reduce((a, b) => a + b, 0), 0);
    const [start, end] = [timeline.startMs, timeline.startMs + timeline.bins * timeline.binMs];
    const amount = measure === 'bytes' ? bytesText(total) : counted(Math.round(total), measure.slice(0, -1));
    this.#canvas.setAttribute(
      'aria-label',
      timeline.bins === 0 ? 'No traffic' : `${amount} from ${isoText(start)} to ${isoText(end)} UTC`,
    );
    this.draw();
  }

  draw(): void {
    const sharp = sharpContext(this.#canvas);
    const timeline = this.#timeline;
    if (sharp === undefined || timeline === undefined || timeline.bins === 0) return;
    const { context, width, height } = sharp;
    const plot = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
    // Several bins may share a pixel, and a bin may be many pixels wide.
    const perColumn = Math.ceil(timeline.bins / Math.max(1, Math.floor(plot.width / COLUMN_WIDTH)));
    const columns = Math.ceil(timeline.bins / perColumn);
    const stacks = timeline.values[this.#measure].map((series) => summed(series, columns, perColumn));
    const totals = Array.from({ length: columns }, (_, n) => stacks.reduce((sum, stack) => sum + stack[n]!, 0));
    const seconds = (perColumn * timeline.binMs) / 1000;
    const most = Math.max(...totals, 0) / seconds;
    const top = niceCeiling(most, this.#measure === 'bytes' ? 1024 : 1000);
    const yOf = (rate: number): number => MARGIN.top + plot.height * (1 - rate / (top || 1));
    this.#drawAxes(context, width, plot, top, yOf);
    const below = new Float64Array(columns);
    const columnWidth = (plot.width / timeline.bins) * perColumn;
    stacks.forEach((stack, n) => {
      context.fillStyle = colour(SERIES_COLOURS[n]!);
      for (let column = 0; column < columns; column++) {
        const value = stack[column]! / seconds;
        if (value === 0) continue;
        const bottom = yOf(below[column]!);
        below[column]! += value;
        const y = yOf(below[column]!);
        const x = MARGIN.left + column * columnWidth;
        const end = Math.min(x + columnWidth, width - MARGIN.right);
        context.fillRect(x, y, Math.max(1, end - x - (columnWidth > 3 ? 1 : 0)), Math.max(bottom - y, 0.75));
      }
    });
    this.#drawBrush(context, plot.height);
    this.#say(totals, columns, columnWidth, seconds);
  }

  #drawAxes(
    context: CanvasRenderingContext2D,
    width: number,
    plot: { readonly width: number; readonly height: number },
    top: number,
    yOf: (rate: number) => number,
  ): void {
    const timeline = this.#timeline as Timeline;
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = colour('muted');
    context.strokeStyle = colour('line');
    context.lineWidth = 1;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const part of [0, 0.5, 1]) {
      const y = Math.round(yOf(top * part)) + 0.5;
      context.beginPath();
      context.moveTo(MARGIN.left, y);
      context.lineTo(width - MARGIN.right, y);
      context.stroke();
      context.fillText(this.#rateText(top * part), MARGIN.left - 8, y);
    }
    context.textBaseline = 'top';
    const span = timeline.bins * timeline.binMs;
    const step = STEPS_MS.find((ms) => (span / ms) * TICK_WIDTH <= plot.width) ?? span;
    const end = timeline.startMs + span;
    for (let time = Math.ceil(timeline.startMs / step) * step; time < end; time += step) {
      const x = MARGIN.left + ((time - timeline.startMs) / span) * plot.width;
      const text = tickText(time, step);
      const half = context.measureText(text).width / 2;
      if (x + half > width || x - half < MARGIN.left / 2) continue;
      context.textAlign = 'center';
      context.fillText(text, x, MARGIN.top + plot.height + 7);
    }
  }

  #drawBrush(context: CanvasRenderingContext2D, height: number): void {
    if (this.#drag === undefined) return;
    const [from, to] = [Math.min(this.#drag.from, this.#drag.to), Math.max(this.#drag.from, this.#drag.to)];
    context.fillStyle = colour('brush');
    context.fillRect(from, MARGIN.top, to - from, height);
  }

  #rateText(rate: number): string {
    return this.#measure === 'bytes' ? `${sizeText(Math.round(rate))}/s` : `${decimalText(rate)}/s`;
  }

  /** What is under the pointer. */
  #say(totals: readonly number[], columns: number, columnWidth: number, seconds: number): void {
    const timeline = this.#timeline as Timeline;
    const column = this.#pointer === undefined ? -1 : Math.floor((this.#pointer - MARGIN.left) / columnWidth);
    const total = column < 0 || column >= columns ? undefined : totals[column];
    this.#readout.textContent =
      total === undefined
        ? 'drag to select a time'
        : `${isoText(timeline.startMs + column * seconds * 1000)} UTC: ${this.#rateText(total / seconds)}`;
  }

  #down(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#drag = { from: event.offsetX, to: event.offsetX };
  }

  #move(event: PointerEvent): void {
    this.#pointer = event.offsetX;
    if (this.#drag !== undefined) this.#drag.to = event.offsetX;
    this.draw();
  }

  #up(): void {
    const drag = this.#drag;
    this.#drag = undefined;
    const timeline = this.#timeline;
    if (drag !== undefined && timeline !== undefined && Math.abs(drag.to - drag.from) >= DRAG_MIN) {
      const plotWidth = this.#canvas.clientWidth - MARGIN.left - MARGIN.right;
      const span = timeline.bins * timeline.binMs;
      const timeOf = (x: number): number =>
        timeline.startMs + Math.max(0, Math.min(1, (x - MARGIN.left) / plotWidth)) * span;
      const text = (ms: number): string => `${isoText(ms).replace(' ', 'T')}Z`;
      this.#select(text(timeOf(Math.min(drag.from, drag.to))), text(timeOf(Math.max(drag.from, drag.to))));
    }
    this.draw();
  }

  #leave(): void {
    this.#pointer = undefined;
    this.#drag = undefined;
    this.draw();
  }
}

function summed(series: Float64Array, columns: number, perColumn: number): Float64Array {
  const sums = new Float64Array(columns);
  series.forEach((value, bin) => (sums[Math.floor(bin / perColumn)]! += value));
  return sums;
}

/** 1, 2 or 5 times a power of ten, in the unit in which it is shown. @param step between two units */
function niceCeiling(value: number, step: number): number {
  if (value <= 0) return 1;
  const unit = value < 10_000 ? 1 : step ** Math.floor(Math.log(value) / Math.log(step));
  const power = 10 ** Math.floor(Math.log10(value / unit));
  return unit * power * ([1, 2, 5].find((factor) => factor * power * unit >= value) ?? 10);
}

export function isoText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 23).replace('T', ' ');
}

function tickText(ms: number, step: number): string {
  const text = new Date(ms).toISOString();
  if (step >= 1440 * MINUTE) return text.slice(0, 10);
  if (step >= MINUTE) return text.slice(11, 16);
  return step >= 1000 ? text.slice(11, 19) : text.slice(11, 23);
}
