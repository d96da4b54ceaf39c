/**
 * What a flow's data records consist of, and how a template says so: IPFIX (RFC 7011 §3.4.1), its biflows (RFC 5103) and
 * NetFlow v9 (RFC 3954 §5.2).
 */
import type { DataPart, DataParts, DataRecordFormat, PartForm } from '../../flow/data_record.ts';
import type { FieldDefinition, IpfixElement } from '../../flow/field.ts';
import { ALL_FIELDS } from '../../flow/fields.ts';

/** Numbers of the templates: any from 256 on. */
export const TEMPLATE_V4 = 256;
export const TEMPLATE_V6 = 257;
export const OPTIONS_TEMPLATE = 258;

export type ExportKind = 'biflow' | 'uniflow' | 'netflow9';

/** The enterprise bit of an element's number. */
const ENTERPRISE = 0x8000;
/** The originator is the source of a biflow (RFC 5103 §6.3.1). */
const BIFLOW_DIRECTION: DataPart = {
  element: { id: 239, name: 'biflowDirection', enterprise: 0, length: 1 },
  constant: 1,
};
/** Type and code of ICMP in one number, which some collectors know only. */
const ICMP_TYPE_CODE: Readonly<Record<4 | 6, IpfixElement>> = {
  4: { id: 32, name: 'icmpTypeCodeIPv4', enterprise: 0, length: 2 },
  6: { id: 139, name: 'icmpTypeCodeIPv6', enterprise: 0, length: 2 },
};
/** The application of a flow that was identified; the longest name that is known has 11 characters. */
const APPLICATION_NAME: DataPart = {
  element: { id: 96, name: 'applicationName', enterprise: 0, length: 16 },
  referred: true,
};
/** NetFlow v9's times of a flow, milliseconds since the exporter started (RFC 3954 §8). */
const UPTIMES: Readonly<Record<string, IpfixElement>> = {
  flowStartMilliseconds: { id: 22, name: 'flowStartSysUpTime', enterprise: 0, length: 4 },
  flowEndMilliseconds: { id: 21, name: 'flowEndSysUpTime', enterprise: 0, length: 4 },
};

/**
 * The records of flows with these fields. Fields that IPFIX has no element for are left out, and lists
 * and decimal numbers. A biflow has both directions
 * in one record; a uniflow and NetFlow v9 have a record for each.
 * @param isOneWay the flows have one direction anyway
 * @param isIdentified the rows refer to the name of the application
 * @throws {RangeError} when IPFIX has an element for none of them
 */
export function dataRecordFormat(
  fields: readonly FieldDefinition[],
  kind: ExportKind,
  isOneWay: boolean,
  isIdentified = false,
): DataRecordFormat {
  const icmp = ['icmpType', 'icmpCode'].flatMap((name) => fields.find((field) => field.name === name) ?? []);
  const list = (version: 4 | 6, isReverse: boolean): DataPart[] => [
    ...fields.flatMap((field) => partsOf(field, version, kind, isReverse)),
    ...(icmp.length === 2 ? [{ element: ICMP_TYPE_CODE[version], bytesOf: icmp }] : []),
    ...(isIdentified ? [APPLICATION_NAME] : []),
  ];
  const parts = (isReverse: boolean): DataParts => ({ v4: list(4, isReverse), v6: list(6, isReverse) });
  const forward = parts(false);
  if (forward.v4.length === 0 || forward.v6.length === 0)
    throw new RangeError('IPFIX has an element for none of the chosen fields; docs/schema.md lists those that it has');
  if (kind === 'biflow') {
    return {
      forward: { v4: [...forward.v4, BIFLOW_DIRECTION], v6: [...forward.v6, BIFLOW_DIRECTION] },
      reverse: undefined,
    };
  }
  return { forward, reverse: isOneWay ? undefined : parts(true) };
}

/** Types that an element has a number or bytes for. */
function isExportable({ type, store }: FieldDefinition): boolean {
  return type !== 'list' && type !== 'decimal' && type !== 'text' && store !== 'ip';
}

function partsOf(field: FieldDefinition, version: 4 | 6, kind: ExportKind, isReverse: boolean): DataPart[] {
  if (!isExportable(field)) return [];
  const value = isReverse ? oppositeOf(field) : field;
  return field.ipfix
    .filter((element) => element.version === undefined || element.version === version)
    .filter(({ enterprise }) => kind === 'biflow' || enterprise === 0)
    .flatMap((element): DataPart[] => {
      const part: DataPart = { element, field: value, form: formOf(field, element) };
      if (kind !== 'netflow9') return [part];
      if (part.form === 'ntp') return [];
      const uptime = UPTIMES[element.name];
      return uptime === undefined ? [part] : [{ element: uptime, field: value, form: 'uptime' }, part];
    });
}

/** What the field is seen from the other side. */
function oppositeOf(field: FieldDefinition): FieldDefinition {
  return ALL_FIELDS.find(({ name, group }) => name === field.opposite && group === field.group) ?? field;
}

function formOf({ type }: FieldDefinition, { name }: IpfixElement): PartForm {
  if (type !== 'time' && type !== 'duration') return 'plain';
  if (name.endsWith('Milliseconds')) return 'millis';
  return name.endsWith('Nanoseconds') && type === 'time' ? 'ntp' : 'plain';
}

/** A template record: its number, how many elements, and each of them. */
export function templateRecord(number: number, parts: readonly DataPart[]): Uint8Array {
  const size = 4 + parts.reduce((sum, { element }) => sum + (element.enterprise === 0 ? 4 : 8), 0);
  const record = new Uint8Array(size);
  const view = new DataView(record.buffer);
  view.setUint16(0, number);
  view.setUint16(2, parts.length);
  let at = 4;
  for (const { element } of parts) {
    view.setUint16(at, element.enterprise === 0 ? element.id : element.id | ENTERPRISE);
    view.setUint16(at + 2, element.length);
    at += 4;
    if (element.enterprise === 0) continue;
    view.setUint32(at, element.enterprise);
    at += 4;
  }
  return record;
}

const OBSERVATION_DOMAIN_ID: IpfixElement = { id: 149, name: 'observationDomainId', enterprise: 0, length: 4 };
const OBSERVATION_DOMAIN_NAME = { id: 300, name: 'observationDomainName', enterprise: 0 } as const;

/** An options template, and its only data record. */
export interface OptionsRecord {
  readonly template: Uint8Array;
  readonly record: Uint8Array;
}

/**
 * Says who exports a domain, in its name: IANA has no element for products and schemas (RFC 7011 §3.4.2.2).
 * @param name ASCII
 */
export function domainOptions(domain: number, name: string): OptionsRecord {
  const text = Buffer.from(name, 'latin1');
  const elements = templateRecord(OPTIONS_TEMPLATE, [
    { element: OBSERVATION_DOMAIN_ID, constant: domain },
    { element: { ...OBSERVATION_DOMAIN_NAME, length: text.length }, referred: true },
  ]);
  // Behind the count of all elements there is that of those that are the scope.
  const template = Buffer.concat([elements.subarray(0, 4), Uint8Array.of(0, 1), elements.subarray(4)]);
  const record = Buffer.concat([new Uint8Array(4), text]);
  record.writeUInt32BE(domain);
  return { template, record };
}
