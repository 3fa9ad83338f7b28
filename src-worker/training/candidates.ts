// Training rows from candle files: the live code finds the candidates, the candles after them say how each ended.
import { defaultSettings, type Settings } from '../../src-shared/contract/settings.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Signal } from '../../src-shared/domain/signal.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { labelTrade } from '../../src-main/core/learning/triple-barrier.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { createStrategy, SignalMemory } from '../../src-main/core/strategies/strategy.ts';
import { createMarketState, type MarketState } from '../../src-main/core/structure/market-state.ts';

const FIVE_MINUTES = 300_000;

export interface TrainingRow {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly decidedAt: number;
  /** When the label became known; rows whose window crosses a split boundary are purged. */
  readonly labelledAt: number;
  readonly features: Float32Array;
  readonly label: 0 | 1;
  readonly resultR: number;
  readonly ictConfidence: number;
  /** Known at entry; never the outcome. */
  readonly quality: number;
  /** True when every step passed, false for a set-up stopped after step 3. */
  readonly isSignal: boolean;
}

export interface SymbolCandles {
  readonly symbol: string;
  /** Oldest first; holes allowed. */
  readonly candles: readonly Candle[];
}

/** Candidates of all symbols, replayed side by side in time so that the market context is the one that was known. */
export function collectRows(series: readonly SymbolCandles[], onProgress: (fraction: number) => void): readonly TrainingRow[] {
  const settings: Settings = defaultSettings();
  const market = createMarketState(settings);
  const strategy = createStrategy('ict', settings, new SignalMemory());
  const seen = new Set<string>();
  const rows: TrainingRow[] = [];
  const cursors = series.map(() => 0);
  const first = Math.min(...series.map((entry) => entry.candles[0]?.openTime ?? Infinity));
  const last = Math.max(...series.map((entry) => entry.candles.at(-1)?.openTime ?? -Infinity));
  for (let openTime = first; openTime <= last; openTime += FIVE_MINUTES) {
    const advanced: number[] = [];
    series.forEach((entry, index) => {
      const cursor = cursors[index] ?? 0;
      const candle = entry.candles[cursor];
      if (candle === undefined || candle.openTime !== openTime) return;
      cursors[index] = cursor + 1;
      const outcome = market.appendClosed5m(entry.symbol, candle);
      if (outcome.kind === 'gap') {
        market.get(entry.symbol)?.reset();
        market.appendClosed5m(entry.symbol, candle);
      }
      advanced.push(index);
    });
    for (const index of advanced) {
      const entry = series[index];
      if (entry === undefined) continue;
      const row = judge({ entry, cursor: cursors[index] ?? 0, market, settings, strategy, seen, now: openTime + FIVE_MINUTES });
      if (row !== null) rows.push(row);
    }
    if ((openTime / FIVE_MINUTES) % 2000 === 0) onProgress((openTime - first) / Math.max(1, last - first));
  }
  return rows;
}

interface JudgeInput {
  readonly entry: SymbolCandles;
  /** Index of the first candle after the decision. */
  readonly cursor: number;
  readonly market: MarketState;
  readonly settings: Settings;
  readonly strategy: ReturnType<typeof createStrategy>;
  readonly seen: Set<string>;
  readonly now: number;
}

function judge(input: JudgeInput): TrainingRow | null {
  const { entry, market, settings, strategy, seen, now } = input;
  const state = market.get(entry.symbol);
  if (state === null) return null;
  const evaluation = strategy.evaluate(state, bareContext(epochMs(now)));
  const signal: Signal | null = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  if (signal === null || seen.has(signal.id)) return null;
  const features = new Float32Array(FEATURE_COUNT);
  if (!buildFeatureRow({ state, bitcoin: market.get('BTCUSDT'), side: signal.side, settings }, features, 0)) return null;
  const label = labelTrade(signal.plan, entry.candles, input.cursor);
  if (label === null) return null;
  seen.add(signal.id);
  return {
    symbol: entry.symbol, side: signal.side, decidedAt: now, labelledAt: label.endedAt, features, label: label.won ? 1 : 0, resultR: label.resultR, ictConfidence: signal.ictConfidence, quality: signal.quality, isSignal: evaluation.kind === 'signal',
  };
}
