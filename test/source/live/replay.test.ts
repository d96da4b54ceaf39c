/** The frames of a replay are those of the file, whatever its format. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ReplaySource } from '../../../src/source/live/replay_source.ts';
import { readCapture } from '../../models/index.ts';
import { CollectingSink } from './collecting_sink.ts';

const pcaps = fileURLToPath(new URL('../../../pcaps/', import.meta.url));
const shared = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url));

async function replayed(path: string): Promise<{ sink: CollectingSink; error: unknown; source: ReplaySource }> {
  const sink = new CollectingSink();
  const source = new ReplaySource({ files: path, speed: 'max' });
  let error: unknown;
  try {
    await source.open(sink);
    await source.run();
  } catch (cause) {
    error = cause;
  }
  await source.close();
  return { sink, error, source };
}

for (const folder of [pcaps, shared]) {
  const captures = existsSync(folder) ? readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name)) : [];
  describe.skipIf(captures.length === 0)(`in ${folder === pcaps ? 'pcaps' : 'the shared captures'} the records of`, () => {
    it.each(captures)('%s', async (name) => {
      const { records, error } = readCapture(readFileSync(join(folder, name)));
      const { sink, error: failure } = await replayed(join(folder, name));
      expect(sink.frames.length).toBe(records.length);
      for (const [n, { timestampNs, bytes, wireLen, linkType }] of records.entries()) {
        const frame = sink.frames[n];
        expect(frame?.timestampNs).toBe(timestampNs);
        expect(frame?.wireLen).toBe(wireLen);
        expect(sink.interfaces[frame?.interfaceNumber ?? -1]?.linkType).toBe(linkType);
        expect(Buffer.compare(frame?.frame ?? new Uint8Array(0), bytes)).toBe(0);
      }
      if (error === undefined) expect(failure).toBeUndefined();
      else expect(failure).toMatchObject({ offset: error.offset });
    });
  });
}
