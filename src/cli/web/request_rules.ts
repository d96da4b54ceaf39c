/**
 * Who may ask the local server for what. A page of another site must be able neither to read from it nor to make it do
 * something: names that resolve to this machine (DNS rebinding), foreign origins and other methods are refused.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** What the rules look at. */
export interface AskedFor {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/**
 * Why a request is refused, whatever it asks for; undefined: it is not.
 * @param origins those of the server's own pages, as `http://127.0.0.1:8080`
 */
export function refusal({ method, headers }: AskedFor, origins: readonly string[]): Refusal | undefined {
  // Browsers leave out the port that is usual for the scheme, 80 or 443.
  const own = [...origins, ...origins.map((one) => new URL(one).origin)];
  const hosts = own.map((one) => one.slice(one.indexOf('//') + 2));
  const { host, origin } = headers;
  if (typeof host !== 'string' || !hosts.includes(host.toLowerCase())) {
    return { status: 421, text: `this server is ${hosts[0]}` };
  }
  if (origin !== undefined && !own.some((one) => origin === one)) {
    return { status: 403, text: 'pages of other origins are not answered' };
  }
  if (headers['sec-fetch-site'] === 'cross-site') return { status: 403, text: 'other sites are not answered' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'only GET and HEAD are answered' };
  return undefined;
}

/** Does the request carry the token? Comparing takes the same time whatever it carries. */
export function hasToken({ headers }: AskedFor, token: string): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization?.toString() ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/** Nothing of the page may come from elsewhere, be framed, or be kept. */
export const RESPONSE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types pcapflow',
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;
