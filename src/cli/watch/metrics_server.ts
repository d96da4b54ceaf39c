/** Serves `/metrics` and `/healthz` over HTTP. It never keeps the process alive. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FParserError, messageOf } from '../../errors.ts';
import { version } from '../../write/version.ts';
import { answerText } from '../web/answer_text.ts';
import { RunMetrics } from './metrics.ts';
import type { MetricsAddress } from './metrics_address.ts';
import type { WatchedRun } from './run_watch.ts';
import { say } from '../standard_streams.ts';

/** @returns ends it @throws {FParserError} ERR_READ when the address is taken or may not be used */
export async function startMetricsServer(address: MetricsAddress, run: WatchedRun): Promise<() => void> {
  // Later the rights to read the program may be gone.
  const ours = version();
  const metrics = new RunMetrics();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answerText(response, 405, 'only GET and HEAD are answered');
    switch (request.url?.split('?')[0]) {
      case '/metrics': {
        const text = await metrics.text(run.figures(), ours);
        response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
        return;
      }
      case '/healthz': {
        const failure = run.failure();
        return failure === undefined ? answerText(response, 200, 'ok') : answerText(response, 503, failure.code);
      }
      default:
        return answerText(response, 404, 'there are /metrics and /healthz');
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => answerText(response, 500, messageOf(error)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(address, error)));
    server.listen(address.port, address.host, resolve);
  });
  server.unref();
  const { port } = server.address() as AddressInfo;
  say(`pcapflow: metrics are at http://${hostOf(address)}:${port}/metrics\n`);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

function hostOf({ host }: MetricsAddress): string {
  return host.includes(':') ? `[${host}]` : host;
}

function cannotListen(address: MetricsAddress, error: unknown): FParserError {
  const where = `${hostOf(address)}:${address.port}`;
  const message = `metrics cannot be served at ${where}: ${messageOf(error)}; name another address with --metrics`;
  return new FParserError('ERR_READ', message, { cause: error });
}
