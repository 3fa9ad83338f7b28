// Samples from lived positions: read off the journal alone, paired by id, counted and compared; nothing is kept that a restart could lose.
import type { StoredRecord } from '../ports.ts';

/** A candidate that lived to its end, traded or not. Its features are rebuilt from the candle archive by the code that serves. */
export interface LivedSample {
  readonly id: string;
  readonly symbol: string;
  readonly openedAt: number;
  readonly closedAt: number;
  /** `traded`, or the code that stopped it. */
  readonly verdict: string;
  /** After costs, in units of the risk at entry. */
  readonly resultR: number;
}

export interface VerdictSummary {
  readonly verdict: string;
  readonly count: number;
  readonly wins: number;
  readonly meanR: number;
}

/** Verdict codes with which a model stopped a candidate. */
const MODEL_VERDICTS: ReadonlySet<string> = new Set(['model.veto', 'model.lowered']);

/** Follows the journal. The same records, in one go or in pieces, once or twice, give the same samples. */
export class SampleLedger {
  readonly #samples = new Map<string, LivedSample>();
  #lastId = 0;

  /** Records oldest first; those seen before are skipped. */
  follow(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.id <= this.#lastId) continue;
      this.#lastId = record.id;
      if (record.kind !== 'virtual-closed') continue;
      const sample = readSample(record.data);
      // The first end of a position is its end.
      if (sample !== null && !this.#samples.has(sample.id)) this.#samples.set(sample.id, sample);
    }
  }

  /** Id of the newest record followed. */
  get lastId(): number {
    return this.#lastId;
  }

  get count(): number {
    return this.#samples.size;
  }

  /** Samples whose outcome became known after `time`. */
  countSince(time: number): number {
    let count = 0;
    for (const sample of this.#samples.values()) if (sample.closedAt > time) count += 1;
    return count;
  }

  /** Outcomes by what was decided then, most samples first. */
  byVerdict(): readonly VerdictSummary[] {
    const groups = new Map<string, LivedSample[]>();
    for (const sample of this.#samples.values()) {
      const group = groups.get(sample.verdict);
      if (group === undefined) groups.set(sample.verdict, [sample]);
      else group.push(sample);
    }
    return [...groups.entries()]
      .map(([verdict, group]) => ({
        verdict,
        count: group.length,
        wins: group.filter(({ resultR }) => resultR > 0).length,
        meanR: group.reduce((sum, { resultR }) => sum + resultR, 0) / group.length,
      }))
      .toSorted((a, b) => b.count - a.count);
  }

  /** What the models' veto saved (positive) or cost (negative) so far: the results that were not taken, turned round, in R. */
  vetoWorth(): { readonly count: number; readonly savedR: number } {
    let count = 0;
    let savedR = 0;
    for (const { verdict, resultR } of this.#samples.values()) {
      if (!MODEL_VERDICTS.has(verdict)) continue;
      count += 1;
      savedR -= resultR;
    }
    return { count, savedR };
  }
}

/** Journal data is JSON from another session: only what has the right shape counts. */
function readSample(data: unknown): LivedSample | null {
  if (typeof data !== 'object' || data === null) return null;
  const { id, symbol, openedAt, closedAt, verdict, pnlR } = data as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof symbol !== 'string' || typeof verdict !== 'string') return null;
  if (typeof openedAt !== 'number' || typeof closedAt !== 'number' || typeof pnlR !== 'number' || !Number.isFinite(pnlR)) return null;
  return { id, symbol, openedAt, closedAt, verdict, resultR: pnlR };
}
