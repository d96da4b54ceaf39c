/** Content identification: what a flow is, from its first bytes. Without Node, but for `node_crypto.ts`. */

export { addressKey, type AddressKey } from './dns/address_key.ts';
export { Identifier, type FlowToIdentify, type IdentifierOptions } from './identifier.ts';
export { identify } from './identify.ts';
export { namedPorts } from './ports.ts';
export { CONTENT_APPS, startTables } from './recognisers.ts';
export type { ContentCrypto } from './crypto.ts';
export type {
  AppBy,
  AppConfidence,
  Banner,
  ContentFields,
  Details,
  IdBit,
  IdentifyOptions,
  Identity,
} from '../flow/identity.ts';
