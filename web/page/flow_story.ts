/** One flow's story: what happened, its two directions, flows like it, its packets, all its fields. */
import { COLUMNS } from '../protocol.ts';
import type { FlowDetails, FlowField } from '../protocol.ts';
import { h } from './dom.ts';
import { counted, percentText } from './words.ts';

/** @param select is called with the expression of flows that are to be shown */
export function flowStory(details: FlowDetails, select: (where: string) => void): readonly HTMLElement[] {
  const { cells, fields, share, neighbours, packetFilter, json } = details;
  return [
    h('p', { class: 'story' }, storyOf(cells, share)),
    paths(fields),
    h('h3', {}, 'Flows like it'),
    h('ul', { class: 'neighbours' }, ...neighbours.map((one) => neighbour(one, select))),
    h('h3', {}, 'Its packets'),
    copyable(packetFilter, 'a capture filter for tcpdump, Wireshark and this page'),
    h('h3', {}, 'All fields'),
    fieldTable(fields),
    h('h3', {}, 'As JSON'),
    copyable(json.trim(), 'as pcapflow read -f jsonl writes it'),
  ];
}

function neighbour(
  { label, where, flows }: FlowDetails['neighbours'][number],
  select: (where: string) => void,
): HTMLElement {
  const click = (): void => select(where);
  return h(
    'li',
    {},
    h('button', { type: 'button', class: 'quiet', title: where, click }, `${counted(flows, 'flow')} ${label}`),
  );
}

/** Both directions side by side. */
function paths(fields: readonly FlowField[]): HTMLElement {
  const value = (name: string): string => fields.find((one) => one.name === name)?.value ?? '–';
  const rows = [
    ['Packets', 'packets'],
    ['Bytes of IP packets', 'bytes'],
    ['Bytes of payload', 'payloadBytes'],
    ['Bytes on the wire', 'wireBytes'],
  ].map(([label = '', name]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, label),
      h('td', {}, value(`${name}Forward`)),
      h('td', {}, value(`${name}Reverse`)),
    ),
  );
  return h(
    'table',
    { class: 'directions' },
    h(
      'thead',
      {},
      h('tr', {}, h('td', {}), h('th', { scope: 'col' }, 'sent →'), h('th', { scope: 'col' }, '← received')),
    ),
    h('tbody', {}, ...rows),
  );
}

/** What happened, in one sentence. */
function storyOf(cells: readonly string[], share: FlowDetails['share']): string {
  const cell = (name: (typeof COLUMNS)[number]): string => cells[COLUMNS.indexOf(name)] ?? '';
  const parts = `${percentText(share.bytes)} of the bytes and ${percentText(share.packets)} of the packets shown`;
  const tcp =
    cell('retransmitted') === ''
      ? ''
      : ` Mean round trips → / ←: ${cell('rtt')}. Packets sent again: ${cell('retransmitted')}.`;
  const about =
    cell('application') === '' ? '' : ` Application: ${[cell('application'), cell('name')].join(' ').trimEnd()}.`;
  const began = `Began ${cell('firstSeen')} UTC, took ${cell('duration')}`;
  return `${began}, ended: ${endText(cell('endReason'))}. ${parts}.${about}${tcp}`;
}

const ENDS: Readonly<Record<string, string>> = {
  idle: 'no packet for the idle timeout',
  active: 'older than the active timeout',
  fin: 'closed with FIN',
  rst: 'closed with RST',
  evicted: 'taken out of a full table',
  end: 'the capture ended before it did',
};

function endText(word: string): string {
  return ENDS[word] ?? word;
}

function fieldTable(fields: readonly FlowField[]): HTMLElement {
  const rows = fields.map(({ name, value, unit, doc }) =>
    h(
      'tr',
      { title: doc },
      h('th', { scope: 'row' }, name),
      h('td', {}, value),
      h('td', { class: 'unit' }, unit ?? ''),
    ),
  );
  return h('table', { class: 'fields' }, h('tbody', {}, ...rows));
}

/** A text with a button that copies it. */
function copyable(text: string, what: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet', title: `Copy ${what}` }, 'Copy');
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Select it and copy'),
    );
  });
  return h('div', { class: 'copyable' }, h('code', { tabindex: '0' }, text), button);
}
