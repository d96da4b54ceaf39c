/** What the server of the page offers: captures, if it is `pcapflow web`, or a live one. */
import type { Source } from '../protocol.ts';

interface Offer {
  readonly captures: readonly { readonly name: string; readonly size: number }[];
  readonly live: Pick<Extract<Source, { readonly kind: 'live' }>, 'name' | 'groups' | 'processes'> | null;
}

/** Behind the `#` of the URL, so that it is in no request line. */
function token(): string | undefined {
  return /^#token=([\w-]+)$/.exec(location.hash)?.[1];
}

/** @throws {Error} when the server does not give them */
export async function servedCaptures(): Promise<Source[]> {
  const known = token();
  if (known === undefined) return [];
  const response = await fetch('offer', { headers: { Authorization: `Bearer ${known}` } });
  if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).trim()}`);
  const { captures, live } = (await response.json()) as Offer;
  if (live !== null) return [{ kind: 'live', ...live, url: 'live', token: known }];
  return captures.map(({ name, size }, n) => ({ kind: 'served', name, size, url: `capture/${n}`, token: known }));
}
