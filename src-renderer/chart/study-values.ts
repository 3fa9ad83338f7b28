// Study values from candles by the technicalindicators library, on plain price; each value stands at the bar it was computed at.
import { ADX, ATR, BollingerBands, EMA, MACD, RSI } from 'technicalindicators';
import type { CandleColumns } from '../../src-shared/domain/candle.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { StudyName } from '../state/preferences.ts';

/** One line of a study: values for the last `values.length` bars. */
export interface StudyLine {
  readonly name: string;
  readonly values: readonly number[];
}

export type StudySettings = Pick<Settings, 'emaFast' | 'emaSlow' | 'rsiPeriod' | 'atrPeriod' | 'adxPeriod'>;

const BOLLINGER_PERIOD = 20;
const DAY_MS = 86_400_000;

/** Volume-weighted average price since midnight UTC, per bar. */
export function dailyVwap({ openTime, high, low, close, volume }: CandleColumns): readonly number[] {
  let day = -1;
  let money = 0;
  let traded = 0;
  return openTime.map((time, index) => {
    const today = Math.floor(time / DAY_MS);
    if (today !== day) {
      day = today;
      money = 0;
      traded = 0;
    }
    const typical = ((high[index] ?? 0) + (low[index] ?? 0) + (close[index] ?? 0)) / 3;
    money += typical * (volume[index] ?? 0);
    traded += volume[index] ?? 0;
    return traded > 0 ? money / traded : typical;
  });
}

export function studyLines(name: StudyName, candles: CandleColumns, settings: StudySettings): readonly StudyLine[] {
  const close = [...candles.close];
  const bars = { high: [...candles.high], low: [...candles.low], close };
  switch (name) {
    case 'emaFast':
      return [{ name: `EMA ${settings.emaFast}`, values: EMA.calculate({ period: settings.emaFast, values: close }) }];
    case 'emaSlow':
      return [{ name: `EMA ${settings.emaSlow}`, values: EMA.calculate({ period: settings.emaSlow, values: close }) }];
    case 'bollinger': {
      const bands = BollingerBands.calculate({ period: BOLLINGER_PERIOD, stdDev: 2, values: close });
      return [
        { name: 'BB+', values: bands.map((band) => band.upper) },
        { name: 'BB', values: bands.map((band) => band.middle) },
        { name: 'BB−', values: bands.map((band) => band.lower) },
      ];
    }
    case 'vwap':
      return [{ name: 'VWAP', values: dailyVwap(candles) }];
    case 'rsi':
      return [{ name: `RSI ${settings.rsiPeriod}`, values: RSI.calculate({ period: settings.rsiPeriod, values: close }) }];
    case 'atr':
      return [{ name: `ATR ${settings.atrPeriod}`, values: ATR.calculate({ period: settings.atrPeriod, ...bars }) }];
    case 'adx':
      return [{ name: `ADX ${settings.adxPeriod}`, values: ADX.calculate({ period: settings.adxPeriod, ...bars }).map((value) => value.adx) }];
    case 'macd': {
      const values = MACD.calculate({ values: close, fastPeriod: 12, slowPeriod: 26, signalPeriod: 9, SimpleMAOscillator: false, SimpleMASignal: false });
      return [
        { name: 'MACD', values: values.map((value) => value.MACD ?? Number.NaN) },
        { name: 'Signal', values: values.map((value) => value.signal ?? Number.NaN) },
      ];
    }
  }
}

/** Studies that share the price pane; the others get a pane of their own. */
export function isOnPrice(name: StudyName): boolean {
  return name === 'emaFast' || name === 'emaSlow' || name === 'bollinger' || name === 'vwap';
}
