// Generated candles on the tick grid, in which the ICT strategy finds trades, and a request to run them.
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { deriveInstrument } from '../../../src-main/core/backtest/derived-instrument.ts';
import { BAR_MS, historyOf, type FundingHistory, type PriceHistory } from '../../../src-main/core/backtest/price-history.ts';
import { USUAL_COSTS, type BacktestRequest } from '../../../src-main/core/backtest/run-types.ts';
import { generateCandles } from '../../bench/market.ts';

export const SAMPLE_START = Date.parse('2025-10-01T00:00:00Z');
export const SAMPLE_WARM_UP = 3456;

export function sampleCandles(seed: number, count: number): readonly Candle[] {
  const round = (price: number): number => Math.round(price * 1000) / 1000;
  return generateCandles(seed, count, SAMPLE_START).map((candle) => ({
    ...candle,
    open: round(candle.open),
    high: round(candle.high),
    low: round(candle.low),
    close: round(candle.close),
  }));
}

export function sampleHistory(symbol: string, seed: number, options: { readonly count: number; readonly funding?: FundingHistory }): PriceHistory {
  const candles = sampleCandles(seed, options.count);
  return historyOf(deriveInstrument(symbol, candles), candles, options.funding ?? null);
}

export function sampleRequest(histories: readonly PriceHistory[], part: Partial<BacktestRequest> = {}): BacktestRequest {
  const bars = Math.max(...histories.map((history) => history.openTime.length));
  return {
    histories,
    settings: sampleSettings(),
    from: SAMPLE_START + SAMPLE_WARM_UP * BAR_MS,
    to: SAMPLE_START + bars * BAR_MS,
    warmUpBars: SAMPLE_WARM_UP,
    deposit: moneyFromUsdt(10_000),
    costs: USUAL_COSTS,
    resumesNextDay: true,
    predictor: null,
    ...part,
  };
}

export function sampleSettings(changes: Partial<Settings> = {}): Settings {
  return { ...defaultSettings(), strategyMode: 'ict', ...changes };
}
