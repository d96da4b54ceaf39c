/** Every form of the output read back by programs that are not ours: `npm run bench:readback -- --help`. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { valuesOf } from './readback/flow_lines.ts';
import type { FlowLine } from './readback/flow_lines.ts';
import { linesOf, Multiset } from './readback/multiset.ts';
import { FILES } from './readback/files.ts';
import { commandFor } from './readback/read_back.ts';
import type { Command, ReadBack } from './readback/read_back.ts';
import { RECEIVERS } from './readback/receivers.ts';
import { DATA_FOLDER, ensureWorkload } from './workload.ts';
import { benchArguments } from './arguments.ts';

const ABOUT = `Writes the flows of churn of \`pcapflow generate\` (1,000,000) in each format, has them read by DuckDB, psql, tshark,
nfcapd and kcat, and compares them with JSON Lines as multisets: all fields, times to the nanosecond where the format
has them. Programs that are not there are named. Exit status 1: some flows are not the same.`;

const READ_BACKS: readonly ReadBack[] = [...FILES, ...RECEIVERS];

/** What each form must have. */
async function wantedOf(command: Command, folder: string): Promise<Map<FlowLine | undefined, Multiset>> {
  const path = join(folder, 'flows.jsonl');
  await command('-f', 'jsonl', '-o', path);
  const wanted = new Map(READ_BACKS.map(({ wanted: form }) => [form, new Multiset()] as const));
  for await (const line of linesOf(createReadStream(path, { highWaterMark: 1 << 20 }))) {
    const values = valuesOf(line);
    for (const [form, all] of wanted) all.add(form === undefined ? line : form(values));
  }
  rmSync(path);
  return wanted;
}

async function compare(reader: ReadBack, command: Command, wanted: Multiset): Promise<boolean> {
  const began = performance.now();
  const folder = mkdtempSync(join(DATA_FOLDER, 'readback-'));
  try {
    const found = new Multiset();
    for await (const line of reader.read(command, folder)) found.add(line);
    const isSame = found.equals(wanted);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(
      `${reader.name}: ${found.count} flows, ${isSame ? 'the same' : 'NOT THE SAME'} (${seconds} s)\n`,
    );
    return isSame;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = benchArguments({
    program: 'readback',
    about: ABOUT,
    options: {
      scale: { argument: 'SHARE', default: '1', help: 'share of the capture, above 0, at most 1' },
      only: { argument: 'TEXT', default: '', help: 'these readers: those whose name has the text' },
    },
  });
  const command = commandFor(ensureWorkload('churn', Number(values.scale)).path);
  const folder = mkdtempSync(join(DATA_FOLDER, 'readback-'));
  const wanted = await wantedOf(command, folder).finally(() => rmSync(folder, { recursive: true }));
  process.stdout.write(`JSON Lines: ${wanted.get(undefined)?.count} flows\n`);
  for (const reader of READ_BACKS.filter(({ name }) => name.includes(values.only))) {
    const { name, missing } = reader;
    if (missing !== undefined) process.stdout.write(`${name}: left out, ${missing} is not here\n`);
    else if (!(await compare(reader, command, wanted.get(reader.wanted) as Multiset))) process.exitCode = 1;
  }
}

await main();
