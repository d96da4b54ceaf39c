/** One flow's story, at the right of the page. */
import { COLUMNS } from '../protocol.ts';
import type { FlowDetails, FlowField } from '../protocol.ts';
import { h } from './dom.ts';
import { counted, percentText } from './words.ts';

export interface FlowPanelHost {
  select(where: string): void;
  closed(): void;
}

export class FlowPanel {
  readonly element: HTMLElement;
  readonly #host: FlowPanelHost;
  readonly #body = h('div', { class: 'flow-body' });
  readonly #title = h('h2', { id: 'flow-title' });
  readonly #close: HTMLButtonElement;

  constructor(host: FlowPanelHost) {
    this.#host = host;
    this.#close = h('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', click: () => this.hide() }, '×');
    this.element = h(
      'aside',
      { class: 'flow-panel', 'aria-labelledby': 'flow-title', hidden: true },
      h('header', {}, this.#title, this.#close),
      this.#body,
    );
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  hide(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#host.closed();
  }

  show(details: FlowDetails): void {
    const { title, cells, fields, share, neighbours, packetFilter, json } = details;
    this.#title.textContent = title;
    this.#body.replaceChildren(
      h('p', { class: 'story' }, storyOf(cells, share)),
      this.#paths(fields),
      h('h3', {}, 'Flows like it'),
      h('ul', { class: 'neighbours' }, ...neighbours.map((one) => this.#neighbour(one))),
      h('h3', {}, 'Its packets'),
      copyable(packetFilter, 'a capture filter for tcpdump, Wireshark and this page'),
      h('h3', {}, 'All fields'),
      fieldTable(fields),
      h('h3', {}, 'As JSON'),
      copyable(json.trim(), 'as pcapflow read -f jsonl writes it'),
    );
    this.element.hidden = false;
    this.#close.focus({ preventScroll: true });
    this.#body.scrollTop = 0;
  }

  #neighbour({ label, where, flows }: FlowDetails['neighbours'][number]): HTMLElement {
    const click = (): void => this.#host.select(where);
    return h(
      'li',
      {},
      h('button', { type: 'button', class: 'quiet', title: where, click }, `${counted(flows, 'flow')} ${label}`),
    );
  }

  /** Both directions side by side. */
  #paths(fields: readonly FlowField[]): HTMLElement {
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
}

/** What happened, in one sentence. */
function storyOf(cells: readonly string[], share: FlowDetails['share']): string {
  const cell = (name: (typeof COLUMNS)[number]): string => cells[COLUMNS.indexOf(name)] ?? '';
  const parts = `${percentText(share.bytes)} of the bytes and ${percentText(share.packets)} of the packets shown`;
  return `Began ${cell('firstSeen')} UTC, took ${cell('duration')}, ended: ${endText(cell('endReason'))}. ${parts}.`;
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
export function copyable(text: string, what: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet', title: `Copy ${what}` }, 'Copy');
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Select it and copy'),
    );
  });
  return h('div', { class: 'copyable' }, h('code', { tabindex: '0' }, text), button);
}
