/** `readFlows` over bytes in memory, Blobs and URLs; ended by a signal; with its progress. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readFlows } from '../../src/index.ts';
import type { Flow, FlowSource, Progress, ReadOptions } from '../../src/index.ts';

const TOUR = fileURLToPath(new URL('../../pcaps/tour.pcap', import.meta.url));
const bytes = readFileSync(TOUR);

async function flowsOf(source: FlowSource, options: ReadOptions = {}): Promise<Flow[]> {
  const flows: Flow[] = [];
  for await (const flow of readFlows(source, options as ReadOptions & { readonly fields?: undefined }))
    flows.push(flow);
  return flows;
}

describe('the source of flows may be', () => {
  it('bytes, a Blob, and the URL of a file', async () => {
    const expected = await flowsOf(TOUR);
    expect(expected.length).toBeGreaterThan(0);
    for (const source of [new Uint8Array(bytes), new Blob([bytes]), pathToFileURL(TOUR)]) {
      expect(await flowsOf(source)).toEqual(expected);
    }
  });

  it('a URL of a server, whose refusal is an error with its number', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/tour.pcap' ? 200 : 404;
      response.end(request.url === '/tour.pcap' ? bytes : 'no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await flowsOf(new URL('/tour.pcap', base))).toEqual(await flowsOf(TOUR));
      await expect(flowsOf(new URL('/other', base))).rejects.toMatchObject({
        code: 'ERR_READ',
        message: expect.stringContaining('the server answered 404'),
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('no URL of another kind', () => {
    expect(() => readFlows(new URL('ftp://192.0.2.1/a'))).toThrow('a URL must be of file:, http: or https:');
  });
});

describe('a signal', () => {
  it('ends a reading that waits for bytes, with its reason', async () => {
    const never = (async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(bytes.subarray(0, 1_000));
      await new Promise(() => undefined);
    })();
    const end = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => end.abort(reason), 50);
    await expect(flowsOf(never, { signal: end.signal })).rejects.toBe(reason);
  });

  it('that has come already lets nothing be read', async () => {
    await expect(flowsOf(TOUR, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });
});

it('progress is reported at the end at the latest', async () => {
  const seen: Progress[] = [];
  const flows = await flowsOf(TOUR, { onProgress: (progress) => seen.push(progress) });
  const counters = { bytesRead: bytes.length, flows: flows.length };
  expect(seen.at(-1)).toMatchObject(counters);
  expect(seen.at(-1)?.packets).toBeGreaterThan(flows.length);
});
