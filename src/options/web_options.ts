/** Options of `pcapflow web`, and of `pcapflow live --web`. */
import type { Option } from './option.ts';

export const WEB_OPTIONS = [
  {
    name: 'web',
    type: 'flag',
    help: 'show flows on a page instead of writing them; its URL is printed (docs/web.md)',
    where: ['live'],
  },
  {
    name: 'webShowProcesses',
    type: 'flag',
    help: 'name the process behind each flow on the page of --web, to all who have its URL',
    where: ['live'],
  },
  {
    name: 'port',
    type: 'integer',
    argument: 'N',
    range: [0, 65_535],
    default: 0,
    help: 'TCP port to serve the page on; 0 is a free one',
    where: ['web', 'live'],
  },
  {
    name: 'listen',
    type: 'text',
    argument: 'ADDRESS',
    default: '127.0.0.1',
    help: 'address of this machine to serve the page on; beyond this machine only with --tls-cert and --tls-key',
    where: ['web', 'live'],
  },
  {
    name: 'tlsCert',
    type: 'text',
    argument: 'FILE',
    help: 'serve the page over TLS with this certificate, and its chain, in PEM',
    where: ['web', 'live'],
  },
  {
    name: 'tlsKey',
    type: 'text',
    argument: 'FILE',
    help: 'key of the certificate of --tls-cert, in PEM',
    where: ['web', 'live'],
  },
  {
    name: 'open',
    type: 'flag',
    help: 'open the page in the browser of this desktop',
    where: ['web'],
  },
] as const satisfies readonly Option[];
