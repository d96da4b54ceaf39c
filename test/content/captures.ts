/** The conversations of a shared capture, identified: by the slow collector and the identifier. */

import { existsSync, readFileSync } from 'node:fs';
import { Identifier, type Identity } from '../../src/content/index.ts';
import { nodeCrypto } from '../../src/content/node_crypto.ts';
import { wholeIdentity } from '../../src/flow/identity.ts';
import { keyOfAddress } from '../builders/address_key.ts';
import { readCapture } from '../models/index.ts';
import { conversationsOf, type CapturedConversation } from '../models/prefix_capture.ts';

const FOLDER = new URL('../../../shared/captures/', import.meta.url);

export const haveCaptures = existsSync(FOLDER);

export const oracle = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T;

export interface IdentifiedConversation extends CapturedConversation {
  readonly identity: Identity;
}

/** Ends of a conversation in either order. */
export interface Ends {
  readonly proto: string;
  readonly a: string;
  readonly a_port: number;
  readonly b: string;
  readonly b_port: number;
}

export class IdentifiedCapture {
  readonly conversations: readonly IdentifiedConversation[];
  readonly #byEnds = new Map<string, IdentifiedConversation>();

  constructor(name: string, decapsulate: boolean) {
    const { records } = readCapture(readFileSync(new URL(name, FOLDER)));
    const identifier = new Identifier(nodeCrypto);
    const found = conversationsOf(records, { decapsulate }).map((conversation) => {
      const { a: originator, b: responder } = conversation;
      const flow = { ...conversation, originator, responder, responderKey: keyOfAddress(responder) };
      return { conversation, flow, identity: identifier.identify(conversation.payload, flow) };
    });
    this.conversations = found.map(({ conversation, flow, identity }) => ({
      ...conversation,
      identity: wholeIdentity(identifier.complete(identity, flow, [conversation.aPort, conversation.bPort])),
    }));
    for (const conversation of this.conversations) {
      const { transport, a, aPort, b, bPort } = conversation;
      this.#byEnds.set(endsKey({ proto: transport, a, a_port: aPort, b, b_port: bPort }), conversation);
    }
  }

  find(ends: Ends): IdentifiedConversation | undefined {
    return this.#byEnds.get(endsKey(ends));
  }
}

const endsKey = ({ proto, a, a_port, b, b_port }: Ends): string =>
  [proto, ...[`${a} ${a_port}`, `${b} ${b_port}`].sort()].join(' ');
