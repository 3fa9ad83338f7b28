// Blind review of a session: finished set-ups shown up to their decision, as shares of the entry price, and graded when they were judged.
import type { BlindCaseView, BlindGradeView, BlindJudge, ReviewCandles } from '../../../src-shared/contract/review.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import { drawCases, gradeBlindReview, type BlindAnswer, type BlindCase, type JudgeGrade } from '../../core/review/blind-review.ts';
import { orNull } from '../../core/review/figures.ts';
import { sessionCandles, type SessionSource } from './session-source.ts';

const SHOWN = 120;
const BAR_MS = 300_000;

function endedPositions({ records }: SessionSource): ReadonlyMap<string, VirtualPosition> {
  return new Map(
    records.flatMap((record) => {
      if (record.kind !== 'virtual-closed') return [];
      const position = record.data as VirtualPosition;
      return [[position.id, position] as const];
    }),
  );
}

function caseOf({ id, symbol, openedAt, confidence, pnlR }: VirtualPosition): BlindCase {
  return { id, symbol, decidedAt: openedAt, confidence, netR: pnlR };
}

/** Cases whose candles are known, in an order that tells nothing. */
export function blindCases(source: SessionSource, wish: { readonly count: number; readonly seed: number }): readonly BlindCaseView[] {
  const positions = endedPositions(source);
  const drawn = drawCases([...positions.values()].map(caseOf), positions.size, wish.seed);
  const cases: BlindCaseView[] = [];
  for (const { id } of drawn) {
    if (cases.length === wish.count) break;
    const position = positions.get(id);
    if (position === undefined) continue;
    const { symbol, openedAt, side, plan } = position;
    const until = Math.floor(openedAt / BAR_MS) * BAR_MS;
    const candles = sessionCandles(source, { symbol, timeframe: '5m', until, limit: SHOWN });
    if (candles.length < SHOWN / 2) continue;
    cases.push({ id, side, candles: hidden(candles, plan.entry), stop: plan.stop / plan.entry, target: plan.target / plan.entry });
  }
  return cases;
}

/** Prices as shares of the entry, times counted from the first candle, volumes as shares of the largest. */
function hidden(candles: readonly Candle[], entry: number): ReviewCandles {
  const most = Math.max(...candles.map((candle) => candle.volume), Number.MIN_VALUE);
  return {
    openTime: candles.map((_, index) => index * BAR_MS),
    open: candles.map((candle) => candle.open / entry),
    high: candles.map((candle) => candle.high / entry),
    low: candles.map((candle) => candle.low / entry),
    close: candles.map((candle) => candle.close / entry),
    volume: candles.map((candle) => candle.volume / most),
  };
}

export function gradeCases(source: SessionSource, answers: readonly BlindAnswer[], minConfidence: number): BlindGradeView {
  const positions = endedPositions(source);
  const cases = answers.flatMap(({ id }) => {
    const position = positions.get(id);
    return position === undefined ? [] : [caseOf(position)];
  });
  const { judged, person, system } = gradeBlindReview(cases, answers, minConfidence);
  return { judged, person: judgeView(person), system: judgeView(system), outcomes: cases };
}

function judgeView({ taken, winRate, takenR, skippedR, brier, ranking }: JudgeGrade): BlindJudge {
  return { taken, winRate: orNull(winRate), takenR, skippedR, brier: orNull(brier), ranking: orNull(ranking) };
}
