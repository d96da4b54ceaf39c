/** What was clicked or brushed: expressions besides the text of the view filter, each with a button to drop it. */
import { escapeHostile } from '../../src/text/sanitize.ts';
import { h } from './dom.ts';

export class Chips {
  readonly element = h('ul', { class: 'chips', 'aria-label': 'Selections' });
  readonly #wheres = new Set<string>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get wheres(): ReadonlySet<string> {
    return this.#wheres;
  }

  /** Adds one, or takes it away if it is there. */
  toggle(where: string): void {
    if (!this.#wheres.delete(where)) this.#wheres.add(where);
    this.#draw();
    this.#changed();
  }

  /** Puts one in place of those that begin with the same words. */
  replace(prefix: string, where: string): void {
    for (const one of this.#wheres) if (one.startsWith(prefix)) this.#wheres.delete(one);
    this.#wheres.add(where);
    this.#draw();
    this.#changed();
  }

  /** Drops those that have a text in them. */
  dropWith(text: string): void {
    for (const one of this.#wheres) if (one.includes(text)) this.#wheres.delete(one);
    this.#draw();
  }

  clear(): void {
    this.#wheres.clear();
    this.#draw();
  }

  #draw(): void {
    const items = [...this.#wheres].map((where) => {
      const shown = escapeHostile(where);
      return h(
        'li',
        {},
        h(
          'button',
          { type: 'button', class: 'chip', 'aria-label': `Drop ${shown}`, click: () => this.toggle(where) },
          h('code', {}, shown),
          h('span', { 'aria-hidden': 'true' }, '×'),
        ),
      );
    });
    const all = h('button', { type: 'button', class: 'quiet', click: () => this.#dropAll() }, 'Show all flows');
    this.element.replaceChildren(...items, ...(items.length > 0 ? [h('li', {}, all)] : []));
  }

  #dropAll(): void {
    this.clear();
    this.#changed();
  }
}
