/**
 * Signals to `pcapflow live`, a stall, a renamed interface, a killed program. In network namespaces made for it;
 * without the right to make them it is skipped.
 */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { headingIn, ignoresHangups } from '../../src/cli/live_signals.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { Peer } from '../host/state/peer.ts';
import { LiveCommand } from './live_command.ts';
import { NEAR, NEAR_ADDRESS, NamespacePair, canUseNamespaces, canUseTcpdump } from './netns.ts';

const SOON = ['-F', 'udp', '--flow-timeout', '0.2'];

/** Sends one datagram from a new port, and waits for its flow. */
async function flow(pair: NamespacePair, read: () => string): Promise<void> {
  const lines = read().split('\n').length;
  using peer = new Peer(pair.far.name);
  await peer.make('udp', { to: { host: NEAR_ADDRESS, port: 9 } });
  await waitFor(
    () => read().split('\n').length > lines,
    () => `no flow in ${read()}`,
  );
}

const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

describe.skipIf(!canUseNamespaces || !capLoads)('the command live', () => {
  it('begins a new file with a heading at SIGHUP, and counts at SIGUSR1', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    const [file, old] = [pair.file('flows.csv'), pair.file('flows.1')];
    const live = await LiveCommand.start(pair, pair.near, NEAR, '-f', 'csv', '-o', file, ...SOON);
    await flow(pair, () => text(file));
    renameSync(file, old);
    live.child.kill('SIGHUP');
    await waitFor(
      () => existsSync(file),
      () => live.errors,
    );
    await flow(pair, () => text(file));
    live.child.kill('SIGUSR1');
    live.child.kill('SIGUSR2');
    await waitFor(
      () => /\d+ packets .* in flows/.test(live.errors),
      () => live.errors,
    );
    const { code, errors } = await live.end('SIGTERM');
    expect(code, errors).toBe(0);
    expect(errors).not.toContain('Debugger');
    const [before, after] = [text(old), text(file)].map((content) => content.trimEnd().split('\n'));
    expect(before?.[0]).toMatch(/^srcAddress,/);
    expect(after?.[0]).toBe(before?.[0]);
    expect([before?.length, after?.length]).toEqual([2, 2]);
  });

  it('ends in order at SIGHUP without a file', async () => {
    using pair = new NamespacePair();
    const live = await LiveCommand.start(pair, pair.near, NEAR, ...SOON);
    const { code, signal } = await live.end('SIGHUP');
    expect([code, signal]).toEqual([0, null]);
  });

  it('goes on when the interface is renamed', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    const file = pair.file('flows.jsonl');
    const live = await LiveCommand.start(pair, pair.near, NEAR, '-o', file, ...SOON);
    // Since Linux 6.2 also while it is up.
    pair.near.ip('link', 'set', NEAR, 'name', 'other0');
    await setTimeout(300);
    await flow(pair, () => text(file));
    const { code, errors } = await live.end('SIGINT');
    expect(code, errors).toBe(0);
    expect(errors).not.toContain('removed');
  });

  it('cuts no flow, and says so, when it did not run for a while', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    const live = await LiveCommand.start(pair, pair.near, NEAR, '-F', 'udp port 9', '--flow-timeout', '3');
    const script = `const s = require('dgram').createSocket('udp4');
      setInterval(() => s.send('x', 9, '${NEAR_ADDRESS}', () => process.stdout.write('.')), 100);`;
    const sender = pair.far.start(process.execPath, '-e', script);
    let sent = 0;
    sender.stdout?.on('data', (dots: Buffer) => {
      sent += dots.length;
    });
    const more = (packets: number): Promise<void> => {
      const enough = sent + packets;
      return waitFor(
        () => sent >= enough,
        () => `${sent} of ${enough} packets are sent`,
      );
    };
    await more(25);
    live.child.kill('SIGSTOP');
    // Longer than the timeout of flows.
    await more(50);
    live.child.kill('SIGCONT');
    await more(15);
    const { flows, errors } = await live.end('SIGINT');
    sender.kill();
    expect(flows, JSON.stringify({ flows, errors })).toHaveLength(1);
    expect(Number(flows[0]?.packetsForward)).toBeGreaterThan(50);
    expect(errors).toContain('did not run for');
  });
});

it.skipIf(!canUseTcpdump)('a killed program leaves no tcpdump, also without traffic', async () => {
  using pair = new NamespacePair();
  const live = await LiveCommand.start(pair, pair.near, NEAR, '--capture', 'tcpdump');
  expect(pair.near.processes().length).toBeGreaterThan(1);
  live.child.kill('SIGKILL');
  await waitFor(
    () => pair.near.processes().length === 0,
    () => `left: ${pair.near.processes().join(' ')}`,
  );
});

describe('the heading of a file', () => {
  const of = (content: string, kind: 'line' | 'comments'): string =>
    Buffer.from(headingIn(Buffer.from(content), kind)).toString();

  it('is its first line, or its first lines that begin with #', () => {
    expect(of('a,b\n1,2\n', 'line')).toBe('a,b\n');
    expect(of('#a\n#b\nc\n#d\n', 'comments')).toBe('#a\n#b\n');
    expect(of('', 'line')).toBe('');
    expect(of('cut', 'comments')).toBe('');
  });
});

describe('hangups are ignored', () => {
  it('when nohup has started the program, or a shell that ignores them', () => {
    const status = (bits: string) => (): string => `SigIgn:\t${bits}\n`;
    expect(ignoresHangups({ _: '/usr/bin/nohup' }, status('0'))).toBe(true);
    expect(ignoresHangups({ _: '/usr/bin/node' }, status('0000000000000001'))).toBe(true);
    expect(ignoresHangups({}, status('0000000000001000'))).toBe(false);
  });
});
