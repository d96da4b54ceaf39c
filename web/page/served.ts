/** The captures that the server of the page offers, if it is `pcapflow web`. */
import type { Source } from '../protocol.ts';

/** Behind the `#` of the URL, so that it is in no request line. */
function token(): string | undefined {
  return /^#token=([\w-]+)$/.exec(location.hash)?.[1];
}

/** @throws {Error} when the server does not give them */
export async function servedCaptures(): Promise<Source[]> {
  const known = token();
  if (known === undefined) return [];
  const response = await fetch('captures', { headers: { Authorization: `Bearer ${known}` } });
  if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).trim()}`);
  const captures = (await response.json()) as readonly { readonly name: string; readonly size: number }[];
  return captures.map(({ name, size }, n) => ({ kind: 'served', name, size, url: `capture/${n}`, token: known }));
}
