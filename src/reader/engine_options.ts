/** Options of the engine, from those of whoever reads. */
import { FIRST_CHUNK_SIZE } from '../../assembly/layout.ts';
import type { EngineOptions } from '../engine/options.ts';
import { chosenApps, groupsOn, wantsIdentity } from '../flow/groups.ts';
import type { IdentifyOptions } from '../flow/identity.ts';
import { hasDirectionTimes } from '../options/presets.ts';
import { engineSettings } from '../options/engine_settings.ts';
import type { EngineSettings } from '../options/engine_settings.ts';
import { flowsThatFit } from '../engine/side_records.ts';
import { BLOCK_SIZE, MAX_FLOWS } from '../options/flow_options.ts';

/** Reading pauses when this many closed flows wait. They are read 512 rows at a time. */
const CLOSED_LIMIT = 4096;
/** 32 MiB of first bytes. */
const FIRST_CHUNKS = Math.floor((32 * 2 ** 20) / FIRST_CHUNK_SIZE);

/** The library says that ports are guessed, a command that they are not. */
interface IdentifySettings {
  readonly secrets?: boolean;
  readonly httpQuery?: boolean;
  readonly portGuess?: boolean;
  readonly noPortGuess?: boolean;
}

/** What the engine and its host need to identify flows. */
export const identifySettings = (
  settings: Pick<EngineOptions, 'with'> & IdentifySettings,
): Pick<EngineOptions, 'firstChunks' | 'identify'> => ({
  firstChunks: wantsIdentity(settings.with) ? FIRST_CHUNKS : 0,
  identify: identifyOptions(settings),
});

function identifyOptions(settings: Pick<EngineOptions, 'with'> & IdentifySettings): IdentifyOptions {
  const { secrets = false, httpQuery = false, portGuess = true, noPortGuess = false } = settings;
  const apps = chosenApps(settings.with);
  return { secrets, httpQuery, portGuess: portGuess && !noPortGuess, ...(apps === undefined ? {} : { apps }) };
}

/** Engine options for reading, from checked values. @param blockSize bytes read at a time */
export function engineOptionsOf(
  settings: EngineSettings &
    Pick<EngineOptions, 'with' | 'serverPorts' | 'localNets'> &
    IdentifySettings & { readonly format?: string | undefined },
  blockSize = BLOCK_SIZE,
): Omit<EngineOptions, 'filter'> {
  const groups = {
    with: groupsOn(settings),
    decapsulate: settings.decapsulate,
    directions: hasDirectionTimes(settings.format),
    headersMax: 0,
  };
  // Groups make flows larger, and the default is for flows without any.
  const isUsual = settings.maxFlows === MAX_FLOWS;
  return {
    serverPorts: settings.serverPorts,
    localNets: settings.localNets,
    ...identifySettings(settings),
    ...engineSettings(settings),
    ...groups,
    ...(isUsual ? { maxFlows: flowsThatFit(MAX_FLOWS, groups) } : {}),
    closedLimit: CLOSED_LIMIT,
    chunksMax: 0,
    blockSize,
  };
}
