// A tradable contract: its filters as exact integers, and the only conversions between text, floats and the ledger's units.
import { formatUnits } from '../kernel/decimal.ts';
import { invariant } from '../kernel/result.ts';
import type { EpochMs, Lots, Money, Ticks } from '../kernel/units.ts';
import { lots, MONEY_SCALE, money, ticks } from '../kernel/units.ts';

/** One tier of the maintenance-margin table. `notionalFloor` inclusive, `notionalCap` exclusive, in USDT. Source: leverageBracket. */
export interface LeverageBracket {
  readonly bracket: number;
  readonly initialLeverage: number;
  readonly notionalFloor: number;
  readonly notionalCap: number;
  readonly maintenanceMarginRatio: number;
  /** The "cum" fast-calculation constant in USDT. */
  readonly cumulative: number;
}

export interface Instrument {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly contractType: string;
  readonly status: string;
  readonly onboardTime: EpochMs;
  /** tick size = tickUnits × 10^-priceScale. */
  readonly priceScale: number;
  readonly tickUnits: number;
  /** step size = stepUnits × 10^-quantityScale (LOT_SIZE). */
  readonly quantityScale: number;
  readonly stepUnits: number;
  readonly minPrice: Ticks;
  readonly maxPrice: Ticks;
  readonly minLots: Lots;
  readonly maxLots: Lots;
  /** MARKET_LOT_SIZE, expressed in LOT_SIZE steps; `marketStepLots` ≥ 1. */
  readonly marketMinLots: Lots;
  readonly marketMaxLots: Lots;
  readonly marketStepLots: number;
  readonly minNotional: Money;
  /** PERCENT_PRICE: BUY ≤ mark × up, SELL ≥ mark × down. */
  readonly multiplierUp: number;
  readonly multiplierDown: number;
  readonly triggerProtect: number;
  readonly liquidationFee: number;
  readonly marketTakeBound: number;
  /** Empty when unknown; ordered by `notionalFloor`. */
  readonly brackets: readonly LeverageBracket[];
}

/** A power is worked out anew at every use; these are asked for with every price. Scales of the exchange go to 8. */
const POWERS: readonly number[] = Array.from({ length: 20 }, (_, scale) => 10 ** scale);

function powerOfTen(scale: number): number {
  return POWERS[scale] ?? 10 ** scale;
}

/** Lossy: nearest tick to a floating price. */
export function nearestTick(instrument: Instrument, price: number): Ticks {
  return ticks(Math.round((price * powerOfTen(instrument.priceScale)) / instrument.tickUnits));
}

const EPSILON_TICKS = 1e-6;

/** Lossy: largest tick not above the floating price (a price within 1e-6 tick of a tick counts as that tick). */
export function floorToTick(instrument: Instrument, price: number): Ticks {
  return ticks(Math.floor((price * powerOfTen(instrument.priceScale)) / instrument.tickUnits + EPSILON_TICKS));
}

/** Lossy: smallest tick not below the floating price. */
export function ceilToTick(instrument: Instrument, price: number): Ticks {
  return ticks(Math.ceil((price * powerOfTen(instrument.priceScale)) / instrument.tickUnits - EPSILON_TICKS));
}

/** For analysis and display, in quote currency; the ledger keeps ticks. */
export function ticksToPrice(instrument: Instrument, value: Ticks): number {
  return (value * instrument.tickUnits) / powerOfTen(instrument.priceScale);
}

/** Lossy: whole lots not above the floating quantity. Sizes only ever round down. */
export function floorToStep(instrument: Instrument, quantity: number): Lots {
  return lots(Math.max(0, Math.floor((quantity * powerOfTen(instrument.quantityScale)) / instrument.stepUnits + 1e-9)));
}

/** For display and messages, in contracts of the base asset; the ledger keeps lots. */
export function lotsToQuantity(instrument: Instrument, value: Lots): number {
  return (value * instrument.stepUnits) / powerOfTen(instrument.quantityScale);
}

/** The price as the exchange wants it: plain decimal text, never an exponent. */
export function formatPrice(instrument: Instrument, value: Ticks): string {
  return formatUnits(BigInt(value) * BigInt(instrument.tickUnits), instrument.priceScale);
}

/** The quantity as the exchange wants it: plain decimal text, never an exponent. */
export function formatQuantity(instrument: Instrument, value: Lots): string {
  return formatUnits(BigInt(value) * BigInt(instrument.stepUnits), instrument.quantityScale);
}

/** Exact price × quantity in Money, truncated towards zero below 1e-8 USDT. */
export function notional(instrument: Instrument, price: Ticks, quantity: Lots): Money {
  const scale = instrument.priceScale + instrument.quantityScale;
  const product = BigInt(price) * BigInt(instrument.tickUnits) * BigInt(quantity) * BigInt(instrument.stepUnits);
  const units = scale <= MONEY_SCALE ? product * 10n ** BigInt(MONEY_SCALE - scale) : product / 10n ** BigInt(scale - MONEY_SCALE);
  const value = Number(units);
  invariant(Number.isSafeInteger(value), `notional of ${instrument.symbol} exceeds the ledger's range`);
  return money(value);
}
