import { expect, it } from 'vitest';
import { manPage } from '../../docs/make/man_page.ts';
import { COMMANDS } from '../../src/cli/command_list.ts';
import { definitionOf } from '../../src/cli/command_texts.ts';
import { optionsDocument, parserOptionsFile, readOptionsFile } from './generate.ts';

// What differs is written anew by `npm run generate`.
it.each([
  ['src/reader/read_options.ts', readOptionsFile],
  ['src/fparser/parser_options.ts', parserOptionsFile],
  ['docs/options.md', optionsDocument],
  ['man/pcapflow.1', () => manPage(COMMANDS.map(definitionOf))],
])('%s is what the option table says', async (path, text) => {
  await expect(text()).toMatchFileSnapshot(`../../${path}`);
});
