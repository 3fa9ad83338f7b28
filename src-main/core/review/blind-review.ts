// Blind review: finished set-ups shown up to their entry only, judged by a person, then graded beside the system's own judgement.
import { seededUniform, wilsonInterval, type Interval } from './intervals.ts';

/** A virtual trade whose end is known to us and hidden from the person. */
export interface BlindCase {
  readonly id: string;
  readonly symbol: string;
  readonly decidedAt: number;
  /** The system's confidence in [0, 1]. */
  readonly confidence: number;
  /** Net result in R. */
  readonly netR: number;
}

export interface BlindAnswer {
  readonly id: string;
  readonly choice: 'take' | 'skip';
  /** The person's own probability of a win in [0, 1]. */
  readonly probability: number;
}

export interface BlindGrade {
  readonly judged: number;
  readonly person: JudgeGrade;
  readonly system: JudgeGrade;
}

export interface JudgeGrade {
  readonly taken: number;
  readonly wins: number;
  readonly winRate: number;
  readonly winRateInterval: Interval;
  /** R of what was taken, and of what was left. */
  readonly takenR: number;
  readonly skippedR: number;
  /** Mean squared error of the probabilities; lower is better, 0.25 is a coin. Source: Brier (1950). */
  readonly brier: number;
  /** Probability that a winner was rated above a loser (Mann–Whitney); NaN without both. */
  readonly ranking: number;
}

/** `count` cases in a random order that the seed fixes, so that neither time nor result can be guessed from the order. */
export function drawCases(cases: readonly BlindCase[], count: number, seed: number): readonly BlindCase[] {
  const next = seededUniform(seed);
  const pool = [...cases];
  const drawn: BlindCase[] = [];
  while (drawn.length < count && pool.length > 0) drawn.push(...pool.splice(Math.floor(next() * pool.length), 1));
  return drawn;
}

/** Grades only what was answered. The system takes what reaches `minConfidence`. */
export function gradeBlindReview(cases: readonly BlindCase[], answers: readonly BlindAnswer[], minConfidence: number): BlindGrade {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const answered = cases.flatMap((entry) => {
    const answer = byId.get(entry.id);
    return answer === undefined ? [] : [{ entry, answer }];
  });
  return {
    judged: answered.length,
    person: gradeOf(answered.map(({ entry, answer }) => ({ netR: entry.netR, isTaken: answer.choice === 'take', probability: answer.probability }))),
    system: gradeOf(answered.map(({ entry }) => ({ netR: entry.netR, isTaken: entry.confidence >= minConfidence, probability: entry.confidence }))),
  };
}

interface Judgement {
  readonly netR: number;
  readonly isTaken: boolean;
  readonly probability: number;
}

function gradeOf(judgements: readonly Judgement[]): JudgeGrade {
  const taken = judgements.filter((judgement) => judgement.isTaken);
  const wins = taken.filter((judgement) => judgement.netR > 0).length;
  const total = (list: readonly Judgement[]): number => list.reduce((sum, judgement) => sum + judgement.netR, 0);
  const errors = judgements.map(({ netR, probability }) => ((netR > 0 ? 1 : 0) - probability) ** 2);
  return {
    taken: taken.length,
    wins,
    winRate: wins / taken.length,
    winRateInterval: wilsonInterval(wins, taken.length),
    takenR: total(taken),
    skippedR: total(judgements.filter((judgement) => !judgement.isTaken)),
    brier: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    ranking: rankingOf(judgements),
  };
}

function rankingOf(judgements: readonly Judgement[]): number {
  const winners = judgements.filter((judgement) => judgement.netR > 0);
  const losers = judgements.filter((judgement) => judgement.netR <= 0);
  let above = 0;
  for (const winner of winners)
    for (const loser of losers) above += winner.probability > loser.probability ? 1 : winner.probability === loser.probability ? 0.5 : 0;
  return above / (winners.length * losers.length);
}
