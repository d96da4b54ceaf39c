/** Makes elements. Text is only ever set as text, so that what a capture says is never read as markup. */

type Child = Node | string | undefined;

interface Settings {
  readonly class?: string;
  readonly title?: string;
  readonly role?: string;
  readonly [attribute: `aria-${string}` | `data-${string}`]: string;
  readonly [attribute: string]: string | boolean | ((event: never) => void) | undefined;
}

/** Functions are listeners; `true` is an attribute without a value, `false` and undefined are none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  settings: Settings = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  apply(element, settings);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  settings: Settings = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  apply(element, settings);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

function apply(element: Element, settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'function') element.addEventListener(name, value as unknown as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
}

/**
 * A text whose end stays visible when it is too long, as ports of long addresses do; the whole of it is its title.
 * @param short texts of up to so many characters are cut at their end, if at all
 */
export function endKept(text: string, tail: number, short = tail): HTMLElement {
  if (text.length <= short) return h('span', { class: 'cell-head', title: text }, text);
  const cut = text.length - tail;
  return h(
    'span',
    { class: 'cell-text', title: text },
    h('span', { class: 'cell-head' }, text.slice(0, cut)),
    h('span', { class: 'cell-tail' }, text.slice(cut)),
  );
}

/** The canvas at the resolution of the screen. @returns undefined while it has no size */
export function sharpContext(
  canvas: HTMLCanvasElement,
): { readonly context: CanvasRenderingContext2D; readonly width: number; readonly height: number } | undefined {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (context === null || width === 0 || height === 0) return undefined;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** A colour of the style sheet. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export const SERIES_COLOURS = ['tcp', 'udp', 'icmp', 'other'] as const;
