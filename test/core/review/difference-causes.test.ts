// Every difference between a session and its re-run has one cause, and what has none is an alarm: a case for each cause.
import { describe, expect, test } from 'vitest';
import type { SessionCourse } from '../../../src-main/core/review/difference-causes.ts';
import { compareSession, type ComparedDecision } from '../../../src-main/core/review/session-comparison.ts';

const AT = Date.parse('2026-11-21T10:01:00Z');
const EARLIER = Date.parse('2026-11-21T09:40:00Z');
const MODEL = { model: 'trees', version: '3', probability: 0.61 };

const QUIET: SessionCourse = {
  running: [{ from: 0, to: AT * 2 }],
  candle: () => ({ kind: 'seen' }),
  historyReadAt: () => null,
  hands: [],
  whatIf: [],
  isSameBuild: true,
};

function decision(part: Partial<ComparedDecision> = {}): ComparedDecision {
  return { signalId: 'a', symbol: 'BTCUSDT', side: 'long', time: AT, outcome: 'executed', code: null, confidence: 0.5, models: [MODEL], ...part };
}

const denied = (code: string): ComparedDecision => decision({ outcome: 'denied', code });
const none: readonly ComparedDecision[] = [];
const hand = { time: EARLIER, symbol: 'BTCUSDT', isSetting: false, words: 'screen 1: close-position' };
const setting = { time: EARLIER, symbol: null, isSetting: true, words: 'screen 1: update-settings minConfidence = 0.6' };

describe('the cause of a difference', () => {
  test.each<readonly [string, readonly ComparedDecision[], readonly ComparedDecision[], Partial<SessionCourse>, string, string]>([
    ['a candle that never came', none, [decision()], { candle: () => ({ kind: 'missing', at: EARLIER }) }, 'missing_candle', 'closed at 09:40 never reached'],
    [
      'a candle that is not in the archive',
      [decision()],
      [denied('data_stale')],
      { candle: () => ({ kind: 'unpriced', at: EARLIER }) },
      'missing_candle',
      'had no price to decide at',
    ],
    ['a candle that came late', none, [decision()], { candle: () => ({ kind: 'late', at: EARLIER }) }, 'late_candle', 'after the next one'],
    ['a candle with other numbers', [decision()], none, { candle: () => ({ kind: 'changed', at: EARLIER }) }, 'changed_candle', 'other numbers in the archive'],
    ['a stretch in which it could not decide', none, [decision()], { running: [] }, 'not_running', 'cut off from data or venue'],
    ['a history that was read anew', [decision()], [decision({ confidence: 0.51 })], { historyReadAt: () => EARLIER }, 'history_reread', '09:40'],
    ['a setting that was changed', [decision()], none, { hands: [setting] }, 'setting_changed', '09:40 screen 1: update-settings minConfidence = 0.6'],
    ['what the what-if changed', [decision()], none, { whatIf: ['maxLeverage = 5'] }, 'setting_changed', 'maxLeverage = 5'],
    ['a position that was closed by hand', [decision()], [denied('position_exists')], { hands: [hand] }, 'manual_action', '09:40 screen 1: close-position'],
    ['a setting changed at that very moment', [decision()], none, { hands: [{ ...setting, time: AT }] }, 'setting_changed', '10:01'],
    ['a hand at that very moment', [decision()], none, { hands: [{ ...hand, time: AT }] }, 'manual_action', '10:01'],
    ['a hand on all markets', [decision()], none, { hands: [{ ...hand, symbol: null, words: 'screen 1: flatten-all' }] }, 'manual_action', 'flatten-all'],
    [
      'a model that answered only in the session',
      [decision()],
      [decision({ confidence: 0.6, models: [] })],
      {},
      'model_answer',
      'session: trees 3: 0.610; re-run: no model answered',
    ],
    [
      'another model',
      [decision()],
      [decision({ confidence: 0.6, models: [{ ...MODEL, version: '4' }] })],
      {},
      'model_version',
      'decided with trees 3, re-run with trees 4',
    ],
    [
      'a model that did not answer',
      [decision({ models: [] })],
      [decision({ confidence: 0.6 })],
      {},
      'model_answer',
      'session: no model answered; re-run: trees 3: 0.610',
    ],
    ['another answer', [decision()], [decision({ confidence: 0.6, models: [{ ...MODEL, probability: 0.7 }] })], {}, 'model_answer', 're-run: trees 3: 0.700'],
    ['a spread', [denied('price_moved')], [decision()], {}, 'spread', 'price_moved'],
    ['another account', [decision()], [denied('insufficient_margin')], {}, 'account', 'insufficient_margin'],
    ['another build', [decision()], none, { isSameBuild: false }, 'other_build', 'another build'],
  ])('is found for %s', (_what, recorded, rerun, course, cause, words) => {
    const { differences, byCause } = compareSession(recorded, rerun, { ...QUIET, ...course });
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ cause, detail: expect.stringContaining(words) });
    expect(byCause).toEqual({ [cause]: 1 });
  });

  test.each<readonly [string, readonly ComparedDecision[], readonly ComparedDecision[], Partial<SessionCourse>]>([
    ['a decision nobody made', [decision()], none, {}],
    ['a decision that is missing', none, [decision()], {}],
    ['an outcome without a reason', [denied('by_nobody')], [decision()], {}],
    ['a confidence that stands elsewhere', [decision({ confidence: 0.9 })], [decision()], {}],
    [
      'a person who acted later',
      [decision()],
      none,
      {
        hands: [
          { ...hand, time: AT + 1 },
          { ...setting, time: AT + 1 },
        ],
      },
    ],
    ['a person who acted on another market', [decision()], none, { hands: [{ ...hand, symbol: 'ETHUSDT' }] }],
    ['a person who acted, where only the confidence differs', [decision({ confidence: 0.9 })], [decision()], { hands: [hand] }],
    ['a setting changed later, which is no hand on a market', [decision()], none, { hands: [{ ...setting, time: AT + 1 }] }],
    ['a build that nobody knows', [decision()], none, { isSameBuild: null }],
  ])('is not made up for %s', (_what, recorded, rerun, course) => {
    expect(compareSession(recorded, rerun, { ...QUIET, ...course }).byCause).toEqual({ unexplained: 1 });
  });
});
