/** Replay keeps the contract of frame sources, at any speed. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReplaySource } from '../../src/replay/replay_source.ts';
import { pcap } from '../builders/index.ts';
import { describeContract } from '../source/live/describe_contract.ts';
import { file } from './replaying.ts';

const ETHERNET = 1;

for (const speed of ['max', 1] as const) {
  describeContract(`replay at speed ${speed}`, {
    waits: true,
    timestampSource: 'file',
    linkType: ETHERNET,
    networkOffset: 14,
    filters: false,
    knowsKernelDrops: false,
    make: (records, { snaplen }) => {
      const files = file(`${randomUUID()}.pcap`, pcap(records, { format: 'ns' }));
      return new ReplaySource({ files, speed, ...(snaplen === undefined ? {} : { snaplen }) });
    },
    send: () => Promise.resolve(),
    unopenable: [
      {
        title: 'a missing file',
        code: 'ERR_NO_SUCH_FILE',
        make: () => new ReplaySource({ files: '/no/such/file.pcap', speed }),
      },
      {
        title: 'a folder without files',
        code: 'ERR_READ',
        make: () => new ReplaySource({ files: mkdtempSync(join(tmpdir(), 'pcapflow-empty-')), speed }),
      },
      {
        title: 'an empty file',
        code: 'ERR_NOT_A_CAPTURE',
        make: () => new ReplaySource({ files: file('empty', new Uint8Array(0)), speed }),
      },
      {
        title: 'a text',
        code: 'ERR_NOT_A_CAPTURE',
        make: () => new ReplaySource({ files: file('text', new TextEncoder().encode('no capture')), speed }),
      },
    ],
  });
}
