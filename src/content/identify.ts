/**
 * What a flow is, from its first bytes: runs the recognisers, takes the strongest verdict, follows STARTTLS, tunnels
 * and upgrades, and names the port when the content says nothing. Pure: same bytes, same answer. Never throws.
 */

import {
  LIST_MAX,
  wholeIdentity,
  type ContentFields,
  type Details,
  type IdBit,
  type Identity,
  type IdentifyOptions,
  type KnownIdentity,
} from '../flow/identity.ts';
import { appOfPort, appOfPortWith } from './ports.ts';
import { recognisersFor } from './recognisers.ts';
import { NO_DETAILS, Sides, type Conversation, type Inner, type Verdict } from './conversation.ts';
import type { Recogniser } from './recogniser.ts';
import type { ContentCrypto } from './crypto.ts';
import type { FirstBytes, FirstPayload, UnlikeSides } from '../flow/first_payload.ts';

/** STARTTLS in a tunnel in a proxy: more is not followed. */
const DEPTH_MAX = 3;

export function identify(payload: FirstPayload, crypto: ContentCrypto, options: IdentifyOptions = {}): Identity {
  return wholeIdentity(knownOf(payload, crypto, options));
}

/** The same without what is not known. */
export function knownOf(payload: FirstPayload, crypto: ContentCrypto, options: IdentifyOptions): KnownIdentity {
  const found = strongest(payload, crypto, options, undefined);
  if (found === undefined) return withoutContent(guessed(appOfPort(payload), options), payload.bits);
  const { verdict, conversation } = found;
  const inner = innerVerdict(verdict, conversation, crypto, options, DEPTH_MAX);
  const malformed = verdict.malformed || inner?.malformed === true;
  return {
    app: verdict.app,
    appBy: verdict.both ? 'handshake' : 'content',
    appConfidence: verdict.confidence,
    ...presentFields(verdict.fields),
    ...(inner === undefined ? {} : presentFields(inner.fields)),
    ...knownDetails(verdict.details, inner),
    ...knownBits(malformed ? [...payload.bits, 'malformed'] : payload.bits),
  };
}

function guessed(app: string | undefined, { portGuess = true, apps }: IdentifyOptions): string | undefined {
  return portGuess && app !== undefined && (apps?.has(app) ?? true) ? app : undefined;
}

const withoutContent = (app: string | undefined, bits: readonly IdBit[]): KnownIdentity => ({
  ...(app === undefined ? {} : { app, appBy: 'port', appConfidence: 0 }),
  ...knownBits(bits),
});

const knownBits = (idBits: readonly IdBit[]): KnownIdentity => (idBits.length === 0 ? {} : { idBits });

/** Identities of flows of which no side starts like a protocol: most flows share one of a few. */
export class UnlikeFlows {
  readonly #options: IdentifyOptions;
  /** By application, then by the list of bits. */
  readonly #known = new Map<string | undefined, Map<readonly IdBit[], KnownIdentity>>();
  readonly #all = new Set<KnownIdentity>();

  constructor(options: IdentifyOptions) {
    this.#options = options;
  }

  /** @param bits the same list for the same bits */
  identify(transport: 'tcp' | 'udp', responderPort: number, { hasText, hasBinary, bits }: UnlikeSides): KnownIdentity {
    const app = guessed(appOfPortWith(transport, responderPort, hasText, hasBinary), this.#options);
    let byBits = this.#known.get(app);
    if (byBits === undefined) this.#known.set(app, (byBits = new Map()));
    let identity = byBits.get(bits);
    if (identity === undefined) {
      byBits.set(bits, (identity = Object.freeze(withoutContent(app, bits))));
      this.#all.add(identity);
    }
    return identity;
  }

  /** It was made here, and others may have the same one. */
  has(identity: KnownIdentity): boolean {
    return this.#all.has(identity);
  }
}

interface Found {
  readonly verdict: Verdict;
  readonly recogniser: Recogniser;
  readonly conversation: Conversation;
}

/** @param only the protocol that may follow, undefined for all */
function strongest(
  payload: FirstPayload,
  crypto: ContentCrypto,
  options: IdentifyOptions,
  only: string | undefined,
): Found | undefined {
  const { transport, originator, responder } = payload;
  const recognisers = recognisersFor(transport, originator, responder);
  if (recognisers.length === 0) return undefined;
  const ahead = new Sides(transport, originator, responder, crypto, options);
  const back = new Sides(transport, responder, originator, crypto, options);
  // What one side says is the same in both roles, if it says something in both.
  const oneSided = originator.first.length === 0 || responder.first.length === 0;
  let best: Found | undefined;
  for (const recogniser of recognisers) {
    if (only !== undefined && !recogniser.apps.includes(only)) continue;
    if (options.apps !== undefined && !recogniser.apps.some((app) => options.apps?.has(app))) continue;
    best = stronger(best, recogniser, ahead);
    // The originator is often unknown: unless it is certain, try the roles the other way round, too.
    if (best?.recogniser !== recogniser || !(oneSided || isCertain(best.verdict)))
      best = stronger(best, recogniser, back);
  }
  return best !== undefined && options.apps?.has(best.verdict.app) === false ? undefined : best;
}

const isCertain = ({ both, confidence }: Verdict): boolean => both && confidence === 3;

function stronger(best: Found | undefined, recogniser: Recogniser, conversation: Conversation): Found | undefined {
  const verdict = recogniser.recognise(conversation);
  if (verdict === undefined) return best;
  const found = { verdict, recogniser, conversation };
  return best === undefined || strength(found) > strength(best) ? found : best;
}

/** Confidence, then both sides, then rank, then the port; a draw stays with the one found first. */
const strength = ({ verdict, recogniser, conversation }: Found): number =>
  verdict.confidence * 100 +
  (verdict.both ? 50 : 0) +
  (3 - recogniser.rank) * 10 +
  (recogniser.ports.includes(conversation.serverPort) || recogniser.ports.includes(conversation.clientPort) ? 5 : 0);

/** The protocol inside: TLS after STARTTLS, any protocol after a tunnel's set-up. */
function innerVerdict(
  outer: Verdict,
  conversation: Conversation,
  crypto: ContentCrypto,
  options: IdentifyOptions,
  depth: number,
): (Verdict & { readonly tls: boolean }) | undefined {
  if (outer.inner === undefined || depth === 0) return undefined;
  const payload = behind(conversation, outer.inner);
  const { apps: _apps, ...rest } = options;
  const found = strongest(payload, crypto, rest, outer.inner.tls ? 'tls' : undefined);
  if (found === undefined) return undefined;
  const deeper = innerVerdict(found.verdict, found.conversation, crypto, options, depth - 1);
  return {
    ...found.verdict,
    fields: { ...found.verdict.fields, ...(deeper === undefined ? {} : presentFields(deeper.fields)) },
    details: { ...found.verdict.details, ...innerDetails(deeper) },
    malformed: found.verdict.malformed || deeper?.malformed === true,
    tls: outer.inner.tls,
  };
}

const behind = (conversation: Conversation, { clientAt, serverAt }: Inner): FirstPayload => ({
  transport: 'tcp',
  originator: streamFrom(conversation.clientPort, conversation.client, clientAt),
  responder: streamFrom(conversation.serverPort, conversation.server, serverAt),
  bits: [],
});

function streamFrom(port: number, stream: Uint8Array, at: number): FirstBytes {
  const rest = stream.subarray(at);
  return { port, first: rest, stream: rest, datagrams: [], timesNs: [] };
}

/** What a protocol did not see is left to the one around it. */
function presentFields(
  fields: Partial<ContentFields>,
): Partial<{ [Name in keyof ContentFields]: NonNullable<ContentFields[Name]> }> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function innerDetails(inner: (Verdict & { readonly tls: boolean }) | undefined): Details {
  if (inner === undefined) return {};
  return { ...inner.details, ...(inner.tls ? { tls: true } : { inner: inner.app }) };
}

function knownDetails(outer: Details, inner: (Verdict & { readonly tls: boolean }) | undefined): KnownIdentity {
  if (outer === NO_DETAILS && inner === undefined) return {};
  const entries = Object.entries({ ...outer, ...innerDetails(inner) });
  return entries.length === 0 ? {} : { details: Object.fromEntries(entries.slice(0, LIST_MAX)) };
}
