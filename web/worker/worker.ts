/** The worker of the page: everything that looks at packets and flows runs here, and the page stays free. */
import { FParserError, messageOf } from '../../src/errors.ts';
import type { FromWorker, Request, RequestName, Requests } from '../protocol.ts';
import { problemOf } from './reading.ts';
import { checkFilter, Session } from './session.ts';

type Handlers = {
  readonly [Name in RequestName]: (
    argument: Requests[Name]['argument'],
  ) => Requests[Name]['answer'] | Promise<Requests[Name]['answer']>;
};

const post = self.postMessage.bind(self) as (message: FromWorker) => void;
let session: Session | undefined;

function current(): Session {
  if (session === undefined) throw new FParserError('ERR_STOPPED', 'no capture is open');
  return session;
}

const HANDLERS: Handlers = {
  open(argument) {
    session?.cancel();
    const next = new Session(argument, (notice) => {
      if (session === next) post(notice);
    });
    session = next;
    return next.read();
  },
  cancel() {
    session?.cancel();
    return undefined;
  },
  select: (argument) => current().select(argument),
  sort: (argument) => current().sort(argument),
  rows: (argument) => current().rows(argument),
  flow: (argument) => current().flow(argument),
  diagram: (argument) => current().diagram(argument),
  check: ({ filter }) => checkFilter(filter),
  export: (argument) => current().export(argument),
};

async function answer({ seq, name, argument }: Request): Promise<void> {
  try {
    const result = await (HANDLERS[name] as (argument: unknown) => unknown)(argument);
    post({ kind: 'answer', seq, answer: result });
  } catch (error) {
    if (!(error instanceof FParserError)) throw error;
    post({ kind: 'refusal', seq, problem: problemOf(error) });
  }
}

// A failure of ours reaches nobody else.
self.addEventListener('unhandledrejection', (event) => {
  post({ kind: 'fault', message: messageOf((event as PromiseRejectionEvent).reason) });
});
self.addEventListener('message', (event) => void answer((event as MessageEvent<Request>).data));
