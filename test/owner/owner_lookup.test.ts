/** The look-up as a whole: what is asked, what is kept, what a failure does. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { HostError } from '../../src/host/errors.ts';
import { CymruSource } from '../../src/owner/cymru.ts';
import { OwnerLookup } from '../../src/owner/owner_lookup.ts';
import { NOT_ANNOUNCED } from '../../src/owner/owner.ts';
import type { Origin, OwnerAnswers, OwnerSource } from '../../src/owner/owner.ts';
import { answerLine, correct, globalAddresses, HEADER, prefixOf, startService } from './service.ts';
import type { Service } from './service.ts';

const base = mkdtempSync(join(tmpdir(), 'pcapflow-lookup-'));
afterAll(() => rmSync(base, { recursive: true }));
let count = 0;
const newFolder = (): string => join(base, String(count++), 'pcapflow');

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const NOW = 1_700_000_000_000;
const originOf = (address: string): Origin => ({
  ...NOT_ANNOUNCED,
  asn: 64500,
  name: 'EXAMPLE-AS, NL',
  country: 'NL',
  prefix: prefixOf(address),
});

/** Answers as told and remembers what it was asked. */
class Source implements OwnerSource {
  readonly name = 'a test';
  readonly asked: (readonly string[])[] = [];
  answer: (addresses: readonly string[]) => Partial<OwnerAnswers> | Promise<Partial<OwnerAnswers>> = (addresses) => ({
    origins: new Map(addresses.map((address) => [address, [originOf(address)]])),
  });

  async ask(addresses: readonly string[]): Promise<OwnerAnswers> {
    this.asked.push(addresses);
    return { origins: new Map(), failures: [], failed: 0, errors: [], ...(await this.answer(addresses)) };
  }
}

interface Setup {
  readonly owners: OwnerLookup;
  readonly source: Source;
  readonly warnings: HostError[];
  readonly clock: { now: number };
}

async function setup(cacheFolder?: string, clock = { now: NOW }): Promise<Setup> {
  const source = new Source();
  const warnings: HostError[] = [];
  const owners = await OwnerLookup.open({
    source,
    now: () => clock.now,
    onWarning: (warning) => void warnings.push(warning),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
  });
  open.push(owners);
  return { owners, source, warnings, clock };
}

describe('the longest announced prefix', () => {
  it('wins, fresh and from the cache alike, with each AS once', async () => {
    const { owners, source } = await setup();
    const of = (asn: number, prefix: string): Origin => ({ ...NOT_ANNOUNCED, asn, prefix });
    const [wide, narrow, other] = [of(1, '8.8.0.0/16'), of(2, '8.8.8.0/24'), of(3, '8.8.8.0/24')];
    source.answer = () => ({ origins: new Map([['8.8.8.8', [wide, narrow, narrow, other, wide]]]) });
    const fresh = (await owners.lookup(['8.8.8.8'])).get('8.8.8.8');
    expect(fresh?.origins).toEqual([narrow, other]);
    expect(fresh).toMatchObject(narrow);
    expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')).toEqual(fresh);
    expect(source.asked).toHaveLength(1);
  });
});

describe('special addresses', () => {
  const special = {
    '10.1.2.3': 'siteLocal',
    '192.168.0.1': 'siteLocal',
    '100.64.0.1': 'siteLocal',
    '127.0.0.1': 'hostLocal',
    '169.254.1.1': 'linkLocal',
    '0.0.0.0': 'localMulticast',
    '255.255.255.255': 'localMulticast',
    '224.0.0.1': 'localMulticast',
    '230.0.0.1': 'globalMulticast',
    '192.0.2.1': 'invalid',
    '240.0.0.1': 'invalid',
    '::': 'invalid',
    '::1': 'hostLocal',
    'fe80::1': 'linkLocal',
    'fd00::1': 'siteLocal',
    'ff02::1': 'localMulticast',
    'ff0e::1': 'globalMulticast',
    '2001:db8::1': 'invalid',
    '::ffff:10.0.0.1': 'siteLocal',
  } as const;

  it('are answered locally and never asked for', async () => {
    const { owners, source, warnings } = await setup();
    const found = await owners.lookup(Object.keys(special));
    for (const [address, scope] of Object.entries(special)) {
      expect(found.get(address), address).toMatchObject({ asn: null, name: scope, scope, prefix: null });
      expect(owners.cached(address)).toEqual(found.get(address));
    }
    expect(source.asked).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('are refused when they are no addresses', async () => {
    const { owners } = await setup();
    for (const text of ['', 'localhost', '1.2.3', 'fe80::1%eth0', '[::1]', '8.8.8.8/24']) {
      await expect(owners.lookup([text])).rejects.toThrow(RangeError);
      expect(owners.cached(text)).toBeUndefined();
    }
  });
});

describe('global addresses', () => {
  it('are asked for once each, in one form, and answered in the spelling of the question', async () => {
    const { owners, source } = await setup();
    const spellings = ['8.8.8.8', '::ffff:8.8.8.8', '2A00:1450:0::1', '2a00:1450::1', '8.8.8.8', '10.0.0.1'];
    const found = await owners.lookup(spellings);
    expect(source.asked).toEqual([['8.8.8.8', '2a00:1450::1']]);
    expect([...found.keys()]).toEqual([...new Set(spellings)]);
    expect(found.get('::ffff:8.8.8.8')).toEqual(found.get('8.8.8.8'));
    expect(found.get('2A00:1450:0::1')).toMatchObject({ asn: 64500, scope: 'global' });
  });

  it('of one prefix are asked for once', async () => {
    const { owners, source } = await setup();
    await owners.lookup(['8.8.8.8']);
    expect((await owners.lookup(['8.8.8.9'])).get('8.8.8.9')?.asn).toBe(64500);
    expect(owners.cached('8.8.8.10')?.asn).toBe(64500);
    expect(owners.cached('8.8.9.10')).toBeUndefined();
    expect(source.asked).toEqual([['8.8.8.8']]);
  });

  it('of many callers are asked for together, and not twice while they are being asked for', async () => {
    const { owners, source } = await setup();
    let go = (): void => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { answer } = source;
    source.answer = async (addresses) => {
      await held;
      return answer(addresses);
    };
    const first = globalAddresses(50).map((address) => owners.lookup([address]));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(source.asked.map((addresses) => addresses.length)).toEqual([50]);
    const second = [...globalAddresses(50), '8.8.8.8', '9.9.9.9'].map((address) => owners.lookup([address]));
    go();
    for (const found of await Promise.all([...first, ...second])) expect([...found.values()][0]?.asn).toBe(64500);
    expect(source.asked.slice(1)).toEqual([['8.8.8.8', '9.9.9.9']]);
  });

  it('that are not announced are an answer', async () => {
    const { owners, source, warnings } = await setup();
    source.answer = (addresses) => ({ origins: new Map(addresses.map((address) => [address, [NOT_ANNOUNCED]])) });
    expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')).toMatchObject({ asn: null, name: null, scope: 'global' });
    await owners.lookup(['8.8.8.8']);
    expect(source.asked).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('with a prefix that cannot be kept are remembered by themselves', async () => {
    const { owners, source } = await setup();
    source.answer = (addresses) => ({
      origins: new Map(addresses.map((address) => [address, [{ ...originOf(address), prefix: '0.0.0.0/0' }]])),
    });
    for (let n = 0; n < 2; n++) expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')?.prefix).toBe('0.0.0.0/0');
    expect(owners.cached('9.9.9.9')).toBeUndefined();
    expect(source.asked).toHaveLength(1);
  });

  it('without a source are not known', async () => {
    const owners = await OwnerLookup.open();
    expect((await owners.lookup(['8.8.8.8', '10.0.0.1'])).get('8.8.8.8')).toBeNull();
    expect(owners.sourceFailed).toBe(false);
  });
});

describe('a source that does not answer', () => {
  it('gives null and one warning, and is not asked for the same address for ten minutes', async () => {
    const { owners, source, warnings, clock } = await setup();
    source.answer = () => ({ errors: ['Error: no match \u001b[2J'] });
    for (let n = 0; n < 3; n++) expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')).toBeNull();
    expect(owners.cached('8.8.8.8')).toBeUndefined();
    expect(source.asked).toHaveLength(1);
    expect(owners.sourceFailed).toBe(true);
    expect(warnings.map(({ message }) => message)).toEqual([
      'a test: no owner for 1 of 1 addresses: Error: no match \u001b[2J',
    ]);
    clock.now += 599_999;
    await owners.lookup(['8.8.8.8']);
    expect(source.asked).toHaveLength(1);
    clock.now++;
    await owners.lookup(['8.8.8.8']);
    expect(source.asked).toHaveLength(2);
    expect(warnings).toHaveLength(1);
  });

  it('at all is left alone for a minute', async () => {
    const { owners, source, warnings, clock } = await setup();
    const { answer } = source;
    source.answer = (addresses) => ({
      failures: [new HostError('ERR_OWNER_TIMEOUT', 'no connection after 5 s')],
      failed: addresses.length,
    });
    await owners.lookup(['8.8.8.8', '9.9.9.9']);
    source.answer = answer;
    clock.now += 59_999;
    expect((await owners.lookup(['8.8.8.8', '1.1.1.1'])).get('8.8.8.8')).toBeNull();
    expect(source.asked).toHaveLength(1);
    clock.now++;
    expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')?.asn).toBe(64500);
    expect(warnings).toMatchObject([
      { code: 'ERR_OWNER_TIMEOUT', message: 'a test: no owner for 2 of 2 addresses: no connection after 5 s' },
    ]);
  });

  it('for one batch is asked again for that one', async () => {
    const { owners, source } = await setup();
    const { answer } = source;
    source.answer = async (addresses) => ({
      ...(await answer(addresses.slice(0, 1))),
      failures: [new HostError('ERR_OWNER_PROTOCOL', 'nonsense')],
      failed: 1,
    });
    const found = await owners.lookup(['8.8.8.8', '9.9.9.9']);
    expect([found.get('8.8.8.8')?.asn, found.get('9.9.9.9')]).toEqual([64500, null]);
    source.answer = answer;
    expect((await owners.lookup(['9.9.9.9'])).get('9.9.9.9')?.asn).toBe(64500);
    expect(source.asked[1]).toEqual(['9.9.9.9']);
  });
});

describe('the cache on disk', () => {
  it('answers the next run, until it is too old', async () => {
    const folder = newFolder();
    const first = await setup(folder);
    await first.owners.lookup(['8.8.8.8', '2a00:1450::1']);
    expect(existsSync(join(folder, 'owners.json'))).toBe(false);
    await first.owners.close();
    const second = await setup(folder, { now: NOW + 7 * 86_400_000 - 1 });
    expect(second.owners.cached('8.8.8.200')).toEqual({ ...first.owners.cached('8.8.8.8') });
    expect((await second.owners.lookup(['8.8.8.8', '2a00:1450::2'])).get('2a00:1450::2')?.asn).toBe(64500);
    expect(second.source.asked).toEqual([]);
    second.clock.now++;
    await second.owners.lookup(['8.8.8.8']);
    expect(second.source.asked).toEqual([['8.8.8.8']]);
  });

  it('is written once a minute while there is news, and in the end', async () => {
    const folder = newFolder();
    const { owners, clock } = await setup(folder);
    const entries = (): number =>
      (JSON.parse(readFileSync(join(folder, 'owners.json'), 'utf8')) as { entries: unknown[] }).entries.length;
    clock.now += 60_000;
    await owners.lookup(['8.8.8.8']);
    expect(entries()).toBe(1);
    clock.now += 59_999;
    await owners.lookup(['9.9.9.9']);
    expect(entries()).toBe(1);
    clock.now++;
    await owners.lookup(['1.1.1.1']);
    expect(entries()).toBe(3);
    await owners.lookup(['4.4.4.4']);
    await owners.close();
    await owners.close();
    expect(entries()).toBe(4);
  });

  it('is not written without news', async () => {
    const folder = newFolder();
    const { owners } = await setup(folder);
    await owners.lookup(['10.0.0.1']);
    await owners.close();
    expect(existsSync(folder)).toBe(false);
  });

  it('that is unsafe is one warning, and the run goes on without', async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    const { owners, warnings } = await setup(folder);
    expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')?.asn).toBe(64500);
    await owners.close();
    expect(warnings).toMatchObject([{ code: 'ERR_CACHE_UNSAFE' }]);
    expect(existsSync(join(folder, 'owners.json'))).toBe(false);
  });

  it('that cannot be written is one warning', async () => {
    const folder = newFolder();
    const { owners, warnings, clock } = await setup(folder);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    for (const address of globalAddresses(3)) {
      clock.now += 60_000;
      await owners.lookup([address]);
    }
    await owners.close();
    expect(warnings).toMatchObject([{ code: 'ERR_CACHE_UNSAFE' }]);
  });
});

describe('with the bulk service', () => {
  async function withService(
    answer: Parameters<typeof startService>[0],
  ): Promise<{ owners: OwnerLookup; service: Service; warnings: HostError[] }> {
    const service = await startService(answer);
    const warnings: HostError[] = [];
    const source = new CymruSource({ host: '127.0.0.1', port: service.port, limits: { idleMs: 5_000 } });
    const owners = await OwnerLookup.open({ source, onWarning: (warning) => void warnings.push(warning) });
    open.push(owners, service);
    return { owners, service, warnings };
  }

  it('5,000 addresses are five batches', async () => {
    const { owners, service, warnings } = await withService(correct);
    const addresses = globalAddresses(5_000);
    const found = await owners.lookup(addresses);
    expect([...found.values()].filter((owner) => owner?.asn === 64500)).toHaveLength(5_000);
    expect(service.questions.map((question) => question.length)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(warnings).toEqual([]);
  });

  it('what one run may not ask for stays unknown, with a warning', async () => {
    const { owners, service, warnings } = await withService(correct);
    const found = await owners.lookup(globalAddresses(10_001));
    expect([...found.values()].filter((owner) => owner === null)).toHaveLength(1);
    await owners.lookup(['99.9.9.9']);
    expect(service.questions.flat()).toHaveLength(10_000);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('no owner for 1 of 10001 addresses: no more addresses are asked for'),
    ]);
  });

  it('lies do no harm: a wide prefix and addresses that were not asked', async () => {
    const { owners } = await withService((_, socket) =>
      socket.end(HEADER + answerLine('8.8.8.8', { prefix: '0.0.0.0/0' }) + answerLine('9.9.9.9')),
    );
    expect((await owners.lookup(['8.8.8.8'])).get('8.8.8.8')?.asn).toBe(64500);
    expect(owners.cached('9.9.9.9')).toBeUndefined();
    expect(owners.cached('1.1.1.1')).toBeUndefined();
  });

  it('closing ends a question that is under way', async () => {
    let asked = (): void => {};
    const question = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { owners, warnings } = await withService(() => asked());
    const looking = owners.lookup(['8.8.8.8']);
    await question;
    await owners.close();
    expect((await looking).get('8.8.8.8')).toBeNull();
    expect((await owners.lookup(['9.9.9.9'])).get('9.9.9.9')).toBeNull();
    expect(warnings).toEqual([]);
  });
});
