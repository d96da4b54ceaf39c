/** Reads captures with the engine, in turns, so that the page is answered meanwhile. */
import { InlineEngine } from '../../src/engine/inline.ts';
import type { EngineOptions } from '../../src/engine/options.ts';
import { CaptureError, FParserError } from '../../src/errors.ts';
import type { WithName } from '../../src/flow/groups.ts';
import { FLOW_OPTIONS } from '../../src/options/flow_options.ts';
import { defaultOf } from '../../src/options/option.ts';
import type { Option } from '../../src/options/option.ts';
import type { EngineSettings } from '../../src/options/engine_settings.ts';
import { CaptureReader } from '../../src/reader/capture_reader.ts';
import type { ReaderHost } from '../../src/reader/capture_reader.ts';
import { createFilterFactory } from '../../src/reader/filter_maker.ts';
import { engineOptionsOf } from '../../src/reader/engine_options.ts';
import { filesAtOnce } from '../../src/reader/reading_order.ts';
import { uncompressed } from '../../src/source/file/compressed.ts';
import type { FlowIdentities } from '../../src/reader/flow_identities.ts';
import type { ByteSource } from '../../src/source/file/source.ts';
import type { OpenArguments, Problem } from '../protocol.ts';
import { bytesOf, nameOf } from './capture_bytes.ts';
import type { CaptureSource } from './capture_bytes.ts';

/** Fewer active flows than this are not tried when the browser does not give the memory. */
const FLOWS_LEAST = 2 ** 16;

/** The options of `pcapflow read` without any, with these groups. */
export function readOptions(groups: readonly WithName[]): Omit<EngineOptions, 'filter'> {
  const options: readonly Option[] = FLOW_OPTIONS;
  const defaults = options
    .filter(({ where }) => where.includes('readFlows'))
    .map((option) => [option.name, defaultOf(option, 'readFlows')]);
  const settings = Object.fromEntries(defaults) as EngineSettings;
  return engineOptionsOf({ ...settings, with: groups });
}

let compiled: Promise<WebAssembly.Module> | undefined;

function engineModule(): Promise<WebAssembly.Module> {
  return (compiled ??= WebAssembly.compileStreaming(fetch('engine.wasm')));
}

/**
 * An engine with a reader over the captures, not started yet.
 * @param identitiesOf says what the flows of an engine are, where that is wanted
 * @throws {FParserError}
 */
export async function openReader(
  sources: readonly CaptureSource[],
  { filter, groups }: Pick<OpenArguments, 'filter' | 'groups'>,
  warn: (message: string) => void,
  identitiesOf?: (engine: InlineEngine) => FlowIdentities,
): Promise<CaptureReader> {
  const make = await createFilterFactory(filter, warn);
  const options = readOptions(groups);
  const files = filesAtOnce(sources.length, options.blockSize);
  const settings = { ...options, files, ...(make === undefined ? {} : { filter: make }) };
  const engine = await roomiest(settings, warn);
  const host: ReaderHost = {
    count: sources.length,
    open: (n) => opened(sources[n] as CaptureSource),
    yieldToEventLoop: takeTurn,
    order: {
      by: 'time',
      name: (n) => nameOf(sources[n] as CaptureSource),
      canLookInto: () => true,
      isOptional: () => false,
    },
    warn,
  };
  return new CaptureReader(engine, host, identitiesOf?.(engine));
}

/** Not every browser gives as much memory as the table may need. */
async function roomiest(options: EngineOptions, warn: (message: string) => void): Promise<InlineEngine> {
  const module = await engineModule();
  for (let { maxFlows } = options; ; maxFlows /= 2) {
    try {
      const engine = await InlineEngine.create(module, { ...options, maxFlows });
      if (maxFlows < options.maxFlows) warn(`this browser has memory for ${maxFlows} flows at a time only`);
      return engine;
    } catch (error) {
      if (!(error instanceof FParserError && error.code === 'ERR_ENGINE') || maxFlows <= FLOWS_LEAST) throw error;
    }
  }
}

async function opened(source: CaptureSource): Promise<ByteSource> {
  return uncompressed(bytesOf(source));
}

const { port1, port2 } = new MessageChannel();
let goOn: (() => void)[] = [];
port1.onmessage = () => {
  const waiting = goOn;
  goOn = [];
  for (const resume of waiting) resume();
};

/** Lets messages of the page be answered. A timer would wait for 4 ms. */
function takeTurn(): Promise<void> {
  return new Promise((resolve) => {
    goOn.push(resolve);
    port2.postMessage(undefined);
  });
}

export function problemOf(error: unknown): Problem {
  if (!(error instanceof FParserError)) throw error;
  const column = 'column' in error && typeof error.column === 'number' ? { column: error.column } : {};
  const offset = error instanceof CaptureError ? { offset: error.offset } : {};
  return { code: error.code, message: error.message, ...column, ...offset };
}
