// One full analysis cycle of 200 symbols × 3 timeframes with inference, beside the same work done naively.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { createStrategy, SignalMemory } from '../../src-main/core/strategies/strategy.ts';
import { createMarketState, type MarketState } from '../../src-main/core/structure/market-state.ts';
import { describe, measure, processorRatio, ratio, type Measurement } from './measure.ts';
import { generateCandles } from './market.ts';
import { openModel, type ServedModel } from './model.ts';
import { collectWindows, recomputeWindow } from './naive.ts';

const SYMBOLS = 200;
const HISTORY = 6400;
const CYCLES = 36;
const HOUR_CYCLE = 12;

export interface CycleReport {
  readonly suite: 'cycle';
  readonly symbols: number;
  readonly timeframes: 3;
  readonly measurements: readonly Measurement[];
  readonly ratios: Readonly<Record<string, number>>;
  readonly signals: number;
}

interface Bench {
  readonly market: MarketState;
  readonly names: readonly string[];
  readonly future: readonly (readonly Candle[])[];
}

function prepare(): Bench {
  const settings = defaultSettings();
  const market = createMarketState(settings);
  const names = Array.from({ length: SYMBOLS }, (_, index) => (index === 0 ? 'BTCUSDT' : `S${index}USDT`));
  const future = names.map((name, index) => {
    const candles = generateCandles(index + 1, HISTORY + CYCLES * 8);
    for (const candle of candles.slice(0, HISTORY)) market.appendClosed5m(name, candle);
    return candles.slice(HISTORY);
  });
  return { market, names, future };
}

/** Runs the suite and prints what it measured. */
export async function runCycleSuite(print: (line: string) => void): Promise<CycleReport> {
  const settings = defaultSettings();
  const { market, names, future } = prepare();
  const strategy = createStrategy('ict', settings, new SignalMemory());
  const model = await openModel(FEATURE_COUNT);
  const rows = new Float32Array(SYMBOLS * 2 * FEATURE_COUNT);
  let step = 0;
  let signals = 0;
  const analyse = (): void => {
    const bitcoin = market.get('BTCUSDT');
    names.forEach((name, index) => market.appendClosed5m(name, future[index]![step]!));
    names.forEach((name, index) => {
      const state = market.get(name)!;
      const now = epochMs(future[index]![step]!.openTime + 300_000);
      if (strategy.evaluate(state, bareContext(now)).kind === 'signal') signals += 1;
      buildFeatureRow({ state, bitcoin, side: 'long', settings }, rows, index * 2 * FEATURE_COUNT);
      buildFeatureRow({ state, bitcoin, side: 'short', settings }, rows, (index * 2 + 1) * FEATURE_COUNT);
    });
    step += 1;
  };
  const hourly = { warmUp: HOUR_CYCLE, repetitions: CYCLES * 3 };
  const oursAnalysis = await measure('ours, analysis only', analyse, hourly);
  const ours = await measure(
    'ours, with batched inference',
    async () => {
      analyse();
      await model.predict(rows, SYMBOLS * 2);
    },
    { warmUp: 2, repetitions: CYCLES },
  );
  const windows = collectWindows(market, names);
  const naiveAnalysis = await measure('naive, analysis only', () => void windows.map(recomputeWindow), { warmUp: 1, repetitions: 5 });
  const naive = await measure(
    'naive, one model call per symbol and side',
    async () => {
      windows.map(recomputeWindow);
      for (let index = 0; index < SYMBOLS * 2; index += 1) await model.predict(rows.subarray(index * FEATURE_COUNT, (index + 1) * FEATURE_COUNT), 1);
    },
    { warmUp: 1, repetitions: 5 },
  );
  await model.close();
  const measurements = [oursAnalysis, ours, naiveAnalysis, naive];
  for (const measurement of measurements) print(describe(measurement));
  const ratios = { withInference: ratio(ours, naive), analysisOnly: ratio(oursAnalysis, naiveAnalysis), withInferenceProcessor: processorRatio(ours, naive) };
  print(
    `ratio with inference: ${ratios.withInference.toFixed(1)}×, by processor time ${ratios.withInferenceProcessor.toFixed(1)}× (aim ≥ 100×) on ${model.description}`,
  );
  print(`ratio analysis only: ${ratios.analysisOnly.toFixed(1)}×`);
  return { suite: 'cycle', symbols: SYMBOLS, timeframes: 3, measurements, ratios, signals };
}

export type { ServedModel };
