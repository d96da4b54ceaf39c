/**
 * A decoder of IPFIX messages (RFC 7011 §3) and NetFlow v9 export packets (RFC 3954 §5), written from the RFCs. It knows no
 * element: a value is its bytes.
 */

export interface DecodedElement {
  readonly enterprise: number;
  readonly id: number;
  readonly length: number;
}

export interface DecodedRecord {
  readonly template: number;
  /** `id`, or `enterprise/id` -> the value. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

export interface DecodedMessage {
  readonly length: number;
  readonly exportSeconds: number;
  /** NetFlow v9 only, milliseconds. */
  readonly uptime: number;
  readonly sequence: number;
  readonly domain: number;
  /** Templates defined in it, without those of options. */
  readonly templates: readonly number[];
  readonly records: readonly DecodedRecord[];
  /** Data records of options templates. */
  readonly options: readonly DecodedRecord[];
}

interface Template {
  readonly elements: readonly DecodedElement[];
  /** How many of them, the first ones, are the scope of options; 0: the template is of flows. */
  readonly scope: number;
}

type Templates = Map<number, Template>;
type Sets = Pick<DecodedMessage, 'templates' | 'records' | 'options'>;

/** Messages of one session behind each other. @throws {Error} for anything that the RFC does not allow */
export function decodeIpfix(bytes: Uint8Array, templates: Templates = new Map()): DecodedMessage[] {
  const messages: DecodedMessage[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (view.getUint16(at) !== 10) throw new Error(`version ${view.getUint16(at)} at byte ${at}`);
    const length = view.getUint16(at + 2);
    if (length < 16 || at + length > bytes.length) throw new Error(`a message of ${length} bytes at byte ${at}`);
    messages.push({
      length,
      exportSeconds: view.getUint32(at + 4),
      uptime: 0,
      sequence: view.getUint32(at + 8),
      domain: view.getUint32(at + 12),
      ...decodeSets(bytes.subarray(at + 16, at + length), templates, 2),
    });
    at += length;
  }
  return messages;
}

/** One export packet. */
export function decodeNetflow9(bytes: Uint8Array, templates: Templates): DecodedMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 9) throw new Error(`version ${view.getUint16(0)}`);
  const sets = decodeSets(bytes.subarray(20), templates, 0);
  const count = view.getUint16(2);
  const found = sets.templates.length + sets.records.length + sets.options.length;
  if (count !== found) throw new Error(`${count} records in the header, ${found} in the packet`);
  return {
    length: bytes.length,
    exportSeconds: view.getUint32(8),
    uptime: view.getUint32(4),
    sequence: view.getUint32(12),
    domain: view.getUint32(16),
    ...sets,
  };
}

function decodeSets(bytes: Uint8Array, templates: Templates, templateSet: 0 | 2): Sets {
  const sets = { templates: [] as number[], records: [] as DecodedRecord[], options: [] as DecodedRecord[] };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const number = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (length <= 4 || at + length > bytes.length) throw new Error(`a set of ${length} bytes`);
    if (templateSet === 0 && length % 4 !== 0) throw new Error(`a set of ${length} bytes, no multiple of four`);
    const set = bytes.subarray(at + 4, at + length);
    const template = templates.get(number);
    if (number === templateSet) sets.templates.push(...decodeTemplates(set, templates, templateSet === 2, false));
    else if (number === 3 && templateSet === 2) decodeTemplates(set, templates, true, true);
    else if (number < 256) throw new Error(`set number ${number}`);
    else if (template === undefined) throw new Error(`no template ${number} so far`);
    else (template.scope > 0 ? sets.options : sets.records).push(...decodeRecords(set, number, template));
    at += length;
  }
  return sets;
}

function decodeTemplates(
  set: Uint8Array,
  templates: Templates,
  hasEnterprises: boolean,
  areOptions: boolean,
): number[] {
  const view = new DataView(set.buffer, set.byteOffset, set.byteLength);
  const defined: number[] = [];
  for (let at = 0; at + 4 <= set.length; ) {
    const number = view.getUint16(at);
    const count = view.getUint16(at + 2);
    const scope = areOptions ? view.getUint16(at + 4) : 0;
    if (number < 256 || count === 0) throw new Error(`template ${number} with ${count} elements`);
    if (areOptions && (scope === 0 || scope > count)) throw new Error(`template ${number} with a scope of ${scope}`);
    at += areOptions ? 6 : 4;
    const elements: DecodedElement[] = [];
    for (let n = 0; n < count; n++) {
      const id = view.getUint16(at);
      const length = view.getUint16(at + 2);
      const isEnterprise = hasEnterprises && id >= 0x8000;
      elements.push({
        id: isEnterprise ? id - 0x8000 : id,
        length,
        enterprise: isEnterprise ? view.getUint32(at + 4) : 0,
      });
      at += isEnterprise ? 8 : 4;
    }
    templates.set(number, { elements, scope });
    defined.push(number);
  }
  return defined;
}

function decodeRecords(set: Uint8Array, template: number, { elements }: Template): DecodedRecord[] {
  const size = elements.reduce((sum, { length }) => sum + length, 0);
  const records: DecodedRecord[] = [];
  let at = 0;
  for (; at + size <= set.length; ) {
    const values = new Map<string, Uint8Array>();
    for (const { enterprise, id, length } of elements) {
      const key = enterprise === 0 ? String(id) : `${enterprise}/${id}`;
      if (values.has(key)) throw new Error(`template ${template} has element ${key} twice`);
      values.set(key, set.subarray(at, at + length));
      at += length;
    }
    records.push({ template, values });
  }
  if (set.length - at > 3 || set.subarray(at).some((byte) => byte !== 0)) throw new Error('more than padding is left');
  return records;
}

/** A value as a number. */
export function unsigned(value: Uint8Array | undefined): bigint {
  return (value ?? new Uint8Array()).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
