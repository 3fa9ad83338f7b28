// Margin arithmetic of a contract: brackets, maintenance, unrealised profit and the liquidation price.
import type { Instrument, LeverageBracket } from '../../../src-shared/domain/instrument.ts';
import { lotsToQuantity, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { moneyToUsdt, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import type { VenueHolding } from './types.ts';

const FALLBACK_BRACKET: LeverageBracket = {
  bracket: 1,
  initialLeverage: 20,
  notionalFloor: 0,
  notionalCap: Infinity,
  maintenanceMarginRatio: 0.025,
  cumulative: 0,
};

/** The bracket that holds `notionalUsdt`. */
export function bracketOf(instrument: Instrument, notionalUsdt: number): LeverageBracket {
  return instrument.brackets.find((bracket) => notionalUsdt < bracket.notionalCap) ?? instrument.brackets.at(-1) ?? FALLBACK_BRACKET;
}

/** Highest leverage any bracket allows. */
export function maximumLeverage(instrument: Instrument): number {
  return instrument.brackets.reduce(
    (best, bracket) => Math.max(best, bracket.initialLeverage),
    instrument.brackets.length === 0 ? FALLBACK_BRACKET.initialLeverage : 1,
  );
}

/** Largest notional in USDT that `leverage` may hold. */
export function notionalCapAt(instrument: Instrument, leverage: number): number {
  const allowed = instrument.brackets.filter((bracket) => bracket.initialLeverage >= leverage);
  return allowed.at(-1)?.notionalCap ?? (instrument.brackets.length === 0 ? Infinity : 0);
}

/** Profit of a holding at a price, USDT, floating: for margin checks and display. The ledger uses exact fills. */
export function unrealisedUsdt(instrument: Instrument, holding: VenueHolding, price: Ticks): number {
  const value = lotsToQuantity(instrument, holding.lots as Lots) * ticksToPrice(instrument, price);
  return value - Math.sign(holding.lots) * moneyToUsdt(holding.entryNotional);
}

export function notionalUsdt(instrument: Instrument, lots: number, price: Ticks): number {
  return Math.abs(lotsToQuantity(instrument, lots as Lots)) * ticksToPrice(instrument, price);
}

export function maintenanceUsdt(instrument: Instrument, notional: number): number {
  const bracket = bracketOf(instrument, notional);
  return Math.max(0, notional * bracket.maintenanceMarginRatio - bracket.cumulative);
}

export interface PositionLeg {
  /** +1 long, −1 short. */
  readonly side: 1 | -1;
  readonly quantity: number;
  readonly entryPrice: number;
}

export interface LiquidationInput extends PositionLeg {
  /** Isolated: margin of the position. Cross: wallet less maintenance and plus profit of the others. */
  readonly wallet: number;
}

/**
 * Price at which margin equals maintenance: LP = (WB + cum − side·Q·EP) / (Q·MMR − side·Q), with MMR and cum of the bracket at LP,
 * found by iteration. Null when no positive price liquidates. Source: Binance FAQ b3c689c1.
 */
export function liquidationPrice(instrument: Instrument, input: LiquidationInput): number | null {
  return liquidationPriceOfLegs(instrument, [input], input.wallet);
}

/** The same for the long and the short leg of one symbol together, as hedge mode and cross margin need: both terms are summed. */
export function liquidationPriceOfLegs(instrument: Instrument, legs: readonly PositionLeg[], wallet: number): number | null {
  const held = legs.filter((leg) => leg.quantity > 0);
  const start = held[0]?.entryPrice;
  if (start === undefined) return null;
  let price = start;
  for (let round = 0; round < 12; round += 1) {
    let above = wallet;
    let below = 0;
    for (const leg of held) {
      const bracket = bracketOf(instrument, leg.quantity * price);
      above += bracket.cumulative - leg.side * leg.quantity * leg.entryPrice;
      below += leg.quantity * bracket.maintenanceMarginRatio - leg.side * leg.quantity;
    }
    const next = above / below;
    if (!Number.isFinite(next) || next <= 0) return null;
    if (Math.abs(next - price) < 1e-9 * price) return next;
    price = next;
  }
  return price;
}
