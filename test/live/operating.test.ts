/** docs/operating.md about running as a service: its unit and its configuration of logrotate, as they stand there. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Peer } from '../host/state/peer.ts';
import { capLoads } from '../source/cap/cap_loads.ts';
import { waitFor } from '../source/live/collecting_sink.ts';
import { COMMAND } from './live_command.ts';
import { NEAR, NEAR_ADDRESS, NamespacePair, canUseNamespaces, hasTool } from './netns.ts';

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../docs/operating.md', import.meta.url)), 'utf8');

/** The first block that has this text. */
function block(text: string): string {
  const found = [...DOCUMENT.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, body = '']) => body);
  return found.find((body) => body.includes(text)) as string;
}

describe.skipIf(!hasTool('systemd-analyze') || !canUseNamespaces)('the unit (needs systemd-analyze, root)', () => {
  const verify = (unit: string): string => {
    using pair = new NamespacePair();
    const path = pair.file('pcapflow.service');
    // The command is not installed here, nor has the machine its user.
    const here = unit.replace('/usr/local/bin/pcapflow', process.execPath).replace('User=pcapflow', 'User=root');
    writeFileSync(path, here);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    return `${stdout}${stderr}`;
  };

  it('has nothing that systemd does not know', () => {
    const unit = block('[Service]');
    expect(verify(unit)).toBe('');
    // A mistake would be seen.
    expect(verify(unit.replace('Restart=', 'Restrt='))).toContain("Unknown key 'Restrt'");
  });

  it('calls live with options that there are', () => {
    const [, command = ''] = /^ExecStart=\S+ (.*(?:\\\n.*)*)$/m.exec(block('[Service]')) ?? [];
    const args = command.replaceAll(/\\\n\s*/g, '').split(' ');
    expect(args[0]).toBe('live');
    const { stderr } = spawnSync(process.execPath, [COMMAND, ...args, '--no-such-option'], { encoding: 'utf8' });
    expect(stderr).toContain('--no-such-option');
    expect(args.filter((word) => word.startsWith('--')).every((option) => !stderr.includes(`'${option}'`))).toBe(true);
  });
});

/** Sends datagrams from new ports. */
async function flows(pair: NamespacePair, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    using peer = new Peer(pair.far.name);
    await peer.make('udp', { to: { host: NEAR_ADDRESS, port: 9 } });
  }
}

const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];

describe.skipIf(!hasTool('logrotate') || !canUseNamespaces || !capLoads)('logrotate (needs namespaces)', () => {
  it('moves the files away, the signal begins new ones, and every flow is in one of them', async () => {
    using pair = new NamespacePair();
    pair.addAddresses();
    const [file, log] = [pair.file('flows.jsonl'), pair.file('counters.jsonl')];
    const options = ['-f', 'jsonl', '-o', file, '--stats', log, '--stats-every', '0.2', '--flow-timeout', '0.2'];
    const live = pair.near.start(process.execPath, COMMAND, 'live', NEAR, '-F', 'udp', ...options);
    let errors = '';
    live.stderr?.on('data', (piece: Buffer) => {
      errors += piece.toString();
    });
    const until = (condition: () => boolean): Promise<void> => waitFor(condition, () => errors);
    await until(() => errors.includes('listening on'));
    await flows(pair, 2);
    await until(() => linesOf(file).length === 2 && linesOf(log).length > 0);

    const folder = dirname(file);
    const configuration = block('postrotate')
      .replace('/var/log/pcapflow/', `${folder}/`)
      .replace('su pcapflow pcapflow', 'su root root')
      .replace('systemctl reload pcapflow.service', `kill -HUP ${live.pid}`);
    const [path, state] = [join(folder, 'logrotate.conf'), join(folder, 'state')];
    writeFileSync(path, configuration, { mode: 0o600 });
    const result = spawnSync('logrotate', ['--force', '--state', state, path], { encoding: 'utf8' });
    expect(result).toMatchObject({ status: 0, stderr: '' });
    await until(() => existsSync(file) && existsSync(log));
    await flows(pair, 3);
    await until(() => linesOf(file).length === 3 && linesOf(log).length > 0);
    live.kill('SIGTERM');
    await until(() => live.exitCode !== null);
    expect(live.exitCode, errors).toBe(0);

    const named = readdirSync(folder).filter((name) => name.startsWith('flows.jsonl'));
    expect(named.toSorted()).toEqual(['flows.jsonl', 'flows.jsonl.1']);
    const all = named.flatMap((name) => linesOf(join(folder, name)));
    const ports = all.map((line) => (JSON.parse(line) as { readonly srcPort: number }).srcPort);
    expect(new Set(ports).size).toBe(5);
    for (const line of [...linesOf(log), ...linesOf(`${log}.1`)]) expect(JSON.parse(line)).toHaveProperty('time');
    expect(JSON.parse(linesOf(log).at(-1) ?? '')).toMatchObject({ command: 'live', flowsEnded: 5 });
  });
});
