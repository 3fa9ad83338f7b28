// What a straightforward bot does each cycle: every indicator again over the whole window, with technicalindicators.
import { ADX, ATR, BollingerBands, EMA, RSI, SMA, VWAP } from 'technicalindicators';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import type { MarketState } from '../../src-main/core/structure/market-state.ts';

/** Candles of one window: the exchange's own default for a request. */
export const NAIVE_WINDOW = 500;
const FRAMES: readonly Timeframe[] = ['5m', '15m', '1h'];

export interface Window {
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

/** The windows of every symbol and timeframe, as plain arrays. */
export function collectWindows(market: MarketState, names: readonly string[]): readonly Window[] {
  return names.flatMap((name) =>
    FRAMES.map((timeframe) => {
      const { high, low, close, volume } = market.candleColumns(name, timeframe, NAIVE_WINDOW);
      return { high: [...high], low: [...low], close: [...close], volume: [...volume] };
    }),
  );
}

/** The indicators that ours keeps, and no structure at all. */
export function recomputeWindow(window: Window): number {
  const { high, low, close, volume } = window;
  const last = <T>(values: readonly T[]): T | undefined => values.at(-1);
  const fast = last(EMA.calculate({ period: 20, values: close })) ?? 0;
  const slow = last(EMA.calculate({ period: 50, values: close })) ?? 0;
  const rsi = last(RSI.calculate({ period: 14, values: close })) ?? 0;
  const atr = last(ATR.calculate({ period: 14, high, low, close })) ?? 0;
  const adx = last(ADX.calculate({ period: 14, high, low, close }))?.adx ?? 0;
  const bands = last(BollingerBands.calculate({ period: 20, stdDev: 2, values: close }))?.upper ?? 0;
  const mean = last(SMA.calculate({ period: 20, values: volume })) ?? 0;
  const vwap = last(VWAP.calculate({ high, low, close, volume })) ?? 0;
  return fast + slow + rsi + atr + adx + bands + mean + vwap;
}
