// The risk manager: reads a signal and the book, and is the only place that can approve an order.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { ceilToTick, floorToTick, lotsToQuantity, notional, nearestTick } from '../../../src-shared/domain/instrument.ts';
import type { BreakerGrade, DenialCode, RiskDenial, SizingFactors, TradingState } from '../../../src-shared/domain/risk.ts';
import type { Mode } from '../../../src-shared/domain/session.ts';
import type { Side, Signal } from '../../../src-shared/domain/signal.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { moneyFromUsdt, moneyToUsdt, type Brand, type EpochMs, type Lots, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';
import { sizePosition } from './sizing.ts';

const NEGATIVE_EXPECTANCY_R = -0.25;
const SMALL_SHARE_OF_VOLUME = 0.0002;

export interface OpenRisk {
  readonly symbol: string;
  readonly side: Side;
  readonly notionalUsdt: number;
  /** Return correlation with the signal's symbol; NaN while unknown counts as correlated. */
  readonly correlation: number;
}

export interface TradeRecord {
  /** Mean R of the last trades of the expectancy window, NaN when there are too few to tell. */
  readonly expectancyR: number;
  readonly lossesInRow: number;
  readonly lossesInRowOnSymbol: number;
  readonly lastLossOnSymbolAt: EpochMs | null;
}

export interface RiskRequest {
  readonly now: EpochMs;
  readonly signal: Signal;
  readonly instrument: Instrument | null;
  readonly settings: Settings;
  readonly mode: Mode;
  readonly tradingState: TradingState;
  readonly isPaused: boolean;
  readonly isSymbolPaused: boolean;
  /** A person asked for it: what restrains automation (pauses, cool-downs, streaks, expectancy) does not apply; every limit of size does. */
  readonly isByHand: boolean;
  readonly isFresh: boolean;
  readonly breaker: BreakerGrade;
  /** An order on this symbol is in flight. */
  readonly hasPendingOrder: boolean;
  /** Whether an order of unknown outcome on this symbol is being checked. */
  readonly hasUnknownOrder?: boolean;
  readonly positions: readonly OpenRisk[];
  readonly equity: Money;
  readonly available: Money;
  readonly marginUsed: Money;
  /** Newest price. */
  readonly price: number;
  readonly quoteVolume24h: number;
  readonly drawdownFraction: number;
  /** Hourly ATR over its mean of a week, and over its median of 30 days; NaN while unknown. */
  readonly atrRatio: number;
  readonly atrToMedian: number;
  readonly record: TradeRecord;
  /** By hand: at most so many lots, and a limit that never takes. */
  readonly mostLots?: number | undefined;
  readonly isPostOnly?: boolean | undefined;
}

/** What decides whether anything may be opened. */
type StateFacts = Pick<RiskRequest, 'tradingState' | 'mode' | 'settings' | 'instrument' | 'isPaused' | 'isSymbolPaused' | 'isByHand' | 'isFresh' | 'breaker'>;

/** What exposure is counted from. */
interface ExposureFacts extends Pick<RiskRequest, 'positions' | 'settings' | 'equity'> {
  readonly signal: { readonly side: Side };
}

interface Approval {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly lots: Lots;
  readonly leverage: number;
  readonly marginType: 'isolated' | 'cross';
  /** Null for a market order, else the limit of an immediate-or-cancel order at the slippage bound, or a resting limit. */
  readonly limit: Ticks | null;
  readonly timeInForce: 'GTC' | 'GTX' | 'IOC';
  readonly stop: Ticks;
  readonly target: Ticks;
  readonly expectedPrice: number;
  readonly factors: SizingFactors;
}

/** Only {@link review} makes one. */
export type RiskApproved = Brand<Approval, 'RiskApproved'>;

/** A refusal with the numbers behind it. */
export function deny(code: DenialCode, numbers: Readonly<Record<string, number>> = {}): RiskDenial {
  return { kind: 'denied', code, numbers };
}

/** Checks in the order of the specification; the first that fails is the answer, with its numbers. */
export function review(request: RiskRequest): { readonly kind: 'approved'; readonly approval: RiskApproved } | RiskDenial {
  return checkState(request) ?? checkNumbers(request) ?? checkBook(request) ?? checkExposure(request) ?? plan(request);
}

/** Whether anything may be opened at all now; the first obstacle with its code, or null. */
export function checkState(request: StateFacts): RiskDenial | null {
  const { tradingState, mode, settings, instrument } = request;
  if (tradingState === 'halted') return deny('trading_halted');
  if (tradingState === 'reducing') return deny('trading_reducing');
  if (request.isPaused && !request.isByHand) return deny('automation_paused');
  if (mode === 'live' && !settings.tradingEnabled) return deny('mode_forbids_orders');
  if (!request.isFresh) return deny('data_stale');
  if (request.breaker === 'blocked') return deny('breaker_blocked');
  if (instrument === null || instrument.status !== 'TRADING') return deny('symbol_not_tradable');
  return request.isSymbolPaused && !request.isByHand ? deny('symbol_paused') : null;
}

function checkBook(request: RiskRequest): RiskDenial | null {
  const { signal, settings, record, now, positions } = request;
  if (request.hasUnknownOrder === true) return deny('unresolved_order');
  const own = positions.find((position) => position.symbol === signal.symbol);
  if (own !== undefined) return deny(own.side === signal.side ? 'position_exists' : 'opposing_position');
  if (request.hasPendingOrder) return deny('order_pending');
  if (record.lastLossOnSymbolAt !== null && !request.isByHand) {
    const sinceMinutes = (now - record.lastLossOnSymbolAt) / 60_000;
    if (sinceMinutes < settings.symbolCooldownMinutes) return deny('symbol_cooldown', { sinceMinutes, cooldownMinutes: settings.symbolCooldownMinutes });
    if (record.lossesInRowOnSymbol >= settings.consecutiveLossLimit && sinceMinutes < settings.cooldownHours * 60) {
      return deny('losing_streak', { losses: record.lossesInRowOnSymbol, sinceMinutes, cooldownMinutes: settings.cooldownHours * 60 });
    }
  }
  if (record.expectancyR < NEGATIVE_EXPECTANCY_R && !request.isByHand)
    return deny('negative_expectancy', { expectancyR: record.expectancyR, limitR: NEGATIVE_EXPECTANCY_R });
  return positions.length >= settings.maxPositions ? deny('max_positions', { open: positions.length, maximum: settings.maxPositions }) : null;
}

interface Exposure {
  readonly code: 'gross_exposure' | 'net_exposure' | 'cluster_exposure';
  /** Percent of equity already exposed in the signal's direction. */
  readonly percent: number;
  readonly maximum: number;
}

/** Every limit of exposure with what is used of it in the signal's direction. */
export function exposuresOf({ positions, settings, signal, equity }: ExposureFacts): readonly Exposure[] {
  const inDirection = (position: OpenRisk): number => (position.side === signal.side ? position.notionalUsdt : -position.notionalUsdt);
  const isTogether = (position: OpenRisk): boolean => Number.isNaN(position.correlation) || position.correlation >= settings.clusterCorrelation;
  const percent = (list: readonly OpenRisk[], size: (position: OpenRisk) => number): number =>
    (list.reduce((sum, position) => sum + size(position), 0) / moneyToUsdt(equity)) * 100;
  return [
    { code: 'gross_exposure', percent: percent(positions, (position) => position.notionalUsdt), maximum: settings.maxGrossExposurePercent },
    { code: 'net_exposure', percent: percent(positions, inDirection), maximum: settings.maxNetExposurePercent },
    { code: 'cluster_exposure', percent: percent(positions.filter(isTogether), inDirection), maximum: settings.maxClusterExposurePercent },
  ];
}

/** Exposure left for this position, in USDT, and the limit that leaves least. */
export function exposureRoom(request: ExposureFacts): Exposure & { readonly roomUsdt: number } {
  const [tightest] = exposuresOf(request)
    .map((exposure) => ({ ...exposure, roomUsdt: ((exposure.maximum - exposure.percent) / 100) * moneyToUsdt(request.equity) }))
    .toSorted((a, b) => a.roomUsdt - b.roomUsdt);
  return tightest ?? { code: 'gross_exposure', percent: 0, maximum: 0, roomUsdt: 0 };
}

function checkExposure(request: RiskRequest): RiskDenial | null {
  const full = exposuresOf(request).find((exposure) => exposure.percent >= exposure.maximum);
  return full === undefined ? null : deny(full.code, { percent: full.percent, maximum: full.maximum });
}

/** Numbers that are not numbers must never reach an order. */
function checkNumbers({ signal, price, equity }: RiskRequest): RiskDenial | null {
  const { plan: levels } = signal;
  const known =
    [price, levels.entry, levels.stop, levels.target, signal.confidence, signal.uncertainty].every((value) => Number.isFinite(value)) &&
    price > 0 &&
    equity > 0;
  return known ? null : deny('data_stale', { price, equityUsdt: moneyToUsdt(equity) });
}

function plan(request: RiskRequest): { readonly kind: 'approved'; readonly approval: RiskApproved } | RiskDenial {
  const { signal, settings, price } = request;
  const instrument = request.instrument as Instrument;
  const { side } = signal;
  const isLong = side === 'long';
  // Away from entry, so that rounding never tightens a stop into noise; the loss is computed with the rounded stop.
  const stop = isLong ? floorToTick(instrument, signal.plan.stop) : ceilToTick(instrument, signal.plan.stop);
  const target = isLong ? floorToTick(instrument, signal.plan.target) : ceilToTick(instrument, signal.plan.target);
  const stopPrice = (stop * instrument.tickUnits) / 10 ** instrument.priceScale;
  const targetPrice = (target * instrument.tickUnits) / 10 ** instrument.priceScale;
  // A person's limit may lie far from the price: its stop is judged from where it fills. Automation's lies at the price.
  const isLimitByHand = request.isByHand && signal.plan.entryKind === 'limit';
  const from = isLimitByHand ? signal.plan.entry : price;
  if (isLong ? stopPrice >= from || targetPrice <= from : stopPrice <= from || targetPrice >= from)
    return deny('stop_wrong_side', { price: from, stop: stopPrice, target: targetPrice });
  if (isLimitByHand && (isLong ? from >= price : from <= price)) return deny('fills_at_once', { price: from, last: price });
  const distancePercent = (Math.abs(from - stopPrice) / from) * 100;
  if (distancePercent < settings.minStopDistancePercent * 0.999)
    return deny('stop_too_close', { distancePercent, minimumPercent: settings.minStopDistancePercent });
  if (distancePercent > settings.maxStopDistancePercent) return deny('stop_too_far', { distancePercent, maximumPercent: settings.maxStopDistancePercent });
  const isResting = isLimitByHand || (signal.plan.entryKind === 'limit' && settings.useLimitOrders);
  const movedPercent = (isLong ? price / signal.plan.entry - 1 : 1 - price / signal.plan.entry) * 100;
  if (!isResting && movedPercent > settings.maxSlippagePercent) return deny('price_moved', { movedPercent, maximumPercent: settings.maxSlippagePercent });
  const entry = isResting ? signal.plan.entry : price;
  const { roomUsdt, ...exposure } = exposureRoom(request);
  const minimum = Math.max(instrument.minNotional, moneyFromUsdt(settings.minNotionalUsdt));
  const sizing = sizePosition({
    notionalRoomUsdt: roomUsdt,
    minimumLots: minimumLotsOf(instrument, { price: entry, minimum }),
    signal,
    instrument,
    settings,
    equity: request.equity,
    available: request.available,
    marginUsed: request.marginUsed,
    price: entry,
    stop: stopPrice,
    drawdownFraction: request.drawdownFraction,
    lossesInRow: request.record.lossesInRow,
    atrRatio: request.atrRatio,
    atrToMedian: request.atrToMedian,
    mostLots: request.mostLots,
  });
  if (sizing.kind === 'impossible') return deny(sizing.code, sizing.numbers);
  const { lots } = sizing;
  const value = notional(instrument, nearestTick(instrument, entry), lots);
  if (value < minimum && roomUsdt < moneyToUsdt(minimum as Money)) return deny(exposure.code, { percent: exposure.percent, maximum: exposure.maximum });
  if (lots < instrument.minLots || lots < instrument.marketMinLots)
    return deny('below_minimum_quantity', { lots, minimum: Math.max(instrument.minLots, instrument.marketMinLots) });
  if (value < minimum) return deny('below_minimum_notional', { notionalUsdt: moneyToUsdt(value), minimumUsdt: moneyToUsdt(minimum as Money) });
  const isSmall = lotsToQuantity(instrument, lots) * entry < request.quoteVolume24h * SMALL_SHARE_OF_VOLUME;
  const bound = isLong
    ? floorToTick(instrument, price * (1 + settings.maxSlippagePercent / 100))
    : ceilToTick(instrument, price * (1 - settings.maxSlippagePercent / 100));
  const limit = isResting ? nearestTick(instrument, signal.plan.entry) : settings.autoOrderType && settings.useLimitOrders && !isSmall ? bound : null;
  const approval: Approval = {
    instrument,
    side,
    lots,
    leverage: sizing.leverage,
    marginType: settings.marginType,
    limit,
    timeInForce: isResting ? (isLimitByHand && request.isPostOnly === true ? 'GTX' : 'GTC') : 'IOC',
    stop,
    target,
    expectedPrice: entry,
    factors: sizing.factors,
  };
  return { kind: 'approved', approval: approval as RiskApproved };
}

/** Fewest lots that satisfy the quantity filters and the minimum value, on the market step. */
export function minimumLotsOf(instrument: Instrument, { price, minimum }: { readonly price: number; readonly minimum: number }): number {
  const lotValue = lotsToQuantity(instrument, 1 as Lots) * price;
  const fewest = Math.max(instrument.minLots, instrument.marketMinLots, Math.ceil(moneyToUsdt(minimum as Money) / lotValue));
  return Math.ceil(fewest / instrument.marketStepLots) * instrument.marketStepLots;
}
