/** `pcapflow top` as a user meets it: arguments, exit codes, and flows of a veth pair in a real terminal. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap, tcp, udp } from '../../builders/index.ts';
import { canUseNamespaces, NamespacePair, NEAR } from '../../live/netns.ts';
import { capLoads } from '../../source/cap/cap_loads.ts';
import { Terminal, tmuxFound } from './tmux.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const main = join(root, 'dist/bin/pcapflow/main.cjs');
const EXIT = { OK: 0, CANNOT_START: 1, PART: 3 } as const;

function command(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'top', ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

describe('arguments', () => {
  it('have a help', () => {
    expect(command('--help')).toMatchObject({
      status: EXIT.OK,
      err: '',
      out: expect.stringContaining('usage: pcapflow top IFACE...'),
    });
  });

  it('that make no sense are told before anything is opened', () => {
    for (const [args, message] of [
      [['lo', '--interval', '0'], '--interval is 0; it must be a number of seconds from 0.1 to 3600'],
      [['lo', '--interval', 'often'], '--interval is "often"; it must be a number'],
      [['lo', '--format', 'csv'], "unknown option '--format'"],
    ] as const) {
      const { status, out, err } = command(...args);
      expect([status, out]).toEqual([EXIT.CANNOT_START, '']);
      expect(err).toContain(message);
    }
  });

  it('are of no use without a terminal', () => {
    expect(command('lo')).toEqual({
      status: EXIT.CANNOT_START,
      out: '',
      err: "pcapflow: top: standard output is not a terminal; use 'pcapflow live'\n",
    });
  });
});

describe.skipIf(!canUseNamespaces || !tmuxFound || !capLoads)(
  'on an interface (needs root, ip, tcpreplay, tmux, cap)',
  () => {
    let pair: NamespacePair;
    let terminal: Terminal | undefined;
    beforeAll(() => {
      pair = new NamespacePair();
    });
    afterAll(() => pair.dispose());
    afterEach(() => {
      terminal?.close();
      terminal = undefined;
    });

    /** 60 UDP flows of 10 packets, and one TCP flow of 300 packets that carries most bytes. */
    function traffic(): string {
      const frames = [
        ...Array.from({ length: 600 }, (_, n) =>
          udp({ srcPort: 1000 + (n % 60), dstPort: 53, payload: new Uint8Array(20) }),
        ),
        ...Array.from({ length: 300 }, () => tcp({ srcPort: 40_000, dstPort: 443, payload: new Uint8Array(1000) })),
      ].map((segment) => Uint8Array.from(segment.over(ipv4({ src: '10.0.0.1', dst: '10.0.0.2' })).over(ethernet())));
      return pair.file('traffic.pcap', pcap(frames.map((frame, n) => ({ timestampNs: BigInt(n), frame }))));
    }

    async function start(...args: readonly string[]): Promise<Terminal> {
      terminal = new Terminal(100, 30);
      await terminal.untilReady();
      terminal.command(
        `ip netns exec ${pair.near.name} '${process.execPath}' ${main} top ${NEAR} --interval 0.2 ${args.join(' ')}; echo "exit $?"`,
      );
      await terminal.untilText(/ flows {2}[\s\S]* kernel \?/);
      return terminal;
    }

    it('shows its flows, and at the end what was captured', async () => {
      const top = await start();
      await pair.replay(traffic());
      await top.untilText(/^TCP +10\.0\.0\.1:40000 +10\.0\.0\.2:443 .* 300 /m);
      await top.untilText(/1-25 of 61$/m);
      top.type('/udp 1059');
      await top.untilText('1-1 of 1 (61)');
      top.keys('Escape');
      top.type('q');
      const lines = await top.untilText('exit 0');
      expect(lines.join('')).toContain('900 in flows, 0 dropped by the ring, kernel drops unknown');
    });

    it('ends with the signal that asks it to', async () => {
      const top = await start('--filter', "'udp port 1001'");
      await pair.replay(traffic());
      await top.untilText(/of 1$/m);
      pair.near.run('pkill', '-TERM', '-f', `${main} top ${NEAR}`);
      await top.untilText('exit 0');
      expect(top.state('alternate_on', 'cursor_flag')).toBe('0 1');
    });

    it.each(['', '--promiscuous'])(
      '%s ends when its interface is lost, and says so behind the screen',
      async (option) => {
        const top = await start(option);
        pair.near.remove(NEAR);
        const lines = await top.untilText(`exit ${EXIT.PART}`);
        expect(lines.join('\n')).toMatch(new RegExp(`pcapflow: .*${NEAR}`));
        expect(top.state('alternate_on', 'cursor_flag')).toBe('0 1');
        pair.connect();
      },
    );
  },
);
