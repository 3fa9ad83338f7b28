// Contract rules for candles that come without them: ticks as fine as the prices seen, lots and tiers in the shape the exchange uses.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../../src-shared/kernel/units.ts';
import { bracketsOf } from '../venue/brackets.ts';

const MAJORS: readonly string[] = ['BTCUSDT', 'ETHUSDT'];
/** Median quote volume of a 5m candle from which a contract counts as large: about 200 million USDT a day. */
const LARGE_BAR_USDT = 700_000;
const SAMPLE = 5000;

/** Rules for `symbol` from its own candles (at least one). Used where no exchangeInfo is given; the report says so. */
export function deriveInstrument(symbol: string, candles: readonly Candle[]): Instrument {
  const last = candles.at(-1)?.close ?? 1;
  const priceScale = priceScaleOf(candles);
  const size = MAJORS.includes(symbol) ? 'major' : medianQuoteVolume(candles) >= LARGE_BAR_USDT ? 'large' : 'small';
  const unit = (value: number): number => Math.max(1, Math.round(value * 10 ** priceScale));
  return {
    symbol,
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    onboardTime: epochMs(candles[0]?.openTime ?? 0),
    priceScale,
    tickUnits: 1,
    quantityScale: Math.max(0, Math.min(3, Math.floor(Math.log10(last)))),
    stepUnits: 1,
    minPrice: ticks(1),
    maxPrice: ticks(unit(last * 1000)),
    minLots: lots(1),
    maxLots: lots(10_000_000),
    marketMinLots: lots(1),
    marketMaxLots: lots(2_000_000),
    marketStepLots: 1,
    minNotional: money((size === 'major' ? 100 : 5) * 1e8),
    multiplierUp: 1.15,
    multiplierDown: 0.85,
    triggerProtect: 0.1,
    liquidationFee: 0.0125,
    marketTakeBound: 0.1,
    brackets: bracketsOf(size),
  };
}

/** Decimal places of the finest price seen in a sample spread over the candles. */
function priceScaleOf(candles: readonly Candle[]): number {
  const stride = Math.max(1, Math.floor(candles.length / SAMPLE));
  let scale = 0;
  for (let index = 0; index < candles.length; index += stride) {
    const candle = candles[index]!;
    for (const price of [candle.open, candle.high, candle.low, candle.close]) scale = Math.max(scale, decimalsOf(price));
  }
  return scale;
}

function decimalsOf(price: number): number {
  const text = price.toFixed(8).replace(/0+$/, '');
  return text.length - text.indexOf('.') - 1;
}

function medianQuoteVolume(candles: readonly Candle[]): number {
  const values = candles.map((candle) => (candle.quoteVolume > 0 ? candle.quoteVolume : candle.volume * candle.close)).toSorted((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}
