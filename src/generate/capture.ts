/** Deterministic captures: a profile, a number of packets and a seed give the same bytes everywhere. */
import { Heap } from '../heap.ts';
import type { ProfileName } from '../options/generate_options.ts';
import type { FlowScript } from './flow_script.ts';
import { FrameWriter } from './frame_writer.ts';
import { PROFILES } from './profiles.ts';
import { Random } from './random.ts';

/** Goes up with every change of the bytes that are made. */
export const GENERATOR_VERSION = 2;
/** The fewest flows of a profile with a fixed number of them. */
const FLOW_COUNT_MIN = 20;

/** What has been made. */
export interface Generated {
  /** Flow scripts with at least one packet in the capture. */
  readonly flowCount: number;
  readonly durationSeconds: number;
}

/**
 * Plays all flows of a profile in the order of time. Yields a classic pcap file in pieces, each of which is overwritten
 * when the next one is asked for.
 * @param packetCount 1 or more
 * @param seed 0..2^32-1
 */
export function* generateCapture(
  profileName: ProfileName,
  packetCount: number,
  seed: number,
): Generator<Uint8Array, Generated> {
  const profile = PROFILES[profileName];
  const scale = packetCount / profile.packetCount;
  const flowCountMax =
    profile.flowCount === undefined ? Infinity : Math.max(FLOW_COUNT_MIN, Math.round(profile.flowCount * scale));
  // Of fewer packets flows begin more rarely, so that the capture still lasts as long.
  const startGapUs = Math.max(1, Math.floor(profile.startGapUs / scale));
  const random = new Random(seed);
  /** Flows waiting for their next packet. */
  const waiting = new Heap<FlowScript>((a, b) => a.dueUs < b.dueUs);
  const writer = new FrameWriter(profile.withPayload);
  let flowCount = 0;
  let startUs = 0;
  let lastUs = 0;
  for (let made = 0; made < packetCount; made++) {
    while (flowCount < flowCountMax && startUs <= (waiting.first?.dueUs ?? Infinity)) {
      waiting.add(profile.draw(random, flowCount++, startUs, packetCount));
      startUs += random.below(2 * startGapUs);
    }
    const script = waiting.first;
    if (script === undefined) throw new RangeError('no flow is left to play');
    script.play(random);
    if (writer.full) yield writer.take();
    writer.write(script);
    lastUs = script.dueUs;
    script.advance(random);
    if (script.finished) waiting.drop();
    else waiting.settle();
  }
  yield writer.take();
  return { flowCount, durationSeconds: lastUs / 1e6 };
}
