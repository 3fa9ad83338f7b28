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

describe('the capital guard exactly at its limits', () => {
  const loose = { ...settings, dailyLossLimitPercent: 25, maxDrawdownPercent: 50 };
  const after = (guard: CapitalGuard, change: Partial<GuardInputs>, used = settings): string => {
    guard.update(inputs(change), used);
    return `${guard.state} ${guard.reason}`;
  };

  it.each([
    ['a loss of the limit', { equity: moneyFromUsdt(7500) }, 'halted daily_loss'],
    ['a loss just under it', { equity: moneyFromUsdt(7500.01) }, 'active none'],
    ['a clock off by ten times the limit', { clockOffsetMs: 10_000 }, 'active none'],
    ['a clock off by more', { clockOffsetMs: -10_001 }, 'reducing clock_skew'],
    ['ATR at the multiple', { universeAtrRatio: 3 }, 'active none'],
    ['ATR over it', { universeAtrRatio: 3.01 }, 'reducing volatility'],
    ['BTC moving as far as the limit', { btcMovePercent: 2 }, 'active none'],
    ['BTC moving farther', { btcMovePercent: 2.01 }, 'reducing volatility'],
  ] as const)('%s', (_what, change, expected) => expect(after(started(), change, loose)).toBe(expected));

  it('a drawdown of the limit, gathered over days', () => {
    const drawn = (usdt: number): string => {
      const guard = started();
      after(guard, { now: epochMs(NOON + 24 * HOUR), equity: moneyFromUsdt(8000) }, loose);
      after(guard, { now: epochMs(NOON + 48 * HOUR), equity: moneyFromUsdt(6250) }, loose);
      return after(guard, { now: epochMs(NOON + 72 * HOUR), equity: moneyFromUsdt(usdt) }, loose);
    };
    expect([drawn(5000.01), drawn(5000)]).toEqual(['active none', 'halted drawdown']);
  });

  it('the pause after a volatile minute ends with its fifteenth', () => {
    const guard = started();
    after(guard, { btcMovePercent: 9 });
    expect(after(guard, { now: epochMs(NOON + 15 * 60_000 - 1) })).toBe('reducing volatility');
    expect(after(guard, { now: epochMs(NOON + 15 * 60_000) })).toBe('active none');
  });

  it('the hours from UTC count only where the day is the local one', () => {
    const guard = new CapitalGuard(NOON);
    const utc = { ...settings, dayBoundary: 'utc' as const, localOffsetMinutes: 480 };
    after(guard, {}, utc);
    after(guard, { now: epochMs(NOON + 4 * HOUR), equity: moneyFromUsdt(9900) }, utc);
    expect(guard.dayStartEquity).toBe(moneyFromUsdt(10_000));
    after(guard, { now: epochMs(NOON + 12 * HOUR - 1), equity: moneyFromUsdt(9900) }, utc);
    expect(guard.dayStartEquity).toBe(moneyFromUsdt(10_000));
    after(guard, { now: epochMs(NOON + 12 * HOUR), equity: moneyFromUsdt(9900) }, utc);
    expect([guard.dayStartEquity, guard.dayStartedAt]).toEqual([moneyFromUsdt(9900), NOON + 12 * HOUR]);
  });
});

describe('what the capital guard measures', () => {
  it('no equity that the venue has not confirmed: neither a loss nor a peak comes of it', () => {
    const guard = started();
    expect(stateAfter(guard, { equity: moneyFromUsdt(5000), isReconciled: false })).toBe('halted reconciling');
    expect(stateAfter(guard, { equity: moneyFromUsdt(50_000), isReconciled: false })).toBe('halted reconciling');
    expect(stateAfter(guard, {})).toBe('active none');
    expect(guard.view()).toMatchObject({ peakEquity: moneyFromUsdt(10_000), dailyLossFraction: 0, drawdownFraction: 0 });
  });

  it('nothing before it has seen an account', () => {
    expect(new CapitalGuard(NOON).view()).toMatchObject({ dailyLossFraction: 0, drawdownFraction: 0, dayStartEquity: 0, peakEquity: 0 });
  });

  it('no equity that is not known: the next reading goes on where it was', () => {
    const guard = started();
    expect(stateAfter(guard, { equity: null })).toBe('halted reconciling');
    expect(stateAfter(guard, {})).toBe('active none');
  });

  it('an account that was empty from its first money on', () => {
    const guard = new CapitalGuard(NOON);
    stateAfter(guard, { equity: moneyFromUsdt(0) });
    stateAfter(guard, { now: epochMs(NOON + HOUR), equity: moneyFromUsdt(1000) });
    expect(guard.dayStartEquity).toBe(moneyFromUsdt(1000));
    expect(stateAfter(guard, { now: epochMs(NOON + 2 * HOUR), equity: moneyFromUsdt(969) })).toBe('halted daily_loss');
  });

  it('each day anew', () => {
    const guard = started();
    for (const [hours, usdt] of [
      [12, 9800],
      [36, 9600],
      [60, 9400],
    ] as const) {
      expect(stateAfter(guard, { now: epochMs(NOON + hours * HOUR), equity: moneyFromUsdt(usdt) })).toBe('active none');
      expect(guard.dayStartEquity).toBe(moneyFromUsdt(usdt));
    }
  });

  it('no volatility where the breaker is switched off', () => {
    const guard = started();
    guard.update(inputs({ btcMovePercent: 9, universeAtrRatio: 9 }), { ...settings, volatilityBreakerEnabled: false });
    expect(guard.state).toBe('active');
  });

  it('and tells whether state or reason changed', () => {
    const guard = new CapitalGuard(NOON);
    const change = (overrides: Partial<GuardInputs>): boolean => guard.update(inputs(overrides), settings);
    expect([change({ isReconciled: false }), change({}), change({}), change({ isDataFresh: false }), change({ isGeoBlocked: true })]).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it('a gain as no loss', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(12_000) });
    expect(guard.view()).toMatchObject({ peakEquity: moneyFromUsdt(12_000), dailyLossFraction: 0, drawdownFraction: 0 });
    stateAfter(guard, { equity: moneyFromUsdt(11_400) });
    expect(guard.drawdownFraction).toBeCloseTo(0.05, 12);
    expect(guard.dailyLossFraction).toBe(0);
  });
});

describe('a person’s word to the capital guard', () => {
  it('to go on starts no new day while no loss has halted it', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(9800) });
    guard.setByUser('active', epochMs(NOON + HOUR));
    expect(guard.view()).toMatchObject({ dayStartEquity: moneyFromUsdt(10_000), peakEquity: moneyFromUsdt(10_000) });
    expect(stateAfter(guard, { equity: moneyFromUsdt(9700) })).toBe('halted daily_loss');
  });

  it('to reduce does not lift a loss halt', () => {
    const guard = started();
    stateAfter(guard, { equity: moneyFromUsdt(9700) });
    guard.setByUser('reducing', NOON);
    expect(stateAfter(guard, { equity: moneyFromUsdt(9700) })).toBe('halted daily_loss');
    expect(guard.dayStartEquity).toBe(moneyFromUsdt(10_000));
  });

  it('after a daily loss leaves the peak, after a drawdown measures from here', () => {
    const daily = started();
    stateAfter(daily, { equity: moneyFromUsdt(9700) });
    daily.setByUser('active', NOON);
    expect(daily.view().peakEquity).toBe(moneyFromUsdt(10_000));
    const drawn = started();
    const gradual = { ...settings, dailyLossLimitPercent: 50, maxDrawdownPercent: 20 };
    drawn.update(inputs({ equity: moneyFromUsdt(7900) }), gradual);
    expect(drawn.reason).toBe('drawdown');
    drawn.setByUser('active', NOON);
    expect(drawn.view().peakEquity).toBe(moneyFromUsdt(7900));
  });

  it('alone lets a refused key try again; a stricter word does not', () => {
    const guard = started();
    guard.keyRefused();
    expect(stateAfter(guard, {})).toBe('reducing key_refused');
    guard.setByUser('reducing', NOON);
    expect(stateAfter(guard, {})).toBe('reducing key_refused');
    guard.setByUser('active', NOON);
    expect(stateAfter(guard, {})).toBe('active none');
  });

  it('holds at once where it is stricter, and with the next reading where it is looser', () => {
    const guard = started();
    guard.setByUser('halted', epochMs(NOON + 5));
    expect([guard.state, guard.reason, guard.view().since]).toEqual(['halted', 'user', NOON + 5]);
    guard.setByUser('reducing', epochMs(NOON + 6));
    expect([guard.state, guard.view().since]).toEqual(['halted', NOON + 5]);
    expect(stateAfter(guard, { now: epochMs(NOON + 7) })).toBe('reducing user');
    guard.setByUser('reducing', epochMs(NOON + 8));
    expect(guard.view().since).toBe(NOON + 7);
    guard.setByUser('halted', epochMs(NOON + 9));
    expect(guard.state).toBe('halted');
  });

  it('a loss halt keeps its first reason, whatever is lost after it', () => {
    const guard = started();
    expect(stateAfter(guard, { equity: moneyFromUsdt(9700) })).toBe('halted daily_loss');
    expect(stateAfter(guard, { now: epochMs(NOON + 24 * HOUR), equity: moneyFromUsdt(5000) })).toBe('halted daily_loss');
    expect(stateAfter(guard, { now: epochMs(NOON + 48 * HOUR), equity: moneyFromUsdt(5000) })).toBe('halted daily_loss');
  });
});

describe('what the capital guard wants written', () => {
  it('a new day and a peak that rose by over a quarter of a percent, each once', () => {
    const guard = new CapitalGuard(NOON);
    expect(guard.takeWorthWriting()).toBe(false);
    guard.update(inputs(), settings);
    expect([guard.takeWorthWriting(), guard.takeWorthWriting()]).toEqual([true, false]);
    stateAfter(guard, { equity: moneyFromUsdt(10_024) });
    expect(guard.takeWorthWriting()).toBe(false);
    stateAfter(guard, { equity: moneyFromUsdt(10_026) });
    expect([guard.takeWorthWriting(), guard.takeWorthWriting()]).toEqual([true, false]);
    stateAfter(guard, { equity: moneyFromUsdt(10_050) });
    expect(guard.takeWorthWriting()).toBe(false);
    stateAfter(guard, { now: epochMs(NOON + 12 * HOUR), equity: moneyFromUsdt(10_000) });
    expect(guard.takeWorthWriting()).toBe(true);
  });

  it('not what it was restored from', () => {
    const guard = started();
    const restarted = new CapitalGuard(NOON);
    restarted.restore(structuredClone(guard.checkpoint()));
    expect(restarted.takeWorthWriting()).toBe(false);
  });
});
