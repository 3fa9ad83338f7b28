// The contracts of the local venue: real-looking names and filters that follow the price, as the exchange sets them.
import type { Instrument, LeverageBracket } from '../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../src-shared/kernel/units.ts';
import { BASES } from './listing-names.ts';

export interface SyntheticListing {
  readonly instrument: Instrument;
  readonly startPrice: number;
  /** Rank by liquidity, 0 first. */
  readonly rank: number;
}

/** Tick so that a price has four to five significant digits, step so that one lot is worth a few USDT at most. */
export function deriveInstrument(symbol: string, price: number, rank: number): Instrument {
  const priceScale = Math.max(0, Math.min(8, 4 - Math.floor(log10Floor(price))));
  const scale = price >= 1000 ? (price >= 10_000 ? 1 : 2) : priceScale;
  const quantityScale = Math.max(0, Math.min(3, log10Floor(price)));
  const unit = (value: number): number => Math.round(value * 10 ** scale);
  return {
    symbol,
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    onboardTime: epochMs(1_569_398_400_000),
    priceScale: scale,
    tickUnits: 1,
    quantityScale,
    stepUnits: 1,
    minPrice: ticks(Math.max(1, unit(price / 100))),
    maxPrice: ticks(unit(price * 100)),
    minLots: lots(1),
    maxLots: lots(10_000_000),
    marketMinLots: lots(1),
    marketMaxLots: lots(2_000_000),
    marketStepLots: 1,
    minNotional: money((rank < 2 ? 100 : 5) * 1e8),
    multiplierUp: 1.15,
    multiplierDown: 0.85,
    triggerProtect: 0.1,
    liquidationFee: 0.0125,
    marketTakeBound: 0.1,
    brackets: bracketsOf(rank),
  };
}

function log10Floor(value: number): number {
  let exponent = 0;
  let rest = value;
  while (rest >= 10) {
    rest /= 10;
    exponent += 1;
  }
  while (rest < 1) {
    rest *= 10;
    exponent -= 1;
  }
  return exponent;
}

/** Tiers in the shape of the exchange's table as of 2026-05: majors, large and small contracts. `cumulative` follows from the tiers. */
export function bracketsOf(rank: number): readonly LeverageBracket[] {
  const tiers: readonly (readonly [number, number, number])[] =
    rank < 2
      ? [
          [125, 300_000, 0.004],
          [100, 800_000, 0.005],
          [75, 3_000_000, 0.0065],
          [50, 12_000_000, 0.01],
          [25, 70_000_000, 0.02],
          [20, 100_000_000, 0.025],
          [10, 230_000_000, 0.05],
          [5, 480_000_000, 0.1],
        ]
      : rank < 20
        ? [
            [75, 50_000, 0.006],
            [50, 500_000, 0.01],
            [25, 4_000_000, 0.02],
            [20, 8_000_000, 0.025],
            [10, 20_000_000, 0.05],
            [5, 40_000_000, 0.1],
          ]
        : [
            [50, 10_000, 0.01],
            [25, 100_000, 0.02],
            [20, 500_000, 0.025],
            [10, 2_000_000, 0.05],
            [5, 5_000_000, 0.1],
          ];
  let floor = 0;
  let cumulative = 0;
  let previousRatio = 0;
  return tiers.map(([initialLeverage, notionalCap, maintenanceMarginRatio], index) => {
    cumulative += floor * (maintenanceMarginRatio - previousRatio);
    const bracket = {
      bracket: index + 1,
      initialLeverage,
      notionalFloor: floor,
      notionalCap,
      maintenanceMarginRatio,
      cumulative: Math.round(cumulative * 100) / 100,
    };
    floor = notionalCap;
    previousRatio = maintenanceMarginRatio;
    return bracket;
  });
}

export function syntheticListings(count: number): readonly SyntheticListing[] {
  return Array.from({ length: count }, (_, rank) => {
    const [base, price] = BASES[rank] ?? [`TOKEN${rank}`, 0.5 + (rank % 17)];
    return { instrument: deriveInstrument(`${base}USDT`, price, rank), startPrice: price, rank };
  });
}
