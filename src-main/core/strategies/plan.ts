// Step 6: entry, stop and target of a trade.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side, TradePlan, ZoneReference } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { sideSign } from '../features/scale.ts';
import type { SymbolState } from '../structure/symbol-state.ts';

const STOP_BUFFER_ATR = 0.25;
const POOL_TARGET_MIN_R = 1.5;
const POOL_TARGET_MAX_R = 3;
const HOUR_MS = 3_600_000;

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: TradePlan; readonly targetFrom: 'ratio' | 'pool' }
  | { readonly kind: 'impossible'; readonly code: string; readonly numbers: Readonly<Record<string, number>> };

export interface PlanRequest {
  readonly state: SymbolState;
  readonly side: Side;
  readonly zone: ZoneReference;
  readonly now: EpochMs;
}

/**
 * Entry at the newest 5m close (market) or the zone's near edge (limit). Stop beyond the far edge plus 0.25 ATR of 15m, never closer
 * than the minimum distance. Target at the reward ratio, or the next opposing 15m pool when it lies between 1.5 R and 3 R. Distances
 * are ratios of prices (log), so that a mirrored market plans the mirrored trade. Source: STRATEGY, "ICT strategy" step 6.
 */
export function planTrade(request: PlanRequest, settings: Settings): PlanOutcome {
  const { state, side, zone } = request;
  const sign = sideSign(side);
  const fifteen = state.frames['15m'];
  const near = side === 'long' ? zone.top : zone.bottom;
  const far = side === 'long' ? zone.bottom : zone.top;
  const price = state.frames['5m'].close;
  const isLimit = settings.entryOrder === 'limit' && sign * (price - near) > 0;
  const entry = isLimit ? near : price;
  const stopDistance = Math.max(sign * Math.log(entry / far) + STOP_BUFFER_ATR * fifteen.atr, settings.minStopDistancePercent / 100);
  const maximum = settings.maxStopDistancePercent / 100;
  if (stopDistance > maximum)
    return { kind: 'impossible', code: 'plan.stop_too_far', numbers: { stopPercent: stopDistance * 100, maximumPercent: settings.maxStopDistancePercent } };
  const target = chooseTarget({ state, side, entry, stopDistance }, settings);
  const plan = buildPlan({ side, entry, stopDistance, targetR: target.targetR, entryKind: isLimit ? 'limit' : 'market', now: request.now }, settings);
  return { kind: 'planned', plan, targetFrom: target.targetFrom };
}

export interface TargetRequest {
  readonly state: SymbolState;
  readonly side: Side;
  readonly entry: number;
  /** Log distance from entry to stop. */
  readonly stopDistance: number;
}

/** The next opposing 15m pool when it lies between 1.5 R and 3 R, else the reward ratio. */
export function chooseTarget(request: TargetRequest, settings: Settings): { readonly targetR: number; readonly targetFrom: 'ratio' | 'pool' } {
  const { state, side, entry, stopDistance } = request;
  const fifteen = state.frames['15m'];
  const pool = (side === 'long' ? fifteen.buySide : fifteen.sellSide).nearestBeyond(entry, fifteen.book.count - 1);
  const poolR = pool === null ? Number.NaN : (sideSign(side) * Math.log(pool.price / entry)) / stopDistance;
  const usesPool = poolR >= POOL_TARGET_MIN_R && poolR <= POOL_TARGET_MAX_R;
  return usesPool ? { targetR: poolR, targetFrom: 'pool' } : { targetR: settings.rewardRiskRatio, targetFrom: 'ratio' };
}

export interface PlanTerms {
  readonly side: Side;
  readonly entry: number;
  readonly entryKind: 'market' | 'limit';
  /** Log distance from entry to stop. */
  readonly stopDistance: number;
  /** Log distance from entry to target in multiples of `stopDistance`. */
  readonly targetR: number;
  readonly now: EpochMs;
}

/** A plan from log distances. `rewardRisk` is the same ratio of log distances; in price it differs by less than the stop distance. */
export function buildPlan(terms: PlanTerms, settings: Settings): TradePlan {
  const { side, entry, entryKind, stopDistance, targetR } = terms;
  const sign = sideSign(side);
  const stop = entry * Math.exp(-sign * stopDistance);
  const target = entry * Math.exp(sign * stopDistance * targetR);
  return {
    side,
    entryKind,
    entry,
    stop,
    target,
    rewardRisk: Math.abs(target - entry) / Math.abs(entry - stop),
    expiresAt: (terms.now + settings.virtualExpiryHours * HOUR_MS) as EpochMs,
  };
}
