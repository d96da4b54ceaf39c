import { describe, expect, it } from 'vitest';
import { lineWidth } from '../../../src/cli/top/line.ts';
import { TopView } from '../../../src/cli/top/view.ts';
import { FakeSource, manyFlows } from './fake_source.ts';

const noTurn = (): Promise<void> => Promise.resolve();

/** A view that is driven by hand: two seconds pass with each refresh. */
class Driven {
  readonly source: FakeSource;
  readonly view: TopView;
  #nowMs = 0;

  constructor(source: FakeSource) {
    this.source = source;
    this.view = new TopView(source, 0);
  }

  async refresh(turn = noTurn): Promise<void> {
    this.#nowMs += 2000;
    await this.view.refresh(this.#nowMs, turn);
  }

  /** Types characters. */
  type(text: string): void {
    for (const one of text) this.view.press({ name: one === ' ' ? 'space' : '', ctrl: false, text: one });
  }

  key(name: string, ctrl = false): 'quit' | 'redraw' | undefined {
    return this.view.press({ name, ctrl, text: '' });
  }

  text(columns = 100, rows = 30): string[] {
    return this.view.lines(columns, rows).map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  }

  /** Source ports of the flows in sight. */
  ports(rows = 30): number[] {
    return this.text(100, rows).flatMap((line) =>
      [...line.matchAll(/^(?:TCP|UDP).*? 10\.[0-9.]+:(\d+) /g)].map((match) => Number(match[1])),
    );
  }
}

/** Ports tell flows apart; each column has another order. */
function four(): FakeSource {
  const source = new FakeSource();
  source.setFlows([
    { flow: 0, generation: 0, sourcePort: 1, bytesForward: 4000, packetsForward: 1, first: 1_699_999_990 },
    {
      flow: 1,
      generation: 1,
      sourcePort: 2,
      bytesForward: 3000,
      packetsForward: 4,
      first: 1_699_999_999,
      protocol: 17,
    },
    { flow: 2, generation: 2, sourcePort: 3, bytesForward: 2000, packetsForward: 3, first: 1_699_999_980 },
    { flow: 3, generation: 3, sourcePort: 4, bytesForward: 1000, packetsForward: 2, first: 1_699_999_995 },
  ]);
  return source;
}

async function drivenFour(): Promise<Driven> {
  const driven = new Driven(four());
  await driven.refresh();
  driven.source.addPacket(2, 500);
  driven.source.addPacket(3, 100);
  await driven.refresh();
  return driven;
}

describe('sorting', () => {
  it('is by rate first, and the same key again turns it round', async () => {
    const driven = await drivenFour();
    expect(driven.ports()).toEqual([3, 4, 1, 2]);
    driven.type('r');
    expect(driven.ports()).toEqual([2, 1, 4, 3]);
    driven.type('r');
    expect(driven.ports()).toEqual([3, 4, 1, 2]);
  });

  it.each([
    ['b', [1, 2, 3, 4]],
    ['p', [2, 3, 4, 1]],
    ['a', [3, 1, 4, 2]],
  ])('sorts rows by %s', async (key, ports) => {
    const driven = await drivenFour();
    driven.type(key);
    expect(driven.ports()).toEqual(ports);
    driven.type(key);
    expect(driven.ports()).toEqual([...ports].reverse());
  });

  it('marks the column in its title', async () => {
    const driven = await drivenFour();
    expect(driven.text()[2]).toContain('BIT/S v');
    driven.type('aa');
    expect(driven.text()[2]).toContain('AGE ^');
    expect(driven.text()[2]).toMatch(/BIT\/S +BYTES/);
  });
});

describe('a flow', () => {
  it('is a line with all its figures', async () => {
    const driven = await drivenFour();
    expect(driven.text()[3]?.split(/ +/)).toEqual([
      'TCP',
      '10.0.0.1:3',
      '10.0.0.2:443',
      '2.0k',
      '0',
      '2.0k',
      '2.4Ki',
      '4',
      '20s',
    ]);
  });

  it('shows who is behind it, with nothing that a terminal obeys', async () => {
    const driven = await drivenFour();
    driven.source.identityOf = (flow) =>
      flow === 2
        ? { process: 'e\x1b[2Jvil (7)', direction: 'out', service: 'https', owner: 'AS64496 \u202eexample' }
        : undefined;
    const lines = driven.text(200);
    expect(lines[3]).toContain('e\\x1b[2Jvil (7)');
    expect(lines[3]).toContain('AS64496 \\u{202e}example');
    expect(lines[3]).toContain('https');
    expect(lines.join('')).not.toMatch(/[\x00-\x1f\u202e]/);
  });
});

describe('the header', () => {
  it('has rates, totals and drops; unknown is not 0', async () => {
    const driven = new Driven(four());
    expect(driven.text()[1]).toBe('- packets/s  - bit/s  0B in 0 packets  drops: ring 0, kernel ?');
    driven.source.latest = { ...driven.source.latest, packetsSeen: 1500, wireBytes: 10_000 };
    await driven.refresh();
    expect(driven.text()[0]).toMatch(/^pcapflow top {2}fake0 {2}4 flows {2}\d\d:\d\d:\d\d$/);
    expect(driven.text()[1]).toBe('750 packets/s  40.0k bit/s  9.8KiB in 1,500 packets  drops: ring 0, kernel ?');
  });

  it('says it in capitals when packets were lost, in the ring or in the kernel', async () => {
    const driven = new Driven(four());
    driven.source.latest = { ...driven.source.latest, kernelDrops: 0 };
    await driven.refresh();
    expect(driven.text()[1]).toContain('drops: ring 0, kernel 0');
    for (const [drops, text] of [
      [{ ringDrops: 1234 }, 'DROPS: ring 1,234, kernel 0'],
      [{ ringDrops: 0, kernelDrops: 5 }, 'DROPS: ring 0, kernel 5'],
    ] as const) {
      driven.source.latest = { ...driven.source.latest, ...drops };
      await driven.refresh();
      expect(driven.text()[1]).toContain(text);
      expect(driven.view.lines(100, 30)[1]?.at(-1)?.style).toBe('alarm');
    }
  });

  it('keeps drops and the name longest when there is little room', async () => {
    const driven = await drivenFour();
    expect(driven.text(20, 5)[0]).toBe('fake0  drops 0+?');
    driven.type(' ');
    expect(driven.text(20, 5)[0]).toBe('PAUSED  drops 0+?');
    expect(driven.text(24, 10).slice(0, 2)).toEqual(['fake0  4 flows  PAUSED', '0 b/s  drops 0+?']);
  });

  it('makes a hostile name harmless', () => {
    const source = four();
    source.name = 'eth\x1b]0;x\x07';
    expect(new Driven(source).text()[0]).toContain('eth\\x1b]0;x\\x07');
  });
});

describe('the filter line', () => {
  it('keeps matching flows while it is typed, and after Enter', async () => {
    const driven = await drivenFour();
    driven.type('/');
    expect(driven.text().at(-1)).toMatch(/^\/_ +1-4 of 4$/);
    driven.type('udp 10.0.');
    expect(driven.ports()).toEqual([2]);
    expect(driven.text().at(-1)).toMatch(/^\/udp 10\.0\._ +1-1 of 1 \(4\)$/);
    driven.key('return');
    expect(driven.text().at(-1)).toMatch(/^filter: udp 10\.0\. +1-1 of 1 \(4\)$/);
    await driven.refresh();
    expect(driven.ports()).toEqual([2]);
  });

  it('takes letters that are commands elsewhere', async () => {
    const driven = await drivenFour();
    driven.type('/');
    driven.type('qrba ?/h');
    expect(driven.text().at(-1)).toMatch(/^\/qrba \?\/h_ +0-0 of 0 \(4\)$/);
  });

  it('is taken back by Esc, shortened by Backspace, emptied by Ctrl-U', async () => {
    const driven = await drivenFour();
    driven.type('/udp');
    driven.key('return');
    driven.type('/x');
    expect(driven.ports()).toEqual([]);
    driven.key('backspace');
    expect(driven.ports()).toEqual([2]);
    driven.key('u', true);
    expect(driven.ports()).toHaveLength(4);
    driven.key('escape');
    expect(driven.ports()).toEqual([2]);
    driven.key('escape');
    expect(driven.ports()).toHaveLength(4);
  });

  it('shows the end of a text that is too long', async () => {
    const driven = await drivenFour();
    driven.type('/0123456789012345678901234');
    expect(driven.text(20, 5).at(-1)).toBe('/789012345678901234_');
  });
});

describe('a problem', () => {
  it('stands in the last line until a key is pressed; so does the next one', async () => {
    const driven = await drivenFour();
    for (const problem of ['eth1: the interface was removed', 'eth2:\x1b[2J down']) {
      expect(driven.text().at(-1)).toMatch(/^q quit/);
      driven.source.latest = { ...driven.source.latest, problem };
      await driven.refresh();
      expect(driven.text().at(-1)).toContain(`problem: ${problem.replace('\x1b', '\\x1b')} `);
      driven.key('left');
    }
    await driven.refresh();
    expect(driven.text().at(-1)).toMatch(/^q quit/);
  });
});

describe('pause', () => {
  it('holds the table, not the header; sorting and filtering go on', async () => {
    const driven = await drivenFour();
    driven.type(' ');
    expect(driven.text()[0]).toContain('PAUSED');
    driven.source.addPacket(0, 90_000);
    driven.source.latest = { ...driven.source.latest, packetsSeen: 77 };
    await driven.refresh();
    expect(driven.ports()).toEqual([3, 4, 1, 2]);
    expect(driven.text()[1]).toContain('in 77 packets');
    driven.type('p');
    expect(driven.ports()).toEqual([2, 3, 4, 1]);
    driven.type(' ');
    await driven.refresh();
    driven.type('r');
    expect(driven.ports()[0]).toBe(1);
    expect(driven.text()[0]).not.toContain('PAUSED');
  });
});

describe('pause during a refresh', () => {
  it('holds what was in sight', async () => {
    const driven = await drivenFour();
    driven.source.addPacket(0, 90_000);
    await driven.refresh(() => {
      driven.type(' ');
      return Promise.resolve();
    });
    expect(driven.ports()).toEqual([3, 4, 1, 2]);
  });
});

describe('scrolling', () => {
  const source = new FakeSource();
  source.setFlows(
    Array.from({ length: 100 }, (_, n) => ({ flow: n, generation: n, sourcePort: 1 + n, bytesForward: 1000 - n })),
  );

  it('moves by lines, pages and to both ends, never beyond', async () => {
    const driven = new Driven(source);
    await driven.refresh();
    const first = (): number | undefined => driven.ports(14)[0];
    expect(driven.ports(14)).toHaveLength(10);
    const steps: readonly (readonly [string, number])[] = [
      ['up', 1],
      ['down', 2],
      ['down', 3],
      ['up', 2],
      ['pagedown', 12],
      ['pageup', 2],
      ['pageup', 1],
      ['end', 91],
      ['down', 91],
      ['pagedown', 91],
      ['home', 1],
    ];
    for (const [key, port] of steps) {
      driven.key(key);
      expect(first(), key).toBe(port);
    }
    driven.key('end');
    expect(driven.text(100, 14).at(-1)).toMatch(/91-100 of 100$/);
  });

  it('stays inside when flows go or the terminal grows', async () => {
    const driven = new Driven(source);
    await driven.refresh();
    driven.text(100, 14);
    driven.key('end');
    expect(driven.ports(30)).toEqual(Array.from({ length: 26 }, (_, n) => 75 + n));
    driven.type('/:7');
    expect(driven.ports(30)).toEqual([7, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79]);
  });
});

describe('the views', () => {
  async function named(): Promise<Driven> {
    const driven = await drivenFour();
    driven.source.identityOf = (flow) => ({ process: flow < 3 ? 'curl/7' : 'sshd/1', user: 'ann', direction: 'out' });
    await driven.refresh();
    return driven;
  }
  const rows = (driven: Driven): string[][] =>
    driven
      .text(100, 12)
      .slice(2, -1)
      .filter((line) => line !== '')
      .map((line) => line.split(/ {1,}/).slice(0, 3));

  it('are turned by Tab: flows, processes, hosts, ports, with the totals of their flows', async () => {
    const driven = await named();
    driven.type('b');
    driven.key('tab');
    expect(driven.text()[0]).toContain('by process');
    expect(driven.text()[2]).toMatch(/^PROCESS +USER +SENT b\/s +RECV b\/s +BIT\/S .*BYTES v .*FLOWS/);
    expect(rows(driven).slice(1)).toEqual([
      ['curl/7', 'ann', '0'],
      ['sshd/1', 'ann', '0'],
    ]);
    expect(driven.text().at(-1)).toMatch(/1-2 of 2$/);
    driven.key('tab');
    expect(
      rows(driven)
        .slice(1)
        .map(([host]) => host),
    ).toEqual(['10.0.0.1', '10.0.0.2']);
    driven.key('tab');
    expect(driven.text()[2]).toMatch(/^PORT +TO b\/s +FROM b\/s/);
    expect(
      rows(driven)
        .slice(1)
        .map(([protocol, port]) => `${protocol} ${port}`),
    ).toEqual(['TCP 443', 'UDP 443']);
    driven.key('tab');
    expect(driven.ports()).toEqual([1, 2, 3, 4]);
  });

  it('have means of 2, 10 or 40 seconds', async () => {
    const driven = await drivenFour();
    driven.source.addPacket(0, 5000);
    await driven.refresh();
    expect(driven.text()[3]).toMatch(/ 20\.0k +0 +20\.0k /);
    driven.type('2');
    expect(driven.text()[0]).toContain('mean of 10 s');
    // 6 seconds have passed: all that was carried, over that time.
    expect(driven.text()[3]).toMatch(/ 12\.0k +0 +12\.0k /);
    driven.type('1');
    expect(driven.text()[0]).not.toContain('mean of');
  });

  it('leave out closed flows that only wait for their timeout, if that is wanted', async () => {
    const driven = new Driven(new FakeSource());
    driven.source.setFlows([
      { flow: 0, generation: 0, sourcePort: 1, flags: 0x12 },
      { flow: 1, generation: 1, sourcePort: 2, flags: 0x14 },
      { flow: 2, generation: 2, sourcePort: 3, flags: 0x11 },
      { flow: 3, generation: 3, sourcePort: 4, flags: 0x11, flagsReverse: 0x11 },
    ]);
    await driven.refresh();
    expect(driven.ports()).toEqual([1, 2, 3, 4]);
    driven.type('c');
    expect(driven.ports()).toEqual([1, 3]);
    expect(driven.text()[0]).toContain('no closed');
    driven.type('c');
    expect(driven.ports()).toEqual([1, 2, 3, 4]);
  });
});

describe('the filter line with an expression', () => {
  it('takes what --where takes, about processes too, and about figures as they change', async () => {
    const driven = await drivenFour();
    driven.source.identityOf = (flow) =>
      flow === 2
        ? {
            process: 'curl/7',
            host: {
              process: { pid: 7, name: 'curl', uid: 0, user: 'root' },
              direction: 'outbound',
              evidence: null,
              namespace: null,
              scope: null,
              srcOwner: null,
              dstOwner: null,
            },
          }
        : undefined;
    driven.type('/srcPort = 3 and process.name = curl');
    expect(driven.ports()).toEqual([3]);
    driven.key('u', true);
    driven.type('wireBytes > 3500');
    expect(driven.ports()).toEqual([1]);
    driven.key('return');
    driven.source.addPacket(3, 5000);
    await driven.refresh();
    expect(driven.ports()).toEqual([4, 1]);
    expect(driven.text().at(-1)).toMatch(/^filter: wireBytes > 3500 +1-2 of 2 \(4\)$/);
  });

  it('keeps the last sound one while there is a mistake, which it names', async () => {
    const driven = await drivenFour();
    driven.type('/srcPort = 1');
    expect(driven.ports()).toEqual([1]);
    driven.type(' and srcProt > 2');
    expect(driven.ports()).toEqual([1]);
    expect(driven.text().at(-1)).toContain("did you mean 'srcPort'?");
    driven.key('return');
    expect(driven.text().at(-1)).toMatch(/^\/srcPort = 1 and srcProt > 2_/);
    driven.key('escape');
    expect(driven.ports()).toHaveLength(4);
  });
});

describe.each([
  [80, 24],
  [120, 40],
  [160, 50],
])('a screen of %i x %i', (columns, rows) => {
  async function busy(): Promise<Driven> {
    const driven = new Driven(new FakeSource());
    driven.source.name = 'eth0';
    driven.source.latest = { ...driven.source.latest, packetsSeen: 5_250, wireBytes: 4_000_000, kernelDrops: 0 };
    driven.source.latest = { ...driven.source.latest, link: { sent: 1_500_000, received: 2_500_000 } };
    driven.source.setFlows(manyFlows(100));
    driven.source.identityOf = (flow) =>
      flow % 2 === 0
        ? {
            process: 'firefox/4242',
            user: 'ann',
            program: '/usr/lib/firefox-esr/firefox-esr',
            direction: 'out',
            service: 'https',
          }
        : undefined;
    driven.source.nameOf = (address) => (address === '10.0.0.90' ? 'desk.example.net' : undefined);
    await driven.refresh();
    for (let n = 0; n < 100; n += 2) driven.source.addPacket(n, 1000 * n);
    driven.source.latest = { ...driven.source.latest, packetsSeen: 5_300, wireBytes: 6_450_000 };
    driven.source.latest = { ...driven.source.latest, link: { sent: 3_000_000, received: 3_500_000 } };
    await driven.refresh();
    return driven;
  }

  it('has whole lines with rates of both directions and processes, in each view', async () => {
    const driven = await busy();
    for (const view of ['flows', 'processes', 'hosts', 'ports']) {
      const lines = driven.text(columns, rows).map((line) => line.replace(/\d\d:\d\d:\d\d/, 'HH:MM:SS'));
      expect(lines).toHaveLength(rows);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      expect(lines[2]).toMatch(/^sent 6\.0M b.*peak 6\.0M.* 2\.9MiB +received 4\.0M b.*peak 4\.0M.* 3\.3MiB$/);
      expect(lines[3]).toMatch(/(FWD|SENT|TO) b\/s +(REV|RECV|FROM) b\/s +BIT\/S v/);
      if (view === 'flows') expect(lines[3]).toContain('PROCESS');
      if (view === 'processes') expect(lines[3]).toMatch(/^PROCESS +USER +PROGRAM/);
      if (view !== 'ports' && view !== 'processes') expect(lines.join()).toContain('desk.example');
      expect(lines.slice(0, 13)).toMatchSnapshot(view);
      driven.key('tab');
    }
  });

  it('has room for the help', async () => {
    const driven = await busy();
    driven.type('?');
    const lines = driven.text(columns, rows);
    expect(lines.filter((line) => line.length > columns || line.includes('…'))).toEqual([]);
    expect(lines).not.toContain('BIT/S');
    for (const text of ['next view', 'names of hosts', 'q Ctrl-C     quit', 'kernel (? if unknown)'])
      expect(lines.join('\n')).toContain(text);
  });
});

describe('names of hosts', () => {
  it('stand in place of addresses, with their ports, and go and come with n', async () => {
    const driven = await drivenFour();
    driven.source.nameOf = (address) => (address === '10.0.0.2' ? 'peer.example' : undefined);
    expect(driven.text()[3]).toContain(' peer.example:443 ');
    driven.type('n');
    expect(driven.text()[3]).toContain(' 10.0.0.2:443 ');
    driven.type('n');
    driven.key('tab');
    driven.key('tab');
    expect(driven.text().join('\n')).toMatch(/^10\.0\.0\.2 +peer\.example /m);
    driven.type('n');
    expect(driven.text().join('\n')).not.toContain('peer.example');
  });

  it('that nobody is asked for are no column, and n does nothing', async () => {
    const driven = await drivenFour();
    driven.type('n');
    driven.key('tab');
    driven.key('tab');
    expect(driven.text()[2]).not.toContain('NAME');
  });
});

describe('what the interfaces carry', () => {
  it('is a line of its own where there are 16 rows, and none where it is not known', async () => {
    const driven = await drivenFour();
    expect(driven.text(160)[2]).toMatch(/^PROTO/);
    for (const sent of [1_000, 3_000]) {
      driven.source.latest = { ...driven.source.latest, link: { sent, received: 4 * sent } };
      await driven.refresh();
    }
    expect(driven.text(160)[2]).toBe(
      'sent 8.0k bit/s (10 s 2.0k, 40 s 2.0k, peak 8.0k) 2.9KiB  ' +
        'received 32.0k bit/s (10 s 8.0k, 40 s 8.0k, peak 32.0k) 11.7KiB',
    );
    expect(driven.text(160, 15)[2]).toMatch(/^PROTO/);
  });
});

describe('help', () => {
  it('is shown by ? and h and goes with any key', async () => {
    const driven = await drivenFour();
    for (const key of '?h') {
      driven.type(key);
      expect(driven.text().join('\n')).toContain('sort by rate, bytes, packets, age');
      driven.type('b');
      expect(driven.text()[2]).toContain('BIT/S v');
    }
  });
});

describe('quitting', () => {
  it('is q, except in the filter line, and Ctrl-C always', async () => {
    const driven = await drivenFour();
    const q = { name: 'q', ctrl: false, text: 'q' };
    expect(driven.view.press(q)).toBe('quit');
    expect(driven.key('c', true)).toBe('quit');
    driven.type('/');
    expect(driven.view.press(q)).toBeUndefined();
    expect(driven.key('c', true)).toBe('quit');
  });

  it('is not what other keys do', async () => {
    const driven = await drivenFour();
    const before = driven.text();
    for (const key of ['f1', 'left', 'return', 'backspace', 'constructor', '']) expect(driven.key(key)).toBeUndefined();
    driven.type('xyz0é例constructor'.replace(/[rabph]/g, ''));
    expect(driven.text()).toEqual(before);
    expect(driven.key('l', true)).toBe('redraw');
  });
});

describe('every size', () => {
  it('has as many lines as rows, none wider than the terminal, from 1x1 on', async () => {
    const driven = new Driven(new FakeSource());
    driven.source.setFlows(manyFlows(50));
    driven.source.identityOf = () => ({ process: '例え例え例え例え (1)', direction: 'in' });
    await driven.refresh();
    const modes: readonly (() => void)[] = [
      () => {},
      () => driven.type('?'),
      () => driven.type(' '),
      () => driven.type('/tcp'),
      () => driven.key('return'),
    ];
    for (const [mode, enter] of modes.entries()) {
      enter();
      for (const columns of [1, 2, 3, 5, 8, 12, 13, 20, 21, 40, 63, 80, 99, 121, 200]) {
        for (const rows of [1, 2, 3, 4, 5, 7, 8, 24]) {
          const lines = driven.view.lines(columns, rows);
          expect(lines).toHaveLength(rows);
          // Other lines are cut by the screen; flows fit by themselves.
          if (mode === 0 && columns >= 12)
            for (const line of lines.slice(3, -1))
              expect(lineWidth(line), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
        }
      }
    }
  });
});

describe('100,000 flows', () => {
  it('come in pieces, between which others get their turn', async () => {
    const driven = new Driven(new FakeSource(1000));
    const flows = manyFlows(100_000);
    driven.source.setFlows(flows);
    let turns = 0;
    await driven.refresh(() => {
      turns++;
      expect(driven.text().at(-1)).toMatch(/0-0 of 0$/);
      return Promise.resolve();
    });
    expect(turns).toBe(100);
    expect(driven.text().at(-1)).toMatch(/1-26 of 100,000$/);
    driven.type('b');
    driven.key('end');
    expect(driven.text().at(-1)).toMatch(/99,975-100,000 of 100,000$/);
    driven.type('/udp 10.1.2');
    const found = flows.filter(
      ({ protocol, source }) => protocol === 17 && source?.join('.').includes('10.1.2'),
    ).length;
    expect(driven.text().at(-1)).toMatch(new RegExp(`1-26 of ${found} \\(100,000\\)$`));
  });
});
