// The capital guard: turns losses, drawdown, volatility, stale data and the user's word into active, reducing or halted.
import type { CapitalGuardView, GuardChange, TradingState, TradingStateReason } from '../../../src-shared/domain/risk.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { epochMs, ZERO_MONEY, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';

const DAY_MS = 86_400_000;
const PEAK_STEP = 1.0025;
const CHANGES_KEPT = 20;
const WRONG_CLOCK_MULTIPLE = 10;
const STRICTNESS: Readonly<Record<TradingState, number>> = { active: 0, reducing: 1, halted: 2 };

export interface GuardInputs {
  readonly now: EpochMs;
  /** Null until the venue has told the account. */
  readonly equity: Money | null;
  readonly isDataFresh: boolean;
  readonly isGeoBlocked: boolean;
  readonly isVenueReachable: boolean;
  readonly clockOffsetMs: number;
  readonly isReconciled: boolean;
  readonly isJournalWritable: boolean;
  /** Median ATR ratio of the universe, NaN while unknown. */
  readonly universeAtrRatio: number;
  readonly btcMovePercent: number;
}

interface Persisted {
  readonly dayStart: number;
  readonly dayStartEquity: Money;
  readonly peakEquity: Money;
  readonly lossHalt: 'daily_loss' | 'drawdown' | null;
  readonly lossHaltDay: number;
  readonly userState: TradingState;
  readonly volatilityUntil: number;
  /** Newest last. Journals of earlier builds have none. */
  readonly history: readonly GuardChange[];
}

const VOLATILITY_PAUSE_MS = 15 * 60_000;

/**
 * Loss halts last until a person resumes; a daily-loss halt also ends with its day only when a person resumed. Data, clock,
 * reconciliation, volatility and journal states come back by themselves.
 */
export class CapitalGuard {
  #persisted: Persisted = {
    dayStart: 0,
    dayStartEquity: ZERO_MONEY,
    peakEquity: ZERO_MONEY,
    lossHalt: null,
    lossHaltDay: 0,
    userState: 'active',
    volatilityUntil: 0,
    history: [],
  };
  #equity: Money = ZERO_MONEY;
  #state: TradingState = 'halted';
  #reason: TradingStateReason = 'reconciling';
  #since: EpochMs;
  /** Not kept over a restart: the key may be another one then. */
  #isKeyRefused = false;
  /** What the journal knows of the day and the peak. */
  #written: Pick<Persisted, 'dayStart' | 'peakEquity'> = { dayStart: 0, peakEquity: ZERO_MONEY };

  constructor(now: EpochMs) {
    this.#since = now;
  }

  get state(): TradingState {
    return this.#state;
  }
  get reason(): TradingStateReason {
    return this.#reason;
  }
  get dayStartEquity(): Money {
    return this.#persisted.dayStartEquity;
  }
  /** When the day began that losses are measured in, or a person resumed; 0 before the account is known. */
  get dayStartedAt(): EpochMs {
    return epochMs(this.#persisted.dayStart);
  }
  get drawdownFraction(): number {
    const { peakEquity } = this.#persisted;
    return peakEquity > 0 ? Math.max(0, 1 - this.#equity / peakEquity) : 0;
  }
  get dailyLossFraction(): number {
    const { dayStartEquity } = this.#persisted;
    return dayStartEquity > 0 ? Math.max(0, 1 - this.#equity / dayStartEquity) : 0;
  }

  /** Re-reads everything; true when the state or its reason changed. */
  update(inputs: GuardInputs, settings: Settings): boolean {
    if (inputs.equity !== null && inputs.isReconciled) this.#follow(inputs.equity, inputs.now, settings);
    const [state, reason] = this.#judge(inputs, settings);
    if (state === this.#state && reason === this.#reason) return false;
    this.#enter(state, reason, inputs.now);
    return true;
  }

  /** The exchange does not let this key trade: nothing is opened until a person has seen to it. */
  keyRefused(): void {
    this.#isKeyRefused = true;
  }

  /** A person's word: a stricter state holds at once, a looser one with the next reading. Resuming lifts a loss halt and starts its measurement anew. */
  setByUser(state: TradingState, now: EpochMs): void {
    const resumes = state === 'active' && this.#persisted.lossHalt !== null;
    if (state === 'active') this.#isKeyRefused = false;
    this.#persisted = {
      ...this.#persisted,
      userState: state,
      ...(resumes
        ? {
            lossHalt: null,
            dayStartEquity: this.#equity,
            dayStart: now,
            peakEquity: this.#persisted.lossHalt === 'drawdown' ? this.#equity : this.#persisted.peakEquity,
          }
        : {}),
    };
    if (STRICTNESS[state] <= STRICTNESS[this.#state]) return;
    this.#enter(state, 'user', now);
  }

  view(): CapitalGuardView {
    return {
      state: this.#state,
      reason: this.#reason,
      since: this.#since,
      dayStartEquity: this.#persisted.dayStartEquity,
      peakEquity: this.#persisted.peakEquity,
      dailyLossFraction: this.dailyLossFraction,
      drawdownFraction: this.drawdownFraction,
      history: this.#persisted.history,
    };
  }

  checkpoint(): unknown {
    return this.#persisted;
  }

  /** True once when a new day began or the peak rose by a quarter of a percent: then what is kept belongs into the journal. */
  takeWorthWriting(): boolean {
    const { dayStart, peakEquity } = this.#persisted;
    const isWorth = dayStart !== this.#written.dayStart || peakEquity > this.#written.peakEquity * PEAK_STEP;
    if (isWorth) this.#written = { dayStart, peakEquity };
    return isWorth;
  }

  restore(state: unknown): void {
    this.#persisted = { ...this.#persisted, ...(state as Persisted) };
    this.#written = this.#persisted;
  }

  #enter(state: TradingState, reason: TradingStateReason, at: EpochMs): void {
    this.#state = state;
    this.#reason = reason;
    this.#since = at;
    this.#persisted = { ...this.#persisted, history: [...this.#persisted.history.slice(1 - CHANGES_KEPT), { state, reason, at }] };
  }

  #follow(equity: Money, now: EpochMs, settings: Settings): void {
    this.#equity = equity;
    const day = dayStartOf(now, settings);
    const known = this.#persisted;
    if (known.dayStartEquity === 0 || dayStartOf(known.dayStart as EpochMs, settings) !== day)
      this.#persisted = { ...known, dayStart: now, dayStartEquity: equity };
    if (equity > this.#persisted.peakEquity) this.#persisted = { ...this.#persisted, peakEquity: equity };
    if (this.#persisted.lossHalt === null) {
      if (this.dailyLossFraction * 100 >= settings.dailyLossLimitPercent) this.#persisted = { ...this.#persisted, lossHalt: 'daily_loss', lossHaltDay: day };
      else if (this.drawdownFraction * 100 >= settings.maxDrawdownPercent) this.#persisted = { ...this.#persisted, lossHalt: 'drawdown', lossHaltDay: day };
    }
  }

  #judge(inputs: GuardInputs, settings: Settings): readonly [TradingState, TradingStateReason] {
    const { lossHalt, userState } = this.#persisted;
    if (!inputs.isReconciled || inputs.equity === null) return ['halted', 'reconciling'];
    if (lossHalt !== null) return ['halted', lossHalt];
    if (userState === 'halted') return ['halted', 'user'];
    if (inputs.isGeoBlocked) return ['reducing', 'geo_blocked'];
    if (this.#isKeyRefused) return ['reducing', 'key_refused'];
    if (!inputs.isJournalWritable) return ['reducing', 'disk_full'];
    if (!inputs.isVenueReachable) return ['reducing', 'venue_unreachable'];
    if (userState === 'reducing') return ['reducing', 'user'];
    // Before the data: to a clock that runs ahead every price looks old.
    if (isClockWrong(inputs.clockOffsetMs, settings)) return ['reducing', 'clock_skew'];
    if (!inputs.isDataFresh) return ['reducing', 'stale_data'];
    if (this.#isVolatile(inputs, settings)) return ['reducing', 'volatility'];
    return ['active', 'none'];
  }

  #isVolatile(inputs: GuardInputs, settings: Settings): boolean {
    if (!settings.volatilityBreakerEnabled) return false;
    if (inputs.universeAtrRatio > settings.volatilityBreakerAtrMultiple || inputs.btcMovePercent > settings.volatilityBreakerBtcMovePercent) {
      this.#persisted = { ...this.#persisted, volatilityUntil: inputs.now + VOLATILITY_PAUSE_MS };
    }
    return inputs.now < this.#persisted.volatilityUntil;
  }
}

/** Small offsets are corrected in every signature; this is a clock that was set wrong. `offsetMs` in wall milliseconds. */
export function isClockWrong(offsetMs: number, { maxClockSkewMs }: Pick<Settings, 'maxClockSkewMs'>): boolean {
  return Math.abs(offsetMs) > maxClockSkewMs * WRONG_CLOCK_MULTIPLE;
}

function dayStartOf(time: EpochMs, settings: Settings): number {
  const offset = settings.dayBoundary === 'utc' ? 0 : settings.localOffsetMinutes * 60_000;
  return Math.floor((time + offset) / DAY_MS);
}
