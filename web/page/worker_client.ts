/** Asks the worker, and hears its notices. */
import type { FromWorker, Notice, Problem, RequestName, Requests } from '../protocol.ts';

/** The worker refused a request: something is wrong with what a person gave. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Refusal): void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #seq = 0;

  constructor(listen: (notice: Notice) => void) {
    this.#worker = new Worker(workerUrl() as string, { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind !== 'answer' && data.kind !== 'refusal') return listen(data);
      const waiting = this.#waiting.get(data.seq);
      this.#waiting.delete(data.seq);
      if (data.kind === 'answer') waiting?.resolve(data.answer);
      else waiting?.reject(new Refusal(data.problem));
    });
    this.#worker.addEventListener('error', (event) => {
      listen({ kind: 'fault', message: event.message || 'the worker could not be started' });
    });
  }

  /** @throws {Refusal} */
  ask<Name extends RequestName>(name: Name, argument: Requests[Name]['argument']): Promise<Requests[Name]['answer']> {
    const seq = this.#seq++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(seq, { resolve: resolve as (answer: unknown) => void, reject });
      this.#worker.postMessage({ seq, name, argument });
    });
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): unknown;
  };
}

/** The only URL that may become a script, where the browser asks for that to be said. */
function workerUrl(): unknown {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const url = 'worker.js';
  return trustedTypes?.createPolicy('pcapflow', { createScriptURL: (given) => given }).createScriptURL(url) ?? url;
}
