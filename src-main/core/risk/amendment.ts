// Another price for an entry that rests, or another stop and target: what the risk limits leave there, or why not.
import { lotsToQuantity, notional, ticksToPrice, type Instrument } from '../../../src-shared/domain/instrument.ts';
import { TAKER_FEE_FRACTION } from '../../../src-shared/domain/loss-at-stop.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { DenialCode, RiskDenial } from '../../../src-shared/domain/risk.ts';
import { moneyToUsdt, type Brand, type Lots, type Ticks } from '../../../src-shared/kernel/units.ts';
import { liquidationPrice, notionalCapAt } from '../venue/margin.ts';
import { checkState, deny, exposureRoom, type RiskRequest } from './manager.ts';
import { HARD_POSITION_MARGIN, HARD_TOTAL_MARGIN, lossFraction } from './sizing.ts';

export interface AmendmentRequest extends Pick<
  RiskRequest,
  'settings' | 'mode' | 'tradingState' | 'isFresh' | 'breaker' | 'positions' | 'equity' | 'available' | 'marginUsed' | 'price'
> {
  readonly instrument: Instrument | null;
  readonly position: Position;
  /** Stop and target of the plan; null without one. */
  readonly stop: number | null;
  readonly target: number | null;
  /** The order as it is: its whole quantity and what of it has filled. */
  readonly order: { readonly price: Ticks; readonly lots: Lots; readonly filledLots: Lots };
  /** The price a person wants. */
  readonly wanted: Ticks;
  /** A change, a close or a question of unknown end is under way. */
  readonly hasPendingOrder: boolean;
}

interface Amendment {
  readonly price: Ticks;
  /** The whole quantity, with what is filled. */
  readonly lots: Lots;
  /** Loss of the whole position at its stop if the rest fills at the new price, in USDT, costs included. */
  readonly lossAtStopUsdt: number;
  /** The limit that made it smaller than it was; null when it keeps its quantity. */
  readonly loweredBy: DenialCode | null;
}

/** Only {@link reviewAmendment} makes one. */
export type AmendmentApproved = Brand<Amendment, 'AmendmentApproved'>;

type Verdict = { readonly kind: 'approved'; readonly approval: AmendmentApproved } | RiskDenial;

/**
 * `positions` and `marginUsed` are those of all others: what this entry ties up is free again when it is changed. A price that would
 * fill at once is refused, whatever the order's time in force: an entry that rests is moved, not turned into a market order.
 */
export function reviewAmendment(request: AmendmentRequest): Verdict {
  const { instrument, position, settings } = request;
  const refused = checkState({ ...request, isPaused: false, isSymbolPaused: false, isByHand: true });
  if (refused !== null) return refused;
  if (instrument === null) return deny('symbol_not_tradable');
  if (request.hasPendingOrder) return deny('order_pending');
  const sign = position.side === 'long' ? 1 : -1;
  const price = ticksToPrice(instrument, request.wanted);
  const misplaced = checkLevels(request, { price, sign });
  if (misplaced !== null) return misplaced;
  const stop = request.stop ?? Number.NaN;
  const facts = { instrument, price, stop, unit: lotsToQuantity(instrument, 1 as Lots) * price };
  const tightest = limitsOf(request, facts).toSorted((a, b) => a.lots - b.lots)[0] ?? { code: 'risk_per_trade' as const, lots: 0 };
  const { order } = request;
  const lots = Math.floor(Math.min(order.lots, tightest.lots)) as Lots;
  const code = lots < order.lots ? tightest.code : 'below_minimum_quantity';
  if (lots <= order.filledLots || lots < instrument.minLots)
    return deny(code, { lots: Math.max(0, lots), minimum: Math.max(order.filledLots + 1, instrument.minLots) });
  const value = moneyToUsdt(notional(instrument, request.wanted, lots));
  const minimumUsdt = Math.max(moneyToUsdt(instrument.minNotional), settings.minNotionalUsdt);
  if (value < minimumUsdt) return deny(lots < order.lots ? tightest.code : 'below_minimum_notional', { notionalUsdt: value, minimumUsdt });
  if (!isFarFromLiquidation(request, { ...facts, lots })) return deny('liquidation_too_close', { stop, multiple: settings.liquidationDistanceMultiple });
  const lossAtStopUsdt = lossOf(request, facts, lots);
  const approval: Amendment = { price: request.wanted, lots, lossAtStopUsdt, loweredBy: lots < order.lots ? tightest.code : null };
  return { kind: 'approved', approval: approval as AmendmentApproved };
}

/** Between stop and target, at a sane distance from the stop, and where it rests. */
function checkLevels(request: AmendmentRequest, { price, sign }: { readonly price: number; readonly sign: number }): RiskDenial | null {
  const { stop, target, settings } = request;
  if (stop === null || (price - stop) * sign <= 0 || (target !== null && (target - price) * sign <= 0))
    return deny('stop_wrong_side', { price, stop: stop ?? Number.NaN, target: target ?? Number.NaN });
  const distancePercent = (Math.abs(price - stop) / price) * 100;
  if (distancePercent < settings.minStopDistancePercent * 0.999)
    return deny('stop_too_close', { distancePercent, minimumPercent: settings.minStopDistancePercent });
  if (distancePercent > settings.maxStopDistancePercent) return deny('stop_too_far', { distancePercent, maximumPercent: settings.maxStopDistancePercent });
  // An order that stays where it is rests already.
  const isMoved = request.wanted !== request.order.price;
  return isMoved && (price - request.price) * sign >= 0 ? deny('fills_at_once', { price, last: request.price }) : null;
}

export interface PlanRequest extends Omit<AmendmentRequest, 'wanted'> {
  /** Stop of the plan as it is; null without one. `stop` and `target` are what a person wants. */
  readonly stopBefore: number | null;
}

type PlanVerdict =
  | { readonly kind: 'approved'; readonly lossAtStopUsdt: number }
  /** The limit leaves fewer lots than the order has. */
  | { readonly kind: 'too_large'; readonly limit: DenialCode; readonly room: Lots }
  | RiskDenial;

/** Another stop and target for an entry that stays at its price. A stop that loses no more than the old one is not measured against the limits. */
export function reviewPlan(plan: PlanRequest): PlanVerdict {
  const { instrument, order, stopBefore, stop } = plan;
  const request = { ...plan, wanted: order.price };
  if (instrument === null) return deny('symbol_not_tradable');
  if (plan.hasPendingOrder) return deny('order_pending');
  const price = ticksToPrice(instrument, order.price);
  const misplaced = checkLevels(request, { price, sign: plan.position.side === 'long' ? 1 : -1 });
  if (misplaced !== null || stop === null) return misplaced ?? deny('stop_wrong_side');
  if (stopBefore === null || Math.abs(price - stop) > Math.abs(price - stopBefore)) {
    const verdict = reviewAmendment(request);
    if (verdict.kind === 'denied') return verdict;
    const { loweredBy, lots: room } = verdict.approval;
    if (loweredBy !== null) return { kind: 'too_large', limit: loweredBy, room };
  }
  const unit = lotsToQuantity(instrument, 1 as Lots) * price;
  return { kind: 'approved', lossAtStopUsdt: lossOf(request, { instrument, price, stop, unit }, order.lots) };
}

interface Facts {
  readonly instrument: Instrument;
  readonly price: number;
  readonly stop: number;
  /** Value of one lot at the new price. */
  readonly unit: number;
}

/** What is filled already loses this at the stop; a stop beyond the entry locks in at most nothing. */
function filledLoss({ position, settings, order }: AmendmentRequest, { instrument, stop }: Facts): number {
  if (order.filledLots === 0) return 0;
  return lotsToQuantity(instrument, order.filledLots) * position.entryPrice * lossFraction({ price: position.entryPrice, stop, settings });
}

/** Loss of the whole position at its stop if it grows to `lots`, in USDT. */
function lossOf(request: AmendmentRequest, facts: Facts, lots: Lots): number {
  const { order, settings } = request;
  return filledLoss(request, facts) + (lots - order.filledLots) * facts.unit * lossFraction({ price: facts.price, stop: facts.stop, settings });
}

/** The whole quantity each limit allows. */
function limitsOf(request: AmendmentRequest, facts: Facts): readonly { readonly code: DenialCode; readonly lots: number }[] {
  const { settings, position, order } = request;
  const { instrument, price, stop, unit } = facts;
  const equity = moneyToUsdt(request.equity);
  const leverage = Math.max(1, position.leverage);
  const tied = 1 / leverage + TAKER_FEE_FRACTION;
  const filled = lotsToQuantity(instrument, order.filledLots) * position.entryPrice;
  const resting = lotsToQuantity(instrument, (order.lots - order.filledLots) as Lots) * ticksToPrice(instrument, order.price);
  const exposure = exposureRoom({ ...request, signal: { side: position.side } });
  const total = equity * Math.min(HARD_TOTAL_MARGIN, settings.maxTotalMarginPercent / 100) - moneyToUsdt(request.marginUsed);
  const single = equity * Math.min(HARD_POSITION_MARGIN, settings.maxPositionMarginPercent / 100);
  // Room for the rest of the order, in USDT of value, with what is filled beside it.
  const rest = (roomUsdt: number): number => order.filledLots + roomUsdt / unit;
  const atRisk = (equity * settings.riskPerTradePercent) / 100 - filledLoss(request, facts);
  return [
    { code: 'risk_per_trade', lots: rest(atRisk / lossFraction({ price, stop, settings })) },
    // The margin of the order as it rests is given back when it is changed.
    { code: 'insufficient_margin', lots: rest((moneyToUsdt(request.available) + resting * tied) / tied) },
    { code: 'insufficient_margin', lots: rest((Math.min(total, single) - filled / leverage) / tied) },
    { code: exposure.code, lots: rest(exposure.roomUsdt - filled) },
    { code: 'leverage_not_allowed', lots: rest(notionalCapAt(instrument, leverage) - filled) },
  ];
}

/** Liquidation of the whole position, filled as planned, lies farther from its entry than the rule asks, in stop distances. */
function isFarFromLiquidation({ position, order, settings }: AmendmentRequest, { instrument, price, stop, lots }: Facts & { readonly lots: Lots }): boolean {
  const filled = lotsToQuantity(instrument, order.filledLots);
  const quantity = lotsToQuantity(instrument, lots);
  const entryPrice = (filled * position.entryPrice + (quantity - filled) * price) / quantity;
  const wallet = (quantity * entryPrice) / Math.max(1, position.leverage);
  const at = liquidationPrice(instrument, { side: position.side === 'long' ? 1 : -1, quantity, entryPrice, wallet });
  return at === null || Math.abs(entryPrice - at) >= settings.liquidationDistanceMultiple * Math.abs(entryPrice - stop);
}
