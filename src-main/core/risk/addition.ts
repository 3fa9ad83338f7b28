// More of an open position: the risk manager sizes an addition by what the whole position may still lose, tie up and expose.
import { lotsToQuantity, type Instrument } from '../../../src-shared/domain/instrument.ts';
import { TAKER_FEE_FRACTION } from '../../../src-shared/domain/loss-at-stop.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { DenialCode, RiskDenial } from '../../../src-shared/domain/risk.ts';
import { moneyToUsdt, type Brand, type Lots } from '../../../src-shared/kernel/units.ts';
import { liquidationPrice, notionalCapAt } from '../venue/margin.ts';
import { checkState, deny, exposureRoom, type RiskRequest } from './manager.ts';
import { HARD_POSITION_MARGIN, HARD_TOTAL_MARGIN, lossFraction } from './sizing.ts';

export interface AdditionRequest extends Pick<
  RiskRequest,
  'settings' | 'mode' | 'tradingState' | 'isFresh' | 'breaker' | 'positions' | 'equity' | 'available' | 'marginUsed' | 'price'
> {
  readonly instrument: Instrument | null;
  readonly position: Position;
  /** Price of the stop in force; null without one. */
  readonly stop: number | null;
  /** Lots a person wants more. */
  readonly wantedLots: number;
  /** An entry or a close of this position is under way. */
  readonly hasPendingOrder: boolean;
}

interface Addition {
  readonly lots: Lots;
  /** Loss of the whole position at its stop after the addition, in USDT, costs included. */
  readonly lossAtStopUsdt: number;
  /** The limit that made it smaller than was wanted; null when it is what was wanted. */
  readonly loweredBy: DenialCode | null;
}

/** Only {@link reviewAddition} makes one. */
export type AdditionApproved = Brand<Addition, 'AdditionApproved'>;

type Verdict = { readonly kind: 'approved'; readonly approval: AdditionApproved } | RiskDenial;

/** Wanted lots lowered to what every limit leaves, on the market step; denied by the tightest limit when nothing sendable is left. */
export function reviewAddition(request: AdditionRequest): Verdict {
  const { instrument, position, price, stop, settings } = request;
  const refused = checkState({ ...request, isPaused: false, isSymbolPaused: false, isByHand: true });
  if (refused !== null) return refused;
  if (instrument === null) return deny('symbol_not_tradable');
  if (request.hasPendingOrder) return deny('order_pending');
  const sign = position.side === 'long' ? 1 : -1;
  if (stop === null || (price - stop) * sign <= 0) return deny('stop_wrong_side', { price, stop: stop ?? Number.NaN });
  const unit = lotsToQuantity(instrument, 1 as Lots) * price;
  const limits = limitsOf(request, { instrument, stop, unit, sign });
  const tightest = limits.toSorted((a, b) => a.lots - b.lots)[0] ?? { code: 'risk_per_trade' as const, lots: 0 };
  const bounded = Math.floor(Math.min(request.wantedLots, tightest.lots, instrument.marketMaxLots));
  const code = request.wantedLots <= tightest.lots ? 'below_minimum_quantity' : tightest.code;
  const lots = bounded - (bounded % instrument.marketStepLots);
  if (lots < Math.max(1, instrument.minLots, instrument.marketMinLots)) return deny(code, { lots: Math.max(0, lots), wanted: request.wantedLots });
  const minimumUsdt = Math.max(moneyToUsdt(instrument.minNotional), settings.minNotionalUsdt);
  if (lots * unit < minimumUsdt) return deny(code === 'below_minimum_quantity' ? 'below_minimum_notional' : code, { notionalUsdt: lots * unit, minimumUsdt });
  if (!isFarFromLiquidation(request, { instrument, stop, lots }))
    return deny('liquidation_too_close', { stop, multiple: settings.liquidationDistanceMultiple });
  const lossAtStopUsdt = heldLoss(request, { instrument, stop, sign }) + lots * unit * lossFraction({ price, stop, settings });
  const approval: Addition = {
    lots: lots as Lots,
    lossAtStopUsdt,
    loweredBy: tightest.lots < request.wantedLots ? tightest.code : null,
  };
  return { kind: 'approved', approval: approval as AdditionApproved };
}

interface Facts {
  readonly instrument: Instrument;
  readonly stop: number;
  readonly sign: number;
}

/** What the lots held now lose at the stop from their entry, with the costs of leaving; a stop beyond the entry locks in at most nothing. */
function heldLoss({ position, settings }: AdditionRequest, { instrument, stop, sign }: Facts): number {
  const quantity = lotsToQuantity(instrument, position.lots);
  const cost = stop * (TAKER_FEE_FRACTION + settings.maxSlippagePercent / 100) + position.entryPrice * TAKER_FEE_FRACTION;
  return Math.max(0, quantity * ((position.entryPrice - stop) * sign + cost));
}

/** Lots each limit still leaves. */
function limitsOf(request: AdditionRequest, facts: Facts & { readonly unit: number }): readonly { readonly code: DenialCode; readonly lots: number }[] {
  const { settings, position, price } = request;
  const { instrument, stop, unit } = facts;
  const equity = moneyToUsdt(request.equity);
  const leverage = Math.max(1, position.leverage);
  const tied = 1 / leverage + TAKER_FEE_FRACTION;
  const held = lotsToQuantity(instrument, position.lots) * price;
  const exposure = exposureRoom({ ...request, signal: { side: position.side } });
  const total = equity * Math.min(HARD_TOTAL_MARGIN, settings.maxTotalMarginPercent / 100) - moneyToUsdt(request.marginUsed);
  const single = equity * Math.min(HARD_POSITION_MARGIN, settings.maxPositionMarginPercent / 100) - held / leverage;
  return [
    {
      code: 'risk_per_trade',
      lots: ((equity * settings.riskPerTradePercent) / 100 - heldLoss(request, facts)) / (unit * lossFraction({ price, stop, settings })),
    },
    { code: 'insufficient_margin', lots: Math.min(moneyToUsdt(request.available), total, single) / (unit * tied) },
    { code: exposure.code, lots: exposure.roomUsdt / unit },
    { code: 'leverage_not_allowed', lots: (notionalCapAt(instrument, leverage) - held) / unit },
  ];
}

/** Liquidation of the whole position after the addition lies farther from the price than the rule asks, in stop distances. */
function isFarFromLiquidation(
  { position, price, settings }: AdditionRequest,
  { instrument, stop, lots }: { readonly instrument: Instrument; readonly stop: number; readonly lots: number },
): boolean {
  const held = lotsToQuantity(instrument, position.lots);
  const added = lotsToQuantity(instrument, lots as Lots);
  const entryPrice = (held * position.entryPrice + added * price) / (held + added);
  const wallet = ((held + added) * entryPrice) / Math.max(1, position.leverage);
  const at = liquidationPrice(instrument, { side: position.side === 'long' ? 1 : -1, quantity: held + added, entryPrice, wallet });
  return at === null || Math.abs(price - at) >= settings.liquidationDistanceMultiple * Math.abs(price - stop);
}
