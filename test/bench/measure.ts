// Timing for benchmarks: warm-up, repeated samples, median; ratios are taken within one run because machines are noisy.

export interface Measurement {
  readonly name: string;
  /** Milliseconds per repetition. */
  readonly p50: number;
  readonly p99: number;
  readonly best: number;
  /** Median processor time of this process per repetition, ms: what the work costs when other programs hold the machine. */
  readonly processor: number;
  readonly repetitions: number;
}

export interface MeasureOptions {
  readonly warmUp: number;
  readonly repetitions: number;
}

export async function measure(name: string, run: () => unknown, options: MeasureOptions): Promise<Measurement> {
  for (let index = 0; index < options.warmUp; index += 1) await run();
  const samples = new Float64Array(options.repetitions);
  const costs = new Float64Array(options.repetitions);
  for (let index = 0; index < options.repetitions; index += 1) {
    const usage = process.cpuUsage();
    const started = performance.now();
    await run();
    samples[index] = performance.now() - started;
    const { user, system } = process.cpuUsage(usage);
    costs[index] = (user + system) / 1000;
  }
  samples.sort();
  costs.sort();
  const at = (share: number): number => samples[Math.min(samples.length - 1, Math.floor(share * samples.length))] ?? Number.NaN;
  return { name, p50: at(0.5), p99: at(0.99), best: at(0), processor: costs[Math.floor(costs.length / 2)] ?? Number.NaN, repetitions: options.repetitions };
}

/** How many times faster `ours` is than `baseline`, by medians. */
export function ratio(ours: Measurement, baseline: Measurement): number {
  return baseline.p50 / ours.p50;
}

/** The same by processor time. */
export function processorRatio(ours: Measurement, baseline: Measurement): number {
  return baseline.processor / ours.processor;
}

export function describe(measurement: Measurement): string {
  return `${measurement.name}: p50 ${measurement.p50.toFixed(3)} ms, p99 ${measurement.p99.toFixed(3)} ms, best ${measurement.best.toFixed(3)} ms, processor ${measurement.processor.toFixed(3)} ms (${measurement.repetitions} runs)`;
}
