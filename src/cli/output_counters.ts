/** What became of an output so far, for `--stats`, `--stats-every` and `--metrics`. */

/** Where an output goes: `files` are one after the other. */
export type OutputKind = 'file' | 'files' | 'datagrams' | 'connection' | 'topic';

/** Which counters have a meaning. */
const COUNTED = {
  file: ['bytes'],
  files: ['bytes', 'files', 'flowsNotWritten'],
  datagrams: ['bytes', 'messages', 'messagesLost'],
  connection: ['bytes', 'messages', 'messagesLost', 'reconnections'],
  topic: ['bytes', 'messages', 'messagesLost', 'retries'],
} as const satisfies Readonly<Record<OutputKind, readonly (keyof OutputCounters)[]>>;

export class OutputCounters {
  readonly format: string;
  readonly kind: OutputKind;
  /** Given to the system, or to the network. */
  bytes = 0;
  /** Datagrams, messages of a connection, or flows for a topic. */
  messages = 0;
  /** Those of them that are known not to have arrived. */
  messagesLost = 0;
  /** Connections after the first one. */
  reconnections = 0;
  /** How often what was sent to a topic was sent again. */
  retries = 0;
  /** Files that have their names. */
  files = 0;
  /** Flows for which the disk had no room. */
  flowsNotWritten = 0;

  constructor(format: string, kind: OutputKind) {
    this.format = format;
    this.kind = kind;
  }

  /** With the format, and without address and path: who may read counters need not know those. */
  get figures(): OutputFigures {
    return { format: this.format, ...Object.fromEntries(COUNTED[this.kind].map((name) => [name, this[name]])) };
  }
}

/** Counters by their names, and the format. */
export type OutputFigures = { readonly format: string } & Readonly<Record<string, string | number>>;
