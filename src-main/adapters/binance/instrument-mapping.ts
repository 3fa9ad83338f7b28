// Contract rules and leverage brackets of the exchange as our instruments, with filters as exact integers.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { decimalToUnits, parseDecimal, significantScale, truncateDecimalToUnits } from '../../../src-shared/kernel/decimal.ts';
import { epochMs, lots, ticks, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import type { z } from 'zod';
import type { bracketsSchema, SymbolRules } from './rest-schemas.ts';
import { readable, toMoney } from './wire-units.ts';

function text(filter: Readonly<Record<string, unknown>> | undefined, field: string, fallback: string): string {
  const value = filter?.[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : fallback;
}

/** Null for contracts the terminal does not trade, or whose rules cannot be read. */
export function toInstrument(rules: SymbolRules, brackets: Instrument['brackets']): Instrument | null {
  const instrument = readable(() => readRules(rules, brackets));
  return instrument !== null && isConsistent(instrument) ? instrument : null;
}

/** Rules that contradict themselves or are not numbers would size and price wrongly: such a contract is not traded. */
function isConsistent(instrument: Instrument): boolean {
  const { minPrice, maxPrice, minLots, maxLots, marketMinLots, marketMaxLots, minNotional, multiplierUp, multiplierDown } = instrument;
  const isOrdered = minPrice >= 0 && maxPrice > minPrice && minLots >= 0 && maxLots >= minLots && marketMinLots >= 0 && marketMaxLots >= marketMinLots;
  return isOrdered && minNotional >= 0 && multiplierUp >= 1 && multiplierUp < Infinity && multiplierDown > 0 && multiplierDown <= 1;
}

function readRules(rules: SymbolRules, brackets: Instrument['brackets']): Instrument | null {
  if (rules.contractType !== 'PERPETUAL' || rules.quoteAsset !== 'USDT') return null;
  const filter = (type: string): Readonly<Record<string, unknown>> | undefined => rules.filters.find((entry) => entry.filterType === type);
  const price = filter('PRICE_FILTER');
  const lot = filter('LOT_SIZE');
  const market = filter('MARKET_LOT_SIZE') ?? lot;
  const percent = filter('PERCENT_PRICE');
  const tickSize = text(price, 'tickSize', '');
  const stepSize = text(lot, 'stepSize', '');
  if (parseDecimal(tickSize) === null || parseDecimal(stepSize) === null) return null;
  const priceScale = significantScale(tickSize);
  const quantityScale = significantScale(stepSize);
  const tickUnits = Number(decimalToUnits(tickSize, priceScale));
  const stepUnits = Number(decimalToUnits(stepSize, quantityScale));
  if (tickUnits <= 0 || stepUnits <= 0) return null;
  const toTicks = (value: string): Ticks => ticks(Number(truncateDecimalToUnits(value, priceScale) / BigInt(tickUnits)));
  const toLots = (value: string): Lots => lots(Number(truncateDecimalToUnits(value, quantityScale) / BigInt(stepUnits)));
  return {
    symbol: rules.symbol,
    baseAsset: rules.baseAsset,
    quoteAsset: rules.quoteAsset,
    contractType: rules.contractType,
    status: rules.status,
    onboardTime: epochMs(rules.onboardDate ?? 0),
    priceScale,
    tickUnits,
    quantityScale,
    stepUnits,
    minPrice: toTicks(text(price, 'minPrice', '0')),
    maxPrice: toTicks(text(price, 'maxPrice', '1000000')),
    minLots: toLots(text(lot, 'minQty', stepSize)),
    maxLots: toLots(text(lot, 'maxQty', '1000000')),
    marketMinLots: toLots(text(market, 'minQty', stepSize)),
    marketMaxLots: toLots(text(market, 'maxQty', '1000000')),
    marketStepLots: Math.max(1, toLots(text(market, 'stepSize', stepSize))),
    minNotional: toMoney(text(filter('MIN_NOTIONAL'), 'notional', '5')),
    multiplierUp: Number(text(percent, 'multiplierUp', '1.1')),
    multiplierDown: Number(text(percent, 'multiplierDown', '0.9')),
    triggerProtect: rules.triggerProtect ?? 0.05,
    liquidationFee: rules.liquidationFee ?? 0.0125,
    marketTakeBound: rules.marketTakeBound ?? 0.05,
    brackets,
  };
}

export function toBrackets(rows: z.infer<typeof bracketsSchema>['rows']): ReadonlyMap<string, Instrument['brackets']> {
  return new Map(
    rows.map((row) => [
      row.symbol,
      row.brackets
        .map((bracket) => ({
          bracket: bracket.bracket,
          initialLeverage: bracket.initialLeverage,
          notionalFloor: bracket.notionalFloor * (row.notionalCoef ?? 1),
          notionalCap: bracket.notionalCap * (row.notionalCoef ?? 1),
          maintenanceMarginRatio: bracket.maintMarginRatio,
          cumulative: bracket.cum * (row.notionalCoef ?? 1),
        }))
        .toSorted((a, b) => a.notionalFloor - b.notionalFloor),
    ]),
  );
}
