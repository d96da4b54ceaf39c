/**
 * Arguments as options and operands. The rules are those of `parseArgs` in node:util when it is not strict; to load and
 * to ask it takes as long as to read 10,000 packets.
 */

export type Token =
  | { readonly kind: 'operand'; readonly text: string }
  | {
      readonly kind: 'option';
      /** Without dashes. A letter stands for itself where no option has it. */
      readonly name: string;
      /** As it is written, without its value. */
      readonly shown: string;
      /** Undefined: there is none. */
      readonly value: string | undefined;
      /** The value is in the same argument. */
      readonly inline: boolean;
    };

export interface KnownOptions {
  /** The option that has this letter. */
  nameOf(letter: string): string | undefined;
  /** Whether the next argument is its value when it has none in the same. */
  takesValue(name: string): boolean;
}

export function tokensOf(argv: readonly string[], known: KnownOptions): Token[] {
  const tokens: Token[] = [];
  const rest = [...argv];
  const option = (name: string, shown: string, own: string | undefined): void => {
    const value = own ?? (known.takesValue(name) ? rest.shift() : undefined);
    tokens.push({ kind: 'option', name, shown, value, inline: own !== undefined });
  };
  for (let text = rest.shift(); text !== undefined; text = rest.shift()) {
    if (text === '--') {
      tokens.push(...rest.map((operand) => ({ kind: 'operand' as const, text: operand })));
      break;
    }
    if (text === '-' || !text.startsWith('-')) tokens.push({ kind: 'operand', text });
    else if (text.startsWith('--')) {
      // A name has one letter at least, whatever it is.
      const end = text.includes('=', 3) ? text.indexOf('=') : text.length;
      option(text.slice(2, end), text.slice(0, end), end < text.length ? text.slice(end + 1) : undefined);
    } else {
      for (let at = 1; at < text.length; at++) {
        const letter = text.charAt(at);
        const name = known.nameOf(letter) ?? letter;
        const behind = text.slice(at + 1);
        const isLast = known.takesValue(name);
        option(name, `-${letter}`, isLast && behind !== '' ? behind : undefined);
        if (isLast) break;
      }
    }
  }
  return tokens;
}
