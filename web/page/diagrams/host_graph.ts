/**
 * Hosts as circles, pairs that talk as lines between them. Springs and repulsion place them, without any chance: the
 * same capture looks the same.
 */
import type { HostsData } from '../../protocol.ts';
import { h, svg } from '../dom.ts';
import { bytesText, counted } from '../words.ts';

const WIDTH = 1200;
const HEIGHT = 560;
const ROUNDS = 260;
const RADIUS_MIN = 5;
const RADIUS_MAX = 26;
/** Labels of so many of the largest are always shown. */
const LABELLED = 24;
const REPULSION = 9000;
const SPRING = 0.02;
const SPRING_LENGTH = 120;
const CENTRE = 0.012;
const MARGIN = 40;
const STRETCH_MAX = 3;

interface Body {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

export function drawHosts({ hosts, links, linksLeftOut }: HostsData, pick: (where: string) => void): HTMLElement {
  if (hosts.length === 0) return h('p', { class: 'rows-empty' }, 'No flows to draw.');
  const bodies = placed(hosts.length, links);
  const most = Math.max(...hosts.map(({ bytes }) => bytes), 1);
  const mostOfLink = Math.max(...links.map(({ bytes }) => bytes), 1);
  const lines = links
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, bytes, flows }) => {
      const [one, other] = [bodies[from]!, bodies[to]!];
      const words = `${hosts[from]!.label} ↔ ${hosts[to]!.label}: ${bytesText(bytes)}, ${counted(flows, 'flow')}`;
      const width = 1 + 7 * Math.sqrt(bytes / mostOfLink);
      return svg(
        'line',
        {
          class: 'edge',
          x1: String(one.x),
          y1: String(one.y),
          x2: String(other.x),
          y2: String(other.y),
          'stroke-width': String(width),
        },
        svg('title', {}, words),
      );
    });
  const circles = hosts.map(({ label, where, bytes, flows }, n) => {
    const { x, y } = bodies[n]!;
    const radius = RADIUS_MIN + (RADIUS_MAX - RADIUS_MIN) * Math.sqrt(bytes / most);
    const words = `${label}: ${bytesText(bytes)}, ${counted(flows, 'flow')}`;
    return svg(
      'g',
      {
        class: 'host is-choice',
        role: 'button',
        tabindex: '0',
        'aria-label': words,
        click: () => pick(where),
        keydown: (event: KeyboardEvent) => {
          if (event.key === 'Enter') pick(where);
        },
      },
      svg('title', {}, words),
      svg('circle', { cx: String(x), cy: String(y), r: String(radius) }),
      n < LABELLED
        ? svg('text', { x: String(x), y: String(y + radius + 13), 'text-anchor': 'middle' }, label)
        : undefined,
    );
  });
  const left = linksLeftOut === 0 ? '' : `; ${counted(linksLeftOut, 'further pair')} not drawn`;
  return h(
    'div',
    { class: 'diagram' },
    h('p', { class: 'note' }, `${counted(hosts.length, 'host')} with the most bytes${left}`),
    svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'hosts', role: 'group', 'aria-label': 'Hosts and who talks to whom' },
      svg('g', {}, ...lines),
      ...circles,
    ),
  );
}

/** Begins on a spiral and lets forces act for a fixed number of rounds. */
function placed(count: number, links: HostsData['links']): readonly Body[] {
  const bodies: Body[] = Array.from({ length: count }, (_, n) => {
    const [angle, distance] = [n * 2.4, 34 * Math.sqrt(n)];
    return {
      x: WIDTH / 2 + 1.7 * distance * Math.cos(angle),
      y: HEIGHT / 2 + distance * Math.sin(angle),
      dx: 0,
      dy: 0,
    };
  });
  for (let round = 0; round < ROUNDS; round++) {
    const heat = 1 - round / ROUNDS;
    for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) repel(bodies[a]!, bodies[b]!);
    for (const { from, to } of links) if (from !== to) attract(bodies[from]!, bodies[to]!);
    for (const body of bodies) {
      body.dx += (WIDTH / 2 - body.x) * CENTRE;
      body.dy += (HEIGHT / 2 - body.y) * CENTRE * 2;
      const length = Math.hypot(body.dx, body.dy) || 1;
      const step = Math.min(length, 30 * heat);
      body.x = Math.min(WIDTH - 2 * MARGIN, Math.max(2 * MARGIN, body.x + (body.dx / length) * step));
      body.y = Math.min(HEIGHT - MARGIN, Math.max(MARGIN, body.y + (body.dy / length) * step));
      body.dx *= 0.3;
      body.dy *= 0.3;
    }
  }
  stretch(bodies);
  return bodies;
}

/** Fills the area. */
function stretch(bodies: readonly Body[]): void {
  const xs = bodies.map(({ x }) => x);
  const ys = bodies.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scaleX = Math.min(STRETCH_MAX, (WIDTH - 4 * MARGIN) / Math.max(1, width));
  const scaleY = Math.min(STRETCH_MAX, (HEIGHT - 2.5 * MARGIN) / Math.max(1, height));
  for (const body of bodies) {
    body.x = WIDTH / 2 + (body.x - left - width / 2) * scaleX;
    body.y = HEIGHT / 2 - 10 + (body.y - top - height / 2) * scaleY;
  }
}

function repel(a: Body, b: Body): void {
  const [x, y] = [a.x - b.x, a.y - b.y];
  const square = Math.max(100, x * x + y * y);
  const force = REPULSION / square / Math.sqrt(square);
  a.dx += x * force;
  a.dy += y * force;
  b.dx -= x * force;
  b.dy -= y * force;
}

function attract(a: Body, b: Body): void {
  const [x, y] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(x, y) || 1;
  const force = (SPRING * (length - SPRING_LENGTH)) / length;
  a.dx += x * force;
  a.dy += y * force;
  b.dx -= x * force;
  b.dy -= y * force;
}
