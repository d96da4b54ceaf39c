/** Answers of S3 that the server of the other tests never gives: pages, connections that break, a changed object. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage, readRange } from '../../src/cluster/storage.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
const server = createServer((request, response) => answer(request, response));
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const storage = openStorage('s3://bucket/prefix');

describe('a server of S3', () => {
  it('lists in pages', async () => {
    const asked: (string | null)[] = [];
    answer = ({ url = '' }, response) => {
      const token = new URL(url, 'http://host').searchParams.get('continuation-token');
      asked.push(token);
      const [name, next] = token === null ? ['b', '<NextContinuationToken>more</NextContinuationToken>'] : ['a', ''];
      const entry = `<Contents><Key>prefix/${name}</Key><Size>3</Size><ETag>"tag"</ETag></Contents>`;
      response.end(`<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${entry}${next}</ListBucketResult>`);
    };
    expect(await storage.list('')).toEqual([
      { name: 'a', size: 3, tag: 'tag' },
      { name: 'b', size: 3, tag: 'tag' },
    ]);
    expect(asked).toEqual([null, 'more']);
  });

  it('may break off: reading is resumed there, and only of the same version', async () => {
    const bytes = Buffer.alloc(100_000, 'abcdefg');
    const asked: string[] = [];
    answer = ({ headers }, response) => {
      const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1]);
      asked.push(`${headers.range} ${headers['if-match']}`);
      response.writeHead(206, { ETag: '"tag"', 'Content-Length': bytes.length - from });
      const isLast = from + 40_000 >= bytes.length;
      response.write(bytes.subarray(from, from + 40_000), () => (isLast ? response.end() : response.destroy()));
    };
    expect((await readRange(storage, 'object', 0, bytes.length)).equals(bytes)).toBe(true);
    expect(asked).toEqual(['bytes=0-99999 undefined', 'bytes=40000-99999 "tag"', 'bytes=80000-99999 "tag"']);
    answer = ({ headers }, response) => {
      if (headers['if-match'] !== undefined) return response.writeHead(412).end();
      response.writeHead(206, { ETag: '"tag"', 'Content-Length': 10 });
      return response.write('12345', () => response.destroy());
    };
    await expect(readRange(storage, 'object', 0, 10)).rejects.toThrow('object cannot be read: it was changed while');
  });

  it('refuses access: the message says what is missing', async () => {
    answer = (_, response) => response.writeHead(403).end();
    await expect(storage.list('')).rejects.toThrow(/access is denied .*the role of this machine needs rights/);
    await expect(storage.stat('object')).rejects.toThrow(/access is denied/);
  });
});
