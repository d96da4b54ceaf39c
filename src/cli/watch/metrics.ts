/** The figures of a run as metrics of Prometheus: the names of `--stats` in snake_case, with `pcapflow_` in front. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { OutputFigures } from '../output_counters.ts';
import type { RunFigures } from '../summary.ts';

/** Figures that may fall. All others only rise. */
const GAUGES: ReadonlySet<string> = new Set(['longestProbe', 'memoryUsedBytes', 'packetsInRing']);
const PREFIX = 'pcapflow_';

type Labels = Readonly<Record<string, string>>;

/** Made afresh for each answer. Labels are numbers of outputs, formats and reasons: never addresses or paths. */
export class RunMetrics {
  readonly #registry = new Registry();

  /** Of the answer. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  text({ outputs, problems, ...figures }: RunFigures, version: string): Promise<string> {
    this.#registry.clear();
    this.#gauge('build_info', 'version of pcapflow', 1, { version });
    this.#gauge('flows_active', 'flowsStarted without flowsEnded', figures.flowsStarted - figures.flowsEnded);
    for (const [name, value] of Object.entries(figures)) this.#figure(name, value);
    for (const [n, output] of outputs.entries()) this.#output(String(n + 1), output);
    for (const { code } of problems) this.#counter('problems', 'problems of the capture', 1, { code });
    return this.#registry.metrics();
  }

  #figure(name: string, value: unknown): void {
    const metric = snakeCase(name);
    if (typeof value === 'number') {
      if (GAUGES.has(name)) this.#gauge(metric, helpOf(name), value);
      else this.#counter(metric, helpOf(name), value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [reason, count] of Object.entries(value)) {
        if (typeof count === 'number') this.#counter(metric, helpOf(name), count, { reason });
      }
    }
  }

  #output(output: string, { format, ...counters }: OutputFigures): void {
    for (const [name, value] of Object.entries(counters)) {
      this.#counter(`output_${snakeCase(name)}`, helpOf(`outputs.${name}`), Number(value), { output, format });
    }
  }

  #counter(name: string, help: string, value: number, labels: Labels = {}): void {
    const full = `${PREFIX}${name}_total`;
    const known = this.#registry.getSingleMetric(full) as Counter | undefined;
    const counter =
      known ?? new Counter({ name: full, help, labelNames: Object.keys(labels), registers: [this.#registry] });
    counter.inc(labels, value);
  }

  #gauge(name: string, help: string, value: number, labels: Labels = {}): void {
    const full = `${PREFIX}${name}`;
    new Gauge({ name: full, help, labelNames: Object.keys(labels), registers: [this.#registry] }).set(labels, value);
  }
}

function helpOf(name: string): string {
  return `${name} of --stats`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
