/**
 * Who is behind the flows on the screen: process, direction, service, and if wanted the network of the remote address,
 * and application and name from the first bytes.
 */
import type { Identity, LiveIdentities } from '../../attribution/live_identities.ts';
import type { KnownIdentity as Content } from '../../flow/identity.ts';
import { programPath } from '../../host/process/process_command.ts';
import type { Owner, OwnerLookup } from '../../owner/index.ts';
import { hostOf, ownerText, serviceOf } from '../annotations.ts';
import { identityName } from '../../export/identity_text.ts';
import type { FlowIdentity } from './top_source.ts';

/** How long addresses are gathered before they are looked up. Milliseconds. */
const GATHER_MS = 1000;
/** Processes whose programs are remembered. */
const PROGRAMS_MAX = 4_096;

interface Shown {
  readonly identity: FlowIdentity;
  readonly owner: Owner | undefined;
  readonly answered: boolean;
  readonly content: Content | undefined;
}

/** FlowIdentities of the reader. */
interface Contents {
  of(flow: number, generation: number): Content | undefined;
}

export class TopIdentities {
  readonly #identities: LiveIdentities;
  readonly #owners: OwnerLookup | undefined;
  /** One object for each flow as long as nothing changes, and whether it was made with the flow's answer. */
  readonly #shown = new WeakMap<Identity, Shown>();
  readonly #contents: Contents | undefined;
  /** Paths of programs by process, `curl/42`. */
  readonly #programs = new Map<string, string | null>();
  #wanted = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param contents what the flows are about; undefined when that is not wanted */
  constructor(identities: LiveIdentities, owners: OwnerLookup | undefined, contents?: Contents) {
    this.#identities = identities;
    this.#owners = owners;
    this.#contents = contents;
  }

  of(flow: number, generation: number): FlowIdentity | undefined {
    const identity = this.#identities.of(flow, generation);
    if (identity === undefined) return undefined;
    const known = this.#shown.get(identity);
    const answered = identity.answer !== undefined;
    const owner = known?.owner ?? this.#ownerOf(identity);
    const content = this.#contents?.of(flow, generation);
    if (known?.answered === answered && known.owner === owner && known.content === content) return known.identity;
    const shown = { ...describe(identity, owner), ...this.#programOf(identity), ...contentOf(content) };
    this.#shown.set(identity, { identity: shown, owner, answered, content });
    return shown;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([this.#identities.close(), this.#owners?.close()]);
  }

  /** Of a process that has ended it is not known. */
  #programOf({ answer }: Identity): Pick<FlowIdentity, 'program'> {
    const found = answer?.process;
    if (found == null) return {};
    const key = `${found.name}/${found.pid}`;
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = programPath(found.pid);
      if (this.#programs.size >= PROGRAMS_MAX) this.#programs.clear();
      this.#programs.set(key, program);
    }
    return program === null ? {} : { program };
  }

  /** Of the far end; undefined while it is not known. */
  #ownerOf({ start, answer }: Identity): Owner | undefined {
    const owners = this.#owners;
    if (owners === undefined || answer === undefined) return undefined;
    const remote = answer.inbound === true ? start.srcAddress : start.dstAddress;
    const owner = owners.cached(remote);
    if (owner != null) return owner;
    this.#want(remote);
    return undefined;
  }

  #want(address: string): void {
    this.#wanted.add(address);
    this.#timer ??= setTimeout(() => {
      const wanted = this.#wanted;
      this.#wanted = new Set();
      this.#timer = undefined;
      void this.#owners?.lookup(wanted);
    }, GATHER_MS).unref();
  }
}

/** Application and name, as far as they are known. */
function contentOf(content: Content | undefined): Pick<FlowIdentity, 'app' | 'name' | 'content'> {
  const name = content === undefined ? undefined : identityName(content);
  return {
    ...(content === undefined ? {} : { content }),
    ...(content?.app === undefined ? {} : { app: content.app }),
    ...(name === undefined ? {} : { name }),
  };
}

function describe({ start, answer }: Identity, owner: Owner | undefined): FlowIdentity {
  const service = serviceOf(start.protocol, start.dstPort);
  const isInbound = answer?.inbound === true;
  const [srcOwner, dstOwner] = isInbound ? [owner ?? null, null] : [null, owner ?? null];
  const { protocol, dstPort } = start;
  const host = hostOf({ protocol, dstPort, identity: answer, content: undefined, srcOwner, dstOwner });
  return {
    host,
    ...(answer?.process == null ? {} : { process: `${answer.process.name}/${answer.process.pid}` }),
    ...(host.process === null ? {} : { user: host.process.user ?? String(host.process.uid) }),
    ...(answer?.inbound == null ? {} : { direction: isInbound ? ('in' as const) : ('out' as const) }),
    ...(service === undefined ? {} : { service }),
    ...(owner === undefined ? {} : { owner: ownerText(owner) }),
  };
}
