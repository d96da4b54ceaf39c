import { describe, expect, it } from 'vitest';
import { CONTENT_APPS, identify, type Details, type Identity } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { payloadOf, SAMPLES, type Sample } from './messages/index.ts';

const identityOf = (sample: Sample, swap = false): Identity =>
  identify(payloadOf(sample, swap), nodeCrypto, { portGuess: false });

describe('every protocol', () => {
  it.each(SAMPLES.map((sample) => [sample.name, sample] as const))('the sample %s is recognised', (_, sample) => {
    expect(identityOf(sample)).toMatchObject(sample.expected);
  });

  it('has a sample', () => {
    const named = new Set(SAMPLES.map(({ expected }) => expected.app));
    expect(CONTENT_APPS.filter((app) => !named.has(app))).toEqual([]);
  });

  it('is the same when the server is taken for the originator', () => {
    for (const sample of SAMPLES) {
      const { app, details } = identityOf(sample);
      expect(identityOf(sample, true), sample.name).toMatchObject({ app, details });
    }
  });
});

describe('a conversation cut at every byte', () => {
  it.each(SAMPLES.map((sample) => [sample.name, sample] as const))('the sample %s, cut', (_, sample) => {
    const whole = identityOf(sample);
    for (const [at, cut] of cuts(sample)) expectPart(identityOf(cut), whole, `${at}`);
  });
});

/**
 * Every shorter conversation: the client's bytes with all and with none of the server's, the server's with the
 * client's.
 */
function* cuts(sample: Sample): Generator<readonly [string, Sample]> {
  const { client, server } = sample;
  for (const shorter of prefixes(client)) {
    yield [`client ${shorter.size}`, { ...sample, client: shorter.parts }];
    yield [`client ${shorter.size} alone`, { ...sample, client: shorter.parts, server: [] }];
  }
  for (const shorter of prefixes(server)) yield [`server ${shorter.size}`, { ...sample, server: shorter.parts }];
}

function* prefixes(parts: readonly Uint8Array[]): Generator<{ size: number; parts: readonly Uint8Array[] }> {
  for (const [n, part] of parts.entries())
    for (let size = 0; size < part.length; size += part.length > 600 ? 31 : 1)
      yield { size, parts: [...parts.slice(0, n), part.subarray(0, size)].filter(({ length }) => length > 0) };
}

/** No value of the part may be one that the whole does not have; a list may be a prefix of the whole's. */
function expectPart(part: Identity, whole: Identity, where: string): void {
  for (const [field, value] of Object.entries(part)) {
    if (value === null || ['appConfidence', 'appBy', 'idBits', 'dnsQueries'].includes(field)) continue;
    const all = whole[field as keyof Identity];
    if (field === 'app') expect([...(RELATED[String(all)] ?? []), all], `${where} ${field}`).toContain(value);
    else if (Array.isArray(value)) expect((all as string[]).slice(0, value.length), `${where} ${field}`).toEqual(value);
    else if (field === 'details') expectDetails(value as Details, (all ?? {}) as Details, where);
    else if (field === 'banner') expect(all, `${where} ${field}`).toMatchObject(withoutNull(value));
    else expect(value, `${where} ${field}`).toEqual(all);
  }
}

/** What a conversation may be taken for before more of it is seen. */
const RELATED: Readonly<Record<string, readonly string[]>> = {
  websocket: ['http'],
  rtp: ['stun'],
};

/** Values of the first message that could be read: an answer's, while the request is too short. */
const SO_FAR: ReadonlySet<string> = new Set(
  'upgrade stun inner type mode operation opcode pdu code version mapped software ssrc payloadType'.split(' '),
);

function expectDetails(part: Details, whole: Details, where: string): void {
  for (const [key, value] of Object.entries(part))
    if (key === 'path') expect(String(whole.path), where).toContain(value);
    else if (!SO_FAR.has(key)) expect(value, `${where} details.${key}`).toEqual(whole[key]);
}

const withoutNull = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, content]) => content !== null));
