/** Everything that `make.ts` writes: captures, the flows expected of them, and the table in the README. */

import { flowLines, flowsOf, readCapture } from '../test/models/index.ts';
import type { CaptureFile } from './capture_file.ts';
import { encapsulationFiles } from './encapsulation_files.ts';
import { formatFiles } from './format_files.ts';
import { linkFiles } from './link_files.ts';
import { protocolFiles } from './protocol_files.ts';
import { tcpFiles } from './tcp_files.ts';
import { tourFiles } from './tour.ts';
import { tunnelFiles } from './tunnel_files.ts';

/** File name to contents, in the order of the README. */
export function files(): Map<string, Uint8Array> {
  const captures = [
    tourFiles(),
    tcpFiles(),
    protocolFiles(),
    linkFiles(),
    tunnelFiles(),
    encapsulationFiles(),
    formatFiles(),
  ].flat();
  const all = new Map<string, Uint8Array>();
  const text = (name: string, content: string): unknown => all.set(name, new TextEncoder().encode(content));
  for (const { name, bytes, tunnel } of captures) {
    const { records } = readCapture(bytes);
    const stem = name.replace(/\.pcap(ng)?$/, '');
    all.set(name, bytes);
    text(`${stem}.flows.jsonl`, flowLines(flowsOf(records).flows));
    if (tunnel) text(`${stem}.decapsulated.flows.jsonl`, flowLines(flowsOf(records, { decapsulate: true }).flows));
  }
  text('README.md', readme(captures));
  return all;
}

const readme = (captures: readonly CaptureFile[]): string => `# Captures

Made by \`make.ts\` (\`node dist/pcaps/make.js\` after \`npm run build\`): made-up traffic only, and the same bytes on every
machine. Beside each \`NAME.pcap\` or \`NAME.pcapng\` are its expected flows, \`NAME.flows.jsonl\`, and for tunnels those of
the innermost headers, \`NAME.decapsulated.flows.jsonl\`. They are what the command prints without options: both
directions in one flow, 600 s idle, 30 s after a close, later fragments with their first one, no decapsulation. The
flows come from the slow model in \`test/models\`, which shares no code with the engine; \`firstSeen\` and \`lastSeen\` are
seconds with nine decimals.

This file is made by \`make.ts\`, too.

| file | holds | kept because |
|---|---|---|
${captures.map(({ name, holds, keptFor }) => `| \`${name}\` | ${holds} | ${keptFor} |\n`).join('')}`;
