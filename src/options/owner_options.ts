/** Options of looking up the owners of addresses: beside something else, and as `pcapflow owner`. */
import type { Option } from './option.ts';

/** Forms of everything that is listed and is not a flow. */
export const RECORD_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;

const BESIDE = ['read', 'live', 'top', 'sockets'] as const;

export const OWNER_OPTIONS = [
  {
    name: 'owner',
    type: 'flag',
    help: 'name the networks of both addresses; asks whois.cymru.com for those that are not in the cache',
    where: BESIDE,
  },
  {
    name: 'ownerDb',
    type: 'text',
    argument: 'FILE',
    requires: 'owner',
    help: 'use a local .mmdb file (ASN, Country or City of MaxMind, ipinfo), without network queries',
    where: BESIDE,
  },
  {
    name: 'ownerDns',
    type: 'flag',
    requires: 'owner',
    help: 'ask over DNS',
    where: BESIDE,
  },
  {
    name: 'ownerServer',
    type: 'text',
    argument: 'HOST',
    requires: 'owner',
    help: 'another service; with --owner-dns the address of the DNS server',
    where: BESIDE,
  },
  {
    name: 'ownerPort',
    type: 'integer',
    argument: 'N',
    range: [1, 65535],
    requires: 'owner',
    help: 'its port',
    where: BESIDE,
  },
  {
    name: 'format',
    short: 'f',
    type: 'choice',
    argument: 'FORMAT',
    choices: RECORD_FORMATS,
    default: 'table',
    help: 'form of the list',
    where: ['owner', 'sockets', 'connections'],
  },
  {
    name: 'noNetwork',
    type: 'flag',
    help: 'only what the cache knows',
    where: ['owner'],
  },
  {
    name: 'ownerDb',
    type: 'text',
    argument: 'FILE',
    help: 'look into a local .mmdb file instead (ASN, Country or City of MaxMind, ipinfo)',
    where: ['owner'],
  },
  {
    name: 'dns',
    type: 'flag',
    help: 'ask over DNS, as the service prefers for very many addresses',
    where: ['owner'],
  },
  {
    name: 'server',
    type: 'text',
    argument: 'HOST',
    without: 'whois.cymru.com',
    help: 'the service, or with --dns the DNS server',
    where: ['owner'],
  },
  {
    name: 'port',
    type: 'integer',
    argument: 'N',
    range: [1, 65535],
    without: '43, with --dns 53',
    help: 'its port',
    where: ['owner'],
  },
  {
    name: 'csvRaw',
    type: 'flag',
    help: 'do not protect cells that a spreadsheet would take for formulas',
    where: ['owner', 'sockets'],
  },
  {
    name: 'strict',
    type: 'flag',
    help: 'exit with 2 when the service leaves an address without an answer',
    helpAt: { sockets: 'exit with 2 when the owners of some addresses could not be asked for' },
    where: ['owner', 'sockets'],
  },
] as const satisfies readonly Option[];
