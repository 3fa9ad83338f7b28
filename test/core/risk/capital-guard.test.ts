// The capital guard: which event leads to which trading state, what ends it, and what a restart remembers.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { CapitalGuard, type GuardInputs } from '../../../src-main/core/risk/capital-guard.ts';
import { CALM, NOON } from './support.ts';

const HOUR = 3_600_000;
const settings = defaultSettings();

function inputs(overrides: Partial<GuardInputs> = {}): GuardInputs {
  return { ...CALM, ...overrides };
}

function started(): CapitalGuard {
  const guard = new CapitalGuard(NOON);
  guard.update(inputs(), settings);
  return guard;
}

function stateAfter(guard: CapitalGuard, overrides: Partial<GuardInputs>): string {
  guard.update(inputs(overrides), settings);
  return `${guard.state} ${guard.reason}`;
}

describe('the capital guard', () => {
  it('starts halted until the books agree with the venue', () => {
    const guard = new CapitalGuard(NOON);
    expect(`${guard.state} ${guard.reason}`).toBe('halted reconciling');
    expect(stateAfter(guard, { isReconciled: false })).toBe('halted reconciling');
    expect(stateAfter(guard, { equity: null })).toBe('halted reconciling');
    expect(stateAfter(guard, {})).toBe('active none');
  });

  it.each([
    [{ isDataFresh: false }, 'reducing stale_data'],
    [{ isVenueReachable: false }, 'reducing venue_unreachable'],
    [{ isGeoBlocked: true }, 'reducing geo_blocked'],
    [{ isJournalWritable: false }, 'reducing disk_full'],
    [{ clockOffsetMs: 60_000 }, 'reducing clock_skew'],
    [{ clockOffsetMs: -60_000 }, 'reducing clock_skew'],
    [{ clockOffsetMs: -86_400_000, isDataFresh: false }, 'reducing clock_skew'],
    [{ isReconciled: false }, 'halted reconciling'],
  ] as const)('%o leads to %s and ends by itself', (change, expected) => {
    const guard = started();
    expect(stateAfter(guard, change)).toBe(expected);
    expect(stateAfter(guard, {})).toBe('active none');
  });

  it('halts at the daily loss limit, unrealised losses included, and waits for a person, also over midnight', () => {
    const guard = started();
    expect(stateAfter(guard, { equity: moneyFromUsdt(9701) })).toBe('active none');
    expect(stateAfter(guard, { equity: moneyFromUsdt(9700) })).toBe('halted daily_loss');
    expect(stateAfter(guard, { equity: moneyFromUsdt(10_500) })).toBe('halted daily_loss');
    expect(stateAfter(guard, { now: epochMs(NOON + 24 * HOUR), equity: moneyFromUsdt(10_500) })).toBe('halted daily_loss');
    guard.setByUser('active', epochMs(NOON + 24 * HOUR));
    expect(stateAfter(guard, { now: epochMs(NOON + 24 * HOUR + 1), equity: moneyFromUsdt(10_500) })).toBe('active none');
  });

  it('measures the loss anew from the moment a person resumed', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(9690) });
    guard.setByUser('active', NOON);
    expect(stateAfter(guard, { equity: moneyFromUsdt(9690) })).toBe('active none');
    expect(stateAfter(guard, { equity: moneyFromUsdt(9390) })).toBe('halted daily_loss');
  });

  it('starts a new day with its own limit, in UTC and in local time', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(9800) });
    expect(stateAfter(guard, { now: epochMs(NOON + 12 * HOUR), equity: moneyFromUsdt(9600) })).toBe('active none');
    expect(guard.dayStartEquity).toBe(moneyFromUsdt(9600));
    const local = { ...settings, dayBoundary: 'local' as const, localOffsetMinutes: 480 };
    const shanghai = new CapitalGuard(NOON);
    shanghai.update(inputs(), local);
    shanghai.update(inputs({ now: epochMs(NOON + 4 * HOUR), equity: moneyFromUsdt(9800) }), local);
    expect(shanghai.dayStartEquity).toBe(moneyFromUsdt(9800));
  });

  it('halts at the drawdown limit over several days and waits for a person', () => {
    const guard = started();
    for (let day = 1; day <= 9; day += 1) stateAfter(guard, { now: epochMs(NOON + day * 24 * HOUR), equity: moneyFromUsdt(10_000 * 0.975 ** day) });
    expect(`${guard.state} ${guard.reason}`).toBe('halted drawdown');
    guard.setByUser('active', epochMs(NOON + 10 * 24 * HOUR));
    expect(stateAfter(guard, { now: epochMs(NOON + 10 * 24 * HOUR), equity: moneyFromUsdt(7900) })).toBe('active none');
  });

  it.each([[{ universeAtrRatio: 3.1 }], [{ btcMovePercent: 2.1 }]])('only reduces for fifteen minutes after %o', (spike) => {
    const guard = started();
    expect(stateAfter(guard, spike)).toBe('reducing volatility');
    expect(stateAfter(guard, { now: epochMs(NOON + 14 * 60_000) })).toBe('reducing volatility');
    expect(stateAfter(guard, { now: epochMs(NOON + 16 * 60_000) })).toBe('active none');
  });

  it('L23 an ATR that is not known does not trip the breaker, an equity that is not known halts', () => {
    const guard = started();
    expect(stateAfter(guard, { universeAtrRatio: Number.NaN })).toBe('active none');
    expect(stateAfter(guard, { equity: null })).toBe('halted reconciling');
  });

  it('obeys the person, and loss halts outrank everything but an unreconciled book', () => {
    const guard = started();
    guard.setByUser('reducing', NOON);
    expect(stateAfter(guard, {})).toBe('reducing user');
    guard.setByUser('halted', NOON);
    expect(stateAfter(guard, { isDataFresh: false })).toBe('halted user');
    expect(stateAfter(guard, { equity: moneyFromUsdt(9000) })).toBe('halted daily_loss');
    expect(stateAfter(guard, { isReconciled: false })).toBe('halted reconciling');
  });

  it('remembers a loss halt, the day and the peak over a restart', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(9600) });
    const restarted = new CapitalGuard(epochMs(NOON + HOUR));
    restarted.restore(structuredClone(guard.checkpoint()));
    expect(stateAfter(restarted, { now: epochMs(NOON + HOUR), equity: moneyFromUsdt(9990) })).toBe('halted daily_loss');
    expect(restarted.view()).toMatchObject({ dayStartEquity: moneyFromUsdt(10_000), peakEquity: moneyFromUsdt(10_000) });
  });

  it('says when a state began', () => {
    const guard = started();
    stateAfter(guard, { now: epochMs(NOON + 5000), isDataFresh: false });
    stateAfter(guard, { now: epochMs(NOON + 9000), isDataFresh: false });
    expect(guard.view().since).toBe(NOON + 5000);
  });
});
