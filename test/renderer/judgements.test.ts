// Judgements the screen makes on its own: freshness, what rang, outcomes, what was known when, preferences, forecasts.
import { describe, expect, it } from 'vitest';
import { WARM_UP_BARS } from '../../src-main/adapters/binance/candle-history.ts';
import { newRings } from '../../src-renderer/alarms/watch.ts';
import { logicalAt } from '../../src-renderer/chart/geometry.ts';
import { knownAt } from '../../src-renderer/chart/known-at.ts';
import { parseSession } from '../../src-renderer/chart/sessions.ts';
import { dailyVwap, studyLines } from '../../src-renderer/chart/study-values.ts';
import { forecastWarmUp, WARM_UP_CANDLES, WARM_UP_WEIGHT } from '../../src-renderer/dialogs/forecast.ts';
import { changedSettings, readSettingsFile } from '../../src-renderer/dialogs/Profiles.tsx';
import { countFunnel } from '../../src-renderer/panels/Funnel.tsx';
import { judgeFreshness } from '../../src-renderer/state/freshness.ts';
import { byVerdict, calibration, vetoSaved, wilson } from '../../src-renderer/state/outcomes.ts';
import { parsePreferences } from '../../src-renderer/state/preferences.ts';
import { sparkPoints } from '../../src-renderer/state/sparks.ts';
import { sortRows } from '../../src-renderer/ui/DataTable.tsx';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { fixtureChart, fixtureSnapshot } from './fixture-market.ts';

const snapshot = fixtureSnapshot();
const withAge = (marketAgeMs: number | null): typeof snapshot => ({ ...snapshot, health: { ...snapshot.health, marketAgeMs } });

describe('freshness', () => {
  it('tells live, old prices, a silent engine, a lost engine and a refused page apart', () => {
    const judge = (inputs: Partial<Parameters<typeof judgeFreshness>[0]>): string =>
      judgeFreshness({ connection: 'connected', snapshot: withAge(200), sinceHeardMs: 100, ...inputs }).kind;
    expect([
      judge({}),
      judge({ snapshot: withAge(31_000) }),
      judge({ sinceHeardMs: 4000 }),
      judge({ connection: 'disconnected' }),
      judge({ connection: 'connecting', snapshot: null }),
      judge({ connection: 'refused', snapshot: null }),
    ]).toEqual(['live', 'stale_market', 'silent', 'disconnected', 'waiting', 'refused']);
  });
});

describe('what rang', () => {
  it('is told once, and not what rang before this screen was opened', () => {
    const rung = [1, 2, 3].map((id) => ({ id, time: epochMs(id), ring: { kind: 'risk', percent: 80 } as const }));
    expect([newRings(null, rung), newRings(3, rung)]).toEqual([[], []]);
    expect(newRings(1, rung).map(({ id }) => id)).toEqual([2, 3]);
  });
});

describe('outcomes', () => {
  const entry = (verdict: string, pnlR: number, confidence: number) => ({ verdict, pnlR, confidence, closedAt: null, closeReason: null });
  const closed = [entry('model.veto', -1, 0.62), entry('model.veto', 2, 0.64), entry('model.lowered', -1, 0.41), entry('traded', 2, 0.66)];

  it('say what vetoes saved as the opposite of what the vetoed candidates earned', () => {
    expect(vetoSaved(closed)).toEqual({ count: 3, savedR: 0 });
    expect(vetoSaved(closed.slice(0, 1))).toEqual({ count: 1, savedR: 1 });
    expect(vetoSaved([])).toEqual({ count: 0, savedR: 0 });
  });

  it('are summed per verdict', () => {
    expect(byVerdict(closed)[0]).toEqual({ verdict: 'model.veto', count: 2, wins: 1, sumR: 1, meanR: 0.5 });
  });

  it('put every candidate into one bin of confidence, with a Wilson interval', () => {
    const bins = calibration(closed);
    expect(bins.map((bin) => [bin.from, bin.count])).toEqual([
      [0.4, 1],
      [0.6, 3],
    ]);
    expect(calibration([entry('traded', 1, 1)]).map((bin) => bin.from)).toEqual([0.9]);
    // Published example: 9 of 10 at 95 % gives 0.596 to 0.982.
    expect(wilson(9, 10).low).toBeCloseTo(0.596, 3);
    expect(wilson(9, 10).high).toBeCloseTo(0.982, 3);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('what was known at a moment', () => {
  const { structure } = fixtureChart({ symbol: 'BTCUSDT', timeframe: '15m', limit: 600, before: null });
  if (structure === null) throw new Error('the fixture chart has no structure');

  it('H1 shows nothing that was confirmed later and no end that came later', () => {
    const all = [...structure.orderBlocks, ...structure.gaps, ...structure.breaks, ...structure.pools]
      .map((entry) => entry.confirmedTime)
      .toSorted((a, b) => a - b);
    const moment = all[Math.floor(all.length / 2)] ?? 0;
    const shown = knownAt(structure, moment);
    const entries = [...shown.orderBlocks, ...shown.gaps, ...shown.breaks, ...shown.pools, ...shown.swings];
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.length).toBeLessThan(all.length + structure.swings.length);
    expect(entries.every((entry) => entry.confirmedTime <= moment)).toBe(true);
    expect(shown.orderBlocks.every((block) => block.endedTime === null || block.endedTime <= moment)).toBe(true);
    expect(shown.pools.every((pool) => pool.takenTime === null || pool.takenTime <= moment)).toBe(true);
  });

  it('is everything when the moment is now', () => {
    expect(knownAt(structure, Number.MAX_SAFE_INTEGER)).toEqual(structure);
  });
});

describe('positions on the time axis', () => {
  it('are whole inside the data and go on evenly beyond it', () => {
    const times = [1000, 2000, 3000];
    expect([logicalAt(times, 1000, 2000), logicalAt(times, 1000, 2400), logicalAt(times, 1000, 5000), logicalAt(times, 1000, 0)]).toEqual([1, 1, 4, -1]);
    expect(logicalAt([], 1000, 5)).toBeNaN();
  });

  it('read kill zones as minutes of the day', () => {
    expect(parseSession('06:30-09:00')).toEqual({ from: 390, until: 540 });
    expect(parseSession('nonsense')).toBeNull();
  });
});

describe('studies', () => {
  const { candles } = fixtureChart({ symbol: 'BTCUSDT', timeframe: '15m', limit: 300, before: null });
  const settings = defaultSettings();

  it('end at the newest bar and stay inside what they measure', () => {
    const [ema] = studyLines('emaFast', candles, settings);
    expect(ema?.values.length).toBe(candles.openTime.length - settings.emaFast + 1);
    expect(Math.min(...(ema?.values ?? []))).toBeGreaterThan(Math.min(...candles.low));
    const [rsi] = studyLines('rsi', candles, settings);
    expect((rsi?.values ?? []).every((value) => value >= 0 && value <= 100)).toBe(true);
    const [upper, middle, lower] = studyLines('bollinger', candles, settings);
    expect((upper?.values.at(-1) ?? 0) > (middle?.values.at(-1) ?? 0) && (middle?.values.at(-1) ?? 0) > (lower?.values.at(-1) ?? 0)).toBe(true);
  });

  it('start the VWAP anew at midnight UTC', () => {
    const day = 86_400_000;
    const columns = { openTime: [day - 1, day], open: [1, 1], high: [12, 6], low: [6, 3], close: [9, 3], volume: [5, 1] };
    expect(dailyVwap(columns)).toEqual([9, 4]);
  });
});

describe('preferences', () => {
  it('survive damaged storage part by part', () => {
    expect(parsePreferences('{not json').layout).toBe('trade');
    const mixed = parsePreferences(JSON.stringify({ favourites: ['BTCUSDT'], studies: ['nonsense'], volume: 9, overlays: { range: true } }));
    expect([mixed.favourites, mixed.studies, mixed.volume, mixed.overlays.range, mixed.overlays.orderBlocks]).toEqual([['BTCUSDT'], [], 0.4, true, true]);
  });
});

describe('H8 the weight forecast', () => {
  it('uses as many candles as the feed really asks for', () => {
    expect(WARM_UP_CANDLES).toBe(WARM_UP_BARS);
    // The exchange takes weight 2 for 100 to 499 candles in one call.
    expect(WARM_UP_CANDLES >= 100 && WARM_UP_CANDLES <= 499 && WARM_UP_WEIGHT === 2).toBe(true);
  });

  it('grows with the number of markets and shrinks with the limit', () => {
    expect(forecastWarmUp(300, 1920)).toEqual({ weight: 1800, seconds: 56.25 });
    expect(forecastWarmUp(300, 3840).seconds).toBe(56.25 / 2);
  });
});

describe('settings as a file', () => {
  const settings = { ...defaultSettings(), maxLeverage: 8, theme: 'light' as const };
  it('hold what differs from the defaults and read back to the same settings', () => {
    expect(changedSettings(settings)).toEqual({ maxLeverage: 8, theme: 'light' });
    const read = readSettingsFile(JSON.stringify({ version: 1, settings: changedSettings(settings) }));
    expect(read.ok && read.changes).toEqual(settings);
  });
  it('refuse a damaged file, an unknown parameter and a value out of range in words', () => {
    expect(readSettingsFile('{').ok).toBe(false);
    expect(readSettingsFile('{"maxLevrage": 3}')).toMatchObject({ ok: false, problem: expect.stringContaining('maxLevrage') });
    expect(readSettingsFile('{"maxLeverage": 300}')).toMatchObject({ ok: false, problem: expect.stringContaining('from 1 to 20') });
  });
});

describe('the funnel and tables', () => {
  it('H2 counts every market at exactly one step, down to those that pass all', () => {
    const analysis = Object.values(snapshot.analysis);
    const rows = countFunnel(analysis);
    expect(rows.map((row) => row.step)).toEqual([...FUNNEL_STEPS]);
    expect(rows.reduce((sum, row) => sum + row.lost, 0) + (rows.at(-1)?.left ?? 0)).toBe(analysis.length);
    expect(rows.at(-1)?.left).toBe(analysis.filter((row) => row.stoppedAt === null).length);
  });

  it('sort by a column and keep the order of equals', () => {
    const rows = [
      { id: 'a', value: 1 },
      { id: 'b', value: 2 },
      { id: 'c', value: 1 },
    ];
    expect(sortRows(rows, { sortBy: (row) => row.value }, true).map((row) => row.id)).toEqual(['b', 'a', 'c']);
    expect(sortRows(rows, undefined, true)).toBe(rows);
  });

  it('draw a flat history as a line in the middle', () => {
    expect(sparkPoints([5, 5], 10, 4)).toBe('0.0,2.0 10.0,2.0');
    expect(sparkPoints([5], 10, 4)).toBe('');
  });
});
