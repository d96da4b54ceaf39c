/** What is written about the members of the object `identify`: its type, its JSON Schema, and their table. */
import { IDENTITY_MEMBERS, type IdentityMember } from '../../src/flow/identity_schema.ts';
import { docstringOf, table } from './text.ts';

const MEMBERS: readonly [name: string, member: IdentityMember][] = Object.entries(IDENTITY_MEMBERS);

/** Types that are spelled out behind the record. */
const NAMED: Readonly<Record<string, string>> = {
  appBy: 'AppBy',
  appConfidence: 'AppConfidence',
  banner: 'Banner',
  details: 'Details',
};

const TYPES: Readonly<Record<IdentityMember['type'], string>> = {
  text: 'string',
  texts: 'readonly string[]',
  number: 'number',
  word: 'string',
  words: 'readonly IdBit[]',
  banner: 'Banner',
  details: 'Details',
};

/** src/flow/identity_record.ts: the record, and one of which nothing is known. */
export function identityRecord(): string {
  const members = MEMBERS.map(([name, member]) => {
    const type = `${NAMED[name] ?? TYPES[member.type]}${isList(member) ? '' : ' | null'}`;
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

const JSON_TYPES: Readonly<Record<IdentityMember['type'], object>> = {
  text: { type: 'string' },
  texts: { type: 'array', items: { type: 'string' } },
  number: { type: 'integer' },
  word: { type: 'string' },
  words: { type: 'array' },
  banner: {
    type: 'object',
    properties: { client: { type: ['string', 'null'] }, server: { type: ['string', 'null'] } },
    additionalProperties: false,
  },
  details: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
};

/** JSON Schema of the object as a line of JSON has it: without what is not known. */
export function identitySchema(): object {
  const properties = MEMBERS.map(([name, member]) => [
    name,
    { description: docOf(member), ...JSON_TYPES[member.type], ...limitsOf(member) },
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
  const rows = MEMBERS.map(([name, member]) => [`\`identify.${name}\``, TABLE_TYPES[member.type], docOf(member)]);
  return `
Members of \`identify\` (docs/identification.md). JSON leaves out what is not known, records have null for it:

${table(['member', 'type', 'meaning'], rows)}`;
}

const TABLE_TYPES: Readonly<Record<IdentityMember['type'], string>> = {
  text: 'text',
  texts: 'texts',
  number: 'whole number',
  word: 'word',
  words: 'words',
  banner: '`client` and `server`, texts',
  details: 'texts, numbers and booleans under their names',
};
