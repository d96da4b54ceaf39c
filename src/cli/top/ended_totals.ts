/** Sums of the flows that have ended, by process, host and port. */
import type { FlowView } from '../../flow/flow.ts';
import { partsOf } from './groups.ts';
import type { EndedSum, GroupView } from './groups.ts';
import type { FlowIdentity } from './top_source.ts';

/** Labels of a view that are kept; flows of further ones are summed up as others. */
const LABELS_MAX = 20_000;
const OTHERS = 'others';

export class EndedTotals {
  readonly #sums: Readonly<Record<GroupView, Map<string, EndedSum>>> = {
    processes: new Map(),
    hosts: new Map(),
    ports: new Map(),
  };

  of(view: GroupView): ReadonlyMap<string, EndedSum> {
    return this.#sums[view];
  }

  add(flow: FlowView, identity: FlowIdentity | undefined): void {
    const wireBytes = flow.wireBytesForward + flow.wireBytesReverse;
    const packets = flow.packetsForward + flow.packetsReverse;
    for (const [view, sums] of Object.entries(this.#sums) as [GroupView, Map<string, EndedSum>][]) {
      for (const { label, detail, more } of partsOf(view, flow, identity)) {
        const sum = sumOf(sums, label);
        sum.flows++;
        sum.wireBytes += wireBytes;
        sum.packets += packets;
        if (sum.detail === '' && detail !== undefined) sum.detail = detail;
        if (sum.more === '' && more !== undefined) sum.more = more;
      }
    }
  }
}

function sumOf(sums: Map<string, EndedSum>, label: string): EndedSum {
  const key = sums.has(label) || sums.size < LABELS_MAX ? label : OTHERS;
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { detail: '', more: '', flows: 0, wireBytes: 0, packets: 0 };
    sums.set(key, sum);
  }
  return sum;
}
