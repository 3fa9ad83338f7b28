// How large and with how much leverage: every factor is computed, kept and shown.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { floorToStep, lotsToQuantity, notional, nearestTick } from '../../../src-shared/domain/instrument.ts';
import { lossFractionAt, TAKER_FEE_FRACTION } from '../../../src-shared/domain/loss-at-stop.ts';
import type { SizingFactors } from '../../../src-shared/domain/risk.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { moneyFromUsdt, moneyToUsdt, type Lots, type Money } from '../../../src-shared/kernel/units.ts';
import { liquidationPrice, maximumLeverage, notionalCapAt } from '../venue/margin.ts';

export const HARD_TOTAL_MARGIN = 0.9;
export const HARD_POSITION_MARGIN = 0.5;
const HARD_LEVERAGE = 20;
const DRAWDOWN_HALF = 0.05;
const DRAWDOWN_BASE_ONLY = 0.1;
const STREAK_BASE_ONLY = 3;

export interface SizingInput {
  readonly signal: Signal;
  readonly instrument: Instrument;
  readonly settings: Settings;
  readonly equity: Money;
  readonly available: Money;
  readonly marginUsed: Money;
  /** Price the entry is expected at. */
  readonly price: number;
  readonly stop: number;
  readonly drawdownFraction: number;
  readonly lossesInRow: number;
  /** Hourly ATR over its mean of a week; NaN while unknown. */
  readonly atrRatio: number;
  /** Hourly ATR over its median of 30 days; NaN while unknown. */
  readonly atrToMedian: number;
  /** What exposure limits still leave for this position. */
  readonly notionalRoomUsdt: number;
  /** The exchange's and our own minimum order; met by rounding up only where every limit still holds. */
  readonly minimumLots: number;
  /** What a person wants at most; absent leaves it to the limits. */
  readonly mostLots?: number | undefined;
}

export type Sizing =
  | { readonly kind: 'sized'; readonly lots: Lots; readonly leverage: number; readonly factors: SizingFactors }
  | {
      readonly kind: 'impossible';
      readonly code: 'leverage_not_allowed' | 'liquidation_too_close' | 'insufficient_margin' | 'risk_per_trade';
      readonly numbers: Readonly<Record<string, number>>;
    };

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function regimeMultiplier(signal: Signal, settings: Settings): number {
  switch (signal.evidence.regime) {
    case 'strong_trending':
      return settings.regimeStrongMultiplier;
    case 'trending':
      return settings.regimeTrendingMultiplier;
    case 'ranging':
      return settings.regimeRangingMultiplier;
    case 'choppy':
    case 'unknown':
      return 0;
  }
}

/** Margin % = base × f(confidence) × regime × drawdown; f runs from 0.6 at 0 to 1.4 at full confidence and is 1 at 0.5. */
function marginFraction(input: SizingInput): {
  readonly confidenceFactor: number;
  readonly regime: number;
  readonly drawdown: number;
  readonly fraction: number;
} {
  const { signal, settings } = input;
  const confidenceFactor = 0.6 + 0.8 * signal.confidence;
  const regime = regimeMultiplier(signal, settings);
  const drawdown = input.drawdownFraction >= DRAWDOWN_HALF ? 0.5 : 1;
  const wanted = (settings.baseMarginPercent / 100) * confidenceFactor * regime * drawdown;
  return {
    confidenceFactor,
    regime,
    drawdown,
    fraction: clamp(wanted, settings.minMarginPercent / 100, Math.min(HARD_POSITION_MARGIN, settings.maxMarginPercent / 100)) * (signal.sizeShare ?? 1),
  };
}

/** 1 while ATR is at or below its median, falling to 0 at three times the median; unknown counts as half. */
function calmOf(atrToMedian: number): number {
  return Number.isNaN(atrToMedian) ? 0.5 : clamp(1 - (atrToMedian - 1) / 2, 0, 1);
}

interface Leverage {
  readonly wanted: number;
  readonly edge: number;
  readonly certainty: number;
  readonly calm: number;
  readonly allowed: number;
  readonly loweredBy: readonly string[];
}

function leverageOf(input: SizingInput): Leverage {
  const { signal, settings, instrument } = input;
  const edge = Math.max(0, 2 * (signal.confidence - 0.5));
  const certainty = clamp(1 - signal.uncertainty, 0, 1);
  const calm = calmOf(input.atrToMedian);
  const wanted = clamp(
    settings.baseLeverage + (settings.maxLeverage - settings.baseLeverage) * edge * certainty * calm,
    settings.minLeverage,
    settings.maxLeverage,
  );
  const caps: readonly (readonly [string, number])[] = [
    ...(input.drawdownFraction >= DRAWDOWN_BASE_ONLY || input.lossesInRow >= STREAK_BASE_ONLY ? [['losses', settings.baseLeverage] as const] : []),
    ...(input.drawdownFraction >= DRAWDOWN_HALF ? [['drawdown', Math.max(settings.minLeverage, wanted / 2)] as const] : []),
    ...(input.atrRatio > settings.volatilitySpikeMultiplier ? [['volatility spike', settings.volatilitySpikeMaxLeverage] as const] : []),
    ['bracket', maximumLeverage(instrument)],
    ['hard cap', HARD_LEVERAGE],
  ];
  const allowed = caps.reduce((low, [, cap]) => Math.min(low, cap), wanted);
  return { wanted, edge, certainty, calm, allowed: Math.floor(allowed), loweredBy: caps.filter(([, cap]) => cap < wanted).map(([name]) => name) };
}

/** Share of notional lost when the stop fills: distance, both fees and the slippage bound. */
export function lossFraction(input: Pick<SizingInput, 'price' | 'stop' | 'settings'>): number {
  return lossFractionAt({ price: input.price, stop: input.stop, maxSlippagePercent: input.settings.maxSlippagePercent });
}

/** A market order's own step and maximum. */
function onMarketStep(instrument: Instrument, lots: Lots): Lots {
  const bounded = Math.min(lots, instrument.marketMaxLots);
  return (bounded - (bounded % instrument.marketStepLots)) as Lots;
}

/** Leverage is lowered until loss at the stop and the liquidation rule hold; then the margin, down to its minimum. */
export function sizePosition(input: SizingInput): Sizing {
  const { instrument, settings, price } = input;
  const equity = moneyToUsdt(input.equity);
  const margin = marginFraction(input);
  const leverage = leverageOf(input);
  if (maximumLeverage(instrument) < settings.minLeverage || leverage.allowed < 1)
    return { kind: 'impossible', code: 'leverage_not_allowed', numbers: { wanted: leverage.wanted, allowed: leverage.allowed } };
  const loss = lossFraction(input);
  const maximumLoss = (equity * settings.riskPerTradePercent) / 100;
  const room = Math.min(
    moneyToUsdt(input.available),
    equity * Math.min(HARD_TOTAL_MARGIN, settings.maxTotalMarginPercent / 100) - moneyToUsdt(input.marginUsed),
  );
  const loweredBy = [...leverage.loweredBy];
  let used = leverage.allowed;
  let marginUsdt = equity * Math.min(margin.fraction, settings.maxPositionMarginPercent / 100);
  const minimumMargin = (equity * settings.minMarginPercent) / 100;
  if (marginUsdt * (1 + used * TAKER_FEE_FRACTION) > room) {
    marginUsdt = room / (1 + used * TAKER_FEE_FRACTION);
    if (marginUsdt < minimumMargin) return { kind: 'impossible', code: 'insufficient_margin', numbers: { room, minimumMargin } };
  }
  while (used > 1 && marginUsdt * used * loss > maximumLoss) used -= 1;
  if (used < leverage.allowed) loweredBy.push('risk per trade');
  if (marginUsdt * used * loss > maximumLoss) {
    marginUsdt = maximumLoss / (used * loss);
    if (marginUsdt < minimumMargin)
      return {
        kind: 'impossible',
        code: 'risk_per_trade',
        numbers: { lossPercent: (minimumMargin * loss * 100) / equity, limitPercent: settings.riskPerTradePercent },
      };
  }
  const needed = settings.liquidationDistanceMultiple * Math.abs(price - input.stop);
  const sideSign = input.signal.side === 'long' ? 1 : -1;
  const liquidationAt = (candidate: number): number | null =>
    liquidationPrice(instrument, { side: sideSign, quantity: (marginUsdt * candidate) / price, entryPrice: price, wallet: marginUsdt });
  const isFarEnough = (candidate: number): boolean => {
    const at = liquidationAt(candidate);
    return at === null || Math.abs(price - at) >= needed;
  };
  const beforeLiquidation = used;
  while (used > 1 && !isFarEnough(used)) used -= 1;
  if (!isFarEnough(used))
    return { kind: 'impossible', code: 'liquidation_too_close', numbers: { distance: Math.abs(price - (liquidationAt(used) ?? price)), needed } };
  if (used < beforeLiquidation) loweredBy.push('liquidation distance');
  const most = Math.min(notionalCapAt(instrument, used), input.notionalRoomUsdt);
  const fits = (candidate: number): boolean => {
    const worth = lotsToQuantity(instrument, candidate as Lots) * price;
    const tied = worth / used;
    return (
      worth <= most &&
      worth * loss <= maximumLoss &&
      tied <= equity * Math.min(HARD_POSITION_MARGIN, settings.maxMarginPercent / 100, settings.maxPositionMarginPercent / 100) &&
      tied * (1 + used * TAKER_FEE_FRACTION) <= room
    );
  };
  const allowed = floorToStep(instrument, Math.min(marginUsdt * used, most) / price);
  const mostLots = input.mostLots ?? Number.POSITIVE_INFINITY;
  const wanted = onMarketStep(instrument, Math.min(allowed, mostLots) as Lots);
  const isRaised = wanted < input.minimumLots && input.minimumLots <= mostLots && fits(input.minimumLots);
  const lots = isRaised ? (input.minimumLots as Lots) : wanted;
  const value = notional(instrument, nearestTick(instrument, price), lots);
  const isChosen = mostLots < allowed;
  return {
    kind: 'sized',
    lots,
    leverage: used,
    factors: {
      equity: input.equity,
      confidenceFactor: margin.confidenceFactor,
      regimeMultiplier: margin.regime,
      drawdownFactor: margin.drawdown,
      marginFraction: (isChosen ? moneyToUsdt(value) / used : marginUsdt) / equity,
      edge: leverage.edge,
      certainty: leverage.certainty,
      calm: leverage.calm,
      leverageWanted: leverage.wanted,
      leverage: used,
      leverageLoweredBy: loweredBy,
      lossAtStop: moneyFromUsdt(moneyToUsdt(value) * loss),
      lossAtStopFraction: (moneyToUsdt(value) * loss) / equity,
      liquidationPrice: liquidationPrice(instrument, {
        side: sideSign,
        quantity: lotsToQuantity(instrument, lots),
        entryPrice: price,
        wallet: moneyToUsdt(value) / used,
      }),
    },
  };
}
