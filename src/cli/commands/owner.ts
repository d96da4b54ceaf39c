/** `pcapflow owner`: who announces addresses. */
import { addressFamily } from '../../host/address/address.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import type { ValuesAt } from '../../options/table.ts';
import type { OwnerLookup } from '../../owner/index.ts';
import { EXIT_OK, EXIT_PART, EXIT_STRICT } from '../exit.ts';
import { Output } from '../output.ts';
import { ownerText } from '../owner_formats.ts';
import type { OwnerText } from '../owner_formats.ts';
import { openOwners } from '../owners.ts';
import { say } from '../standard_streams.ts';

/** Most invalid lines of standard input that are shown; further ones are only counted. */
const INVALID_LINES_SHOWN = 10;
/** Most characters kept of a line; an address is far shorter. */
const LINE_MAX = 1024;

export async function owner(values: ValuesAt<'owner'>, operands: readonly string[]): Promise<number> {
  for (const text of operands) {
    if (text !== '-' && !isAddress(text)) throw new RangeError(`not an IP address: ${JSON.stringify(text)}`);
  }
  const addresses = operands.length === 0 ? ['-'] : operands;
  const { format, csvRaw, noNetwork, ownerDb: db, server, port, dns, strict } = values;
  const text = ownerText(format, csvRaw);
  const owners = await openOwners({ network: !noNetwork, db, server, port, dns });
  const output = new Output(undefined, format !== 'table');
  let invalidLines = 0;
  const reportInvalid = (line: string): void => {
    invalidLines++;
    if (invalidLines <= INVALID_LINES_SHOWN)
      say(`pcapflow: not an IP address: ${sanitizeText(JSON.stringify(line))}\n`);
  };
  try {
    await write(output, text.begin());
    const given = addresses.filter((address) => address !== '-');
    if (given.length > 0) await writeOwners(output, text, owners, given);
    if (given.length < addresses.length) {
      for await (const lines of inputLines()) {
        if (output.gone) break;
        lines.filter((line) => !isAddress(line)).forEach(reportInvalid);
        await writeOwners(output, text, owners, lines.filter(isAddress));
      }
    }
    await write(output, text.end());
  } finally {
    await owners.close();
    await output.close();
  }
  if (invalidLines > INVALID_LINES_SHOWN)
    say(`pcapflow: and ${invalidLines - INVALID_LINES_SHOWN} more lines are not addresses\n`);
  if (strict && owners.sourceFailed) return EXIT_STRICT;
  return invalidLines > 0 ? EXIT_PART : EXIT_OK;
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
