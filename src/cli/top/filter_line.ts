/** The filter and its line while it is edited. */
import { sanitizeText } from '../../text/sanitize.ts';
import { FlowFilter } from './flow_filter.ts';
import type { FilterSource } from './flow_filter.ts';
import { span } from './line.ts';
import type { Line } from './line.ts';
import type { Key } from './view.ts';

export class FilterLine {
  readonly #source: FilterSource;
  #filter = new FlowFilter('');
  /** The last one without a mistake: flows are chosen by it while an expression is typed. */
  #sound = this.#filter;
  /** While the line is edited: what it was before. */
  #before: FlowFilter | undefined;

  /** @param source what expressions may ask */
  constructor(source: FilterSource) {
    this.#source = source;
  }

  /** The filter that chooses flows. */
  get filter(): FlowFilter {
    return this.#sound;
  }

  get isEdited(): boolean {
    return this.#before !== undefined;
  }

  edit(): void {
    this.#before = this.#sound;
    this.#filter = this.#sound;
  }

  clear(): void {
    this.#set('');
  }

  /** A key while the line is edited. An expression with a mistake is not taken. */
  press(key: Key): void {
    const { text } = this.#filter;
    if (key.name === 'return' || key.name === 'enter') {
      if (this.#filter.problem === undefined) this.#before = undefined;
    } else if (key.name === 'escape') {
      this.#sound = this.#before ?? this.#sound;
      this.#filter = this.#sound;
      this.#before = undefined;
    } else if (key.name === 'backspace') {
      this.#set([...text].slice(0, -1).join(''));
    } else if (key.ctrl && key.name === 'u') {
      this.#set('');
    } else if (key.text !== '') {
      this.#set(text + key.text);
    }
  }

  /** @param width of the terminal */
  line(width: number): Line {
    if (!this.isEdited) return [span('filter: ', 'strong'), span(sanitizeText(this.#sound.text))];
    const { text, problem } = this.#filter;
    const shown = tail(sanitizeText(text), width - 2);
    const line = [span('/', 'strong'), span(shown), span('_', 'strong')];
    return problem === undefined ? line : [...line, span(`  ${sanitizeText(problem)}`, 'faint')];
  }

  #set(text: string): void {
    if (text === this.#filter.text) return;
    this.#filter = new FlowFilter(text, this.#source);
    if (this.#filter.problem === undefined) this.#sound = this.#filter;
  }
}

/** The end of a text, at most `width` characters, so the cursor stays visible. */
function tail(text: string, width: number): string {
  return text.length <= width ? text : text.slice(text.length - Math.max(0, width));
}
