/** The lines above the table: where the flows come from, how much there is, and what was lost. */
import { binaryText, decimalText, groupedText } from '../../text/figure_text.ts';
import type { FigureRates } from './figure_rates.ts';
import { span } from './line.ts';
import type { Line, Style } from './line.ts';
import type { TopFigures } from './top_source.ts';
import { clockText } from '../../text/time_text.ts';
import { widthOf } from '../../text/width.ts';

/** One piece of the header. */
interface Part {
  readonly long: string;
  /** For narrow terminals. */
  readonly short: string;
  readonly style: Style;
  /** When space is short, the part with the least weight is dropped first. */
  readonly weight: number;
}

const GAP = '  ';

/** @param lines one or two */
export function headerLines(name: string, rates: FigureRates, paused: boolean, width: number, lines: number): Line[] {
  const { latest } = rates;
  const first: Part[] = [
    same('pcapflow top', 'plain', 1),
    same(name, 'strong', 8),
    {
      long: `${groupedText(latest.flowsActive)} flows`,
      short: `${decimalText(latest.flowsActive)} flows`,
      style: 'plain',
      weight: 6,
    },
    same(clockText(new Date(latest.clockSeconds * 1000)), 'plain', 3),
    ...(paused ? [same('PAUSED', 'notice', 10)] : []),
  ];
  const second: Part[] = [
    {
      long: `${rateText(rates.packetsPerSecond)} packets/s`,
      short: `${rateText(rates.packetsPerSecond)} pkt/s`,
      style: 'plain',
      weight: 5,
    },
    {
      long: `${rateText(rates.bitsPerSecond)} bit/s`,
      short: `${rateText(rates.bitsPerSecond)} b/s`,
      style: 'plain',
      weight: 7,
    },
    {
      long: `${binaryText(latest.wireBytes)}B in ${groupedText(latest.packetsSeen)} packets`,
      short: '',
      style: 'plain',
      weight: 2,
    },
    dropsPart(latest),
  ];
  return lines < 2 ? [fit([...first, ...second], width)] : [fit(first, width), fit(second, width)];
}

/** Losses are shown in capitals too, not only by colour. */
function dropsPart({ ringDrops, kernelDrops }: TopFigures): Part {
  const lost = ringDrops > 0 || (kernelDrops ?? 0) > 0;
  const word = lost ? 'DROPS' : 'drops';
  const text = (number: (value: number) => string): readonly [string, string] => [
    number(ringDrops),
    kernelDrops === null ? '?' : number(kernelDrops),
  ];
  const [ring, kernel] = text(groupedText);
  const [ringShort, kernelShort] = text(decimalText);
  return {
    long: `${word}: ring ${ring}, kernel ${kernel}`,
    short: `${word} ${ringShort}+${kernelShort}`,
    style: lost ? 'alarm' : 'plain',
    weight: 9,
  };
}

function same(text: string, style: Style, weight: number): Part {
  return { long: text, short: text, style, weight };
}

function rateText(value: number | undefined): string {
  return value === undefined ? '-' : decimalText(value);
}

/** All in full; or all short; or without the lightest. */
function fit(parts: readonly Part[], width: number): Line {
  let texts = parts.map(({ long, style, weight }) => ({ text: long, style, weight }));
  const widthOfAll = (): number => texts.reduce((sum, { text }) => sum + widthOf(text) + GAP.length, -GAP.length);
  if (widthOfAll() > width)
    texts = parts
      .filter(({ short }) => short !== '')
      .map(({ short, style, weight }) => ({ text: short, style, weight }));
  while (widthOfAll() > width && texts.length > 1) {
    const lightest = Math.min(...texts.map(({ weight }) => weight));
    texts = texts.filter(({ weight }) => weight !== lightest);
  }
  return texts.flatMap(({ text, style }, n) => (n === 0 ? [span(text, style)] : [span(GAP), span(text, style)]));
}
