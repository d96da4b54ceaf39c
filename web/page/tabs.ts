/** Tabs: the table of flows, and diagrams of the same flows, which are drawn when they are shown. */
import type { Diagram } from '../protocol.ts';
import { h } from './dom.ts';

export type TabName = 'table' | Diagram['kind'];

const TITLES: Readonly<Record<TabName, string>> = {
  table: 'Table',
  sankey: 'Who to whom',
  hosts: 'Hosts',
  scatter: 'Sizes',
  timeline: 'Timeline',
};
const NAMES = Object.keys(TITLES) as readonly TabName[];

export class Tabs {
  readonly element: HTMLElement;
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #chosen: (name: TabName) => void;
  current: TabName = 'table';

  /** @param panelId of the element that shows what is chosen */
  constructor(panelId: string, chosen: (name: TabName) => void) {
    this.#chosen = chosen;
    this.#buttons = NAMES.map((name) =>
      h(
        'button',
        {
          type: 'button',
          role: 'tab',
          class: 'quiet',
          id: `tab-${name}`,
          'aria-controls': panelId,
          click: () => this.choose(name),
        },
        TITLES[name],
      ),
    );
    this.element = h(
      'div',
      { class: 'tabs', role: 'tablist', 'aria-label': 'Views', keydown: (event: KeyboardEvent) => this.#key(event) },
      ...this.#buttons,
    );
    this.#mark();
  }

  choose(name: TabName): void {
    this.current = name;
    this.#mark();
    this.#chosen(name);
  }

  #mark(): void {
    this.#buttons.forEach((button, n) => {
      const isCurrent = NAMES[n] === this.current;
      button.setAttribute('aria-selected', String(isCurrent));
      button.tabIndex = isCurrent ? 0 : -1;
    });
  }

  #key({ key }: KeyboardEvent): void {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const next = (NAMES.indexOf(this.current) + step + NAMES.length) % NAMES.length;
    this.choose(NAMES[next]!);
    this.#buttons[next]!.focus();
  }
}
