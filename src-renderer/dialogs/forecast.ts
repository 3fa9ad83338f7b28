// What a number of markets costs at the exchange before it is chosen: request weight once, seconds of warm-up. Pure.
import { TIMEFRAMES } from '../../src-shared/domain/candle.ts';

/** Candles asked per market and timeframe at a cold start, and the weight the exchange takes for such a call (100 to 499 candles). */
export const WARM_UP_CANDLES = 499;
export const WARM_UP_WEIGHT = 2;

export interface WeightForecast {
  /** Request weight of a cold start. */
  readonly weight: number;
  /** Seconds until the last market is warm when only the limit holds it back. */
  readonly seconds: number;
}

/** `weightPerMinute` is the limit we allow ourselves. A warm archive needs less; afterwards streams carry the candles at no weight. */
export function forecastWarmUp(symbols: number, weightPerMinute: number): WeightForecast {
  const weight = symbols * TIMEFRAMES.length * WARM_UP_WEIGHT;
  return { weight, seconds: (weight / weightPerMinute) * 60 };
}
