/** A field for an expression, checked while one types; what is wrong is shown with a caret under its place. */
import { h } from './dom.ts';
import { Refusal } from './worker_client.ts';

const PAUSE_MS = 300;

export interface FilterFieldSettings {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  /** Called after a pause in typing, and at once with Enter. @throws {Refusal} */
  accept(text: string, entered: boolean): Promise<void>;
}

export class FilterField {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #error: HTMLElement;
  readonly #accept: FilterFieldSettings['accept'];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor({ id, label, placeholder, accept }: FilterFieldSettings) {
    this.#accept = accept;
    this.#input = h('input', {
      id,
      type: 'text',
      placeholder,
      spellcheck: 'false',
      autocomplete: 'off',
      autocapitalize: 'off',
      'aria-describedby': `${id}-error`,
      input: () => this.#typed(),
      keydown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') void this.#check(true);
      },
    });
    this.#error = h('pre', { id: `${id}-error`, class: 'filter-error', role: 'status', hidden: true });
    const list = h('ul', { class: 'examples' });
    this.#input.addEventListener('focus', () => void this.#showExamples(id, list), { once: true });
    this.element = h(
      'div',
      { class: 'filter-field' },
      h('label', { for: id }, label),
      h('div', { class: 'filter-box' }, this.#input, this.#error, list),
    );
  }

  get text(): string {
    return this.#input.value;
  }

  set text(text: string) {
    this.#input.value = text;
    this.#say(undefined);
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  async #showExamples(id: string, list: HTMLElement): Promise<void> {
    const { FILTER_EXAMPLES } = await import('./filter_examples.ts');
    const items = FILTER_EXAMPLES[id]?.map(([text, meaning]) => {
      const mousedown = (event: Event): void => this.#fill(event, text);
      return h('li', {}, h('button', { type: 'button', mousedown }, h('code', {}, text), meaning));
    });
    list.replaceChildren(...(items ?? []));
  }

  #fill(event: Event, text: string): void {
    event.preventDefault();
    this.#input.value = text;
    void this.#check(true);
    this.#input.blur();
  }

  #typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(false), PAUSE_MS);
  }

  async #check(entered: boolean): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      await this.#accept(this.text, entered);
      if (turn === this.#turn) this.#say(undefined);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (turn === this.#turn) this.#say(error.problem.message);
    }
  }

  #say(message: string | undefined): void {
    this.#input.setAttribute('aria-invalid', String(message !== undefined));
    this.#error.hidden = message === undefined;
    this.#error.textContent = message ?? '';
  }
}
