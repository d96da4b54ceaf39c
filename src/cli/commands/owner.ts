/** `pcapflow owner`: who announces addresses. */
import { parseArgs } from 'node:util';
import { addressFamily } from '../../host/address/address.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { checkChoice } from '../../reader/options.ts';
import type { OwnerLookup } from '../../owner/index.ts';
import { EXIT_OK, EXIT_PART, EXIT_STRICT } from '../exit.ts';
import { Output } from '../output.ts';
import { OWNER_FORMATS, ownerText } from '../owner_formats.ts';
import type { OwnerFormat, OwnerText } from '../owner_formats.ts';
import type { OwnerChoice } from '../owner_options.ts';
import { openOwners } from '../owners.ts';
import { runParsed } from '../run_command.ts';

const USAGE = `usage: pcapflow owner ADDRESS... [options]
Says which network announces each address: AS number and name, country, prefix. Without an address, or for '-', addresses
are read from standard input, one per line. Answers are kept for a week; private addresses are never asked for.

  -f, --format FORMAT     table, json, ndjson or csv (table)
      --no-network        only what the cache knows
      --owner-db FILE     look into a local .mmdb file instead (GeoLite2-ASN fields)
      --dns               ask over DNS, as the service prefers for very many addresses
      --server HOST       the service (whois.cymru.com), or with --dns the DNS server
      --port N            its port (43, with --dns 53)
      --csv-raw           do not protect cells that a spreadsheet would take for formulas
      --strict            exit with 2 when the service leaves an address without an answer

exit status: 0 done, 1 cannot start, 2 see --strict, 3 some lines of standard input were no addresses
`;

/** Lines of standard input that are shown when they are no addresses; of the others only the number is. */
const COMPLAINTS_MAX = 10;
/** An address is far shorter; more of a line is not kept. */
const LINE_MAX = 1024;

interface OwnerArguments {
  readonly addresses: readonly string[];
  readonly text: OwnerText;
  readonly choice: OwnerChoice;
  readonly strict: boolean;
}

export function owner(argv: readonly string[]): Promise<number> {
  return runParsed(argv, parse, run);
}

/** Undefined when only help was asked for. @throws for any option that makes no sense */
function parse(argv: readonly string[]): OwnerArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      format: { type: 'string', short: 'f' },
      'no-network': { type: 'boolean' },
      'owner-db': { type: 'string' },
      dns: { type: 'boolean' },
      server: { type: 'string' },
      port: { type: 'string' },
      'csv-raw': { type: 'boolean' },
      strict: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const format = checkChoice<OwnerFormat>('--format', (values.format ?? 'table') as OwnerFormat, OWNER_FORMATS);
  for (const text of positionals) {
    if (text !== '-' && !isAddress(text)) throw new RangeError(`${JSON.stringify(text)} is no IPv4 or IPv6 address`);
  }
  return {
    addresses: positionals.length === 0 ? ['-'] : positionals,
    text: ownerText(format, values['csv-raw'] === true),
    choice: {
      network: values['no-network'] !== true,
      db: values['owner-db'],
      server: values.server,
      port: values.port,
      dns: values.dns,
    },
    strict: values.strict === true,
  };
}

async function run({ addresses, text, choice, strict }: OwnerArguments): Promise<number> {
  const owners = await openOwners(choice);
  const output = new Output(undefined);
  let complaints = 0;
  const complain = (line: string): void => {
    complaints++;
    if (complaints <= COMPLAINTS_MAX)
      process.stderr.write(`pcapflow: ${sanitizeText(JSON.stringify(line))} is no IPv4 or IPv6 address\n`);
  };
  try {
    await write(output, text.begin());
    const given = addresses.filter((address) => address !== '-');
    if (given.length > 0) await writeOwners(output, text, owners, given);
    if (given.length < addresses.length) {
      for await (const lines of inputLines()) {
        if (output.gone) break;
        lines.filter((line) => !isAddress(line)).forEach(complain);
        await writeOwners(output, text, owners, lines.filter(isAddress));
      }
    }
    await write(output, text.end());
  } finally {
    await owners.close();
    await output.close();
  }
  if (complaints > COMPLAINTS_MAX)
    process.stderr.write(`pcapflow: and ${complaints - COMPLAINTS_MAX} more lines are no addresses\n`);
  if (strict && owners.sourceFailed) return EXIT_STRICT;
  return complaints > 0 ? EXIT_PART : EXIT_OK;
}

function isAddress(text: string): boolean {
  return addressFamily(text) !== undefined;
}

async function writeOwners(
  output: Output,
  text: OwnerText,
  owners: OwnerLookup,
  addresses: readonly string[],
): Promise<void> {
  const found = await owners.lookup(addresses);
  await write(output, addresses.map((address) => text.row(address, found.get(address) ?? null)).join(''));
}

/** Names of networks are not always ASCII. */
async function write(output: Output, text: string): Promise<void> {
  await output.addBytes(Buffer.from(text));
}

/** Lines of standard input that are not blank, as many at a time as have come. */
async function* inputLines(): AsyncGenerator<readonly string[], void, undefined> {
  let rest = '';
  for await (const piece of process.stdin.setEncoding('latin1') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_MAX);
    yield lines.map((line) => line.trim().slice(0, LINE_MAX)).filter((line) => line !== '');
  }
  if (rest.trim() !== '') yield [rest.trim()];
}
