/** The bulk client against a server that is correct, slow, silent, huge, out of order, duplicated and hostile. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CymruSource, evenBatches } from '../../src/owner/cymru.ts';
import { askBatch, CYMRU_LIMITS } from '../../src/owner/cymru_batch.ts';
import type { CymruLimits } from '../../src/owner/cymru_batch.ts';
import type { OwnerAnswers } from '../../src/owner/owner.ts';
import { answerLine, correct, globalAddresses, HEADER, prefixOf, startService } from './service.ts';
import type { Service } from './service.ts';

let service: Service | undefined;
afterEach(async () => service?.close());

type Answer = (addresses: readonly string[], socket: Socket, n: number) => void;

async function ask(
  addresses: readonly string[],
  answer: Answer,
  limits: Partial<CymruLimits> = {},
  signal?: AbortSignal,
): Promise<OwnerAnswers> {
  service = await startService(answer);
  return new CymruSource({ host: '127.0.0.1', port: service.port, limits }).ask(addresses, signal);
}

const ADDRESSES = ['8.8.8.8', '2a00:1450:4001::1', '9.9.9.9'];

describe('a service that is correct', () => {
  it('is asked in bulk form, IPv4 and IPv6 mixed, and gives every field', async () => {
    const { origins, failures, failed, errors } = await ask(ADDRESSES, correct);
    expect(service?.questions).toEqual([ADDRESSES]);
    expect({ failures, failed, errors }).toEqual({ failures: [], failed: 0, errors: [] });
    expect([...origins.keys()].sort()).toEqual([...ADDRESSES].sort());
    expect(origins.get('8.8.8.8')).toEqual([
      {
        asn: 64500,
        name: 'EXAMPLE-AS, NL',
        country: 'NL',
        prefix: '8.8.8.0/24',
        registry: 'ripencc',
        allocated: '2001-02-03',
      },
    ]);
    expect(origins.get('2a00:1450:4001::1')?.[0]?.prefix).toBe('2a00:1450:4001::/48');
  });

  it('is asked for a single address in bulk form too', async () => {
    await ask(['8.8.8.8'], correct);
    expect(service?.questions).toEqual([['8.8.8.8']]);
  });

  it('is not asked for nothing', async () => {
    expect((await ask([], correct)).origins.size).toBe(0);
    expect(service?.questions).toEqual([]);
  });

  it('may write its lines byte by byte and end them with CR LF', async () => {
    const { origins } = await ask(['8.8.8.8'], (addresses, socket) => {
      const text = (HEADER + addresses.map((address) => answerLine(address)).join('')).replaceAll('\n', '\r\n');
      void (async () => {
        for (const byte of Buffer.from(text))
          await new Promise((resolve) => socket.write(Uint8Array.of(byte), resolve));
        socket.end();
      })();
    });
    expect(origins.get('8.8.8.8')?.[0]).toMatchObject({ asn: 64500, name: 'EXAMPLE-AS, NL' });
  });

  it('gets 2,500 addresses in three batches of nearly one size', async () => {
    const addresses = globalAddresses(2_500);
    const { origins, failures } = await ask(addresses, correct);
    expect(service?.questions.map((question) => question.length).sort()).toEqual([833, 833, 834]);
    expect(new Set(service?.questions.flat())).toEqual(new Set(addresses));
    expect(origins.size).toBe(2_500);
    expect(failures).toEqual([]);
  });

  it('has at most four connections, and at most 10,000 addresses in one run', async () => {
    const waiting: (() => void)[] = [];
    // Answers when four wait; the run can only end when others come after them.
    const answers = await ask(globalAddresses(10_500), (addresses, socket, n) => {
      waiting.push(() => correct(addresses, socket));
      if (waiting.length === 4 || n > 8) for (const go of waiting.splice(0)) go();
    });
    expect(service?.questions.flat()).toHaveLength(10_000);
    expect(service?.questions.every((question) => question.length === 1_000)).toBe(true);
    expect(service?.mostOpen).toBe(4);
    expect(answers.origins.size).toBe(10_000);
    expect(answers.failed).toBe(500);
    expect(answers.failures.map((failure) => failure.message)).toEqual([expect.stringContaining('in one run')]);
  });

  it('has its name resolved', async () => {
    service = await startService(correct);
    const source = new CymruSource({ host: 'localhost', port: service.port });
    expect((await source.ask(['8.8.8.8'])).origins.size).toBe(1);
  });
});

describe('answers', () => {
  const of = (lines: string, addresses: readonly string[] = ADDRESSES): Promise<OwnerAnswers> =>
    ask(addresses, (_, socket) => socket.end(HEADER + lines));

  it('out of order go to their addresses, however they are spelled', async () => {
    const { origins } = await of(
      answerLine('9.9.9.9', { asn: '3' }) +
        answerLine('2A00:1450:4001:0::0001', { asn: '2', prefix: '2A00:1450:4001::/48' }) +
        answerLine('8.8.8.8', { asn: '1' }),
    );
    expect(ADDRESSES.map((address) => origins.get(address)?.[0]?.asn)).toEqual([1, 2, 3]);
  });

  it('given twice are one origin; several lines or AS numbers are several, in order', async () => {
    const { origins } = await of(
      answerLine('8.8.8.8').repeat(3) +
        answerLine('9.9.9.9', { asn: '7 9' }) +
        answerLine('9.9.9.9', { asn: '8' }) +
        answerLine('9.9.9.9', { asn: '9' }),
    );
    expect(origins.get('8.8.8.8')).toHaveLength(1);
    expect(origins.get('9.9.9.9')?.map(({ asn }) => asn)).toEqual([7, 9, 8]);
  });

  it('are 16 origins of an address at most', async () => {
    const { origins } = await of(
      Array.from({ length: 100 }, (_, n) => answerLine('8.8.8.8', { asn: String(n) })).join(''),
    );
    expect(origins.get('8.8.8.8')?.map(({ asn }) => asn)).toEqual(Array.from({ length: 16 }, (_, n) => n));
  });

  it('NA means not announced', async () => {
    const { origins } = await of(
      'NA      | 8.8.8.8          | NA                  |    | other    |            | NA\n',
    );
    expect(origins.get('8.8.8.8')).toEqual([
      { asn: null, name: null, country: null, prefix: null, registry: null, allocated: null },
    ]);
  });

  it('NA is a country where an AS has it', async () => {
    expect(
      (await of(answerLine('8.8.8.8', { country: 'NA', name: 'TELECOM-NAMIBIA, NA' }))).origins.get('8.8.8.8')?.[0]
        ?.country,
    ).toBe('NA');
  });

  it('keep bars, escape codes and other scripts in names', async () => {
    const name = 'A|B||\u001b[31mred\u001b[0m \u202e Ünïcode';
    expect((await of(answerLine('8.8.8.8', { name }))).origins.get('8.8.8.8')?.[0]?.name).toBe(name);
  });

  it('about addresses that were not asked are not believed', async () => {
    expect([
      ...(await of(answerLine('1.1.1.1') + answerLine('8.8.8.8') + answerLine('10.0.0.1'))).origins.keys(),
    ]).toEqual(['8.8.8.8']);
  });

  it('with a field that makes no sense are no answers', async () => {
    const bad = [
      answerLine('8.8.8.8', { asn: 'AS1' }),
      answerLine('8.8.8.8', { asn: '4294967296' }),
      answerLine('8.8.8.8', { asn: '-1' }),
      answerLine('8.8.8.8', { asn: '1e3' }),
      answerLine('8.8.8.8', { asn: '' }),
      answerLine('8.8.8.8', { prefix: '9.9.9.0/24' }),
      answerLine('8.8.8.8', { prefix: '8.8.8.8/24' }),
      answerLine('8.8.8.8', { prefix: '8.8.8.0/33' }),
      answerLine('8.8.8.8', { prefix: 'NA' }),
      answerLine('8.8.8.8', { prefix: '::/0' }),
      '1 | 8.8.8.8 | 8.8.8.0/24 | US | arin | 2001-02-03\n',
      '1 | 8.8.8.8\n',
      '|||||||||\n',
      '\n',
      '   \n',
      '\0\0\0\n',
      answerLine('8.8.8.999', { prefix: '8.8.8.0/24' }),
    ];
    const { origins, failures } = await of(bad.join(''));
    expect(origins.size).toBe(0);
    expect(failures).toEqual([]);
  });

  it('have texts checked that have a form', async () => {
    const { origins } = await of('1 | 8.8.8.8 | 8.8.8.0/24 | usa |  | yesterday | \n');
    expect(origins.get('8.8.8.8')).toEqual([
      { asn: 1, name: null, country: null, prefix: '8.8.8.0/24', registry: null, allocated: null },
    ]);
  });

  it('that are error lines are collected and answer nothing', async () => {
    const { origins, errors, failures } = await of(`Error: no ASN or IP match on line 1.\n${answerLine('9.9.9.9')}`);
    expect([...origins.keys()]).toEqual(['9.9.9.9']);
    expect(errors).toEqual(['Error: no ASN or IP match on line 1.']);
    expect(failures).toEqual([]);
    expect((await of('Error: x\n'.repeat(5_000))).errors).toHaveLength(100);
  });

  it('that miss an address leave it unanswered', async () => {
    const { origins, failures, failed } = await of(answerLine('8.8.8.8'));
    expect([...origins.keys()]).toEqual(['8.8.8.8']);
    expect([failures, failed]).toEqual([[], 0]);
  });

  it('that end inside a line do not give that line', async () => {
    const { origins, failures } = await of(answerLine('8.8.8.8') + answerLine('9.9.9.9').slice(0, -4));
    expect([...origins.keys()]).toEqual(['8.8.8.8']);
    expect(failures).toEqual([]);
  });
});

describe('a service that misbehaves fails the batch', () => {
  const code = async (answer: Answer, limits: Partial<CymruLimits> = {}): Promise<readonly unknown[]> => {
    const { origins, failures, failed } = await ask(ADDRESSES, answer, limits);
    expect([origins.size, failed]).toEqual([0, ADDRESSES.length]);
    return failures.map((failure) => [failure.code, failure.message]);
  };

  it('when it closes at once', async () => {
    expect(await code((_, socket) => socket.end())).toEqual([['ERR_OWNER_PROTOCOL', 'the answer is empty']]);
  });

  it('when it breaks the connection', async () => {
    expect(await code((_, socket) => socket.resetAndDestroy())).toEqual([
      ['ERR_OWNER_PROTOCOL', expect.stringContaining('ECONNRESET')],
    ]);
  });

  it('when it is another service', async () => {
    expect(await code((_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).toEqual([
      ['ERR_OWNER_PROTOCOL', expect.stringContaining('Bulk mode')],
    ]);
    expect(await code((_, socket) => socket.end('Error: you are blocked\n'))).toEqual([
      ['ERR_OWNER_PROTOCOL', expect.stringContaining('you are blocked')],
    ]);
  });

  it('when it is silent', async () => {
    expect(await code(() => {}, { idleMs: 30 })).toEqual([['ERR_OWNER_TIMEOUT', 'no more of an answer after 0.03 s']]);
    expect(await code((_, socket) => socket.write(HEADER), { idleMs: 30 })).toEqual([
      ['ERR_OWNER_TIMEOUT', 'no more of an answer after 0.03 s'],
    ]);
  });

  it('when it is slow: never idle, never done', async () => {
    let timer: NodeJS.Timeout | undefined;
    expect(
      await code(
        (_, socket) => {
          timer = setInterval(() => socket.write('x'), 5);
        },
        { batchMs: 80 },
      ),
    ).toEqual([['ERR_OWNER_TIMEOUT', 'the answer is not complete after 0.08 s']]);
    clearInterval(timer);
  });

  it('when its answer is huge', async () => {
    const endless: Answer = (_, socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(`${answerLine('1.1.1.1')}`.repeat(100)));
      };
      socket.write(HEADER);
      socket.on('drain', more);
      more();
    };
    expect(await code(endless)).toEqual([['ERR_OWNER_PROTOCOL', 'the answer is longer than 1048576 bytes']]);
  });

  it('when a line is longer than 1,024 bytes', async () => {
    const padding = (size: number): string =>
      HEADER + answerLine('8.8.8.8', { name: '' }).slice(0, -1).padEnd(size, 'x');
    expect(await code((_, socket) => socket.end(`${padding(1_025)}\n`))).toEqual([
      ['ERR_OWNER_PROTOCOL', expect.stringContaining('1024')],
    ]);
    expect(await code((_, socket) => socket.end(padding(1_025)))).toEqual([
      ['ERR_OWNER_PROTOCOL', expect.stringContaining('1024')],
    ]);
    const { origins } = await ask(ADDRESSES, (_, socket) => socket.end(`${padding(1_024)}\n`));
    expect([...origins.keys()]).toEqual(['8.8.8.8']);
  });

  it('and only that batch', async () => {
    const { origins, failures, failed } = await ask(globalAddresses(3_000), (addresses, socket, n) => {
      if (n === 2) socket.end('nonsense\n');
      else correct(addresses, socket);
    });
    expect([origins.size, failed, failures.length]).toEqual([2_000, 1_000, 1]);
  });
});

describe('without a service', () => {
  it('the connection is refused', async () => {
    const closed = await startService(correct);
    await closed.close();
    const { failures, failed } = await new CymruSource({ host: '127.0.0.1', port: closed.port }).ask(['8.8.8.8']);
    expect(failed).toBe(1);
    expect(failures[0]).toMatchObject({ code: 'ERR_OWNER_PROTOCOL', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('a connection that does not come about is given up', async () => {
    const never = { host: 'service.invalid', port: 43, lookup: () => {} };
    await expect(askBatch(['8.8.8.8'], never, { ...CYMRU_LIMITS, connectMs: 20 })).rejects.toMatchObject({
      code: 'ERR_OWNER_TIMEOUT',
      message: 'no connection after 0.02 s',
    });
  });

  it('a signal ends the waiting', async () => {
    const stop = new AbortController();
    const { failures } = await ask(ADDRESSES, () => stop.abort(), {}, stop.signal);
    expect(failures[0]).toMatchObject({ code: 'ERR_OWNER_TIMEOUT', message: 'the look-up was stopped' });
    expect((await ask(ADDRESSES, correct, {}, stop.signal)).failures).toHaveLength(1);
  });
});

it('batches differ by one at most', () => {
  for (const count of [0, 1, 999, 1_000, 1_001, 2_001, 9_999, 10_000]) {
    const sizes = evenBatches(globalAddresses(count), 1_000).map((batch) => batch.length);
    expect(sizes).toHaveLength(Math.ceil(count / 1_000));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
    if (count > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  }
});

it('addresses of the tests are what they should be', () => {
  expect(new Set(globalAddresses(10_500)).size).toBe(10_500);
  expect(['1.2.3.4', '2a00:1450::1'].map(prefixOf)).toEqual(['1.2.3.0/24', '2a00:1450::/48']);
});
