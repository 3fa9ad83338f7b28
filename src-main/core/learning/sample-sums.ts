// All lived samples as sums: counts and results by verdict and source, kept up to date one sample at a time, so that none need stay whole.
import { isCompleteSignal, type LivedSample, type SampleSource, type Tally, type VerdictSummary } from './lived-sample.ts';

/** Verdict codes with which a model stopped a candidate. */
const MODEL_VERDICTS: readonly string[] = ['model.veto', 'model.lowered'];

interface Sum {
  count: number;
  wins: number;
  sumR: number;
}

/** One sum for each verdict and source; their number is that of the codes, not of the samples. */
export class SampleSums {
  readonly #byVerdict = new Map<string, Sum>();
  readonly #bySource = new Map<SampleSource, number>();
  /** Candidates that a model judged: what hybrid let pass, and what ICT alone would have traded. */
  readonly #hybrid = emptySum();
  readonly #ictAlone = emptySum();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(sample: LivedSample): void {
    this.#apply(sample, 1);
  }

  /** A sample that was added before is replaced by another, or is none any more. */
  remove(sample: LivedSample): void {
    this.#apply(sample, -1);
  }

  countOf(source: SampleSource): number {
    return this.#bySource.get(source) ?? 0;
  }

  /** Most samples first. */
  byVerdict(): readonly VerdictSummary[] {
    return [...this.#byVerdict]
      .filter(([, { count }]) => count > 0)
      .map(([verdict, { count, wins, sumR }]) => ({ verdict, count, wins, meanR: sumR / count }))
      .toSorted((a, b) => b.count - a.count);
  }

  /** What the models' veto saved (positive) or cost (negative) so far: the results that were not taken, turned round, in R. */
  vetoWorth(): { readonly count: number; readonly savedR: number } {
    let count = 0;
    let savedR = 0;
    for (const verdict of MODEL_VERDICTS) {
      const sum = this.#byVerdict.get(verdict);
      if (sum === undefined) continue;
      count += sum.count;
      savedR -= sum.sumR;
    }
    return { count, savedR };
  }

  /** The same judged candidates under two deciders. */
  counterfactual(): { readonly hybrid: Tally; readonly ictAlone: Tally } {
    return { hybrid: tallyOf(this.#hybrid), ictAlone: tallyOf(this.#ictAlone) };
  }

  #apply({ verdict, source, resultR, opening }: LivedSample, times: 1 | -1): void {
    this.#count += times;
    this.#bySource.set(source, this.countOf(source) + times);
    const sum = this.#byVerdict.get(verdict) ?? emptySum();
    this.#byVerdict.set(verdict, sum);
    count(sum, resultR, times);
    if (opening === null || opening.ictAlone === null) return;
    if (isCompleteSignal(verdict)) count(this.#hybrid, resultR, times);
    if (opening.ictAlone) count(this.#ictAlone, resultR, times);
  }
}

function emptySum(): Sum {
  return { count: 0, wins: 0, sumR: 0 };
}

function count(sum: Sum, resultR: number, times: 1 | -1): void {
  sum.count += times;
  if (resultR > 0) sum.wins += times;
  // The rest of adding and taking away again is no result.
  sum.sumR = sum.count === 0 ? 0 : sum.sumR + times * resultR;
}

function tallyOf({ count, sumR }: Sum): Tally {
  return { count, meanR: count === 0 ? 0 : sumR / count };
}
