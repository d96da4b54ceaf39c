/** What the first packets of a flow say about it: what is known of the record, and its options. */
import { UNKNOWN } from './identity_record.ts';
import type { Identity } from './identity_record.ts';

export type { AppBy, AppConfidence, Banner, Details, IdBit, Identity } from './identity_record.ts';

/** Fields that a protocol's parser can fill; null: not seen, or not of this protocol. */
export type ContentFields = Omit<Identity, 'app' | 'appBy' | 'appConfidence' | 'peerNames' | 'details' | 'idBits'>;

/** What is known of an identity, in any order: members that would be null or an empty list are left out. */
export type KnownIdentity = { readonly [Name in keyof Identity]?: NonNullable<Identity[Name]> };

/** Its members in the order of records. */
export const IDENTITY_NAMES = Object.keys(UNKNOWN) as readonly (keyof Identity)[];

/** With null for what is not known. */
export const wholeIdentity = (known: KnownIdentity): Identity => ({ ...UNKNOWN, ...known });

/** Most keys in `details`, most names in `certNames`, most addresses in `dnsAnswers`. */
export const LIST_MAX = 16;

export interface IdentifyOptions {
  /** User names, login names and directory names in `details`; passwords and cookies never. Default false. */
  readonly secrets?: boolean;
  /** Keep the query of HTTP paths. Default false. */
  readonly httpQuery?: boolean;
  /** Name the responder's port when the content says nothing. Default true. */
  readonly portGuess?: boolean;
  /** Only these protocols; default all. */
  readonly apps?: ReadonlySet<string>;
}
