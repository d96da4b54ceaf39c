/** Columns of rates, of flows and of groups alike. */
import { decimalText } from '../../text/figure_text.ts';
import type { Column } from './columns.ts';
import { WINDOWS_S } from './rate_history.ts';
import type { WindowPlace } from './rate_history.ts';

/** Mean rates in each window, bits per second. */
export interface WithRates {
  readonly forward: readonly number[];
  readonly reverse: readonly number[];
}

export interface RateColumns<T> {
  /** Both directions, of the window that was chosen. */
  readonly rate: Column<T>;
  readonly forward: Column<T>;
  readonly reverse: Column<T>;
  /** Both directions, of the other windows. */
  readonly others: readonly Column<T>[];
}

export function rateOf({ forward, reverse }: WithRates, window: WindowPlace): number {
  return (forward[window] ?? 0) + (reverse[window] ?? 0);
}

/** @param forwardTitle @param reverseTitle three or four letters */
export function rateColumns<T extends WithRates>(
  window: WindowPlace,
  forwardTitle: string,
  reverseTitle: string,
): RateColumns<T> {
  const column = (title: string, value: (item: T) => number): Column<T> => ({
    title,
    width: title.length > WIDTH ? title.length : WIDTH,
    align: 'right',
    text: (item) => decimalText(value(item)),
  });
  return {
    rate: { ...column('BIT/S', (item) => rateOf(item, window)), sort: 'rate' },
    forward: column(`${forwardTitle} b/s`, ({ forward }) => forward[window] ?? 0),
    reverse: column(`${reverseTitle} b/s`, ({ reverse }) => reverse[window] ?? 0),
    others: WINDOWS_S.flatMap((seconds, place) =>
      place === window ? [] : [column(`${seconds}s b/s`, (item) => rateOf(item, place as WindowPlace))],
    ),
  };
}

/** 999.9M */
const WIDTH = 7;
