// The contracts of the local venue: real-looking names and filters that follow the price, as the exchange sets them.
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../src-shared/kernel/units.ts';
import { bracketsOf, type ContractSize } from '../../src-main/core/venue/brackets.ts';
import { BASES } from './listing-names.ts';

/** Ranks by liquidity below which a contract is a major, or large. */
const MAJORS = 2;
const LARGE = 20;

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
    minNotional: money((rank < MAJORS ? 100 : 5) * 1e8),
    multiplierUp: 1.15,
    multiplierDown: 0.85,
    triggerProtect: 0.1,
    liquidationFee: 0.0125,
    marketTakeBound: 0.1,
    brackets: bracketsOf(sizeOf(rank)),
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

function sizeOf(rank: number): ContractSize {
  return rank < MAJORS ? 'major' : rank < LARGE ? 'large' : 'small';
}

/** A contract whose brackets nobody could read gets those of its size; unknown names count as small. */
export function withBrackets(instrument: Instrument): Instrument {
  if (instrument.brackets.length > 0) return instrument;
  const rank = BASES.findIndex(([base]) => base === instrument.baseAsset);
  return { ...instrument, brackets: bracketsOf(sizeOf(rank < 0 ? Infinity : rank)) };
}

export function syntheticListings(count: number): readonly SyntheticListing[] {
  return Array.from({ length: count }, (_, rank) => {
    const [base, price] = BASES[rank] ?? [`TOKEN${rank}`, 0.5 + (rank % 17)];
    return { instrument: deriveInstrument(`${base}USDT`, price, rank), startPrice: price, rank };
  });
}
