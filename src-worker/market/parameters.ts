// Reads the parameters of an order request exactly: decimals become ticks and lots, anything else is the exchange's own refusal.
import { parseDecimal } from '../../src-shared/kernel/decimal.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { PositionSide, TimeInForce } from '../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { lots, ticks, type Lots, type Ticks } from '../../src-shared/kernel/units.ts';
import { isPriceMatch } from '../../src-main/core/venue/price-match.ts';
import { fault, missingParameter, type FaultCode } from '../../src-main/core/venue/faults.ts';
import type { AmendRequest } from '../../src-main/core/venue/amend.ts';
import type { AlgoRequest, AlgoType, OrderKey, OrderRequest, PriceMatch, SelfTradePrevention, VenueFault } from '../../src-main/core/venue/types.ts';

const ALGO_TYPES: readonly string[] = ['STOP_MARKET', 'TAKE_PROFIT_MARKET', 'STOP', 'TAKE_PROFIT', 'TRAILING_STOP_MARKET'];
const SELF_TRADE_MODES: readonly string[] = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'];
const TIMES_IN_FORCE: readonly string[] = ['GTC', 'IOC', 'FOK', 'GTX'];

/** A decimal as a whole number of units of 10^-scale × step. */
function toSteps(
  text: string,
  grid: { readonly scale: number; readonly step: number; readonly offGrid: FaultCode; readonly tooLarge: FaultCode; readonly name: string },
): Result<number, VenueFault> {
  const parsed = parseDecimal(text);
  if (parsed === null) return err(missingParameter(grid.name));
  let { units } = parsed;
  if (parsed.scale > grid.scale) {
    const divisor = 10n ** BigInt(parsed.scale - grid.scale);
    if (units % divisor !== 0n) return err(fault(-1111));
    units /= divisor;
  } else units *= 10n ** BigInt(grid.scale - parsed.scale);
  if (units % BigInt(grid.step) !== 0n) return err(fault(grid.offGrid));
  const steps = Number(units / BigInt(grid.step));
  return Number.isSafeInteger(steps) ? ok(steps) : err(fault(grid.tooLarge));
}

function readTicks(instrument: Instrument, text: string | null, name: string): Result<Ticks, VenueFault> {
  if (text === null) return err(missingParameter(name));
  const steps = toSteps(text, { scale: instrument.priceScale, step: instrument.tickUnits, offGrid: -4014, tooLarge: -4002, name });
  return steps.ok ? ok(ticks(steps.value)) : steps;
}

function readLots(instrument: Instrument, text: string | null): Result<Lots, VenueFault> {
  if (text === null) return err(missingParameter('quantity'));
  const steps = toSteps(text, { scale: instrument.quantityScale, step: instrument.stepUnits, offGrid: -4023, tooLarge: -4005, name: 'quantity' });
  return steps.ok ? ok(lots(steps.value)) : steps;
}

interface Common {
  readonly side: 'BUY' | 'SELL';
  readonly positionSide: PositionSide;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly selfTradePrevention?: SelfTradePrevention;
}

function readSide(parameters: URLSearchParams): Result<'BUY' | 'SELL', VenueFault> {
  const side = parameters.get('side');
  if (side === null || side === '') return err(missingParameter('side'));
  return side === 'BUY' || side === 'SELL' ? ok(side) : err(fault(-1117));
}

function isTrue(parameters: URLSearchParams, name: string): boolean {
  return parameters.get(name)?.toLowerCase() === 'true';
}

/** Undefined where none is asked for. */
function readPriceMatch(parameters: URLSearchParams): Result<PriceMatch | undefined, VenueFault> {
  const text = parameters.get('priceMatch') ?? 'NONE';
  if (text === 'NONE') return ok(undefined);
  if (!isPriceMatch(text)) return err(fault(-5037));
  return parameters.get('price') === null ? ok(text) : err({ code: -1106, message: "Parameter 'price' sent when not required." });
}

/** The exchange keeps the whole seconds of the date. */
function readGoodTill(parameters: URLSearchParams): Result<number, VenueFault> {
  const text = parameters.get('goodTillDate') ?? '';
  return /^\d{1,16}$/.test(text) ? ok(Math.floor(Number(text) / 1000) * 1000) : err(missingParameter('goodTillDate'));
}

/** `insteadOf`: what to read as the time in force where it is one of regular orders only. */
function readCommon(parameters: URLSearchParams, insteadOf: TimeInForce | null = null): Result<Common, VenueFault> {
  const side = readSide(parameters);
  if (!side.ok) return side;
  const positionSide = parameters.get('positionSide') ?? 'BOTH';
  if (positionSide !== 'BOTH' && positionSide !== 'LONG' && positionSide !== 'SHORT') return err(fault(-4060));
  const timeInForce = insteadOf ?? parameters.get('timeInForce') ?? 'GTC';
  const inForce = timeInForce === 'GTE_GTC' ? 'GTC' : timeInForce;
  if (!TIMES_IN_FORCE.includes(inForce)) return err(fault(-1115));
  const reduceOnly = parameters.get('reduceOnly')?.toLowerCase() ?? 'false';
  if (reduceOnly !== 'true' && reduceOnly !== 'false') return err(fault(-4062));
  const selfTrade = parameters.get('selfTradePreventionMode');
  if (selfTrade !== null && !SELF_TRADE_MODES.includes(selfTrade)) return err(fault(-5039));
  return ok({
    side: side.value,
    positionSide,
    timeInForce: inForce as TimeInForce,
    reduceOnly: reduceOnly === 'true',
    ...(selfTrade === null ? {} : { selfTradePrevention: selfTrade as SelfTradePrevention }),
  });
}

/** A new MARKET or LIMIT order; conditional types belong to the algo service (−4120). */
export function readOrder(instrument: Instrument, parameters: URLSearchParams, makeId: () => string): Result<OrderRequest, VenueFault> {
  const type = parameters.get('type');
  if (type === null || type === '') return err(missingParameter('type'));
  if (ALGO_TYPES.includes(type)) return err(fault(-4120));
  if (type !== 'MARKET' && type !== 'LIMIT') return err(fault(-1116));
  const isGoodTill = parameters.get('timeInForce') === 'GTD';
  const common = readCommon(parameters, isGoodTill ? 'GTC' : null);
  if (!common.ok) return common;
  const goodTill = isGoodTill ? readGoodTill(parameters) : ok(0);
  if (!goodTill.ok) return goodTill;
  const priceMatch = readPriceMatch(parameters);
  if (!priceMatch.ok) return priceMatch;
  if (type === 'MARKET' && priceMatch.value !== undefined) return err(fault(-5038));
  const quantity = readLots(instrument, parameters.get('quantity'));
  if (!quantity.ok) return quantity;
  if (type === 'LIMIT' && parameters.get('timeInForce') === null) return err(missingParameter('timeInForce'));
  if (type === 'MARKET' && parameters.get('price') !== null) return err({ code: -1106, message: "Parameter 'price' sent when not required." });
  const price = type === 'LIMIT' && priceMatch.value === undefined ? readTicks(instrument, parameters.get('price'), 'price') : ok(null);
  if (!price.ok) return price;
  return ok({
    ...common.value,
    symbol: instrument.symbol,
    type,
    lots: quantity.value,
    price: price.value,
    clientOrderId: parameters.get('newClientOrderId') ?? makeId(),
    ...(isGoodTill ? { timeInForce: 'GTD', goodTillDate: goodTill.value } : {}),
    ...(priceMatch.value === undefined ? {} : { priceMatch: priceMatch.value }),
  });
}

/** PUT order: quantity and price are both mandatory; the price may be left to the book. */
export function readAmend(instrument: Instrument, parameters: URLSearchParams, key: OrderKey): Result<AmendRequest, VenueFault> {
  const side = readSide(parameters);
  if (!side.ok) return side;
  const quantity = readLots(instrument, parameters.get('quantity'));
  if (!quantity.ok) return quantity;
  const priceMatch = readPriceMatch(parameters);
  if (!priceMatch.ok) return priceMatch;
  const price = priceMatch.value === undefined ? readTicks(instrument, parameters.get('price'), 'price') : ok(null);
  if (!price.ok) return price;
  const matched = priceMatch.value === undefined ? {} : { priceMatch: priceMatch.value };
  return ok({ symbol: instrument.symbol, key, side: side.value, lots: quantity.value, price: price.value, ...matched });
}

/** A new conditional order. */
export function readAlgo(instrument: Instrument, parameters: URLSearchParams, makeId: () => string): Result<AlgoRequest, VenueFault> {
  if (parameters.get('algoType') !== 'CONDITIONAL') return err(missingParameter('algoType'));
  const type = parameters.get('type') ?? '';
  if (!ALGO_TYPES.includes(type)) return err(fault(-1116));
  const common = readCommon(parameters);
  if (!common.ok) return common;
  const closePosition = isTrue(parameters, 'closePosition');
  if (closePosition && parameters.get('quantity') !== null) return err(fault(-4137));
  const quantity = closePosition ? ok(lots(0)) : readLots(instrument, parameters.get('quantity'));
  if (!quantity.ok) return quantity;
  const isTrailing = type === 'TRAILING_STOP_MARKET';
  const trigger = isTrailing ? ok(ticks(0)) : readTicks(instrument, parameters.get('triggerPrice'), 'triggerPrice');
  if (!trigger.ok) return trigger;
  const isLimit = type === 'STOP' || type === 'TAKE_PROFIT';
  const priceMatch = readPriceMatch(parameters);
  if (!priceMatch.ok) return priceMatch;
  if (!isLimit && priceMatch.value !== undefined) return err(fault(-5038));
  const price = isLimit && priceMatch.value === undefined ? readTicks(instrument, parameters.get('price'), 'price') : ok(null);
  if (!price.ok) return price;
  const workingType = parameters.get('workingType') ?? 'CONTRACT_PRICE';
  if (workingType !== 'MARK_PRICE' && workingType !== 'CONTRACT_PRICE') return err({ code: -4031, message: 'Invalid parameter working type' });
  const trailing = isTrailing ? readTrailing(instrument, parameters) : ok({});
  if (!trailing.ok) return trailing;
  return ok({
    ...common.value,
    ...trailing.value,
    symbol: instrument.symbol,
    type: type as AlgoType,
    lots: quantity.value,
    price: price.value,
    trigger: trigger.value,
    closePosition,
    workingType,
    priceProtect: isTrue(parameters, 'priceProtect'),
    clientAlgoId: parameters.get('clientAlgoId') ?? makeId(),
    ...(priceMatch.value === undefined ? {} : { priceMatch: priceMatch.value }),
  });
}

function readTrailing(
  instrument: Instrument,
  parameters: URLSearchParams,
): Result<{ readonly callbackBps: number; readonly activatePrice: Ticks | null }, VenueFault> {
  const rate = parseDecimal(parameters.get('callbackRate') ?? '');
  if (rate === null) return err(missingParameter('callbackRate'));
  const bps = (Number(rate.units) / 10 ** rate.scale) * 100;
  const text = parameters.get('activatePrice');
  const activate = text === null || text === '' ? ok(null) : readTicks(instrument, text, 'activatePrice');
  return activate.ok ? ok({ callbackBps: Math.round(bps), activatePrice: activate.value }) : activate;
}
