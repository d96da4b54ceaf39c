/** Writes the flows of the view to a file. Where the browser can do so the text never is in memory at once. */
import type { ExportFormat, ExportPart } from '../protocol.ts';
import { h } from './dom.ts';
import type { ExportHost } from './export_menu.ts';

/** Bytes that are gathered in memory at most where the browser cannot write to a file. */
const MEMORY_MAX = 512 * 2 ** 20;

interface Writable {
  write(part: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

type Picker = (options: { suggestedName: string }) => Promise<{ createWritable(): Promise<Writable> }>;

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
};

export async function save(format: ExportFormat, host: ExportHost): Promise<void> {
  const name = `flows.${format}`;
  const pick = (globalThis as { readonly showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (pick !== undefined && !navigator.webdriver) {
    try {
      const file = await (await pick({ suggestedName: name })).createWritable();
      for await (const part of parts(format, host)) await file.write(part);
      await file.close();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
    }
    return;
  }
  const gathered: Uint8Array[] = [];
  let size = 0;
  for await (const part of parts(format, host)) {
    gathered.push(part);
    size += part.length;
    if (size > MEMORY_MAX) {
      host.say(`more than ${MEMORY_MAX / 2 ** 20} MiB: use 'pcapflow read -f ${format}', or select fewer flows`);
      return;
    }
  }
  const url = URL.createObjectURL(new Blob(gathered as BlobPart[], { type: TYPES[format] }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function* parts(format: ExportFormat, host: ExportHost): AsyncGenerator<Uint8Array> {
  for (let from: number | undefined = 0; from !== undefined; ) {
    const { bytes, next }: ExportPart = await host.part(format, from);
    yield bytes;
    from = next;
  }
}
