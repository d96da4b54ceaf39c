/** Counts in words. */
import { groupedText, sizeText } from '../../src/text/figure_text.ts';

/** 1 flow, 1,234 flows. */
export function counted(count: number, noun: string): string {
  return `${groupedText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 143.9 KiB, 512 bytes. */
export function bytesText(bytes: number): string {
  const whole = Math.round(bytes);
  const text = sizeText(whole);
  return text.endsWith(' B') ? counted(whole, 'byte') : text;
}

export function percentText(part: number): string {
  const percent = part * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
