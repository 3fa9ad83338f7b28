// Before the mode is changed: what should be true, judged as the engine judges it, and what can be lost in words.
import { describe, expect, it } from 'vitest';
import { limitValues, modeChecks } from '../../src-renderer/dialogs/mode-checks.ts';
import { translate } from '../../src-renderer/i18n/translate.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { fixtureSnapshot } from './fixture-market.ts';

const base = fixtureSnapshot();
const snapshotWith = (settings: Partial<Snapshot['settings']>, health: Partial<Snapshot['health']> = {}): Pick<Snapshot, 'settings' | 'health'> => ({
  settings: { ...base.settings, ...settings },
  health: { ...base.health, ...health },
});
const clock = (state: 'ok' | 'bad'): Partial<Snapshot['health']> => ({
  breaker: 'normal',
  clockOffsetMs: 90_000,
  checks: [{ id: 'clock', label: 'Clock', state, detail: '', advice: null }],
});
const unmet = (...parameters: Parameters<typeof modeChecks>): readonly string[] =>
  modeChecks(...parameters).flatMap(({ phrase, isMet }) => (isMet ? [] : [phrase]));

describe('the wizard of the modes', () => {
  it('trusts the health check for the clock: a simulated clock that runs fast is not off', () => {
    expect(unmet('paper', { snapshot: snapshotWith({}, clock('ok')), open: 0 })).toEqual([]);
    expect(unmet('paper', { snapshot: snapshotWith({}, clock('bad')), open: 2 })).toEqual(['mode.checkFlat', 'mode.checkClock']);
    expect(unmet('paper', { snapshot: snapshotWith({}, { breaker: 'blocked', checks: [] }), open: 0 })).toEqual(['mode.checkClock', 'mode.checkWeight']);
  });

  it('before LIVE proposes the limits of the review and says when automation would open nothing', () => {
    const loose = snapshotWith({ maxLeverage: 20, minConfidence: 0.35, tradingEnabled: false }, clock('ok'));
    expect(unmet('live', { snapshot: loose, open: 0 })).toEqual(['mode.checkLeverage', 'mode.checkConfidence', 'mode.checkWatching']);
    const ready = snapshotWith({ maxLeverage: 10, minConfidence: 0.45, tradingEnabled: true }, clock('ok'));
    expect(unmet('live', { snapshot: ready, open: 0 })).toEqual([]);
    expect(modeChecks('live', { snapshot: ready, open: 0 }).map(({ phrase }) => phrase)).toContain('mode.checkTrading');
  });

  it('says in one sentence what can be lost', () => {
    const text = translate(
      'mode.limits',
      limitValues(
        snapshotWith({ riskPerTradePercent: 0.5, dailyLossLimitPercent: 2, maxDrawdownPercent: 10, maxLeverage: 8, maxMarginPercent: 6, maxPositions: 3 }),
      ),
    );
    expect(text).toBe(
      'What can be lost: at most 0.5 % of equity a trade at its stop, trading halts after 2 % in a day or 10 % below the peak; up to 8× leverage, 6 % margin in one position, 3 positions at once.',
    );
  });
});
