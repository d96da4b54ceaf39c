/** A line under load: a capture file, sent again and again as fast as it goes. */
import type { NamespacePair } from './netns.ts';
import { FAR } from './netns.ts';

/** Nothing is sent for longer, whatever becomes of the test. */
const LOOPS_MAX = 500;

/** For the capture: the connections of the next round are the same ones, and would go on within the FIN timeout. */
export const ENDS_AT_FIN = ['--fin-timeout', '0'] as const;

/** Starts to send. The function given back ends it, and resolves when nothing is sent any more. */
export function flood(pair: NamespacePair, file: string): () => Promise<void> {
  const child = pair.far.start(
    'tcpreplay',
    '--quiet',
    '--preload-pcap',
    '--topspeed',
    `--loop=${LOOPS_MAX}`,
    `--intf1=${FAR}`,
    file,
  );
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.stdout?.resume();
  child.stderr?.resume();
  return () => {
    child.kill('SIGKILL');
    return gone;
  };
}
