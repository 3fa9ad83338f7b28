// Samples from lived positions, virtual, paper and real: read off the journal alone, paired by id, counted and compared.
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { StoredRecord } from '../ports.ts';
import { openingOf, readVirtualEnd, type LivedSample, type SampleOpening, type SampleSource, type Tally, type VerdictSummary } from './lived-sample.ts';
import { SampleSums } from './sample-sums.ts';

/** Newest samples kept whole; of older ones the sums stay here, and they themselves where samples are stored. */
export const SAMPLES_KEPT = 2000;

/** What a restart needs besides the journal's newer records. */
export interface LedgerState {
  /** All of them, oldest end first; read once. */
  readonly samples: Iterable<LivedSample>;
  /** Candidates that have not ended yet. */
  readonly openings: readonly SampleOpening[];
  readonly lastId: number;
}

/**
 * Follows the journal. The same records, in one go or in pieces, once or twice, give the same samples. Memory is bounded: the newest samples
 * are whole, all of them are in the sums; a sample leaves only after it was stored, and is recalled when its twin ends much later.
 */
export class SampleLedger {
  readonly #tradedAs: Exclude<SampleSource, 'virtual'>;
  readonly #recall: (id: string) => LivedSample | null;
  readonly #kept: number;
  /** The newest, by when their end was read. */
  readonly #samples = new Map<string, LivedSample>();
  readonly #sums = new SampleSums();
  readonly #openings = new Map<string, SampleOpening>();
  /** Closed positions whose final result has not been read yet: position id → candidate. */
  readonly #ending = new Map<string, { readonly id: string; readonly symbol: string; readonly openedAt: number }>();
  readonly #changed = new Set<string>();
  #lastId = 0;

  /**
   * `tradedAs`: what a position of this journal is, by the mode it belongs to. `recall` finds a stored sample that is not kept whole any more;
   * null when there is none. `kept`: how many stay whole.
   */
  constructor(tradedAs: Exclude<SampleSource, 'virtual'> = 'paper', recall: (id: string) => LivedSample | null = () => null, kept: number = SAMPLES_KEPT) {
    this.#tradedAs = tradedAs;
    this.#recall = recall;
    this.#kept = kept;
  }

  restore(state: LedgerState): void {
    for (const sample of state.samples) {
      this.#samples.set(sample.id, sample);
      this.#sums.add(sample);
      this.#forgetOldest();
    }
    for (const opening of state.openings) this.#openings.set(opening.id, opening);
    this.#lastId = state.lastId;
  }

  /** Records oldest first; those seen before are skipped. */
  follow(records: readonly StoredRecord[]): void {
    for (const record of records) {
      if (record.id <= this.#lastId) continue;
      this.#lastId = record.id;
      if (record.kind === 'virtual-opened') this.#onOpened(record.data);
      else if (record.kind === 'virtual-closed') this.#onVirtualEnd(record.data);
      else if (record.kind === 'position') this.#onPosition(record.data);
      else if (record.kind === 'lifecycle') this.#onLifecycle(record.data);
    }
  }

  /** Openings and samples that are new or other since `forgetChanged`: what is to be kept. */
  changed(): { readonly samples: readonly LivedSample[]; readonly openings: readonly SampleOpening[] } {
    const ids = [...this.#changed];
    return { samples: ids.flatMap((id) => this.#samples.get(id) ?? []), openings: ids.flatMap((id) => this.#openings.get(id) ?? []) };
  }

  /** What changed is stored now. */
  forgetChanged(): void {
    this.#changed.clear();
    this.#forgetOldest();
  }

  /** Candidates that have not ended yet. */
  openings(): readonly SampleOpening[] {
    return [...this.#openings.values()];
  }

  /** Id of the newest record followed. */
  get lastId(): number {
    return this.#lastId;
  }

  /** All samples, kept whole or not. */
  get count(): number {
    return this.#sums.count;
  }

  /** Samples that are whole. */
  get keptCount(): number {
    return this.#samples.size;
  }

  /** Candidates that have not ended yet. */
  get openingCount(): number {
    return this.#openings.size;
  }

  /** The newest ones, oldest end first. */
  samples(): readonly LivedSample[] {
    return [...this.#samples.values()].toSorted((a, b) => a.closedAt - b.closedAt);
  }

  countOf(source: SampleSource): number {
    return this.#sums.countOf(source);
  }

  /** Outcomes by what was decided then, most samples first. */
  byVerdict(): readonly VerdictSummary[] {
    return this.#sums.byVerdict();
  }

  /** What the models' veto saved (positive) or cost (negative) so far: the results that were not taken, turned round, in R. */
  vetoWorth(): { readonly count: number; readonly savedR: number } {
    return this.#sums.vetoWorth();
  }

  /** The same judged candidates under two deciders: what hybrid let pass, and what ICT alone would have traded. */
  counterfactual(): { readonly hybrid: Tally; readonly ictAlone: Tally } {
    return this.#sums.counterfactual();
  }

  #onOpened(data: unknown): void {
    const signal = (data as { readonly signal?: Signal } | null)?.signal;
    if (typeof signal !== 'object' || typeof signal.id !== 'string' || this.#find(signal.id) !== null) return;
    const opening = openingOf(signal);
    if (opening === null) return;
    this.#openings.set(signal.id, opening);
    this.#changed.add(signal.id);
  }

  #onVirtualEnd(data: unknown): void {
    const end = readVirtualEnd(data);
    // The first end of a position is its end; what was really traded outweighs its twin.
    if (end === null || this.#find(end.id) !== null) return;
    this.#keep({ ...end, source: 'virtual', opening: this.#openings.get(end.id) ?? null });
  }

  #onPosition(data: unknown): void {
    const position = (data as { readonly position?: Readonly<Record<string, unknown>> } | null)?.position;
    const signal = position?.['signal'] as Signal | null | undefined;
    if (position?.['phase'] !== 'closed' || signal === null || signal === undefined || signal.strategy === 'manual') return;
    const { id, openedAt } = position;
    // A closed position may be told again after its end, with a late fee.
    if (this.#find(signal.id)?.source === this.#tradedAs) return;
    if (typeof id === 'string' && typeof openedAt === 'number') this.#ending.set(id, { id: signal.id, symbol: signal.symbol, openedAt });
  }

  #onLifecycle(data: unknown): void {
    const { positionId, kind, time, pnlR } = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== 'closed' || typeof positionId !== 'string' || typeof time !== 'number' || typeof pnlR !== 'number' || !Number.isFinite(pnlR)) return;
    const traded = this.#ending.get(positionId);
    if (traded === undefined) return;
    this.#ending.delete(positionId);
    const known = this.#find(traded.id);
    if (known?.source === this.#tradedAs) return;
    const opening = known?.opening ?? this.#openings.get(traded.id) ?? null;
    this.#keep({ ...traded, closedAt: time, verdict: 'traded', source: this.#tradedAs, resultR: pnlR, opening });
  }

  #keep(sample: LivedSample): void {
    const before = this.#find(sample.id);
    if (before !== null) this.#sums.remove(before);
    this.#sums.add(sample);
    this.#samples.delete(sample.id);
    this.#samples.set(sample.id, sample);
    this.#openings.delete(sample.id);
    this.#changed.add(sample.id);
  }

  #find(id: string): LivedSample | null {
    const kept = this.#samples.get(id);
    if (kept !== undefined) return kept;
    return this.#sums.count > this.#samples.size ? this.#recall(id) : null;
  }

  /** Never one that still has to be stored. */
  #forgetOldest(): void {
    for (const id of this.#samples.keys()) {
      if (this.#samples.size <= this.#kept || this.#changed.has(id)) return;
      this.#samples.delete(id);
    }
  }
}
