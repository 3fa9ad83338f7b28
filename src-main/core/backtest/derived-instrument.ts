// Contract rules for candles that come without them: ticks as fine as the prices seen, lots and tiers in the shape the exchange uses.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Instrument, LeverageBracket } from '../../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../../src-shared/kernel/units.ts';

const MAJORS: readonly string[] = ['BTCUSDT', 'ETHUSDT'];
/** Median quote volume of a 5m candle from which a contract counts as large: about 200 million USDT a day. */
const LARGE_BAR_USDT = 700_000;
const SAMPLE = 5000;

type Tier = readonly [leverage: number, cap: number, maintenance: number];

/** Tiers in the shape of the exchange's table as of 2026-05. */
const TIERS: Readonly<Record<'major' | 'large' | 'small', readonly Tier[]>> = {
  major: [
    [125, 300_000, 0.004],
    [100, 800_000, 0.005],
    [75, 3_000_000, 0.0065],
    [50, 12_000_000, 0.01],
    [25, 70_000_000, 0.02],
    [20, 100_000_000, 0.025],
    [10, 230_000_000, 0.05],
    [5, 480_000_000, 0.1],
  ],
  large: [
    [75, 50_000, 0.006],
    [50, 500_000, 0.01],
    [25, 4_000_000, 0.02],
    [20, 8_000_000, 0.025],
    [10, 20_000_000, 0.05],
    [5, 40_000_000, 0.1],
  ],
  small: [
    [50, 10_000, 0.01],
    [25, 100_000, 0.02],
    [20, 500_000, 0.025],
    [10, 2_000_000, 0.05],
    [5, 5_000_000, 0.1],
  ],
};

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
    brackets: bracketsOf(TIERS[size]),
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

/** The constant of each tier follows from continuity of the maintenance margin at the tier's floor. */
function bracketsOf(tiers: readonly Tier[]): readonly LeverageBracket[] {
  let floor = 0;
  let cumulative = 0;
  let previous = 0;
  return tiers.map(([initialLeverage, notionalCap, maintenanceMarginRatio], index) => {
    cumulative += floor * (maintenanceMarginRatio - previous);
    const bracket = {
      bracket: index + 1,
      initialLeverage,
      notionalFloor: floor,
      notionalCap,
      maintenanceMarginRatio,
      cumulative: Math.round(cumulative * 100) / 100,
    };
    floor = notionalCap;
    previous = maintenanceMarginRatio;
    return bracket;
  });
}
