// The tables behind the promise that every denial, every trading state and every override has a test of its name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandSchema } from '../../../src-shared/contract/commands.ts';
import { DENIAL_CODES, TRADING_STATE_REASONS } from '../../../src-shared/domain/risk.ts';
import { CapitalGuard, type GuardInputs } from '../../../src-main/core/risk/capital-guard.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { CALM, NOON } from './support.ts';

const read = (...path: readonly string[]): string => readFileSync(join(import.meta.dirname, '..', ...path), 'utf8');

describe('every denial code', () => {
  const table = read('risk', 'manager.test.ts');
  it.each(DENIAL_CODES)('%s has a row in the table of denials', (code) => {
    expect(table).toContain(`    ['${code}', `);
  });
});

describe('every override', () => {
  const table = read('engine', 'manual.test.ts') + read('engine', 'entry-plan.test.ts') + read('engine', 'twin.test.ts');
  const kinds = commandSchema.options.map((option) => option.shape.kind.value);
  it.each(kinds)('%s is carried out in a test of the hands of a person', (kind) => {
    expect(table).toContain(`kind: '${kind}'`);
  });
});

const settings = defaultSettings();
type Reason = (typeof TRADING_STATE_REASONS)[number];

/** What brings each reason about, the state it means, and who ends it. */
const CAUSES: Readonly<
  Record<Exclude<Reason, 'none'>, { readonly change: Partial<GuardInputs>; readonly state: string; readonly ends: 'itself' | 'person' | 'a quarter hour' }>
> = {
  daily_loss: { change: { equity: moneyFromUsdt(9700) }, state: 'halted', ends: 'person' },
  drawdown: { change: { equity: moneyFromUsdt(7900) }, state: 'halted', ends: 'person' },
  volatility: { change: { btcMovePercent: 9 }, state: 'reducing', ends: 'a quarter hour' },
  stale_data: { change: { isDataFresh: false }, state: 'reducing', ends: 'itself' },
  clock_skew: { change: { clockOffsetMs: 11_000 }, state: 'reducing', ends: 'itself' },
  user: { change: {}, state: 'reducing', ends: 'person' },
  disk_full: { change: { isJournalWritable: false }, state: 'reducing', ends: 'itself' },
  venue_unreachable: { change: { isVenueReachable: false }, state: 'reducing', ends: 'itself' },
  geo_blocked: { change: { isGeoBlocked: true }, state: 'reducing', ends: 'itself' },
  key_refused: { change: {}, state: 'reducing', ends: 'person' },
  reconciling: { change: { isReconciled: false }, state: 'halted', ends: 'itself' },
};

describe('every reason of a trading state', () => {
  it('is in the table of causes', () => {
    expect(Object.keys(CAUSES).toSorted()).toEqual(TRADING_STATE_REASONS.filter((reason) => reason !== 'none').toSorted());
  });

  it.each(Object.entries(CAUSES))(
    '%s: leaves active, means its state, comes back as it should, and stands in the history',
    (reason, { change, state, ends }) => {
      const rules = reason === 'drawdown' ? { ...settings, dailyLossLimitPercent: 50 } : settings;
      const guard = new CapitalGuard(NOON);
      guard.update(CALM, rules);
      expect(guard.view()).toMatchObject({ state: 'active', reason: 'none' });
      if (reason === 'user') guard.setByUser('reducing', NOON);
      if (reason === 'key_refused') guard.keyRefused();
      guard.update({ ...CALM, ...change, now: epochMs(NOON + 1000) }, rules);
      expect(guard.view()).toMatchObject({ state, reason });
      guard.update({ ...CALM, now: epochMs(NOON + 2000) }, rules);
      expect(guard.state).toBe(ends === 'itself' ? 'active' : state);
      guard.update({ ...CALM, now: epochMs(NOON + 16 * 60_000 + 1000) }, rules);
      expect(guard.state).toBe(ends === 'person' ? state : 'active');
      guard.setByUser('active', epochMs(NOON + 17 * 60_000));
      guard.update({ ...CALM, now: epochMs(NOON + 17 * 60_000) }, rules);
      expect(guard.view()).toMatchObject({ state: 'active', reason: 'none' });
      expect(guard.view().history?.map((entry) => entry.reason)).toEqual(['none', reason, 'none']);
    },
  );

  it('of a person: every state can be set from every other, a stricter one at once', () => {
    const states = ['active', 'reducing', 'halted'] as const;
    for (const from of states)
      for (const to of states) {
        const guard = new CapitalGuard(NOON);
        guard.update(CALM, settings);
        guard.setByUser(from, NOON);
        guard.update(CALM, settings);
        expect(guard.state).toBe(from);
        guard.setByUser(to, NOON);
        if (states.indexOf(to) > states.indexOf(from)) expect(guard.state).toBe(to);
        guard.update(CALM, settings);
        expect(guard.state).toBe(to);
      }
  });

  it('is remembered over a restart with its history, the newest twenty', () => {
    const guard = new CapitalGuard(NOON);
    for (let step = 0; step < 30; step += 1) guard.update({ ...CALM, now: epochMs(NOON + step * 1000), isDataFresh: step % 2 === 0 }, settings);
    const reborn = new CapitalGuard(NOON);
    reborn.restore(structuredClone(guard.checkpoint()));
    expect(reborn.view().history).toEqual(guard.view().history);
    expect(reborn.view().history).toHaveLength(20);
    const { history: _history, ...older } = structuredClone(guard.checkpoint()) as { readonly history: unknown };
    const upgraded = new CapitalGuard(NOON);
    upgraded.restore(older);
    expect(upgraded.view().history).toEqual([]);
  });
});
