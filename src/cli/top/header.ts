/** The lines above the table: where the flows come from, how much there is, and what was lost. */
import { binaryText, decimalText, groupedText } from '../../text/figure_text.ts';
import type { DirectionRates, FigureRates } from './figure_rates.ts';
import type { ViewName } from './groups.ts';
import { span } from './line.ts';
import type { Line, Style } from './line.ts';
import { WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';
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
  /** Dropped before others are shortened. */
  readonly isExtra?: true;
}

/** What the lines below are about, where it is not the usual. */
export interface ShownWhat {
  readonly view: ViewName;
  readonly window: WindowPlace;
  readonly paused: boolean;
  /** Flows that only wait for their timeout are left out. */
  readonly hidesClosed: boolean;
}

const GAP = '  ';
const ONE_OF = { processes: 'process', hosts: 'host', ports: 'port' } as const;

/** @param lines one to three, at most */
export function headerLines(name: string, rates: FigureRates, what: ShownWhat, width: number, lines: number): Line[] {
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
    ...(what.view === 'flows' ? [] : [same(`by ${ONE_OF[what.view]}`, 'strong', 4)]),
    ...(what.window === 0 ? [] : [same(`mean of ${WINDOWS_S[what.window]} s`, 'strong', 4)]),
    ...(what.hidesClosed ? [same('no closed', 'plain', 3)] : []),
    ...(what.paused ? [same('PAUSED', 'notice', 10)] : []),
  ];
  const second: Part[] = [
    {
      long: `${rateText(rates.packetsPerSecond)} packets/s`,
      short: `${rateText(rates.packetsPerSecond)} pkt/s`,
      style: 'plain',
      weight: 5,
    },
    {
      long: `${rateText(rates.bitsPerSecond(0))} bit/s`,
      short: `${rateText(rates.bitsPerSecond(0))} b/s`,
      style: 'plain',
      weight: 7,
    },
    ...meansPart(rates),
    {
      long: `${binaryText(latest.wireBytes)}B in ${groupedText(latest.packetsSeen)} packets`,
      short: '',
      style: 'plain',
      weight: 2,
    },
    dropsPart(latest),
  ];
  if (lines < 2) return [fit([...first, ...second], width)];
  const third = lines < 3 ? [] : linkParts(rates);
  return [first, second, ...(third.length > 0 ? [third] : [])].map((parts) => fit(parts, width));
}

/** What the interfaces send and receive: rates, their peaks, and how much in all. */
function linkParts({ sent, received, latest: { link } }: FigureRates): readonly Part[] {
  if (sent === undefined || received === undefined || link === undefined) return [];
  return [
    { ...linkPart('sent', sent, link.sent), weight: 5 },
    { ...linkPart('received', received, link.received), weight: 6 },
  ];
}

function linkPart(word: string, { means, peak }: DirectionRates, bytes: number): Omit<Part, 'weight'> {
  const [now, middle, long] = means.map((mean) => decimalText(mean));
  const all = `${binaryText(bytes)}B`;
  const largest = decimalText(peak);
  return {
    long: `${word} ${now} bit/s (10 s ${middle}, 40 s ${long}, peak ${largest}) ${all}`,
    short: `${word} ${now} b/s, peak ${largest}, ${all}`,
    style: 'plain',
  };
}

/** Means of the longer windows, and the largest one. */
function meansPart(rates: FigureRates): readonly Part[] {
  const [middle, long] = [rates.bitsPerSecond(1), rates.bitsPerSecond(2)];
  if (middle === undefined || long === undefined) return [];
  const text = `(10 s ${decimalText(middle)}, 40 s ${decimalText(long)}, peak ${decimalText(rates.peak)})`;
  return [{ long: text, short: '', style: 'plain', weight: 2, isExtra: true }];
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
  const longTexts = (some: readonly Part[]): { text: string; style: Style; weight: number }[] =>
    some.map(({ long, style, weight }) => ({ text: long, style, weight }));
  let texts = longTexts(parts);
  const widthOfAll = (): number => texts.reduce((sum, { text }) => sum + widthOf(text) + GAP.length, -GAP.length);
  if (widthOfAll() > width) texts = longTexts(parts.filter(({ isExtra }) => isExtra !== true));
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
