/** Opens a capture of interfaces for `live` and `top`. */
import { constants, setPriority } from 'node:os';
import type { EngineOptions } from '../engine/options.ts';
import { LIVE_SNAPLEN } from '../options/flow_options.ts';
import { neededSnaplen } from '../options/snaplen.ts';
import type { ValuesAt } from '../options/table.ts';
import type { LiveLimits, LiveReader } from '../reader/live_reader.ts';
import { openLive } from '../reader/open_live.ts';
import type { LiveSettings } from '../reader/open_live.ts';
import { engineOptionsOf } from '../reader/engine_options.ts';
import { ordinaryUser } from '../source/live/rights.ts';
import { flowSettings } from './flow_options.ts';

/**
 * The kernel's buffer holds only milliseconds of packets. If permitted, raise the priority of this thread and of what
 * it starts from now on (the tracker, tcpdump).
 */
function raisePriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Not permitted: the priority stays as it was.
  }
}

type CaptureLimits = LiveLimits & Pick<LiveSettings, 'starts'> & Pick<EngineOptions, 'derived' | 'window'>;

/** A capture that is not started yet. @throws {RangeError} without an interface, or for a user without a name @throws {FParserError} */
export function openCapture(
  interfaces: readonly string[],
  values: Omit<ValuesAt<'top'>, 'interval' | 'names'> & { readonly payloadOnly?: boolean; readonly reopen?: boolean },
  { derived = false, window, ...limits }: CaptureLimits,
  warn: (message: string) => void,
): Promise<LiveReader> {
  if (interfaces.length === 0) throw new RangeError("no interface is named; 'pcapflow live --list' shows them");
  const { capture, promiscuous, user, bufferSize, ringSize, filter = '', reopen } = values;
  if (reopen === true && user !== undefined)
    throw new RangeError('--reopen needs the rights that --user gives up; use one of them');
  const settings = flowSettings({ payloadOnly: false, ...values });
  const snaplen = values.snaplen ?? neededSnaplen(settings, LIVE_SNAPLEN);
  if (user !== undefined) ordinaryUser(user);
  raisePriority();
  return openLive(
    { interfaces, capture, promiscuous, user, reopen, ...(bufferSize === undefined ? {} : { bufferSize }) },
    {
      engine: { ...engineOptionsOf({ ...settings, snaplen }), derived, window },
      filter,
      warn,
      ringSize,
      ...limits,
    },
  );
}
