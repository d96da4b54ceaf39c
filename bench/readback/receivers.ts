/** Programs that receive flows while the command sends them: nfcapd and kcat. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasNfcapd, Nfcapd } from '../../test/cli/nfcapd.ts';
import { hasTool } from '../../test/live/netns.ts';
import { waitFor } from '../../test/source/live/collecting_sink.ts';
import { flagsOf, inNfdump } from './flow_lines.ts';
import { linesOf } from './multiset.ts';
import type { ReadBack } from './read_back.ts';

const TOPIC = 'flows';
/** A consumer that gets nothing for so long, when all is sent, has all or has lost what it waits for. */
const SILENCE_MS = 20_000;

const NFCAPD: ReadBack = {
  name: 'IPFIX over UDP by nfcapd, at the default rate',
  wanted: inNfdump,
  missing: hasNfcapd ? undefined : 'nfcapd and nfdump',
  async *read(command, folder) {
    const nfcapd = await Nfcapd.start(folder);
    await command('-f', 'ipfix', '-o', `udp://127.0.0.1:${nfcapd.port}`);
    const { log, path } = await nfcapd.end();
    const said = /Flows: .*/.exec(log)?.[0] ?? log;
    process.stdout.write(`  nfcapd: ${said}\n`);
    if (!said.includes('Sequence Errors: 0, Bad Packets: 0'))
      throw new Error('there are sequence errors, or bad packets');
    const format = 'fmt:%sa,%sp,%da,%dp,%pr,%ts,%te,%ipkt,%ibyt,%opkt,%obyt,%flg';
    const { stdout } = spawn('nfdump', ['-r', path, '-q', '-N', '-6', '-o', format], {
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of linesOf(stdout)) if (line.trim() !== '') yield dumped(line);
  },
};

const PROTOCOLS: Readonly<Record<string, string>> = { TCP: '6', UDP: '17' };

function dumped(line: string): string {
  const values = line.split(',').map((value) => value.trim());
  const [protocol = '', ...times] = values.splice(4, 3);
  const flags = values.pop() ?? '';
  const [src, srcPort, dst, dstPort, ...counts] = values;
  const seen = times.map(dumpedTime);
  return [src, srcPort, dst, dstPort, PROTOCOLS[protocol] ?? protocol, ...seen, ...counts, flagsOf(flags)].join(' ');
}

let dumpedSecond = ['', ''] as readonly [string, string];

/** As `2023-11-14 22:13:20.560`, in milliseconds. */
function dumpedTime(text: string): string {
  const second = text.slice(0, -4);
  if (second !== dumpedSecond[0]) dumpedSecond = [second, String(Date.parse(`${second}Z`) / 1000)];
  return dumpedSecond[1] + text.slice(-3);
}

const KAFKA: ReadBack = {
  name: 'Kafka by kcat, while flows come',
  wanted: undefined,
  missing: hasTool('kcat') ? undefined : 'kcat',
  async *read(command, folder) {
    const log = join(folder, 'broker.log');
    // Its mock cluster lives as long as the producer, which waits for a line.
    const mock = spawn('sh', ['-c', 'exec kcat -P -b x -t t -X test.mock.num.brokers=1 -d broker 2>"$0"', log], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const port = (): string | undefined => /127\.0\.0\.1:(\d+)/.exec(readFileSync(log, 'utf8'))?.[1];
    await waitFor(
      () => existsSync(log) && port() !== undefined,
      () => 'the broker does not start',
    );
    const broker = `127.0.0.1:${port()}`;
    const consumer = spawn('kcat', ['-C', '-q', '-u', '-b', broker, '-t', TOPIC, '-o', 'beginning', '-f', '%s\\n'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let silence: NodeJS.Timeout | undefined;
    const end = (): boolean => consumer.kill('SIGTERM');
    const sent = command('-f', 'jsonl', '-o', `kafka://${broker}/${TOPIC}`).finally(() => {
      silence = setTimeout(end, SILENCE_MS);
    });
    try {
      for await (const line of linesOf(consumer.stdout)) {
        silence?.refresh();
        yield line;
      }
      await sent;
    } finally {
      clearTimeout(silence);
      end();
      mock.kill('SIGKILL');
      rmSync(log);
    }
  },
};

export const RECEIVERS: readonly ReadBack[] = [NFCAPD, KAFKA];
