// A restart sees only what REST history gives back; its decisions must be those of an engine that never stopped.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { Evaluation } from '../../../src-main/core/strategies/context.ts';
import { WARM_UP_BARS } from '../../../src-main/adapters/binance/candle-history.ts';
import { buildFeatureRow } from '../../../src-main/core/features/build.ts';
import { FEATURE_COUNT, FEATURES } from '../../../src-main/core/features/schema.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const RESTARTS = [7003, 8002, 9004, 10_001];
/** Candles judged after each restart. */
const JUDGED = 1200;
const MARKETS: readonly (readonly [string, Candle[] | null])[] = [
  ['synthetic', syntheticCandles({ seed: 91, count: 12_000, timeframe: '5m' })],
  ...['LINKUSDT', 'AVAXUSDT', 'ZECUSDT', 'ADAUSDT', '1000PEPEUSDT', 'SOLUSDT'].map(
    (symbol) => [`real ${symbol}`, realCandles(symbol, '5m', { from: 3000, count: 12_000 })] as const,
  ),
];

interface Seen {
  readonly verdict: string;
  readonly candidate: string | null;
  readonly numbers: readonly number[];
}

/** What the trader would see of an evaluation. */
function seen(evaluation: Evaluation): Seen {
  const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  const verdict = evaluation.kind === 'none' ? [evaluation.noSignal.step, evaluation.noSignal.code, evaluation.noSignal.side].join(' ') : 'signal';
  if (signal === null) return { verdict, candidate: null, numbers: [] };
  return {
    verdict,
    candidate: `${signal.id} ${signal.evidence.zone?.id}`,
    numbers: [signal.confidence, signal.quality, Math.log(signal.plan.entry), Math.log(signal.plan.stop), Math.log(signal.plan.target)],
  };
}

/** Decisions that differ; averages that started 500 hourly candles apart agree to about 1e-8. */
function differences(actual: readonly Seen[], expected: readonly Seen[]): string[] {
  return expected.flatMap((wanted, index) => {
    const got = actual[index]!;
    const same =
      got.verdict === wanted.verdict &&
      got.candidate === wanted.candidate &&
      wanted.numbers.every((value, column) => Math.abs(value - got.numbers[column]!) < 1e-6);
    return same ? [] : [`${index}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`];
  });
}

/** What REST history gives back of a symbol: the newest closed candles of each timeframe. */
function restarted(never: SymbolState, now: EpochMs): SymbolState {
  const state = new SymbolState('X', settings, 1024);
  for (const timeframe of TIMEFRAMES.toReversed()) state.loadHistory(timeframe, never.frames[timeframe].book.candles().slice(-WARM_UP_BARS), now);
  return state;
}

function featureRow(state: SymbolState): Float32Array {
  const row = new Float32Array(FEATURE_COUNT);
  buildFeatureRow({ state, bitcoin: null, side: 'long', settings }, row, 0);
  return row;
}

describe.each(MARKETS)('%s', (_name, market) => {
  it.skipIf(market === null)('rebuilt from the candles a start reads, it decides and measures as if it had never stopped', () => {
    const never = new SymbolState('X', settings, 4096);
    const strategy = createStrategy('ict', settings, new SignalMemory());
    const running: { readonly state: SymbolState; readonly since: number }[] = [];
    const wrong: string[] = [];
    let candidates = 0;
    market!.forEach((candle, index) => {
      never.appendClosed5m(candle);
      const now = (candle.openTime + 300_000) as EpochMs;
      for (const { state } of running) state.appendClosed5m(candle);
      if (running[0] !== undefined && index - running[0].since > JUDGED) running.shift();
      if (running.length > 0) {
        const expected = seen(strategy.evaluate(never, bareContext(now)));
        const row = featureRow(never);
        candidates += expected.candidate === null ? 0 : 1;
        for (const { state, since } of running) {
          const actual = seen(strategy.evaluate(state, bareContext(now)));
          wrong.push(...differences([actual], [expected]).map((text) => `restarted at ${since}, candle ${text}`));
          const off = featureRow(state).findIndex((value, column) => Math.abs(value - row[column]!) > 1e-4);
          if (off >= 0) wrong.push(`restarted at ${since}, candle ${index}: feature ${FEATURES[off]?.name}`);
        }
      }
      if (RESTARTS.includes(index + 1)) running.push({ state: restarted(never, now), since: index + 1 });
    });
    expect(wrong).toEqual([]);
    expect(candidates).toBeGreaterThan(0);
  });
});
