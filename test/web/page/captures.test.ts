/** Every capture of `pcaps/` in the worker of the page: the same flows, byte for byte, and the same problems. */
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlows } from '../../../src/api/read_flows.ts';
import type { FromWorker, Outcome, Request } from '../../../web/protocol.ts';
import { CHROMIUM, servePage } from './browser.ts';
import type { OpenPage, PageServer } from './browser.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PCAPS = `${ROOT}pcaps/`;
const NAMES = readdirSync(PCAPS).filter((name) => /\.pcap(ng)?$/.test(name));
/** Commands that run at a time. */
const AT_ONCE = 3;
/** Of these it is compared what flows are about. */
const BY_COMMAND = ['tour.pcap', 'sections.pcapng', 'malformed.pcap'];

interface Given {
  readonly name: string;
  readonly base64: string;
}

interface Read {
  readonly jsonl: string;
  readonly csv: string;
  readonly outcome: Pick<Outcome, 'flows' | 'packets' | 'problems'>;
}

type Place = Readonly<Record<'code' | 'offset', unknown>>;

const placeOf = ({ code, offset }: Partial<Place>): Place => ({ code, offset });

/** What the library says is wrong with a capture. */
async function problemsOf(source: string): Promise<Place[]> {
  const problems: Place[] = [];
  const onProblem = (problem: Error & Partial<Place>): void => void problems.push(placeOf(problem));
  for await (const _flow of readFlows(source, { onProblem }));
  return problems;
}

describe.skipIf(CHROMIUM === undefined)('the worker of the page (needs Chromium)', () => {
  let server: PageServer;
  let opened: OpenPage;

  beforeAll(async () => {
    server = await servePage();
    // A worker of the test's own is a script that the page would not start.
    opened = await server.open({ bypassCSP: true });
  });
  afterAll(() => server?.close());

  /** Talks to a worker as the page does. */
  function read(files: readonly Given[], groups: readonly string[] = []): Promise<Read[]> {
    return opened.page.evaluate(
      async ({ given, with: groups }) => {
        const worker = new Worker('worker.js', { type: 'module' });
        let seq = 0;
        const ask = (name: Request['name'], argument: unknown): Promise<unknown> =>
          new Promise((resolve, reject) => {
            const mine = seq++;
            worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
              if (data.kind === 'answer' && data.seq === mine) resolve(data.answer);
              if (data.kind === 'refusal' && data.seq === mine) reject(new Error(data.problem.message));
              if (data.kind === 'fault') reject(new Error(data.message));
            });
            worker.postMessage({ seq: mine, name, argument });
          });
        const results: Read[] = [];
        for (const { name, base64 } of given) {
          const file = new File([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))], name);
          const { flows, packets, problems } = (await ask('open', {
            sources: [{ kind: 'file', file }],
            filter: '',
            groups,
          })) as Outcome;
          const text = async (format: string): Promise<string> =>
            new TextDecoder().decode(((await ask('export', { format, from: 0 })) as { bytes: Uint8Array }).bytes);
          results.push({ jsonl: await text('jsonl'), csv: await text('csv'), outcome: { flows, packets, problems } });
        }
        worker.terminate();
        return results;
      },
      { given: files, with: groups },
    );
  }

  const given = (name: string, bytes = readFileSync(PCAPS + name)): Given => ({
    name,
    base64: bytes.toString('base64'),
  });

  it('gives of each capture the flows and the problems that the command has', async () => {
    const results = await read(NAMES.map((name) => given(name)));
    expect(NAMES.length).toBeGreaterThan(60);
    const waiting = [...NAMES.entries()];
    const compare = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [n, name] = next;
        const { jsonl, csv, outcome } = results[n]!;
        expect(jsonl, name).toBe(readFileSync(PCAPS + name.replace(/\.pcap(ng)?$/, '.flows.jsonl'), 'utf8'));
        const args = [`${ROOT}dist/bin/pcapflow/main.cjs`, 'read', PCAPS + name, '-f', 'csv'];
        const command = await new Promise<string>((resolve) =>
          execFile(process.execPath, args, (_error, stdout) => resolve(stdout)),
        );
        expect(csv, name).toBe(command);
        expect(outcome.problems.map(placeOf), name).toEqual(await problemsOf(PCAPS + name));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, compare));
  });

  it('says what flows are about as the command does', async () => {
    const results = await read(
      BY_COMMAND.map((name) => given(name)),
      ['identify'],
    );
    for (const [n, name] of BY_COMMAND.entries())
      for (const format of ['jsonl', 'csv'] as const) {
        const args = [`${ROOT}dist/bin/pcapflow/main.cjs`, 'read', PCAPS + name, '-f', format, '--with', 'identify'];
        expect(results[n]![format], name).toBe(execFileSync(process.execPath, args, { encoding: 'utf8' }));
      }
  });

  it('says of a cut capture the same, at the same byte, as the library', async () => {
    const whole = readFileSync(`${PCAPS}tour.pcap`);
    const cuts = [25, 1000, 40_000, whole.length - 1];
    const results = await read(cuts.map((cut) => given('tour.pcap', whole.subarray(0, cut))));
    for (const [n, cut] of cuts.entries()) {
      const problems: { code: string; offset: number }[] = [];
      const onProblem = (problem: Error): void => void problems.push(problem as never);
      const part = (async function* () {
        yield whole.subarray(0, cut);
      })();
      let flows = 0;
      for await (const _flow of readFlows(part, { onProblem })) flows++;
      const { outcome } = results[n]!;
      expect(outcome.problems.map(({ code, offset }) => ({ code, offset }))).toEqual(
        problems.map(({ code, offset }) => ({ code, offset })),
      );
      expect([problems.length, outcome.flows]).toEqual([1, flows]);
    }
  });
});
