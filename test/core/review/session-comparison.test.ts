// A session beside its re-run: every decision is counted once, as the same or as one kind of difference.
import { describe, expect, test } from 'vitest';
import type { SessionCourse } from '../../../src-main/core/review/difference-causes.ts';
import { compareSession, type ComparedDecision } from '../../../src-main/core/review/session-comparison.ts';

const MINUTE = 60_000;

function decision(signalId: string, part: Partial<ComparedDecision> = {}): ComparedDecision {
  return { signalId, symbol: 'BTCUSDT', side: 'long', time: 100 * MINUTE, outcome: 'executed', code: null, confidence: 0.5, ...part };
}

const ALWAYS: SessionCourse = {
  running: [{ from: 0, to: 1e12 }],
  candle: () => ({ kind: 'seen' }),
  historyReadAt: () => null,
  hands: [],
  whatIf: [],
  isSameBuild: true,
};

describe('compareSession', () => {
  test('the same decisions are the same', () => {
    const list = [decision('a'), decision('b', { outcome: 'denied', code: 'position_exists' })];
    expect(compareSession(list, list, ALWAYS)).toEqual({ recorded: 2, rerun: 2, same: 2, differences: [], byKind: {}, byCause: {} });
  });

  test.each([
    ['another outcome', decision('a'), decision('a', { outcome: 'denied', code: 'max_positions' }), 'other_outcome'],
    ['another reason', decision('a', { outcome: 'denied', code: 'x' }), decision('a', { outcome: 'denied', code: 'y' }), 'other_outcome'],
    ['another confidence', decision('a'), decision('a', { confidence: 0.6 }), 'other_confidence'],
  ] as const)('%s is told', (_, recorded, rerun, kind) => {
    expect(compareSession([recorded], [rerun], ALWAYS)).toMatchObject({ same: 0, byKind: { [kind]: 1 }, differences: [{ kind, recorded, rerun }] });
  });

  test('a set-up named by another candle is found on both sides', () => {
    const compared = compareSession([decision('a')], [decision('b', { time: 110 * MINUTE })], ALWAYS);
    expect(compared.byKind).toEqual({ other_candle: 2 });
  });

  test('far apart, or on another side, each stands alone', () => {
    expect(compareSession([decision('a')], [decision('b', { time: 200 * MINUTE })], ALWAYS).byKind).toEqual({ only_recorded: 1, only_rerun: 1 });
    expect(compareSession([decision('a')], [decision('b', { side: 'short' })], ALWAYS).byKind).toEqual({ only_recorded: 1, only_rerun: 1 });
  });

  test('what the re-run found while the session could not decide is said to be that', () => {
    expect(compareSession([], [decision('a')], { ...ALWAYS, running: [{ from: 101 * MINUTE, to: 200 * MINUTE }] }).byKind).toEqual({ session_not_running: 1 });
    expect(compareSession([], [decision('a')], { ...ALWAYS, running: [] }).byKind).toEqual({ session_not_running: 1 });
  });

  test('half an hour is still near, and so is no other symbol', () => {
    const kindsOf = (part: Partial<ComparedDecision>): unknown => compareSession([decision('a')], [decision('b', part)], ALWAYS).byKind;
    expect(kindsOf({ time: 130 * MINUTE })).toEqual({ other_candle: 2 });
    expect(kindsOf({ time: 70 * MINUTE })).toEqual({ other_candle: 2 });
    expect(kindsOf({ time: 130 * MINUTE + 1 })).toEqual({ only_recorded: 1, only_rerun: 1 });
    expect(kindsOf({ symbol: 'ETHUSDT' })).toEqual({ only_recorded: 1, only_rerun: 1 });
  });

  test('the first and the last moment of a stretch belong to it', () => {
    const kindAt = (time: number): unknown =>
      compareSession([], [decision('a', { time })], { ...ALWAYS, running: [{ from: 50 * MINUTE, to: 60 * MINUTE }] }).differences[0]?.kind;
    expect([50 * MINUTE - 1, 50 * MINUTE, 60 * MINUTE, 60 * MINUTE + 1].map(kindAt)).toEqual([
      'session_not_running',
      'only_rerun',
      'only_rerun',
      'session_not_running',
    ]);
  });

  test('the same code with another outcome is another outcome', () => {
    const [denied, dropped] = [decision('a', { outcome: 'denied', code: 'x' }), decision('a', { outcome: 'executed', code: 'x' })];
    expect(compareSession([denied], [dropped], ALWAYS).byKind).toEqual({ other_outcome: 1 });
  });
});
