/** The page: what is open, what is selected, and which parts show it. */
import { groupedText } from '../../src/text/figure_text.ts';
import { escapeHostile } from '../../src/text/sanitize.ts';
import { hasGroup } from '../../src/flow/groups.ts';
import type { WithName } from '../../src/flow/groups.ts';
import type { Measure, Notice, Outcome, Overview, PAGE_GROUPS, Progress, Source } from '../protocol.ts';
import { MEASURES } from '../protocol.ts';
import { Chips } from './chips.ts';
import { h } from './dom.ts';
import { exportButtons } from './export_menu.ts';
import { FilterField } from './filter_field.ts';
import { FlowPanel } from './flow_panel.ts';
import { FlowTable } from './flow_table.ts';
import { ShareList } from './share_list.ts';
import { Tabs } from './tabs.ts';
import type { TimeChart } from './time_chart.ts';
import { Refusal, WorkerClient } from './worker_client.ts';
import { bytesText, counted } from './words.ts';

const QUICK: readonly (readonly [label: string, where: string, title: string])[] = [
  [
    'Failed',
    'endReason = rst or protocol = tcp and packetsReverse = 0',
    'reset, or a TCP connection without any answer',
  ],
  ['One-way', 'packetsReverse = 0', 'nothing came back'],
  ['Long', 'duration > 1min', 'longer than a minute'],
  ['Large', 'bytes > 1MB', 'more than a megabyte'],
];

/** Groups of fields, with what they add. */
const GROUPS: readonly (readonly [group: (typeof PAGE_GROUPS)[number], label: string, title: string])[] = [
  ['identify', 'Applications', 'application and name, from the first bytes of flows: the group identify'],
  ['tcp', 'Round trips', 'round trips, retransmissions, windows and more of TCP: the group tcp'],
  ['community-id', 'Community ID', 'the name of the conversation in other tools: the group community-id'],
];
type ListName = 'talkers' | 'ports' | 'protocols' | 'ends' | 'applications' | 'names' | 'processes';
const RETRANSMITTED = 'tcp.forward.retransmittedPackets > 0 or tcp.reverse.retransmittedPackets > 0';

export class App {
  readonly element: HTMLElement;
  readonly #client: WorkerClient;
  readonly #counts = h('p', { class: 'counts', role: 'status', 'aria-live': 'polite' });
  readonly #problems = h('ul', { class: 'problems', hidden: true, 'aria-label': 'Problems' });
  readonly #bar = h('progress', { class: 'progress', max: '1', value: '0', 'aria-label': 'Reading' });
  readonly #cancel: HTMLButtonElement;
  readonly #names = h('span', { class: 'names' });
  readonly #chips: Chips;
  readonly #viewFilter: FilterField;
  readonly #captureFilter: FilterField;
  readonly #table: FlowTable;
  readonly #panel: FlowPanel;
  /** Undefined until there are flows. */
  #chart: Promise<TimeChart> | undefined;
  readonly #measures: HTMLElement;
  /** In place of the chart, as high as it. */
  readonly #chartPlace = h(
    'section',
    { class: 'panel time-panel' },
    h('h2', {}, '\u00a0'),
    h('canvas', { class: 'time-canvas' }),
  );
  readonly #lists: Readonly<Record<ListName, ShareList>>;
  readonly #overviewPlace: HTMLElement;
  readonly #tableHead = h('h2', {});
  readonly #diagram = h('div', { class: 'diagram-host', hidden: true });
  readonly #tabs = new Tabs('view', () => void this.#showView());
  #sources: readonly Source[] = [];
  #groups: readonly WithName[] = [];
  #overview: Overview | undefined;
  #outcome: Outcome | undefined;
  #isReading = false;
  #measure: Measure = 'bytes';
  #opening = 0;
  /** The capture filter that the flows were read with. */
  #usedFilter = '';

  constructor() {
    this.#client = new WorkerClient((notice) => this.#hear(notice));
    this.#chips = new Chips(() => void this.#select());
    this.#cancel = h(
      'button',
      { type: 'button', hidden: true, click: () => void this.#client.ask('cancel', undefined) },
      'Stop',
    );
    this.#viewFilter = new FilterField({
      id: 'view-filter',
      label: 'View filter',
      placeholder: 'bytes > 1MB and port = 443',
      accept: () => this.#select(),
    });
    this.#captureFilter = new FilterField({
      id: 'capture-filter',
      label: 'Capture filter',
      placeholder: 'tcp port 443',
      accept: (text, entered) => this.#acceptCaptureFilter(text, entered),
    });
    this.#table = new FlowTable({
      rows: (from, count) => this.#client.ask('rows', { from, count }),
      sort: async (order) => this.#client.ask('sort', order),
      open: (index) => void this.#openFlow(index),
    });
    this.#panel = new FlowPanel({ select: (where) => this.#chips.toggle(where), closed: () => this.#table.focus() });
    this.#measures = h(
      'span',
      { class: 'measures', role: 'group', 'aria-label': 'Measure' },
      ...MEASURES.map((measure) =>
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            'aria-pressed': String(measure === 'bytes'),
            'data-measure': measure,
            click: () => this.#measureBy(measure),
          },
          measure,
        ),
      ),
    );
    const pick = (where: string): void => this.#chips.toggle(where);
    this.#lists = {
      talkers: new ShareList('Top talkers', pick),
      ports: new ShareList('Destination ports', pick),
      protocols: new ShareList('Protocols', pick),
      ends: new ShareList('How flows ended', pick),
      applications: new ShareList('Applications', pick),
      names: new ShareList('Names asked for', pick),
      processes: new ShareList('Processes', pick),
    };
    const lists = Object.values(this.#lists).map(({ element }) => element);
    this.#overviewPlace = h('div', { class: 'overview' }, this.#chartPlace, ...lists);
    this.element = this.#layout();
    this.#showPhase();
  }

  /** @param files none: nothing happens */
  openFiles(files: readonly File[]): void {
    if (files.length === 0) return;
    void this.open(files.map((file) => ({ kind: 'file', file })));
  }

  async open(sources: readonly Source[]): Promise<void> {
    this.#sources = sources;
    const [first] = sources;
    if (first?.kind === 'live') this.#groups = first.groups;
    const names = sources.map((one) => (one.kind === 'file' ? one.file.name : one.name));
    this.#names.textContent = escapeHostile(names.join(', '));
    this.#names.title = this.#names.textContent;
    this.#viewFilter.text = '';
    this.#chips.clear();
    await this.#read();
  }

  async #read(): Promise<void> {
    const opening = ++this.#opening;
    this.#isReading = true;
    this.#outcome = undefined;
    this.#overview = undefined;
    this.#usedFilter = this.#captureFilter.text;
    this.#panel.hide();
    this.#showGroups();
    this.#showProblems([]);
    this.#diagram.replaceChildren();
    this.#showPhase();
    try {
      const filter = this.#usedFilter;
      const outcome = await this.#client.ask('open', { sources: this.#sources, filter, groups: this.#groups });
      if (opening !== this.#opening) return;
      this.#outcome = outcome;
      const { problems, problemsOmitted, notes } = outcome;
      const more = problemsOmitted > 0 ? [`and ${problemsOmitted} more problems`] : [];
      this.#showProblems([...problems.map(({ message }) => message), ...more, ...notes]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (opening !== this.#opening) return;
      this.#showProblems([error.problem.message]);
    } finally {
      if (opening === this.#opening) {
        this.#isReading = false;
        this.#showPhase();
        if (this.#outcome !== undefined) await this.#select();
      }
    }
  }

  /** What is not needed before flows are shown: styles and scripts of diagrams and stories. */
  #loadRest(): void {
    if (document.querySelector('link[href="details.css"]') !== null) return;
    document.head.append(h('link', { rel: 'stylesheet', href: 'details.css' }));
    // What cannot be loaded is reported when it is wanted.
    const later = [
      import('./flow_story.ts'),
      import('./save_flows.ts'),
      import('./filter_examples.ts'),
      import('./diagrams/draw.ts'),
    ];
    Promise.all(later).catch(() => {});
  }

  /** Flows get the fields of a group, or lose them, and the captures are read again. */
  #toggleGroup(group: WithName): void {
    const { text } = this.#viewFilter;
    this.#groups = this.#groups.includes(group)
      ? this.#groups.filter((one) => one !== group)
      : [...this.#groups, group];
    this.#showGroups();
    // Selections may be about what is gone.
    this.#chips.dropWith(`${group}.`);
    if (text.includes(`${group}.`)) this.#viewFilter.text = '';
    if (this.#sources.length > 0) void this.#read();
  }

  /** Buttons, columns and bars of what is read. A live capture has what it was started with. */
  #showGroups(): void {
    const [first] = this.#sources;
    const isLive = first?.kind === 'live';
    const shown = new Set([
      ...['identify', 'tcp'].filter((group) => hasGroup(this.#groups, group)),
      ...(isLive && first.processes ? ['process'] : []),
    ]);
    this.#table.reset(shown);
    for (const button of this.element.querySelectorAll<HTMLButtonElement>('[data-group]')) {
      button.setAttribute('aria-pressed', String(hasGroup(this.#groups, button.dataset.group ?? '')));
      button.disabled = isLive;
    }
    this.element.querySelector<HTMLElement>('.retransmitted')!.hidden = !shown.has('tcp');
    const { applications, names, processes } = this.#lists;
    for (const { element } of [applications, names]) element.hidden = !shown.has('identify');
    processes.element.hidden = !shown.has('process');
    for (const name of ['identify', 'process']) this.#overviewPlace.classList.toggle(`has-${name}`, shown.has(name));
  }

  /** The table, or the diagram that is chosen. */
  async #showView(): Promise<void> {
    const { current } = this.#tabs;
    this.#table.element.hidden = current !== 'table';
    this.#diagram.hidden = current === 'table';
    if (current === 'table' || this.#sources.length === 0) return;
    const [diagram, { draw }] = await Promise.all([
      this.#client.ask('diagram', { kind: current }),
      import('./diagrams/draw.ts'),
    ]);
    if (current !== this.#tabs.current) return;
    const host = {
      pick: (where: string) => this.#chips.toggle(where),
      open: (index: number) => void this.#openFlow(index),
    };
    this.#diagram.replaceChildren(draw(diagram, host));
  }

  /** The flows that text and selections leave. @throws {Refusal} for the text */
  async #select(): Promise<void> {
    if (this.#sources.length === 0) return;
    await this.#client.ask('select', [this.#viewFilter.text, ...this.#chips.wheres]);
  }

  async #acceptCaptureFilter(text: string, entered: boolean): Promise<void> {
    await this.#client.ask('check', { filter: text });
    if (text.trim() === this.#usedFilter.trim() || this.#sources.length === 0) return;
    if (entered) await this.#read();
    else this.#counts.textContent = 'Press Enter to read the packets of this filter.';
  }

  async #showChart(timeline: Overview['timeline']): Promise<void> {
    this.#chart ??= this.#openChart();
    (await this.#chart).show(timeline, this.#measure);
  }

  async #openChart(): Promise<TimeChart> {
    const { TimeChart } = await import('./time_chart.ts');
    const chart = new TimeChart((from, to) => this.#selectTime(from, to), this.#measures);
    this.#chartPlace.replaceWith(chart.element);
    return chart;
  }

  /** @param from and to in ISO 8601 */
  #selectTime(from: string, to: string): void {
    this.#chips.replace('lastSeen >= ', `lastSeen >= ${from} and firstSeen < ${to}`);
  }

  async #openFlow(index: number): Promise<void> {
    await this.#panel.show(await this.#client.ask('flow', { index }));
  }

  #measureBy(measure: Measure): void {
    this.#measure = measure;
    for (const button of this.element.querySelectorAll('[data-measure]')) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-measure') === measure));
    }
    this.#showOverview();
  }

  #hear(notice: Notice): void {
    if (notice.kind === 'progress') this.#showProgress(notice.progress);
    else if (notice.kind === 'overview') {
      this.#overview = notice.overview;
      this.#showOverview();
    } else this.#showProblems([`the page has failed: ${notice.message}`]);
  }

  #showProgress({ bytes, total, packets, flows, live }: Progress): void {
    this.#bar.value = total === 0 ? 0 : bytes / total;
    if (live !== undefined) {
      const { activeFlows, dropped, missed } = live;
      const parts = [
        `live: ${counted(flows, 'flow')} ended`,
        `${groupedText(activeFlows)} active`,
        counted(packets, 'packet'),
        ...(dropped > 0 ? [`${groupedText(dropped)} dropped`] : []),
        ...(missed > 0 ? [`${counted(missed, 'flow')} missed by this page`] : []),
      ];
      this.#counts.textContent = parts.join(', ');
      return;
    }
    this.#counts.textContent = `${counted(flows, 'flow')}, ${counted(packets, 'packet')} so far`;
  }

  #showOverview(): void {
    const overview = this.#overview;
    if (overview === undefined) return;
    this.#loadRest();
    const { timeline, talkersApproximate } = overview;
    const total = overview[this.#measure];
    const picked = this.#chips.wheres;
    void this.#showChart(timeline);
    for (const [name, list] of Object.entries(this.#lists)) {
      const note = name === 'talkers' && talkersApproximate ? 'approximate' : '';
      list.show(overview[name as ListName] ?? [], total, this.#measure, picked, note);
    }
    const isAll = picked.size === 0 && this.#viewFilter.text.trim() === '';
    const flows = this.#outcome?.flows;
    const part =
      flows === undefined || isAll ? counted(overview.flows, 'flow') : `${counted(overview.flows, 'flow')} of ${flows}`;
    const amounts = `${counted(overview.packets, 'packet')}, ${bytesText(overview.bytes)}`;
    this.#tableHead.replaceChildren('Flows', h('span', { class: 'note' }, `${part}, ${amounts}`));
    const left = this.#outcome?.flowsLeftOut ?? 0;
    const rows = isAll ? overview.flows - left : overview.flows;
    void this.#table.update(
      rows,
      isAll ? 'No flows in this capture.' : 'No flow is like that. Drop a selection, or change the view filter.',
    );
    if (this.#isReading || this.#outcome === undefined) return;
    this.#showCounts(this.#outcome);
    if (this.#tabs.current !== 'table') void this.#showView();
  }

  #showCounts(outcome: Outcome): void {
    const others = outcome.others.map(([reason, packets]) => `${packets} ${reason}`);
    const seconds = (outcome.milliseconds / 1000).toFixed(2);
    const parts = [
      counted(outcome.flows, 'flow'),
      `${counted(outcome.packets, 'packet')} (${bytesText(outcome.wireBytes)} on the wire)`,
      ...others,
      ...(outcome.flowsLeftOut > 0
        ? [`the table has the ${counted(outcome.flows - outcome.flowsLeftOut, 'flow')} with the most bytes`]
        : []),
      ...(outcome.cancelled ? ['stopped before the end'] : []),
      this.#sources[0]?.kind === 'live' ? `followed for ${seconds} s` : `read in ${seconds} s`,
    ];
    this.#counts.textContent = parts.join(', ');
  }

  #showProblems(messages: readonly string[]): void {
    this.#problems.hidden = messages.length === 0;
    this.#problems.replaceChildren(...messages.map((message) => h('li', {}, escapeHostile(message))));
  }

  #showPhase(): void {
    const hasCapture = this.#sources.length > 0;
    this.element.classList.toggle('is-empty', !hasCapture);
    this.element.classList.toggle('is-reading', this.#isReading);
    this.#bar.value = 0;
    this.#bar.hidden = !this.#isReading || this.#sources[0]?.kind === 'live';
    this.#cancel.hidden = !this.#isReading;
    if (this.#isReading) this.#counts.textContent = 'Reading…';
    else if (hasCapture && this.#outcome === undefined) this.#counts.textContent = 'Nothing could be read.';
  }

  #layout(): HTMLElement {
    const input = h('input', { id: 'files', type: 'file', multiple: true, class: 'file-input' });
    input.addEventListener('change', () => {
      this.openFiles([...(input.files ?? [])]);
      // The same file again is a change only when there was none.
      input.value = '';
    });
    const open = h('label', { for: 'files', class: 'open-button' }, 'Open captures…');
    const quick = h(
      'span',
      { class: 'quick', role: 'group', 'aria-label': 'Quick selections' },
      ...QUICK.map(([label, where, title]) =>
        h('button', { type: 'button', title: `${title}: ${where}`, click: () => this.#chips.toggle(where) }, label),
      ),
      h(
        'button',
        { type: 'button', class: 'retransmitted', hidden: true, click: () => this.#chips.toggle(RETRANSMITTED) },
        'Sent again',
      ),
    );
    const groups = h(
      'span',
      { class: 'quick', role: 'group', 'aria-label': 'Further fields' },
      ...GROUPS.map(([group, label, title]) =>
        h(
          'button',
          {
            type: 'button',
            title,
            'aria-pressed': 'false',
            'data-group': group,
            click: () => this.#toggleGroup(group),
          },
          label,
        ),
      ),
    );
    return h(
      'div',
      { class: 'app' },
      h(
        'header',
        { class: 'top' },
        h('h1', {}, h('span', { class: 'mark', 'aria-hidden': 'true' }), 'pcapflow'),
        this.#names,
        this.#counts,
        h('div', { class: 'reading' }, this.#bar, this.#cancel),
        input,
        open,
      ),
      h('div', { class: 'filters' }, this.#viewFilter.element, quick, this.#captureFilter.element, groups),
      h(
        'main',
        {},
        this.#problems,
        this.#chips.element,
        dropZone(),
        this.#overviewPlace,
        h(
          'section',
          { class: 'panel flows', 'aria-label': 'Flows' },
          h(
            'div',
            { class: 'flows-head' },
            this.#tableHead,
            this.#tabs.element,
            exportButtons({
              part: (format, from) => this.#client.ask('export', { format, from }),
              say: (message) => this.say(message),
            }),
          ),
          h('div', { id: 'view', class: 'view', role: 'tabpanel' }, this.#table.element, this.#diagram),
        ),
      ),
      this.#panel.element,
    );
  }

  /** Says what went wrong. */
  say(message: string): void {
    this.#showProblems([message]);
  }

  /** Keys of the whole page. */
  key(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement;
    if (event.key === 'Escape') {
      if (isTyping) event.target.blur();
      else this.#panel.hide();
    } else if (event.key === '/' && !isTyping) {
      event.preventDefault();
      this.#viewFilter.focus();
    }
  }
}

function dropZone(): HTMLElement {
  return h(
    'section',
    { class: 'drop-zone', 'aria-label': 'Open a capture' },
    h('p', { class: 'drop-title' }, 'Drop a capture here'),
    h('p', {}, 'pcap or pcapng, of any size, also several files of one capture.'),
    h('p', { class: 'drop-choose' }, h('label', { for: 'files', class: 'open-button' }, 'or choose files…')),
    h('p', { class: 'note' }, 'It is read here, in this browser. Nothing leaves this machine.'),
  );
}
