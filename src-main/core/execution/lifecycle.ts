// The lifecycle rules real and virtual positions share: R, excursions, and when a position is approaching its stop or target.
import type { Side } from '../../../src-shared/domain/signal.ts';

export const APPROACH_AT = 0.8;
export const REARM_BELOW = 0.6;

export interface PlanLevels {
  readonly side: Side;
  readonly entry: number;
  readonly stop: number | null;
  readonly target: number | null;
  /** Price distance of 1 R; 0 when unknown. */
  readonly riskPerUnit: number;
}

/** Profit of `price` in R before costs; 0 when the risk is unknown. */
export function profitInR(levels: Pick<PlanLevels, 'side' | 'entry' | 'riskPerUnit'>, price: number): number {
  if (levels.riskPerUnit <= 0) return 0;
  return ((price - levels.entry) * (levels.side === 'long' ? 1 : -1)) / levels.riskPerUnit;
}

/** Share of the way from entry to `level`, negative on the other side; NaN without a level. */
export function shareOfWay(entry: number, level: number | null, price: number): number {
  return level === null || level === entry ? Number.NaN : (price - entry) / (level - entry);
}

export interface ApproachState {
  readonly target: boolean;
  readonly stop: boolean;
}

/** Fires once at 80 % of the way and re-arms below 60 %. */
export function nextApproach(
  levels: PlanLevels,
  price: number,
  before: ApproachState,
): { readonly state: ApproachState; readonly fired: readonly ('tp_approaching' | 'sl_approaching')[] } {
  const toTarget = shareOfWay(levels.entry, levels.target, price);
  const toStop = shareOfWay(levels.entry, levels.stop, price);
  const fired: ('tp_approaching' | 'sl_approaching')[] = [];
  const step = (isArmedOff: boolean, share: number, kind: 'tp_approaching' | 'sl_approaching'): boolean => {
    if (!isArmedOff && share >= APPROACH_AT) {
      fired.push(kind);
      return true;
    }
    return isArmedOff && share < REARM_BELOW ? false : isArmedOff;
  };
  return { state: { target: step(before.target, toTarget, 'tp_approaching'), stop: step(before.stop, toStop, 'sl_approaching') }, fired };
}
