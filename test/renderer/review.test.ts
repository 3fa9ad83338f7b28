// What the Review layout computes itself: the state at a moment, steps, forms into plans, filters.
import { describe, expect, test } from 'vitest';
import type { SessionRow, TimelineEvent, TimelinePosition } from '../../src-shared/contract/review.ts';
import { reviewRequestSchema } from '../../src-shared/contract/review-requests.ts';
import { equityAt, eventsUpTo, firstAfter, positionsAt, stepEvent } from '../../src-renderer/review/at-moment.ts';
import { changesOf, parseTags, planOf, sweepOf, type BacktestForm } from '../../src-renderer/review/forms.ts';
import { alignCurves, fallFromPeak, filterRows } from '../../src-renderer/review/rows.ts';

const state = (time: number, id: string, part: Partial<TimelinePosition> = {}): TimelinePosition => ({
  time,
  id,
  symbol: 'AUSDT',
  side: 'long',
  phase: 'open',
  quantity: 1,
  entryPrice: 10,
  stop: 9,
  target: 12,
  realised: 0,
  closeReason: null,
  exitPrice: null,
  ...part,
});
const positions = [
  state(10, 'a', { phase: 'opening', quantity: 0 }),
  state(20, 'a'),
  state(25, 'b'),
  state(30, 'a', { stop: 10 }),
  state(40, 'a', { phase: 'closed', quantity: 0, exitPrice: 11, closeReason: 'target' }),
];
const event = (id: number, time: number, kind: string): TimelineEvent => ({ id, time, kind, summary: kind, symbol: null, positionId: null });
const events = [event(1, 10, 'decision'), event(2, 10, 'order'), event(3, 20, 'fill'), event(4, 30, 'decision')];

describe('a session at a moment', () => {
  test('holds what was held then, as it stood then', () => {
    expect(positionsAt({ positions }, 5)).toEqual({ held: [], ended: [] });
    expect(positionsAt({ positions }, 29).held.map(({ id, stop, openedAt }) => [id, stop, openedAt])).toEqual([
      ['a', 9, 20],
      ['b', 9, 25],
    ]);
    expect(positionsAt({ positions }, 30).held[0]!.stop).toBe(10);
    const later = positionsAt({ positions }, 99);
    expect(later.held.map(({ id }) => id)).toEqual(['b']);
    expect(later.ended.map(({ id, openedAt, exitPrice }) => [id, openedAt, exitPrice])).toEqual([['a', 20, 11]]);
  });

  test('shows what is held before an entry that is still at work', () => {
    const both = { positions: [state(10, 'a', { phase: 'opening', quantity: 0 }), state(12, 'b')] };
    expect(positionsAt(both, 15).held.map(({ id, quantity }) => [id, quantity])).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
  });

  test('has the equity known by then', () => {
    const detail = { opening: 100, equity: { times: [10, 20], usdt: [101, 99], isExact: true } };
    expect([5, 10, 19, 20, 50].map((time) => equityAt(detail, time))).toEqual([100, 101, 101, 99, 99]);
  });

  test('steps to the next and the previous event of a kind, and stays at the ends', () => {
    const passes = ({ kind }: TimelineEvent): boolean => kind === 'decision';
    expect(stepEvent(events, 0, { forward: true, passes })?.id).toBe(1);
    expect(stepEvent(events, 10, { forward: true, passes })?.id).toBe(4);
    expect(stepEvent(events, 30, { forward: true, passes })).toBeNull();
    expect(stepEvent(events, 30, { forward: false, passes })?.id).toBe(1);
    expect(stepEvent(events, 10, { forward: false, passes })).toBeNull();
  });

  test('lists the newest events first and none of the future', () => {
    expect(eventsUpTo(events, 20, 2).map(({ id }) => id)).toEqual([3, 2]);
    expect(firstAfter([], 1)).toBe(0);
  });
});

const FORM: BacktestForm = {
  strategy: 'hybrid',
  folder: ' ',
  symbols: 'btcusdt, ethusdt',
  from: '2026-01-01',
  to: '2026-02-01',
  warmUpDays: '12',
  deposit: '1000',
  changes: 'minConfidence=0.5, breakerEnabled=false, strategyMode=ict',
  cuts: '3',
  sweep: 'rewardRiskRatio=1.5,2; minConfidence=0.35',
  outOfSample: '30',
  trainDays: '90',
  testDays: '30',
};

describe('forms', () => {
  test('a plan says what was typed, and the contract takes it', () => {
    const plan = planOf(FORM, 'sweep');
    expect(plan).toMatchObject({
      folder: null,
      symbols: ['BTCUSDT', 'ETHUSDT'],
      from: Date.UTC(2026, 0, 1),
      changes: { minConfidence: 0.5, breakerEnabled: false, strategyMode: 'ict' },
      sweep: [
        { name: 'rewardRiskRatio', values: [1.5, 2] },
        { name: 'minConfidence', values: [0.35] },
      ],
      outOfSample: 0.3,
      walkForward: null,
    });
    expect(reviewRequestSchema.safeParse({ kind: 'start-job', job: { kind: 'backtest', plan } }).success).toBe(true);
    expect(planOf({ ...FORM, changes: '' }, 'run')).toMatchObject({ changes: { strategyMode: 'hybrid' } });
    expect(planOf(FORM, 'run')).toMatchObject({ sweep: [], walkForward: null });
    expect(planOf(FORM, 'walk')).toMatchObject({ walkForward: { trainDays: 90, testDays: 30 } });
  });

  test.each([
    [{ deposit: '0' }, 'run', 'review.wrongNumber'],
    [{ warmUpDays: 'x' }, 'run', 'review.wrongNumber'],
    [{ from: '2026-03-01' }, 'run', 'review.wrongTime'],
    [{ sweep: '' }, 'sweep', 'review.wrongSweep'],
    [{ sweep: 'minConfidence=1,,2' }, 'sweep', 'review.wrongSweep'],
  ] as const)('%j is refused before anything runs', (part, way, words) => {
    expect(planOf({ ...FORM, ...part }, way)).toBe(words);
  });

  test('settings and tags are read as a person writes them', () => {
    expect(changesOf({ minConfidence: ' 0.4 ', maxLeverage: '' }, 'a=true,b=x y')).toEqual({ minConfidence: 0.4, a: true, b: 'x y' });
    expect(changesOf({}, 'MIN_CONFIDENCE=0.5, break_even_enabled=true, NO_SUCH=1')).toEqual({ minConfidence: 0.5, breakEvenEnabled: true, NO_SUCH: 1 });
    expect(sweepOf('RISK_REWARD_RATIO=1.5,2')).toEqual([{ name: 'rewardRiskRatio', values: [1.5, 2] }]);
    expect(sweepOf('')).toEqual([]);
    expect(parseTags('#late  news, late')).toEqual(['late', 'news']);
  });
});

describe('rows', () => {
  const row = (key: string, tags: readonly string[]): SessionRow => ({
    key,
    origin: 'own',
    mode: 'paper',
    strategy: 'hybrid',
    version: '1',
    startedAt: 0,
    endedAt: null,
    endedWhy: null,
    lines: 0,
    trades: 0,
    net: 0,
    tags,
    note: 'slow',
    recordingBytes: null,
  });

  test('are found by every word of mode, strategy, tags and note', () => {
    const rows = [row('paper:1', ['late']), row('paper:2', [])];
    expect(filterRows(rows, '#late PAPER').map(({ key }) => key)).toEqual(['paper:1']);
    expect(filterRows(rows, '')).toBe(rows);
    expect(filterRows(rows, 'slow fast')).toEqual([]);
  });

  test('curves without a common time are drawn from the same beginning; others stay where they are', () => {
    const curve = (...times: number[]) => ({ times, usdt: times.map(() => 1) });
    const [first, second] = alignCurves([curve(1000, 2000), curve(10, 40, 60)]);
    expect([first.times, second.times]).toEqual([
      [1000, 2000],
      [1000, 1030, 1050],
    ]);
    const overlapping = [curve(0, 10), curve(10, 20)] as const;
    expect(alignCurves(overlapping)).toBe(overlapping);
    const empty = [curve(), curve(1)] as const;
    expect(alignCurves(empty)).toBe(empty);
  });

  test('the fall from the peak is 0 at every new peak', () => {
    expect(fallFromPeak([100, 110, 99, 121])).toEqual([0, 0, -0.1, 0].map((value) => expect.closeTo(value, 12)));
  });
});
