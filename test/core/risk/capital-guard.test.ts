// The capital guard: what stops trading, and how each stop comes back.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs, money } from '../../../src-shared/kernel/units.ts';
import { CapitalGuard, type GuardInputs } from '../../../src-main/core/risk/capital-guard.ts';

const START = Date.UTC(2026, 0, 22, 10);
const usdt = (amount: number): ReturnType<typeof money> => money(Math.round(amount * 1e8));
const inputs = (change: Partial<GuardInputs> = {}): GuardInputs => ({
  now: epochMs(START), equity: usdt(10_000), isDataFresh: true, isGeoBlocked: false, isVenueReachable: true, clockOffsetMs: 0, isReconciled: true, isJournalWritable: true, universeAtrRatio: 1, btcMovePercent: 0, ...change,
});

function judged(changes: readonly Partial<GuardInputs>[], guard = new CapitalGuard(epochMs(START))): string {
  for (const change of changes) guard.update(inputs(change), defaultSettings());
  return `${guard.state} ${guard.reason}`;
}

describe('the capital guard', () => {
  it('starts halted until the books agree with the venue', () => {
    expect(judged([{ isReconciled: false }])).toBe('halted reconciling');
    expect(judged([{ isReconciled: false }, {}])).toBe('active none');
  });

  it.each([
    ['stale data', { isDataFresh: false }, 'reducing stale_data'], ['a geo block', { isGeoBlocked: true }, 'reducing geo_blocked'], ['an unreachable venue', { isVenueReachable: false }, 'reducing venue_unreachable'],
    ['a clock far off', { clockOffsetMs: 60_000 }, 'reducing clock_skew'], ['a journal that cannot be written', { isJournalWritable: false }, 'reducing disk_full'],
  ] as const)('reduces on %s and comes back by itself', (_name, change, expected) => {
    const guard = new CapitalGuard(epochMs(START));
    expect(judged([{}, change], guard)).toBe(expected);
    expect(judged([{}], guard)).toBe('active none');
  });

  it('pauses entries for 15 minutes after a volatility spike of the universe or of BTC', () => {
    const guard = new CapitalGuard(epochMs(START));
    expect(judged([{}, { btcMovePercent: 3 }], guard)).toBe('reducing volatility');
    expect(judged([{ now: epochMs(START + 14 * 60_000) }], guard)).toBe('reducing volatility');
    expect(judged([{ now: epochMs(START + 16 * 60_000) }], guard)).toBe('active none');
    expect(judged([{}, { universeAtrRatio: 4 }])).toBe('reducing volatility');
  });

  it('halts at the daily limit, unrealised loss included, survives a restart and needs a person to come back', () => {
    const guard = new CapitalGuard(epochMs(START));
    expect(judged([{}, { equity: usdt(9_699) }], guard)).toBe('halted daily_loss');
    expect(judged([{ equity: usdt(10_000) }], guard)).toBe('halted daily_loss');
    const restarted = new CapitalGuard(epochMs(START + 1000));
    restarted.restore(JSON.parse(JSON.stringify(guard.checkpoint())));
    expect(judged([{ equity: usdt(9_699) }], restarted)).toBe('halted daily_loss');
    restarted.setByUser('active', epochMs(START + 2000));
    expect(judged([{ equity: usdt(9_699) }], restarted)).toBe('active none');
  });

  it('halts at the drawdown limit over several days', () => {
    const day = 86_400_000;
    const guard = new CapitalGuard(epochMs(START));
    const falling = Array.from({ length: 14 }, (_, index) => ({ now: epochMs(START + index * day), equity: usdt(10_000 * 0.98 ** index) }));
    expect(judged(falling, guard)).toBe('halted drawdown');
  });

  it('starts a new day with the equity of that day', () => {
    const guard = new CapitalGuard(epochMs(START));
    judged([{}, { equity: usdt(9_800) }, { now: epochMs(START + 86_400_000), equity: usdt(9_800) }], guard);
    expect(guard.dailyLossFraction).toBe(0);
  });

  it('follows the user: reducing, halted, active', () => {
    const guard = new CapitalGuard(epochMs(START));
    judged([{}], guard);
    guard.setByUser('reducing', epochMs(START));
    expect(judged([{}], guard)).toBe('reducing user');
    guard.setByUser('halted', epochMs(START));
    expect(judged([{}], guard)).toBe('halted user');
    guard.setByUser('active', epochMs(START));
    expect(judged([{}], guard)).toBe('active none');
  });
});
