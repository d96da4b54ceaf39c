/** The panel at the right of the page that tells one flow's story. */
import type { FlowDetails } from '../protocol.ts';
import { h } from './dom.ts';

export interface FlowPanelHost {
  select(where: string): void;
  closed(): void;
}

export class FlowPanel {
  readonly element: HTMLElement;
  readonly #host: FlowPanelHost;
  readonly #body = h('div', { class: 'flow-body' });
  readonly #title = h('h2', { id: 'flow-title' });
  readonly #close: HTMLButtonElement;

  constructor(host: FlowPanelHost) {
    this.#host = host;
    this.#close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', click: () => this.hide() }, '×');
    this.element = h(
      'aside',
      { class: 'flow-panel', 'aria-labelledby': 'flow-title', hidden: true },
      h('header', {}, this.#title, this.#close),
      this.#body,
    );
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  hide(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#host.closed();
  }

  async show(details: FlowDetails): Promise<void> {
    const { flowStory } = await import('./flow_story.ts');
    this.#title.textContent = details.title;
    this.#body.replaceChildren(...flowStory(details, (where) => this.#host.select(where)));
    this.element.hidden = false;
    this.#close.focus({ preventScroll: true });
    this.#body.scrollTop = 0;
  }
}
