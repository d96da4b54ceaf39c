/** The sources that use the package `cap`, for the contract. */
import { CapSource } from '../../../src/source/cap/cap_source.ts';
import type { CapSourceOptions } from '../../../src/source/cap/cap_source.ts';
import type { FrameSource } from '../../../src/source/live/frame_source.ts';
import { PromiscuousCapSource } from '../../../src/source/cap/promiscuous_cap_source.ts';
import type { ContractSubject, MakeOptions } from '../../source/live/contract.ts';
import { NEAR } from '../netns.ts';

/** 1,022 packets: quick to open, and more than a case sends, so none is lost however long this process has to wait. */
const BUFFER = 64 << 20;

const LIVE = { timestampSource: 'user', filters: true, knowsKernelDrops: false } as const;

const cap = (options: Partial<CapSourceOptions>): FrameSource =>
  new CapSource({ interfaces: [NEAR], filter: '', bufferSize: BUFFER, ...options });
const promiscuous = (options: Partial<CapSourceOptions & MakeOptions>): FrameSource =>
  new PromiscuousCapSource({ interfaces: [NEAR], filter: '', snaplen: 0, bufferSize: BUFFER, ...options });

const unopenable = (make: (options: Partial<CapSourceOptions>) => FrameSource): ContractSubject['unopenable'] => [
  { title: 'no such interface', code: 'ERR_NO_SUCH_DEVICE', make: () => make({ interfaces: ['nosuch0'] }) },
  { title: 'one of two is missing', code: 'ERR_NO_SUCH_DEVICE', make: () => make({ interfaces: [NEAR, 'nosuch0'] }) },
  { title: 'filter', code: 'ERR_FILTER_SYNTAX', make: () => make({ filter: 'tcp prot 80' }) },
  { title: 'filter that lets nothing through', code: 'ERR_FILTER_SYNTAX', make: () => make({ filter: 'tcp and udp' }) },
];

export const CAP_SUBJECTS = {
  cap: {
    ...LIVE,
    linkType: 113,
    networkOffset: 16,
    make: ({ filter = '' }: MakeOptions) => cap({ filter }),
    unopenable: unopenable(cap),
  },
  promiscuous: {
    ...LIVE,
    linkType: 1,
    networkOffset: 14,
    make: (options: MakeOptions) => promiscuous(options),
    unopenable: unopenable(promiscuous),
  },
};
