/**
 * Identifies the flows of one capture, and remembers what one flow reveals about others: names that DNS answers gave to
 * addresses, and the ports of FTP data connections. Flows may come in the order in which they end.
 */

import { dnsAppOf } from './dns/dns.ts';
import { parseDnsMessage, type DnsMessage } from './dns/message.ts';
import { PassiveNames } from './dns/passive_names.ts';
import type { AddressKey } from './dns/address_key.ts';
import { dataEndpoints } from './ftp.ts';
import { FtpDataPorts } from './ftp_data.ts';
import { knownOf, UnlikeFlows } from './identify.ts';
import type { ContentCrypto } from './crypto.ts';
import type { FirstBytes, FirstPayload } from '../flow/first_payload.ts';
import type { IdentifyOptions, KnownIdentity } from '../flow/identity.ts';

export interface FlowToIdentify {
  /** Addresses as text. */
  readonly originator: string;
  readonly responder: string;
  /** The responder's address. */
  readonly responderKey: AddressKey;
  /** Time of the flow's first packet and of its last one so far. Nanoseconds since the epoch. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export interface IdentifierOptions extends IdentifyOptions {
  /** Remember the names in DNS answers. Default true. */
  readonly passiveDns?: boolean;
}

const DNS_APPS: ReadonlySet<string> = new Set(['dns', 'mdns', 'llmnr']);

export class Identifier {
  readonly #crypto: ContentCrypto;
  readonly #options: IdentifierOptions;
  /** Flows that start like no protocol. */
  readonly unlike: UnlikeFlows;
  readonly #names = new PassiveNames();
  readonly #dataPorts = new FtpDataPorts();

  constructor(crypto: ContentCrypto, options: IdentifierOptions = {}) {
    this.#crypto = crypto;
    this.#options = options;
    this.unlike = new UnlikeFlows(options);
  }

  /** What the flow's own bytes say; remembers what they say about other flows. */
  identify(payload: FirstPayload, flow: FlowToIdentify): KnownIdentity {
    const identity = knownOf(payload, this.#crypto, this.#options);
    if (identity.app === 'ftp') this.#expectData(payload, flow);
    if (this.#options.passiveDns !== false && payload.transport === 'udp' && DNS_APPS.has(identity.app ?? ''))
      this.#learnNames(payload);
    return identity;
  }

  /** May other flows have said something? Without it `complete` changes nothing. */
  get knowsOthers(): boolean {
    return this.#names.size > 0 || this.#dataPorts.size > 0;
  }

  /** What other flows say about this one: names of the responder at its first packet, and whether FTP announced it. */
  complete(identity: KnownIdentity, flow: FlowToIdentify, ports: readonly [number, number]): KnownIdentity {
    const names = this.#names.namesOf(flow);
    const named = names.length === 0 ? identity : { ...identity, peerNames: names };
    if ((identity.appConfidence ?? 0) >= 2 || !this.#isFtpData(flow, ports)) return named;
    return { ...named, app: 'ftp-data', appBy: 'content', appConfidence: 2 };
  }

  #isFtpData(flow: FlowToIdentify, ports: readonly [number, number]): boolean {
    if (this.#dataPorts.size === 0) return false;
    const { originator, responder, firstNs } = flow;
    if (this.#options.apps?.has('ftp-data') === false) return false;
    return (
      this.#dataPorts.isExpected(responder, ports[1], firstNs) ||
      this.#dataPorts.isExpected(originator, ports[0], firstNs)
    );
  }

  #expectData(payload: FirstPayload, { originator, responder, firstNs, lastNs }: FlowToIdentify): void {
    const { stream } = payload.originator;
    for (const { announcedBy, address, port } of dataEndpoints(stream, payload.responder.stream)) {
      const own = announcedBy === 'client' ? originator : responder;
      this.#dataPorts.expect(address ?? own, port, firstNs, lastNs);
    }
  }

  #learnNames({ originator, responder }: FirstPayload): void {
    if (![...originator.datagrams, ...responder.datagrams].some(isResponse)) return;
    const app = dnsAppOf(responder.port, originator.port);
    const messages = [...timedMessages(originator), ...timedMessages(responder)];
    const queries = messages.map(({ message }) => message).filter(({ response }) => !response);
    for (const { message, timeNs } of messages) this.#names.learn(app, message, queries, timeNs);
  }
}

const isResponse = (datagram: Uint8Array): boolean => ((datagram[2] ?? 0) & 0x80) !== 0;

function timedMessages({ datagrams, timesNs }: FirstBytes): { message: DnsMessage; timeNs: bigint }[] {
  return datagrams.flatMap((datagram, n) => {
    const message = parseDnsMessage(datagram);
    const timeNs = timesNs[n];
    return message === undefined || timeNs === undefined ? [] : [{ message, timeNs }];
  });
}
