/** TcpdumpSource with programs in the place of tcpdump, which do what a real one does rarely. Real ones: test/live. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interfaceState } from '../../../src/source/live/interfaces.ts';
import { defaultBufferSize, TcpdumpSource } from '../../../src/source/tcpdump/tcpdump_source.ts';
import type { TcpdumpSourceOptions } from '../../../src/source/tcpdump/tcpdump_source.ts';
import { pcap } from '../../builders/index.ts';
import { CollectingSink, waitFor } from '../live/collecting_sink.ts';

const LISTENING = 'echo "tcpdump: listening on lo, link-type EN10MB" >&2';
const FOREVER = 'while :; do sleep 0.05; done';
/** Until the test says so: see `goOn`. */
const WAIT = 'until [ -e "$0.go" ]; do sleep 0.02; done';
const RECORDS = [1, 2, 3].map((index) => ({
  timestampNs: 1_700_000_000_000_000_000n + BigInt(index) * 1000n,
  frame: new Uint8Array(60).fill(index),
}));

describe.skipIf(process.platform !== 'linux' || interfaceState('lo')?.up !== true)('tcpdump as a source', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'pcapflow-test-'));
    writeFileSync(join(directory, 'micro.pcap'), pcap(RECORDS, { format: 'us' }));
    writeFileSync(join(directory, 'nano.pcap'), pcap(RECORDS, { format: 'ns' }));
    writeFileSync(
      join(directory, 'corrupt.pcap'),
      pcap(RECORDS, { format: 'ns' }).fill(0xff, 24 + 76 + 8, 24 + 76 + 12),
    );
    writeFileSync(join(directory, 'cut.pcap'), pcap(RECORDS, { format: 'ns' }).subarray(0, -1));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  let programs = 0;
  function fake(script: string, options: Partial<TcpdumpSourceOptions> = {}): TcpdumpSource {
    const program = join(directory, `tcpdump${programs++}`);
    writeFileSync(program, `#!/bin/sh\ncd '${directory}'\n${script}\n`);
    chmodSync(program, 0o755);
    return new TcpdumpSource({ interfaces: ['lo'], ...options, program });
  }

  /** To the program made last. */
  const goOn = (): void => writeFileSync(join(directory, `tcpdump${programs - 1}.go`), '');

  /** Open, with the frames that came until `count` were there. */
  async function frames(source: TcpdumpSource, count: number): Promise<CollectingSink> {
    const sink = new CollectingSink();
    await source.open(sink);
    await sink.until(count);
    return sink;
  }

  it('is started with the options, cut in the kernel, not promiscuous', async () => {
    const source = fake(`for word; do echo "<$word>"; done > words; cat nano.pcap; ${LISTENING}; ${FOREVER}`, {
      filter: 'tcp port 80',
      snaplen: 100,
      bufferSize: 1 << 20,
    });
    await frames(source, 3);
    await source.close();
    const words = readFileSync(join(directory, 'words'), 'utf8')
      .trim()
      .split('\n')
      .map((word) => word.slice(1, -1));
    expect(words.join(' ')).toBe(
      '-i lo -w - -U --immediate-mode -n -s 100 -B 1024 --time-stamp-precision=nano -p -- tcp port 80',
    );
  });

  it('does without nanoseconds where there are none', async () => {
    const source = fake(
      `case "$*" in *nano*) echo "tcpdump: unsupported time stamp precision" >&2; exit 1;; esac; cat micro.pcap; ${LISTENING}; ${FOREVER}`,
    );
    const sink = await frames(source, 3);
    await source.close();
    expect(sink.interfaces).toEqual([{ linkType: 1, recordUnitNs: 1000, bigEndian: false }]);
    expect(sink.frames.map(({ timestampNs }) => timestampNs)).toEqual(RECORDS.map(({ timestampNs }) => timestampNs));
  });

  it('is killed when it does not end', async () => {
    const source = fake(`trap '' INT; echo $$ > deaf; cat nano.pcap; ${LISTENING}; ${FOREVER}`);
    await frames(source, 3);
    source.stop();
    await source.run();
    await source.close();
    expect(existsSync(`/proc/${readFileSync(join(directory, 'deaf'), 'utf8').trim()}`)).toBe(false);
  });

  it('tells what it lost: while running and at the end, the sum of all interfaces', async () => {
    const source = fake(
      `trap 'echo "tcpdump: 3 packets captured, 8 packets received by filter, 5 packets dropped by kernel" >&2' USR1
      trap 'printf "3 packets captured\\n10 packets received by filter\\n7 packets dropped by kernel\\n" >&2; exit 0' INT
      cat nano.pcap; ${LISTENING}; ${FOREVER}`,
      { interfaces: ['lo', 'any'] },
    );
    const sink = new CollectingSink();
    await source.open(sink);
    expect(source.packetsDroppedKernel).toBeNull();
    await waitFor(
      () => source.packetsDroppedKernel !== null,
      () => 'it never told',
    );
    expect(source.packetsDroppedKernel).toBe(10);
    await source.close();
    expect(source.packetsDroppedKernel).toBe(14);
  });

  it.each([
    [
      'ends by itself',
      `cat nano.pcap; ${LISTENING}; ${WAIT}; echo "tcpdump: pcap_loop: recvfrom failed" >&2; exit 1`,
      { code: 'ERR_READ', message: 'lo: tcpdump ended (exit status 1): pcap_loop: recvfrom failed' },
      3,
    ],
    [
      'loses its interface',
      `cat nano.pcap; ${LISTENING}; ${WAIT}; echo "tcpdump: pcap_loop: The interface disappeared" >&2; exit 1`,
      { code: 'ERR_NO_SUCH_DEVICE' },
      3,
    ],
    [
      'ends within a record',
      `cat cut.pcap; ${LISTENING}; ${WAIT}; kill -9 $$`,
      { code: 'ERR_READ', message: 'lo: tcpdump ended (SIGKILL)' },
      2,
    ],
    [
      'writes nonsense',
      `head -c 50 corrupt.pcap; ${LISTENING}; ${WAIT}; tail -c +51 corrupt.pcap; ${FOREVER}`,
      { code: 'ERR_CORRUPT', offset: 100 },
      1,
    ],
  ])('fails when it %s; what came before counts', async (_title, script, error, count) => {
    const source = fake(script);
    const sink = new CollectingSink();
    await source.open(sink);
    goOn();
    await expect(source.run()).rejects.toMatchObject(error);
    await source.close();
    expect(sink.frames).toHaveLength(count);
  });

  it.each([
    ['writes no capture', `echo nothing of the kind, just some text; ${LISTENING}; ${FOREVER}`, 'ERR_CORRUPT'],
    ['writes nonsense', `cat corrupt.pcap; sleep 0.2; ${LISTENING}; ${FOREVER}`, 'ERR_CORRUPT'],
    ['ends at once', 'exit 3', 'ERR_LIVE_UNAVAILABLE'],
    [
      'is not allowed to capture',
      'echo "tcpdump: lo: You don\'t have permission to capture on that device" >&2; exit 1',
      'ERR_PERMISSION',
    ],
  ])('cannot be opened when it %s', async (_title, script, code) => {
    const source = fake(script);
    await expect(source.open(new CollectingSink())).rejects.toMatchObject({ code });
    await source.close();
  });

  it('cannot be opened when it may not be executed', async () => {
    const program = join(directory, 'locked');
    writeFileSync(program, '', { mode: 0o644 });
    const source = new TcpdumpSource({ interfaces: ['lo'], program });
    await expect(source.open(new CollectingSink())).rejects.toMatchObject({ code: 'ERR_PERMISSION' });
  });

  it('has a buffer of 256 MiB, shared by several interfaces down to 64 MiB each', () => {
    expect([1, 2, 4, 100].map((interfaces) => defaultBufferSize(interfaces) >> 20)).toEqual([256, 128, 64, 64]);
  });
});
