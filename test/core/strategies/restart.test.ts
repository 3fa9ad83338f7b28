// A restart sees only what REST history gives back; its decisions must be those of an engine that never stopped.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { Evaluation } from '../../../src-main/core/strategies/context.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const HISTORY_BARS: Readonly<Record<Timeframe, number>> = { '5m': 1000, '15m': 1000, '1h': 500 };
const RESTART_AT = 10_001;
const MARKETS: readonly (readonly [string, Candle[] | null])[] = [
  ['synthetic', syntheticCandles({ seed: 91, count: 12_000, timeframe: '5m' })],
  ...['LINKUSDT', 'AVAXUSDT', 'ZECUSDT'].map((symbol) => [`real ${symbol}`, realCandles(symbol, '5m', { from: 3000, count: 12_000 })] as const),
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

describe.each(MARKETS)('%s', (_name, market) => {
  it.skipIf(market === null)('rebuilt from 1000 5m, 1000 15m and 500 1h candles it decides as if it had never stopped', () => {
    const never = new SymbolState('X', settings, 4096);
    for (const candle of market!.slice(0, RESTART_AT)) never.appendClosed5m(candle);
    const restarted = new SymbolState('X', settings, 1024);
    const now = never.frames['5m'].book.lastCloseTime as EpochMs;
    for (const timeframe of TIMEFRAMES.toReversed())
      restarted.loadHistory(timeframe, never.frames[timeframe].book.candles().slice(-HISTORY_BARS[timeframe]), now);
    const strategy = createStrategy('ict', settings, new SignalMemory());
    const decisions = (state: SymbolState): Seen[] =>
      market!.slice(RESTART_AT).map((candle) => {
        state.appendClosed5m(candle);
        return seen(strategy.evaluate(state, bareContext((candle.openTime + 300_000) as EpochMs)));
      });
    const expected = decisions(never);
    expect(expected.some((decision) => decision.candidate !== null)).toBe(true);
    expect(differences(decisions(restarted), expected)).toEqual([]);
  });
});
