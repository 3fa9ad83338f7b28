// Reads the parameters of an order request exactly: decimals become ticks and lots, anything else is the exchange's own refusal.
import { parseDecimal } from '../../src-shared/kernel/decimal.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { PositionSide, TimeInForce } from '../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { lots, ticks, type Lots, type Ticks } from '../../src-shared/kernel/units.ts';
import { fault, type FaultCode } from '../../src-main/core/venue/faults.ts';
import type { AlgoRequest, AlgoType, OrderRequest, VenueFault } from '../../src-main/core/venue/types.ts';

const ALGO_TYPES: readonly string[] = ['STOP_MARKET', 'TAKE_PROFIT_MARKET', 'STOP', 'TAKE_PROFIT'];
const TIMES_IN_FORCE: readonly string[] = ['GTC', 'IOC', 'FOK', 'GTX'];

function missing(name: string): VenueFault {
  return { code: -1102, message: `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.` };
}

/** A decimal as a whole number of units of 10^-scale × step. */
function toSteps(
  text: string,
  grid: { readonly scale: number; readonly step: number; readonly offGrid: FaultCode; readonly name: string },
): Result<number, VenueFault> {
  const parsed = parseDecimal(text);
  if (parsed === null) return err(missing(grid.name));
  let { units } = parsed;
  if (parsed.scale > grid.scale) {
    const divisor = 10n ** BigInt(parsed.scale - grid.scale);
    if (units % divisor !== 0n) return err(fault(-1111));
    units /= divisor;
  } else units *= 10n ** BigInt(grid.scale - parsed.scale);
  if (units % BigInt(grid.step) !== 0n) return err(fault(grid.offGrid));
  return ok(Number(units / BigInt(grid.step)));
}

function readTicks(instrument: Instrument, text: string | null, name: string): Result<Ticks, VenueFault> {
  if (text === null) return err(missing(name));
  const steps = toSteps(text, { scale: instrument.priceScale, step: instrument.tickUnits, offGrid: -4014, name });
  return steps.ok ? ok(ticks(steps.value)) : steps;
}

function readLots(instrument: Instrument, text: string | null): Result<Lots, VenueFault> {
  if (text === null) return err(missing('quantity'));
  const steps = toSteps(text, { scale: instrument.quantityScale, step: instrument.stepUnits, offGrid: -4023, name: 'quantity' });
  return steps.ok ? ok(lots(steps.value)) : steps;
}

interface Common {
  readonly side: 'BUY' | 'SELL';
  readonly positionSide: PositionSide;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
}

function readCommon(parameters: URLSearchParams): Result<Common, VenueFault> {
  const side = parameters.get('side');
  if (side !== 'BUY' && side !== 'SELL') return err(missing('side'));
  const positionSide = parameters.get('positionSide') ?? 'BOTH';
  if (positionSide !== 'BOTH' && positionSide !== 'LONG' && positionSide !== 'SHORT') return err(missing('positionSide'));
  const timeInForce = parameters.get('timeInForce') ?? 'GTC';
  if (!TIMES_IN_FORCE.includes(timeInForce)) return err({ code: -1115, message: 'Invalid timeInForce.' });
  return ok({ side, positionSide, timeInForce: timeInForce as TimeInForce, reduceOnly: parameters.get('reduceOnly')?.toLowerCase() === 'true' });
}

export function readOrder(instrument: Instrument, parameters: URLSearchParams, makeId: () => string): Result<OrderRequest, VenueFault> {
  const type = parameters.get('type');
  if (type !== null && (ALGO_TYPES.includes(type) || type === 'TRAILING_STOP_MARKET')) return err(fault(-4120));
  if (type !== 'MARKET' && type !== 'LIMIT') return err({ code: -1116, message: 'Invalid orderType.' });
  const common = readCommon(parameters);
  if (!common.ok) return common;
  const quantity = readLots(instrument, parameters.get('quantity'));
  if (!quantity.ok) return quantity;
  if (type === 'LIMIT' && parameters.get('timeInForce') === null) return err(missing('timeInForce'));
  const price = type === 'LIMIT' ? readTicks(instrument, parameters.get('price'), 'price') : ok(null);
  if (!price.ok) return price;
  return ok({
    ...common.value,
    symbol: instrument.symbol,
    type,
    lots: quantity.value,
    price: price.value,
    clientOrderId: parameters.get('newClientOrderId') ?? makeId(),
  });
}

export function readAlgo(instrument: Instrument, parameters: URLSearchParams, makeId: () => string): Result<AlgoRequest, VenueFault> {
  if (parameters.get('algoType') !== 'CONDITIONAL') return err(missing('algoType'));
  const type = parameters.get('type') ?? '';
  if (!ALGO_TYPES.includes(type)) return err({ code: -1116, message: 'Invalid orderType.' });
  const common = readCommon(parameters);
  if (!common.ok) return common;
  const closePosition = parameters.get('closePosition')?.toLowerCase() === 'true';
  if (closePosition && parameters.get('quantity') !== null) return err(fault(-4137));
  const quantity = closePosition ? ok(lots(0)) : readLots(instrument, parameters.get('quantity'));
  if (!quantity.ok) return quantity;
  const trigger = readTicks(instrument, parameters.get('triggerPrice'), 'triggerPrice');
  if (!trigger.ok) return trigger;
  const isLimit = type === 'STOP' || type === 'TAKE_PROFIT';
  const price = isLimit ? readTicks(instrument, parameters.get('price'), 'price') : ok(null);
  if (!price.ok) return price;
  return ok({
    ...common.value,
    symbol: instrument.symbol,
    type: type as AlgoType,
    lots: quantity.value,
    price: price.value,
    trigger: trigger.value,
    closePosition,
    workingType: parameters.get('workingType') === 'MARK_PRICE' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
    clientAlgoId: parameters.get('clientAlgoId') ?? makeId(),
  });
}
