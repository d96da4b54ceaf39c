/** Tables of `live` on terminals of three sizes, in a network namespace. Needs script(1). */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { ENDS_AT_FIN } from './flood.ts';
import { COMMAND } from './live_command.ts';
import { NEAR, NamespacePair, canUseNamespaces, hasTool } from './netns.ts';
import { trafficFile } from './traffic.ts';

const CONNECTIONS = 60;

describe.skipIf(!canUseNamespaces || !capLoads || !hasTool('script'))('live on a terminal', () => {
  it.each([
    [80, 24],
    [120, 40],
    [160, 50],
  ])('of %i x %i has no wider line, its titles on each screen, and each end and process', async (columns, rows) => {
    using pair = new NamespacePair();
    const args = ['live', NEAR, '--process', '--color', 'never', ...ENDS_AT_FIN].join(' ');
    const shell = `stty cols ${columns} rows ${rows}; exec '${process.execPath}' '${COMMAND}' ${args}`;
    const script = ['netns', 'exec', pair.near.name, 'script', '-qefc', shell, '/dev/null'];
    const child = spawn('ip', script, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TERM: 'xterm' } });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    const seen = (done: () => boolean): Promise<void> => waitFor(done, () => text);
    await seen(() => text.includes('listening on'));
    await pair.replay(pair.file('traffic.pcap', trafficFile({ packets: CONNECTIONS * 10, connections: CONNECTIONS })));
    const flows = (): string[] => table().filter((line) => !isTitle(line));
    await seen(() => flows().length >= CONNECTIONS / 2);
    for (const pid of pair.near.processes()) if (pid !== child.pid) process.kill(pid, 'SIGINT');
    await ended;

    expect(table().filter((line) => line.length > columns)).toEqual([]);
    const titles = table().flatMap((line, n) => (isTitle(line) ? [n] : []));
    expect(titles).toEqual(Array.from({ length: Math.ceil(flows().length / (rows - 2)) }, (_, n) => n * (rows - 1)));
    expect(table()[0]?.startsWith('START')).toBe(columns > 80);
    for (const line of flows()) expect(line).toMatch(/\b(?:TCP|UDP) .*:\d+ .* (?:fin|rst|idle|end) +-/);

    /** Titles and flows: the lines before the summary. */
    function table(): string[] {
      const lines = text.replaceAll('\r', '').split('\n').slice(1);
      const last = lines.findLastIndex((line) => isTitle(line) || /\b(?:TCP|UDP) /.test(line));
      return lines.slice(0, last + 1).filter((line) => !line.startsWith('^C') && !line.startsWith('pcapflow:'));
    }
  });
});

function isTitle(line: string): boolean {
  return /\bPROTO +SOURCE +DESTINATION .*\bEND +PROCESS/.test(line);
}
