/** What is written about the members of the object `identify`: its type, its JSON Schema, and their table. */
import { IDENTITY_MEMBERS, type IdentityMember } from '../../src/flow/identity_schema.ts';
import { docstringOf, table } from './text.ts';

const MEMBERS: readonly [name: string, member: IdentityMember][] = Object.entries(IDENTITY_MEMBERS);

/** Members whose type is narrower than that of their kind. */
const NAMED: Readonly<Record<string, string>> = { appBy: 'AppBy', appConfidence: 'AppConfidence' };

/** How each kind of member is written down: in the record, in JSON Schema, in the table. */
const KINDS: Readonly<
  Record<IdentityMember['type'], { readonly record: string; readonly json: object; readonly table: string }>
> = {
  text: { record: 'string', json: { type: 'string' }, table: 'text' },
  texts: { record: 'readonly string[]', json: { type: 'array', items: { type: 'string' } }, table: 'texts' },
  number: { record: 'number', json: { type: 'integer' }, table: 'whole number' },
  word: { record: 'string', json: { type: 'string' }, table: 'word' },
  words: { record: 'readonly IdBit[]', json: { type: 'array' }, table: 'words' },
  banner: {
    record: 'Banner',
    json: {
      type: 'object',
      properties: { client: { type: ['string', 'null'] }, server: { type: ['string', 'null'] } },
      additionalProperties: false,
    },
    table: '`client` and `server`, texts',
  },
  details: {
    record: 'Details',
    json: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    table: 'texts, numbers and booleans under their names',
  },
};

/** src/flow/identity_record.ts: the record, and one of which nothing is known. */
export function identityRecord(): string {
  const members = MEMBERS.map(([name, member]) => {
    const type = `${NAMED[name] ?? KINDS[member.type].record}${isList(member) ? '' : ' | null'}`;
    return `${docstringOf([docOf(member)], '  ')}  readonly ${name}: ${type};\n`;
  });
  const values = MEMBERS.map(([name, member]) => `  ${name}: ${isList(member) ? '[]' : 'null'},\n`);
  return `/** Written by \`npm run docs:schema\` from identity_schema.ts: change that, not this file. */

export type AppBy = ${wordsOf('appBy')};

export type AppConfidence = 0 | 1 | 2 | 3;

export type IdBit =
${Object.keys(IDENTITY_MEMBERS.idBits.words)
  .map((word) => `  | '${word}'`)
  .join('\n')};

/** First lines that the two sides sent. */
export interface Banner {
  readonly client: string | null;
  readonly server: string | null;
}

/** Values of one protocol. */
export type Details = Readonly<Record<string, string | number | boolean>>;

/** What a flow is, from its first bytes. What is not known is null. */
export interface Identity {
${members.join('')}}

/** Nothing is known of it. */
export const UNKNOWN: Identity = {
${values.join('')}};
`;
}

/** Only the bits of \`idBits\` are there when there are none. */
const isList = ({ type }: IdentityMember): boolean => type === 'words';

const wordsOf = (name: 'appBy'): string =>
  Object.keys(IDENTITY_MEMBERS[name].words)
    .map((word) => `'${word}'`)
    .join(' | ');

function docOf({ doc, words = {} }: IdentityMember): string {
  return [doc, ...Object.entries(words).map(([word, meaning]) => `\`${word}\`: ${meaning}.`)].join(' ');
}

/** JSON Schema of the object as a line of JSON has it: without what is not known. */
export function identitySchema(): object {
  const properties = MEMBERS.map(([name, member]) => [
    name,
    { description: docOf(member), ...KINDS[member.type].json, ...limitsOf(member) },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}

function limitsOf({ type, range, words = {} }: IdentityMember): object {
  const names = Object.keys(words);
  if (range !== undefined) return { minimum: range[0], maximum: range[1] };
  if (type === 'word') return { enum: names };
  return type === 'words' ? { items: { type: 'string', enum: names } } : {};
}

/** The part of docs/schema.md. */
export function identityTable(): string {
  const rows = MEMBERS.map(([name, member]) => [`\`identify.${name}\``, KINDS[member.type].table, docOf(member)]);
  return `
Members of \`identify\` (docs/identification.md). JSON leaves out what is not known, records have null for it:

${table(['member', 'type', 'meaning'], rows)}`;
}
