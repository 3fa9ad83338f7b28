// How closely a position is watched: a risk score from its situation, and the cadence that follows from it.
import type { Settings } from '../../../src-shared/contract/settings.ts';

const FULL_LEVERAGE = 20;
const CALM_ATR_RATIO = 1;
const WILD_ATR_RATIO = 3;
const OLD_MS = 96 * 3_600_000;
const WEIGHT = { distance: 0.6, volatility: 0.2, leverage: 0.15, age: 0.05 } as const;

export interface MonitoredPosition {
  /** Share of the way from entry to the nearer of stop and target; NaN without either. */
  readonly shareOfWay: number;
  /** ATR over its usual value; NaN while unknown. */
  readonly atrRatio: number;
  readonly leverage: number;
  readonly ageMs: number;
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Risk score in [0, 1]. What is not known counts as dangerous; a position at its stop or target is always above 0.8. */
export function monitoringScore(position: MonitoredPosition): number {
  const distance = Number.isNaN(position.shareOfWay) ? 1 : unit(position.shareOfWay);
  const volatility = Number.isNaN(position.atrRatio) ? 1 : unit((position.atrRatio - CALM_ATR_RATIO) / (WILD_ATR_RATIO - CALM_ATR_RATIO));
  const weighted =
    WEIGHT.distance * distance +
    WEIGHT.volatility * volatility +
    WEIGHT.leverage * unit(position.leverage / FULL_LEVERAGE) +
    WEIGHT.age * unit(position.ageMs / OLD_MS);
  return Math.max(weighted, distance >= 0.9 ? distance : 0);
}

/** Engine milliseconds until a position of this score is looked at again. */
export function monitoringCadenceMs(score: number, settings: Settings): number {
  if (!settings.enableSmartMonitoring || Number.isNaN(score)) return settings.monitorCriticalMs;
  if (score > 0.8) return settings.monitorCriticalMs;
  if (score > 0.5) return settings.monitorHighMs;
  return score > 0.2 ? settings.monitorMediumMs : settings.monitorLowMs;
}
