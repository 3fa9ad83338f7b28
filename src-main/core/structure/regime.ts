// Regime of a market from ADX, with a hysteresis so that it does not flicker at a threshold.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Regime } from '../../../src-shared/domain/structure.ts';
import { assertNever } from '../../../src-shared/kernel/result.ts';

const ORDER = ['choppy', 'ranging', 'trending', 'strong_trending'] as const;

/** Follows ADX: a regime is entered from below at its threshold and left downwards only `regimeHysteresis` points under it. */
export class RegimeTracker {
  private readonly thresholds: readonly [number, number, number];
  private readonly hysteresis: number;
  private level = -1;

  constructor(settings: Settings) {
    this.thresholds = [settings.regimeRangingAdx, settings.regimeTrendingAdx, settings.regimeStrongAdx];
    this.hysteresis = settings.regimeHysteresis;
  }

  update(adx: number): void {
    if (Number.isNaN(adx)) return;
    if (this.level < 0) this.level = 0;
    while (this.level < 3 && adx >= this.thresholds[this.level as 0 | 1 | 2]) this.level += 1;
    while (this.level > 0 && adx < this.thresholds[(this.level - 1) as 0 | 1 | 2] - this.hysteresis) this.level -= 1;
  }

  get regime(): Regime {
    return this.level < 0 ? 'unknown' : ORDER[this.level as 0 | 1 | 2 | 3];
  }
}

/** Size multiplier of a regime; 0 does not trade. Source: PRODUCT, "regimes". */
export function regimeMultiplier(regime: Regime, settings: Settings): number {
  switch (regime) {
    case 'strong_trending':
      return settings.regimeStrongMultiplier;
    case 'trending':
      return settings.regimeTrendingMultiplier;
    case 'ranging':
      return settings.regimeRangingMultiplier;
    case 'choppy':
    case 'unknown':
      return 0;
    default:
      return assertNever(regime);
  }
}
