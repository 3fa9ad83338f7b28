// The analysis suite: cycle, streaming indicators, history, memory; every aim is named and every miss is printed.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { createStrategy, SignalMemory } from '../../src-main/core/strategies/strategy.ts';
import { createMarketState, type MarketState } from '../../src-main/core/structure/market-state.ts';
import { measureFlatness, measureMemory, measureSpeed } from './history.ts';
import type { MemoryReport, SpeedReport } from './history.ts';
import { describe, measure, processorRatio, ratio, type Measurement } from './measure.ts';
import { generateCandles } from './market.ts';
import { collectWindows, recomputeWindow } from './naive.ts';
import { measureStreaming, type StreamingRow } from './streaming.ts';

const SYMBOLS = 200;
const HISTORY = 6400;
/** Twelve hours: cycles that close 15m and 1h candles come in their natural share. */
const CYCLES = 144;
const WARM_UP = 24;
const AIM_CYCLE_MS = 5;
const AIM_CYCLE_RATIO = 200;
const AIM_HISTORY = 300_000;
const AIM_FLATNESS = 1.25;

export interface AnalysisReport {
  readonly suite: 'analysis';
  readonly measurements: readonly Measurement[];
  readonly cycleRatio: number;
  readonly streaming: readonly StreamingRow[];
  readonly speed: SpeedReport;
  readonly flatness: readonly { readonly from: number; readonly microseconds: number }[];
  readonly memory: MemoryReport;
  readonly misses: readonly string[];
}

/** Runs the suite and prints what it measured. */
export async function runAnalysisSuite(print: (line: string) => void): Promise<AnalysisReport> {
  const misses: string[] = [];
  const judge = (label: string, met: boolean): void => {
    print(`${met ? 'met ' : 'MISS'}  ${label}`);
    if (!met) misses.push(label);
  };
  const { ours, naive } = await measureCycle();
  for (const measurement of [ours, naive]) print(describe(measurement));
  const cycleRatio = processorRatio(ours, naive);
  judge(
    `cycle of ${SYMBOLS} symbols × 3 without models ${ours.processor.toFixed(2)} ms of a processor, ${ours.p50.toFixed(2)} ms of the clock (aim ≤ ${AIM_CYCLE_MS} ms)`,
    ours.processor <= AIM_CYCLE_MS,
  );
  judge(
    `${cycleRatio.toFixed(0)}× the naive recompute by processor time, ${ratio(ours, naive).toFixed(0)}× by the clock (aim ≥ ${AIM_CYCLE_RATIO}×)`,
    cycleRatio >= AIM_CYCLE_RATIO,
  );

  const streaming = measureStreaming();
  for (const row of streaming) judge(describeStreaming(row), row.ours < Math.min(row.technicalindicators, row.tradingSignals, row.ixjb94Stream));

  const speed = measureSpeed();
  print(
    `history: detectors on three timeframes alone ${thousands(speed.detectors)} candles/s/core, with the rows of both sides ${thousands(speed.withBothRows)}`,
  );
  judge(
    `history through all detectors and the features of a side ${thousands(speed.withRow)} candles/s/core (aim ≥ ${thousands(AIM_HISTORY)})`,
    speed.withRow >= AIM_HISTORY,
  );
  const flatness = measureFlatness();
  const costs = flatness.map((stretch) => stretch.microseconds);
  print(`cost per candle: ${flatness.map((stretch) => `${stretch.microseconds.toFixed(2)} µs from ${thousands(stretch.from)}`).join(', ')}`);
  const spread = costs.at(-1)! / costs[0]!;
  judge(`a candle at one million costs ${spread.toFixed(2)}× one at a thousand (aim ≤ ${AIM_FLATNESS}×)`, spread <= AIM_FLATNESS);

  const memory = measureMemory();
  print(
    `memory: ${(memory.bytesPerSymbol / 1024).toFixed(0)} KB per symbol with three timeframes of 1,024 candles ` +
      `(${(memory.columnBytes / 1024).toFixed(0)} KB columns, ${(memory.heapBytes / 1024).toFixed(0)} KB objects)`,
  );
  return { suite: 'analysis', measurements: [ours, naive], cycleRatio, streaming, speed, flatness, memory, misses };
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function describeStreaming(row: StreamingRow): string {
  const { indicator, ours, technicalindicators, tradingSignals, ixjb94Stream, ixjb94Batch } = row;
  return (
    `${indicator} ${ours.toFixed(1)} ns a value; technicalindicators ${technicalindicators.toFixed(0)} (${(technicalindicators / ours).toFixed(1)}×), ` +
    `trading-signals ${tradingSignals.toFixed(0)} (${(tradingSignals / ours).toFixed(1)}×), @ixjb94/indicators ${ixjb94Stream.toFixed(0)} as a stream ` +
    `(${(ixjb94Stream / ours).toFixed(0)}×), ${ixjb94Batch.toFixed(1)} in one batch`
  );
}

interface Bench {
  readonly market: MarketState;
  readonly names: readonly string[];
  readonly future: readonly (readonly Candle[])[];
}

function prepare(): Bench {
  const market = createMarketState(defaultSettings());
  const names = Array.from({ length: SYMBOLS }, (_, index) => (index === 0 ? 'BTCUSDT' : `S${index}USDT`));
  const future = names.map((name, index) => {
    const candles = generateCandles(index + 1, HISTORY + CYCLES + WARM_UP);
    for (const candle of candles.slice(0, HISTORY)) market.appendClosed5m(name, candle);
    return candles.slice(HISTORY);
  });
  return { market, names, future };
}

/** A new 5m candle for each symbol, then both feature rows and a decision of each, in the order the engine takes them. */
async function measureCycle(): Promise<{ readonly ours: Measurement; readonly naive: Measurement }> {
  const settings = defaultSettings();
  const { market, names, future } = prepare();
  const strategy = createStrategy('ict', settings, new SignalMemory());
  const rows = new Float32Array(SYMBOLS * 2 * FEATURE_COUNT);
  let step = 0;
  const cycle = (): void => {
    for (let index = 0; index < SYMBOLS; index += 1) market.appendClosed5m(names[index]!, future[index]![step]!);
    const bitcoin = market.get('BTCUSDT');
    for (let index = 0; index < SYMBOLS; index += 1) {
      const state = market.get(names[index]!)!;
      buildFeatureRow({ state, bitcoin, side: 'long', settings }, rows, index * 2 * FEATURE_COUNT);
      buildFeatureRow({ state, bitcoin, side: 'short', settings }, rows, (index * 2 + 1) * FEATURE_COUNT);
    }
    for (let index = 0; index < SYMBOLS; index += 1) {
      strategy.evaluate(market.get(names[index]!)!, bareContext(epochMs(future[index]![step]!.openTime + 300_000)));
    }
    step += 1;
  };
  const ours = await measure('ours: candle in, indicators, structure, 400 feature rows, 200 decisions', cycle, { warmUp: WARM_UP, repetitions: CYCLES });
  const windows = collectWindows(market, names);
  const naive = await measure('naive: the same indicators again over 500 candles, no structure', () => void windows.map(recomputeWindow), {
    warmUp: 1,
    repetitions: 7,
  });
  return { ours, naive };
}
