/**
 * Fields of who is behind a flow: its process, `direction`, `srcOwner.asn`. They are not in its row, and are known only
 * after it has ended.
 */
import type { Operand } from './operand.ts';

export interface KnownProcess {
  readonly pid: number;
  readonly name: string;
  readonly uid: number;
  readonly user: string | null;
}

export interface KnownOwner {
  readonly asn: number | null;
  readonly name: string | null;
  readonly country: string | null;
  readonly prefix: string | null;
}

/** What is known about a flow; null where nothing is. */
export interface KnownHost {
  readonly process: KnownProcess | null;
  /** Seen from this host. */
  readonly direction: 'inbound' | 'outbound' | 'forwarded' | null;
  readonly evidence: string | null;
  /** Network namespace; null for the present one. */
  readonly namespace: string | null;
  /** Interface of link-local addresses. */
  readonly scope: string | null;
  readonly srcOwner: KnownOwner | null;
  readonly dstOwner: KnownOwner | null;
}

/** What an expression asks, and who answers for the flow that is tested. */
export class HostSource {
  readonly #processes: boolean;
  readonly #owners: boolean;
  #asked = false;
  #known: KnownHost | undefined;

  /** @param processes whether processes of flows are looked up @param owners whether owners of addresses are */
  constructor(processes: boolean, owners: boolean) {
    this.#processes = processes;
    this.#owners = owners;
  }

  /** Whether an expression names one of the fields: then it can be tested only where `known` is set. */
  get asked(): boolean {
    return this.#asked;
  }

  set known(known: KnownHost) {
    this.#known = known;
  }

  get known(): KnownHost | undefined {
    return this.#known;
  }

  /** The operand of a field; undefined: it is not looked up. */
  operand(name: string, column: number): Operand | undefined {
    const read = READERS[name];
    if (read === undefined || !(isOfOwner(name) ? this.#owners : this.#processes)) return undefined;
    this.#asked = true;
    const of = (): string | number | null => (this.#known === undefined ? null : read(this.#known));
    const common = { column, shown: name, absent: () => of() === null };
    if (NUMBERS.test(name)) return { ...common, kind: 'number', sides: [() => Number(of() ?? NaN)], quantity: null };
    const words = WORDS[name];
    return { ...common, kind: 'text', of: of as () => string | null, ...(words === undefined ? {} : { words }) };
  }
}

type Reader = (known: KnownHost) => string | number | null;

const PROCESS_MEMBERS: readonly (keyof KnownProcess)[] = ['pid', 'name', 'uid', 'user'];
const OWNER_MEMBERS: readonly (keyof KnownOwner)[] = ['asn', 'name', 'country', 'prefix'];

/** The object that a record of JSON Lines has. */
const OF_PROCESS = 'process';

const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    PROCESS_MEMBERS.map((name): [string, Reader] => [
      `${OF_PROCESS}.${name}`,
      (known) => known.process?.[name] ?? null,
    ]),
  ),
  [OF_PROCESS]: ({ process }) => process?.name ?? null,
  direction: ({ direction }) => direction,
  evidence: ({ evidence }) => evidence,
  namespace: ({ namespace }) => namespace,
  scope: ({ scope }) => scope,
  ...Object.fromEntries(
    (['srcOwner', 'dstOwner'] as const).flatMap((side) =>
      OWNER_MEMBERS.map((name): [string, Reader] => [`${side}.${name}`, (known) => known[side]?.[name] ?? null]),
    ),
  ),
};
const NUMBERS = /\.(pid|uid|asn)$/;
const WORDS: Readonly<Record<string, readonly string[]>> = {
  direction: ['inbound', 'outbound', 'forwarded'],
  evidence: ['socket', 'trace', 'listener', 'habit'],
};

/** Of either end of a flow, each with that of the source and that of the destination. */
export const EITHER_OWNER: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  OWNER_MEMBERS.map((name) => [`owner.${name}`, [`srcOwner.${name}`, `dstOwner.${name}`]]),
);

/** All of them, by the names that JSON Lines have. */
export const HOST_FIELDS: readonly string[] = Object.keys(READERS);

export function isHostField(name: string): boolean {
  return Object.hasOwn(READERS, name);
}

function isOfOwner(name: string): boolean {
  return name.startsWith('srcOwner.') || name.startsWith('dstOwner.');
}

/** What turns a field on. */
export function hostRemedy(name: string): string {
  return isOfOwner(name) ? 'needs owners; add --owner to read or live' : 'needs processes; add --process to live';
}
