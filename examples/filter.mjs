/**
 * Capture filters: compile one, test it on a frame, and use the compiled filter for a whole file. A mistake in the
 * text is reported with its place.
 *
 *   node examples/filter.mjs [EXPRESSION] [FILE]
 */
import { compileFilter, FilterError, readFlows } from 'pcapflow';

const [expression = 'tcp dst port 443 and not net 10.0.0.0/8', file = 'pcaps/tour.pcap'] = process.argv.slice(2);

const ETHERNET = 1;
try {
  const filter = compileFilter(expression, { linkType: ETHERNET });
  const arpFrame = new Uint8Array(60).fill(0xff, 0, 6);
  arpFrame.set([0x08, 0x06], 12);
  console.log(`an ARP frame: ${filter.test(arpFrame, arpFrame.length) ? 'kept' : 'dropped'}`);

  let flows = 0;
  let packets = 0;
  for await (const flow of readFlows(file, { filter: expression })) {
    flows++;
    packets += flow.packetsForward + flow.packetsReverse;
  }
  console.log(`${file}: ${packets} packets in ${flows} flows`);
} catch (error) {
  if (!(error instanceof FilterError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
