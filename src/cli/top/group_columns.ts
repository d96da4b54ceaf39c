/** The columns of the tables of processes, hosts and ports. */
import { binaryText, countText } from '../../text/figure_text.ts';
import { cutText } from '../../text/table.ts';
import { ageText } from '../../text/time_text.ts';
import { fitColumnSet } from './columns.ts';
import type { Column, Layout } from './columns.ts';
import type { SortColumn } from './flow_rates.ts';
import type { Group, GroupView } from './groups.ts';
import { rateColumns } from './rate_columns.ts';
import type { WindowPlace } from './rate_history.ts';

interface Titles {
  readonly label: string;
  readonly detail: string;
  readonly more: string;
  readonly forward: string;
  readonly reverse: string;
}

/** A process and a host send and receive; a port is spoken to, and answers. */
const TITLES: Readonly<Record<GroupView, Titles>> = {
  processes: { label: 'PROCESS', detail: 'USER', more: 'PROGRAM', forward: 'SENT', reverse: 'RECV' },
  hosts: { label: 'HOST', detail: 'OWNER', more: 'NAME', forward: 'SENT', reverse: 'RECV' },
  ports: { label: 'PORT', detail: 'SERVICE', more: '', forward: 'TO', reverse: 'FROM' },
};

/** @param has whether a group has its detail, and what there is more */
export function layoutGroups(
  view: GroupView,
  width: number,
  sort: SortColumn,
  window: WindowPlace,
  has: { readonly detail: boolean; readonly more: boolean },
): Layout<Group> {
  const titles = TITLES[view];
  const { rate, forward, reverse, others } = rateColumns<Group>(window, titles.forward, titles.reverse);
  const label: Column<Group> = {
    title: titles.label,
    width: 20,
    most: 39,
    align: 'left',
    text: (group) => group.label,
  };
  const detail: Column<Group> = {
    title: titles.detail,
    width: 10,
    most: 24,
    align: 'left',
    text: (group) => group.detail,
  };
  const more: Column<Group> = {
    title: titles.more,
    width: 14,
    most: 40,
    align: 'left',
    // Of a path that is too long the end says more.
    text: ({ more: text }, width) => (view === 'processes' ? cutText(text, width, undefined, true) : text),
  };
  const flows: Column<Group> = {
    title: 'FLOWS',
    width: 6,
    align: 'right',
    text: (group) => countText(group.flows),
  };
  const bytes: Column<Group> = {
    title: 'BYTES',
    width: 7,
    align: 'right',
    sort: 'bytes',
    text: ({ wireBytes }) => binaryText(wireBytes),
  };
  const packets: Column<Group> = {
    title: 'PKTS',
    width: 6,
    align: 'right',
    sort: 'packets',
    text: (group) => countText(group.packets),
  };
  const age: Column<Group> = { title: 'AGE', width: 6, align: 'right', sort: 'age', text: (one) => ageText(one.age) };
  const set = {
    order: [label, detail, more, forward, reverse, rate, ...others, bytes, packets, flows, age],
    subjects: [label],
    optional: [rate, forward, reverse, bytes, more, detail, flows, ...others, packets, age],
  };
  return fitColumnSet(set, width, sort, (column) =>
    column === detail ? has.detail : column === more ? has.more : true,
  );
}
