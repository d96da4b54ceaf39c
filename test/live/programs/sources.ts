/** The live sources that the contract runs against, each in a namespace with `near0` up. */
import type { FrameSource } from '../../../src/source/live/frame_source.ts';
import { TcpdumpSource } from '../../../src/source/tcpdump/tcpdump_source.ts';
import { CAP_SUBJECTS } from './cap_sources.ts';
import type { ContractSubject, MakeOptions } from '../../source/live/contract.ts';
import { NEAR } from '../netns.ts';

export interface LiveSubject extends Omit<ContractSubject, 'make' | 'send' | 'waits'> {
  make(options: MakeOptions): FrameSource;
}

const ETHERNET = { linkType: 1, networkOffset: 14 } as const;

export const LIVE_SUBJECTS: Readonly<Record<string, LiveSubject>> = {
  ...CAP_SUBJECTS,
  tcpdump: {
    ...ETHERNET,
    timestampSource: 'kernel',
    filters: true,
    knowsKernelDrops: true,
    make: (options) => new TcpdumpSource({ interfaces: [NEAR], ...options }),
    unopenable: [
      {
        title: 'no such interface',
        code: 'ERR_NO_SUCH_DEVICE',
        make: () => new TcpdumpSource({ interfaces: ['nosuch0'] }),
      },
      {
        title: 'one of two is missing',
        code: 'ERR_NO_SUCH_DEVICE',
        make: () => new TcpdumpSource({ interfaces: [NEAR, 'nosuch0'] }),
      },
      {
        title: 'filter',
        code: 'ERR_FILTER_SYNTAX',
        make: () => new TcpdumpSource({ interfaces: [NEAR], filter: 'tcp prot 80' }),
      },
      {
        title: 'filter that only libpcap can refuse',
        code: 'ERR_FILTER_SYNTAX',
        make: () => new TcpdumpSource({ interfaces: [NEAR], filter: 'host no-such-host.invalid' }),
      },
      {
        title: 'no tcpdump',
        code: 'ERR_LIVE_UNAVAILABLE',
        make: () => new TcpdumpSource({ interfaces: [NEAR], program: 'no-such-tcpdump' }),
      },
      {
        title: 'user',
        code: 'ERR_LIVE_UNAVAILABLE',
        make: () => new TcpdumpSource({ interfaces: [NEAR], user: 'no-such-user' }),
      },
    ],
  },
};
