/** Names of rotated files: a template with the time of the first flow's period, UTC, and a number that is never used again. */

const DIRECTIVES: Readonly<Record<string, (date: string, sequence: number) => string>> = {
  Y: (date) => date.slice(0, 4),
  m: (date) => date.slice(5, 7),
  d: (date) => date.slice(8, 10),
  H: (date) => date.slice(11, 13),
  M: (date) => date.slice(14, 16),
  S: (date) => date.slice(17, 19),
  i: (_, sequence) => String(sequence).padStart(SEQUENCE_DIGITS, '0'),
  '%': () => '%',
};
const SEQUENCE_DIGITS = 6;
const DIRECTIVE = /%(.?)/g;

export class FileName {
  readonly #template: string;

  /** @throws {RangeError} for a template whose names would not differ */
  constructor(template: string) {
    this.#template = template;
    for (const [, letter = ''] of template.matchAll(DIRECTIVE)) {
      if (!Object.hasOwn(DIRECTIVES, letter))
        throw new RangeError(`--output ${template} has '%${letter}'; there are %Y %m %d %H %M %S %i and %%`);
    }
    if (!/%i/.test(template.replaceAll('%%', '')))
      throw new RangeError(`--output ${template} needs %i, the number of the file, so that no name is used twice`);
    if (/%[^/]*\//.test(template.replaceAll('%%', '')))
      throw new RangeError(`--output ${template} has a folder with '%'; all files go to one folder`);
  }

  /** @param time seconds since the epoch */
  at(time: number, sequence: number): string {
    const date = new Date(time * 1000).toISOString();
    return this.#template.replaceAll(DIRECTIVE, (_, letter: string) => DIRECTIVES[letter]?.(date, sequence) ?? '');
  }

  /** Matches names of the template without their folder; its group is the number. */
  get pattern(): RegExp {
    const base = this.#template.slice(this.#template.lastIndexOf('/') + 1);
    const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    let source = '';
    let from = 0;
    let isNamed = false;
    for (const match of base.matchAll(DIRECTIVE)) {
      const [all, letter] = match;
      source += literal(base.slice(from, match.index));
      from = match.index + all.length;
      if (letter === '%') source += '%';
      else if (letter === 'i') source += isNamed ? '\\d+' : '(\\d+)';
      else source += letter === 'Y' ? '\\d{4}' : '\\d{2}';
      isNamed ||= letter === 'i';
    }
    return new RegExp(`^${source}${literal(base.slice(from))}$`);
  }

  /** The path of the list of files: what stands before the first directive, and `.manifest.jsonl`. */
  get manifest(): string {
    const start = this.#template.slice(0, this.#template.indexOf('%')).replace(/[-_.]+$/, '');
    return `${start}${start === '' || start.endsWith('/') ? 'flows' : ''}.manifest.jsonl`;
  }
}
