/** What flows are about, kept beside rows: shared, moved, forgotten with the rows. */
import { describe, expect, it } from 'vitest';
import { planSides } from '../../src/engine/side_records.ts';
import { rowAt } from '../../src/engine/table.ts';
import type { KnownIdentity } from '../../src/flow/identity.ts';
import type { FlowIdentities } from '../../src/reader/flow_identities.ts';
import { IdentityRows } from '../../web/worker/identity_rows.ts';
import { readOptions } from '../../web/worker/reading.ts';
import { RowStore } from '../../web/worker/row_store.ts';

const OPTIONS = readOptions(['identify']);
const { rowBytes } = planSides(OPTIONS);
const SHARED: KnownIdentity = Object.freeze({ app: 'http', appBy: 'port', appConfidence: 0 });

/** Of each flow its own name; every third is like others. */
const identityOf = (n: number): KnownIdentity => (n % 3 === 0 ? SHARED : { app: 'tls', serverName: `host${n}` });

function stored(count: number): { identities: IdentityRows; store: RowStore } {
  const identities = new IdentityRows(OPTIONS);
  const store = new RowStore(rowBytes);
  const u8 = new Uint8Array(count * rowBytes);
  const rows = { base: 0, count, rowBytes };
  const source = { take: (row: number) => identityOf(row / rowBytes), isShared: (one: unknown) => one === SHARED };
  identities.take({ u8, data: new DataView(u8.buffer) }, rows, source as unknown as FlowIdentities);
  store.append(u8, rowAt(rows, 0), count);
  return { identities, store };
}

const known = ({ identities, store }: ReturnType<typeof stored>): KnownIdentity[] =>
  Array.from({ length: store.count }, (_, id) => identities.peek(store.placeOf(id), store.bytesOf(id)));

describe('what flows are about, beside their rows', () => {
  it('belongs to its row, and to more rows that come', () => {
    const { identities, store } = stored(10);
    const rows = new Uint8Array(2 * rowBytes);
    // Both rows have the first of the list.
    identities.putAll(rows, rowBytes, [{ app: 'dns' }, { app: 'ssh' }]);
    store.append(rows, 0, 2);
    expect(known({ identities, store })).toEqual([
      ...Array.from({ length: 10 }, (_, n) => identityOf(n)),
      { app: 'dns' },
      { app: 'dns' },
    ]);
  });

  it('goes with rows that are dropped, and stays with the others', () => {
    const { identities, store } = stored(9);
    store.keep(Uint32Array.of(0, 2, 3, 7));
    identities.keepOf(store);
    expect(known({ identities, store })).toEqual([0, 2, 3, 7].map(identityOf));
    store.keep(Uint32Array.of(1));
    identities.keepOf(store);
    expect(known({ identities, store })).toEqual([identityOf(2)]);
  });

  it('is sorted by its text, with nothing first', () => {
    const { identities, store } = stored(6);
    const names = identities.numberOf('name');
    const places = Array.from({ length: 6 }, (_, id) => names(store.bytesOf(id), store.placeOf(id)));
    expect(places).toEqual([-1, 0, 1, -1, 2, 3]);
  });

  it('is summed up by application and name', () => {
    const { identities, store } = stored(4);
    const own = identities.sums();
    const rows = Uint32Array.from({ length: 4 }, (_, id) => store.placeOf(id));
    own.add(store.bytesOf(0), rows, 4, Float64Array.of(1, 1, 1, 1), Float64Array.of(10, 20, 30, 40));
    expect(own.shares().applications).toEqual([
      { label: 'http', where: 'identify.app = "http"', flows: 2, packets: 2, bytes: 50 },
      { label: 'tls', where: 'identify.app = "tls"', flows: 2, packets: 2, bytes: 50 },
    ]);
    expect(own.shares().names.map(({ label, bytes }) => [label, bytes])).toEqual([
      ['host2', 30],
      ['host1', 20],
    ]);
  });
});
