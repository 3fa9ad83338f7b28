// Samples from lived positions, virtual, paper and real: read off the journal alone, paired by id, counted and compared.
import type { Side, Signal } from '../../../src-shared/domain/signal.ts';
import type { StoredRecord } from '../ports.ts';
import { breakEvenOf } from './triple-barrier.ts';

/** What was known of a candidate when it was decided; never its outcome. */
export interface SampleOpening {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly decidedAt: number;
  readonly quality: number;
  readonly ictConfidence: number;
  /** Win probability at which the plan earns nothing after costs. */
  readonly breakEven: number;
  /** The plan's exits as fractions of its entry price, and how long it may last. */
  readonly exits: { readonly stop: number; readonly target: number; readonly horizonMs: number };
  /** Whether ICT alone would have traded it; null where no model judged. */
  readonly ictAlone: boolean | null;
  /** What the model said of it; null when none was asked. */
  readonly opinion: { readonly model: string; readonly version: string; readonly probability: number } | null;
}

/** A candidate that lived to its end, traded or not. */
export interface LivedSample {
  readonly id: string;
  readonly symbol: string;
  readonly openedAt: number;
  readonly closedAt: number;
  /** `traded`, or the code that stopped it. */
  readonly verdict: string;
  /** `virtual` until a position that was really opened from it has ended: then its result counts. */
  readonly source: SampleSource;
  /** After costs, in units of the risk at entry. */
  readonly resultR: number;
  /** Null when the journal no longer holds its opening. */
  readonly opening: SampleOpening | null;
}

export type SampleSource = 'virtual' | 'paper' | 'real';

export interface VerdictSummary {
  readonly verdict: string;
  readonly count: number;
  readonly wins: number;
  readonly meanR: number;
}

/** What a restart needs besides the journal's newer records. */
export interface LedgerState {
  readonly samples: readonly LivedSample[];
  /** Candidates that have not ended yet. */
  readonly openings: readonly SampleOpening[];
  readonly lastId: number;
}

/** Verdict codes with which a model stopped a candidate. */
const MODEL_VERDICTS: ReadonlySet<string> = new Set(['model.veto', 'model.lowered']);

/** Follows the journal. The same records, in one go or in pieces, once or twice, give the same samples. */
export class SampleLedger {
  readonly #tradedAs: Exclude<SampleSource, 'virtual'>;
  readonly #samples = new Map<string, LivedSample>();
  readonly #openings = new Map<string, SampleOpening>();
  /** Closed positions whose final result has not been read yet: position id → candidate. */
  readonly #ending = new Map<string, { readonly id: string; readonly symbol: string; readonly openedAt: number }>();
  readonly #changed = new Set<string>();
  #lastId = 0;

  /** `tradedAs`: what a position of this journal is, by the mode it belongs to. */
  constructor(tradedAs: Exclude<SampleSource, 'virtual'> = 'paper') {
    this.#tradedAs = tradedAs;
  }

  restore(state: LedgerState): void {
    for (const sample of state.samples) this.#samples.set(sample.id, sample);
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

  forgetChanged(): void {
    this.#changed.clear();
  }

  /** Candidates that have not ended yet. */
  openings(): readonly SampleOpening[] {
    return [...this.#openings.values()];
  }

  /** Id of the newest record followed. */
  get lastId(): number {
    return this.#lastId;
  }

  get count(): number {
    return this.#samples.size;
  }

  /** Oldest end first. */
  samples(): readonly LivedSample[] {
    return [...this.#samples.values()].toSorted((a, b) => a.closedAt - b.closedAt);
  }

  countOf(source: SampleSource): number {
    let count = 0;
    for (const sample of this.#samples.values()) if (sample.source === source) count += 1;
    return count;
  }

  /** Samples whose outcome became known after `time`. */
  countSince(time: number): number {
    let count = 0;
    for (const sample of this.#samples.values()) if (sample.closedAt > time) count += 1;
    return count;
  }

  /** Outcomes by what was decided then, most samples first. */
  byVerdict(): readonly VerdictSummary[] {
    const groups = Map.groupBy(this.#samples.values(), ({ verdict }) => verdict);
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

  /** The same judged candidates under two deciders: what hybrid let pass, and what ICT alone would have traded. */
  counterfactual(): { readonly hybrid: Tally; readonly ictAlone: Tally } {
    const judged = [...this.#samples.values()].filter(({ opening }) => opening !== null && opening.ictAlone !== null);
    return {
      hybrid: tallyOf(judged.filter(({ verdict }) => isCompleteSignal(verdict))),
      ictAlone: tallyOf(judged.filter(({ opening }) => opening?.ictAlone === true)),
    };
  }

  #onOpened(data: unknown): void {
    const signal = (data as { readonly signal?: Signal } | null)?.signal;
    if (typeof signal !== 'object' || typeof signal.id !== 'string' || this.#samples.has(signal.id)) return;
    const opening = openingOf(signal);
    if (opening === null) return;
    this.#openings.set(signal.id, opening);
    this.#changed.add(signal.id);
  }

  #onVirtualEnd(data: unknown): void {
    const end = readVirtualEnd(data);
    // The first end of a position is its end; what was really traded outweighs its twin.
    if (end === null || this.#samples.has(end.id)) return;
    this.#keep({ ...end, source: 'virtual', opening: this.#openings.get(end.id) ?? null });
  }

  #onPosition(data: unknown): void {
    const position = (data as { readonly position?: Readonly<Record<string, unknown>> } | null)?.position;
    const signal = position?.['signal'] as Signal | null | undefined;
    if (position?.['phase'] !== 'closed' || signal === null || signal === undefined || signal.strategy === 'manual') return;
    const { id, openedAt } = position;
    if (typeof id === 'string' && typeof openedAt === 'number') this.#ending.set(id, { id: signal.id, symbol: signal.symbol, openedAt });
  }

  #onLifecycle(data: unknown): void {
    const { positionId, kind, time, pnlR } = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== 'closed' || typeof positionId !== 'string' || typeof time !== 'number' || typeof pnlR !== 'number' || !Number.isFinite(pnlR)) return;
    const traded = this.#ending.get(positionId);
    if (traded === undefined || this.#samples.get(traded.id)?.source === this.#tradedAs) return;
    this.#ending.delete(positionId);
    const opening = this.#samples.get(traded.id)?.opening ?? this.#openings.get(traded.id) ?? null;
    this.#keep({ ...traded, closedAt: time, verdict: 'traded', source: this.#tradedAs, resultR: pnlR, opening });
  }

  #keep(sample: LivedSample): void {
    this.#samples.set(sample.id, sample);
    this.#openings.delete(sample.id);
    this.#changed.add(sample.id);
  }
}

export interface Tally {
  readonly count: number;
  readonly meanR: number;
}

/** Whether a candidate passed every step of its strategy, by its verdict: what was stopped later, or traded, was complete. */
export function isCompleteSignal(verdict: string): boolean {
  return !/^(?:data|regime|bias|setup|trigger|confidence|plan|quality|model)\./u.test(verdict);
}

function tallyOf(samples: readonly LivedSample[]): Tally {
  return { count: samples.length, meanR: samples.length === 0 ? 0 : samples.reduce((sum, { resultR }) => sum + resultR, 0) / samples.length };
}

/** Null when the plan cannot be read: journal data is JSON from another session. */
function openingOf(signal: Signal): SampleOpening | null {
  const { id, symbol, side, decidedAt, quality, ictConfidence, plan } = signal;
  if (plan === undefined || !(plan.entry > 0) || !(Math.abs(plan.entry - plan.stop) > 0)) return null;
  const opinion = signal.evidence.opinions[0];
  return {
    id,
    symbol,
    side,
    decidedAt,
    quality,
    ictConfidence,
    breakEven: breakEvenOf(plan),
    exits: {
      stop: Math.abs(plan.entry - plan.stop) / plan.entry,
      target: Math.abs(plan.target - plan.entry) / plan.entry,
      horizonMs: plan.expiresAt - decidedAt,
    },
    ictAlone: signal.evidence.ictAlone ?? null,
    opinion: opinion === undefined ? null : { model: opinion.model, version: opinion.version, probability: opinion.winProbability },
  };
}

/** Only what has the right shape counts. */
function readVirtualEnd(data: unknown): Omit<LivedSample, 'source' | 'opening'> | null {
  if (typeof data !== 'object' || data === null) return null;
  const { id, symbol, openedAt, closedAt, verdict, pnlR } = data as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof symbol !== 'string' || typeof verdict !== 'string') return null;
  if (typeof openedAt !== 'number' || typeof closedAt !== 'number' || typeof pnlR !== 'number' || !Number.isFinite(pnlR)) return null;
  return { id, symbol, openedAt, closedAt, verdict, resultR: pnlR };
}
