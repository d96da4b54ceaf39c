/** Messages of IPFIX and NetFlow v9, read back by a decoder that was written from the RFCs, at every size. */
import { describe, expect, it } from 'vitest';
import { ExportMessages } from '../../src/export/ipfix/messages.ts';
import type { MessageOptions, RecordRun } from '../../src/export/ipfix/messages.ts';
import { dataRecordFormat } from '../../src/export/ipfix/template.ts';
import type { ExportKind } from '../../src/export/ipfix/template.ts';
import { recordSize } from '../../src/flow/data_record.ts';
import type { DataRecordFormat } from '../../src/flow/data_record.ts';
import { ALL_FIELDS, FLOW_FIELDS } from '../../src/flow/fields.ts';
import { decodeIpfix, decodeNetflow9, unsigned } from '../models/ipfix.ts';
import type { DecodedMessage } from '../models/ipfix.ts';
import { random } from '../builders/index.ts';

const numbers = random(22);
const KINDS: readonly ExportKind[] = ['biflow', 'uniflow', 'netflow9'];

/** Records of random bytes, of both IP versions in turns of random length. */
function randomRun(format: DataRecordFormat, count: number): RecordRun & { readonly records: Uint8Array[] } {
  const versions: (4 | 6)[] = [];
  while (versions.length < count) {
    const version = numbers.below(2) === 0 ? 4 : 6;
    versions.push(...Array.from({ length: 1 + numbers.below(9) }, () => version as 4 | 6));
  }
  const records = versions.slice(0, count).map((version) => {
    const size = recordSize(version === 4 ? format.forward.v4 : format.forward.v6);
    return Uint8Array.from({ length: size }, () => numbers.below(256));
  });
  return {
    count,
    records,
    bytes: Buffer.concat(records),
    version: (n) => versions[n] as number,
    seconds: (n) => 1_700_000_000 + n,
  };
}

const EXPORTER = 'pcapflow 1.2.3, schema 4';
type Options = Omit<MessageOptions, 'exporter'>;

/** All messages that the records make. */
function messagesOf(format: DataRecordFormat, options: Options, runs: readonly RecordRun[]): Uint8Array[] {
  const messages = new ExportMessages(format, { ...options, exporter: EXPORTER });
  const all: Uint8Array[] = [];
  messages.addTemplates();
  for (const run of runs) {
    for (let done = 0, at = 0; done < run.count; ) {
      const { count, size } = messages.add(run, done, at);
      done += count;
      at += size;
      if (done < run.count) all.push(messages.finish().slice());
    }
  }
  if (!messages.isEmpty) all.push(messages.finish().slice());
  return all;
}

function decoded(all: readonly Uint8Array[], isNetflow9: boolean): DecodedMessage[] {
  const templates: Parameters<typeof decodeNetflow9>[1] = new Map();
  return all.flatMap((bytes) => (isNetflow9 ? [decodeNetflow9(bytes, templates)] : decodeIpfix(bytes, templates)));
}

describe.each(KINDS)('messages of %s', (kind) => {
  const isNetflow9 = kind === 'netflow9';
  const format = dataRecordFormat(FLOW_FIELDS, kind, false);

  it('hold all records in their order, whatever their greatest size', () => {
    for (let sizeMax = 512; sizeMax <= 1400; sizeMax += 1 + numbers.below(12)) {
      const runs = Array.from({ length: 3 }, () => randomRun(format, numbers.below(40)));
      const all = messagesOf(format, { isNetflow9, domain: 7, sizeMax }, runs);
      for (const { length } of all) expect(length).toBeLessThanOrEqual(sizeMax);
      const messages = decoded(all, isNetflow9);
      const read = messages.flatMap(({ records }) => records.map(({ values }) => Buffer.concat([...values.values()])));
      expect(read.map((bytes) => bytes.toString('hex'))).toEqual(
        runs.flatMap(({ records }) => records.map((bytes) => Buffer.from(bytes).toString('hex'))),
      );
      let before = 0;
      messages.forEach(({ sequence, records, domain, templates }, n) => {
        expect({ sequence, domain }).toEqual({ sequence: isNetflow9 ? n : before, domain: 7 });
        expect(templates).toEqual(n === 0 ? [256, 257] : []);
        before += records.length;
      });
    }
  });

  it('are full: the next record would not have fitted', () => {
    const run = randomRun(format, 400);
    const sizeMax = 1400;
    const all = messagesOf(format, { isNetflow9, domain: 1, sizeMax }, [run]);
    const largest = Math.max(recordSize(format.forward.v4), recordSize(format.forward.v6));
    for (const { length } of all.slice(0, -1)) expect(length).toBeGreaterThan(sizeMax - largest - 14);
  });

  it('have the time at which their last flow ended, or the time of sending', () => {
    const runs = [randomRun(format, 30), randomRun(format, 5)];
    const options = { isNetflow9, domain: 1, sizeMax: 65_535 };
    const [ofFlows] = decoded(messagesOf(format, options, runs), isNetflow9);
    expect(ofFlows?.exportSeconds).toBe(1_700_000_029);
    const [ofSending] = decoded(messagesOf(format, { ...options, now: () => 99 }, runs), isNetflow9);
    expect(ofSending?.exportSeconds).toBe(99);
  });

  it('begin their numbers again with another session', () => {
    const messages = new ExportMessages(format, { isNetflow9, exporter: EXPORTER, domain: 1, sizeMax: 65_535 });
    const send = (): Uint8Array => {
      messages.addTemplates();
      messages.add(randomRun(format, 4), 0, 0);
      return messages.finish().slice();
    };
    const all = [send(), send()];
    messages.restart();
    all.push(send(), send());
    const step = isNetflow9 ? 1 : 4;
    expect(decoded(all, isNetflow9).map(({ sequence }) => sequence)).toEqual([0, step, 0, step]);
  });

  it('count the record of the exporter, which only IPFIX has', () => {
    const messages = new ExportMessages(format, { isNetflow9, exporter: EXPORTER, domain: 2 ** 31 + 7, sizeMax: 512 });
    messages.addTemplates();
    expect(messages.addExporter(1_600_000_000)).toBe(!isNetflow9);
    const all = [messages.finish().slice()];
    messages.add(randomRun(format, 3), 0, 0);
    all.push(messages.finish().slice());
    const [first, second] = decoded(all, isNetflow9);
    const shown = first?.options.map(({ values }) => [
      unsigned(values.get('149')),
      Buffer.from(values.get('300') ?? []).toString(),
    ]);
    expect(shown).toEqual(isNetflow9 ? [] : [[2n ** 31n + 7n, EXPORTER]]);
    expect(first?.exportSeconds).toBe(isNetflow9 ? 0 : 1_600_000_000);
    expect(second?.sequence).toBe(1);
  });

  it('need room for the templates and for a record', () => {
    expect(() => new ExportMessages(format, { isNetflow9, exporter: EXPORTER, domain: 1, sizeMax: 150 })).toThrow(
      'has 150 bytes',
    );
  });
});

describe('records', () => {
  it('have every element that the schema gives to a field, the reverse ones in biflows only', () => {
    for (const version of [4, 6] as const) {
      const list = version === 4 ? 'v4' : 'v6';
      const wanted = ALL_FIELDS.filter(({ type }) => type !== 'list' && type !== 'decimal')
        .flatMap(({ ipfix }) => ipfix)
        .filter((one) => (one.version ?? version) === version);
      const names = (kind: ExportKind): string[] =>
        dataRecordFormat(ALL_FIELDS, kind, false).forward[list].map(({ element }) => element.name);
      const icmp = `icmpTypeCodeIPv${version}`;
      expect(names('biflow')).toEqual([...wanted.map(({ name }) => name), icmp, 'biflowDirection']);
      const forward = [...wanted.filter(({ enterprise }) => enterprise === 0).map(({ name }) => name), icmp];
      expect(names('uniflow')).toEqual(forward);
      expect(names('netflow9').filter((name) => !name.endsWith('SysUpTime'))).toEqual(
        forward.filter((name) => !/^flow(Start|End)Nanoseconds$/.test(name)),
      );
    }
  });

  it('of the other direction have the values of the other side', () => {
    const { forward, reverse } = dataRecordFormat(FLOW_FIELDS, 'uniflow', false);
    const fieldsOf = (parts: typeof forward | undefined): Record<string, string> =>
      Object.fromEntries(
        (parts?.v4 ?? []).map((part) => [part.element.name, 'field' in part ? part.field.name : 'constant']),
      );
    expect(fieldsOf(reverse)).toEqual({
      ...fieldsOf(forward),
      sourceIPv4Address: 'dstAddress',
      destinationIPv4Address: 'srcAddress',
      sourceTransportPort: 'dstPort',
      destinationTransportPort: 'srcPort',
      packetDeltaCount: 'packetsReverse',
      octetDeltaCount: 'bytesReverse',
      layer2OctetDeltaCount: 'wireBytesReverse',
      transportOctetDeltaCount: 'payloadBytesReverse',
      tcpControlBits: 'tcpFlagsReverse',
    });
    expect(dataRecordFormat(FLOW_FIELDS, 'uniflow', true).reverse).toBe(undefined);
  });

  it('cannot be of fields without an element', () => {
    const fields = ALL_FIELDS.filter(({ ipfix }) => ipfix.length === 0);
    expect(() => dataRecordFormat(fields, 'biflow', false)).toThrow('an element for none of the chosen fields');
  });

  it('read back as they are: numbers are big-endian', () => {
    expect(unsigned(Uint8Array.of(1, 2, 3))).toBe(0x010203n);
  });
});
