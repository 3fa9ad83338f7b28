// The screen before anything is known: every field present, nothing invented.
import { IDLE_TRAINING } from '../../../src-shared/contract/models.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { FunnelView, HealthView, SessionView, Snapshot } from '../../../src-shared/contract/view.ts';
import { FUNNEL_STEPS, type FunnelStep } from '../../../src-shared/domain/signal.ts';
import { ZERO_MONEY, type EpochMs } from '../../../src-shared/kernel/units.ts';

export function emptyFunnel(cycle: number): FunnelView {
  const stopped = Object.fromEntries(FUNNEL_STEPS.map((step) => [step, 0])) as Record<FunnelStep, number>;
  return { cycle, evaluated: 0, signals: 0, stopped };
}

export function emptyHealth(weightLimit: number): HealthView {
  return {
    checks: [],
    breaker: 'normal',
    weightUsed: 0,
    weightLimit,
    clockOffsetMs: 0,
    restLatencyMs: null,
    marketAgeMs: null,
    userStream: 'connecting',
    liveCycleMs: null,
    virtualCycleMs: null,
    liveOverruns: 0,
    nextCycleAt: null,
    memoryMb: 0,
    workers: [],
    model: null,
  };
}

/** The first snapshot of a run; sequence 0. */
export function initialSnapshot(session: SessionView, settings: Settings, now: EpochMs): Snapshot {
  return {
    sequence: 0,
    engineTime: now,
    session,
    account: null,
    guard: {
      state: 'halted',
      reason: 'reconciling',
      since: now,
      dayStartEquity: ZERO_MONEY,
      peakEquity: ZERO_MONEY,
      dailyLossFraction: 0,
      drawdownFraction: 0,
    },
    markets: {},
    ticks: {},
    analysis: {},
    positions: {},
    orders: {},
    decisions: [],
    virtual: { open: 0, opened: 0, closed: 0, wins: 0, sumR: 0 },
    funnel: emptyFunnel(0),
    health: emptyHealth(settings.rateLimitRequests),
    log: [],
    settings,
    training: IDLE_TRAINING,
  };
}
