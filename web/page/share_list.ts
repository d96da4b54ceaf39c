/** A list of the largest: a bar behind each, and a click selects those flows. */
import type { Measure, Share } from '../protocol.ts';
import { groupedText, sizeText } from '../../src/text/figure_text.ts';
import { endKept, h } from './dom.ts';
import { bytesText, counted, percentText } from './words.ts';

const SHOWN = 6;
/** Characters at the end of a long label that stay when it is cut. */
const TAIL = 10;
const SHORT = 22;

export class ShareList {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #note: HTMLElement;
  readonly #pick: (where: string) => void;

  /** @param pick is called with the expression of what was clicked */
  constructor(title: string, pick: (where: string) => void) {
    this.#pick = pick;
    this.#list = h('ol', { class: 'shares' });
    this.#note = h('span', { class: 'note' });
    this.element = h('section', { class: 'panel', 'aria-label': title }, h('h2', {}, title, this.#note), this.#list);
  }

  show(shares: readonly Share[], total: number, measure: Measure, picked: ReadonlySet<string>, note = ''): void {
    const ordered = [...shares].sort((a, b) => b[measure] - a[measure]);
    const most = ordered[0]?.[measure] ?? 0;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement?.getAttribute('title') : null;
    const items = ordered.slice(0, SHOWN).map((one) => this.#item(one, most, total, measure, picked));
    this.#list.replaceChildren(...(items.length > 0 ? items : [h('li', { class: 'note' }, 'none')]));
    if (focused !== null && focused !== undefined) {
      [...this.#list.querySelectorAll('button')].find(({ title }) => title === focused)?.focus();
    }
    const further = ordered.length - SHOWN;
    this.#note.textContent = [further > 0 ? `and ${further} more` : '', note].filter((text) => text !== '').join(', ');
  }

  #item(share: Share, most: number, total: number, measure: Measure, picked: ReadonlySet<string>): HTMLElement {
    const { label, where, flows, packets, bytes } = share;
    const isPicked = picked.has(where);
    const value = share[measure];
    const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.width = `${most === 0 ? 0 : (100 * value) / most}%`;
    const words = `${label}: ${counted(flows, 'flow')}, ${counted(packets, 'packet')}, ${bytesText(bytes)}`;
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'share',
          title: words,
          'aria-pressed': String(isPicked),
          'data-label': label,
          click: () => this.#pick(where),
        },
        bar,
        h('span', { class: 'share-label' }, endKept(label, TAIL, SHORT)),
        h('span', { class: 'share-value' }, measure === 'bytes' ? sizeText(value) : groupedText(value)),
        h('span', { class: 'share-part' }, percentText(total === 0 ? 0 : value / total)),
      ),
    );
  }
}
