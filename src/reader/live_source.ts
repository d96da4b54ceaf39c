/** Chooses the source of a live capture. Each is loaded only when it is used. */
import type { FrameSource } from '../source/live/frame_source.ts';
import { ANY } from '../source/live/interfaces.ts';

export interface LiveSourceOptions {
  /** Names of interfaces, at least one; `any` is all of them. */
  readonly interfaces: readonly string[];
  readonly capture: 'cap' | 'tcpdump';
  /** Open each device in promiscuous mode. */
  readonly promiscuous: boolean;
  /** Text of pcap-filter(7); '': everything. */
  readonly filter: string;
  /** Bytes to keep of each frame; 0: all. */
  readonly snaplen: number;
  /** Bytes of kernel buffer. Default: the source's own. */
  readonly bufferSize?: number | undefined;
  /** Wait for an interface that goes away, and continue. Default: the capture ends. */
  readonly reopen?: boolean | undefined;
  /** User whose privileges the helper process drops to after opening the capture. */
  readonly user?: string | undefined;
}

/** @param warn takes what is said of interfaces that are waited for */
export async function liveSource(options: LiveSourceOptions, warn: (message: string) => void): Promise<FrameSource> {
  if (options.reopen !== true) return makeSource(options);
  const { ReopeningSource } = await import('../source/live/reopening_source.ts');
  const interfaces = distinct(options.interfaces).filter((name) => name !== ANY);
  return ReopeningSource.create({ interfaces, make: () => makeSource(options), warn });
}

async function makeSource(options: LiveSourceOptions): Promise<FrameSource> {
  const interfaces = distinct(options.interfaces);
  const { filter, snaplen, promiscuous, user, bufferSize } = options;
  const buffer = bufferSize === undefined ? {} : { bufferSize };
  if (options.capture === 'tcpdump') {
    const { TcpdumpSource } = await import('../source/tcpdump/tcpdump_source.ts');
    return new TcpdumpSource({
      interfaces,
      filter,
      snaplen,
      promiscuous,
      ...buffer,
      ...(user === undefined ? {} : { user }),
    });
  }
  if (promiscuous) {
    const { PromiscuousCapSource } = await import('../source/cap/promiscuous_cap_source.ts');
    return new PromiscuousCapSource({
      interfaces,
      filter,
      snaplen,
      ...buffer,
      ...(user === undefined ? {} : { user }),
    });
  }
  const { CapSource } = await import('../source/cap/cap_source.ts');
  return new CapSource({ interfaces, filter, ...buffer });
}

/** An interface named twice is captured once; `any` includes all others. */
function distinct(interfaces: readonly string[]): readonly string[] {
  return interfaces.includes(ANY) ? [ANY] : [...new Set(interfaces)];
}
