// What was lived and served, watched: samples off the journal, feature rows as they were asked, and whether either drifts from training.
import type { ModelDrift } from '../../src-shared/contract/models.ts';
import type { ModelStore } from '../adapters/models/model-store.ts';
import { readProfiles } from '../adapters/models/profiles.ts';
import type { LearningStore } from '../adapters/sqlite/learning-store.ts';
import { FEATURE_SCHEMA_HASH } from '../core/features/schema.ts';
import { DriftMonitor, type DriftState } from '../core/learning/drift-monitor.ts';
import type { LivedSample, SampleOpening } from '../core/learning/lived-sample.ts';
import type { SampleLedger } from '../core/learning/sample-ledger.ts';
import type { Journal, Logger, PredictionBatch } from '../core/ports.ts';

/** The model whose inputs and outcomes are watched. */
export const WATCHED_MODEL = 'boosted-trees';
/** Records of the journal read at once, and how often: the engine shares the thread. */
const RECORDS_AT_ONCE = 250;
const FOLLOW_MS = 200;
const IDLE_FOLLOW_MS = 5000;
/** What serves is discounted by a look this old at most. */
const LOOK_MS = 60_000;
/** A row served at most this long before a decision is the one it was made from. */
const SERVED_WITHIN_MS = 600_000;
/** Set-ups remembered as compared, and looked up again after a restart. */
export const WATCHED_KEPT = 4000;

export interface LivedWatchParts {
  readonly folder: string;
  readonly store: ModelStore;
  readonly memory: LearningStore;
  readonly ledger: SampleLedger;
  readonly journal: Journal & { readonly lastId: number };
  readonly logger: Logger;
  readonly wallNow: () => number;
  /** Wall milliseconds between two looks at the journal; the usual ones when left out. */
  readonly followMs?: number;
}

/** Owns the follow timer and the drift monitor of the version that serves. */
export class LivedWatch {
  readonly #parts: LivedWatchParts;
  readonly #watched = new Set<string>();
  #monitor: { readonly version: string; readonly monitor: DriftMonitor } | null = null;
  #problem: string | null = null;
  #timer: NodeJS.Timeout | null;
  #savedId = -1;
  #lookedAt = -Infinity;
  #looked: DriftState | null = null;

  constructor(parts: LivedWatchParts) {
    this.#parts = parts;
    const { memory, journal, ledger } = parts;
    const state = memory.loadLedger();
    // A journal that starts anew is followed from its beginning; what was lived before stays.
    const isNewJournal = state.lastId > journal.lastId;
    if (isNewJournal) memory.forgetJournal();
    ledger.restore(isNewJournal ? { ...state, lastId: 0 } : state);
    this.open();
    this.#timer = setTimeout(() => this.#follow(), parts.followMs ?? FOLLOW_MS);
  }

  get watchedCount(): number {
    return this.#watched.size;
  }

  /** A new version starts with an empty monitor, and with the set-ups and outcomes that were lived before. */
  open(): void {
    const { folder, store, ledger } = this.#parts;
    const versions = store.versionsOf(WATCHED_MODEL);
    const champion = versions.ok ? versions.value.champion : null;
    if (champion !== null && this.#monitor?.version === champion.version) return;
    const profiles = readProfiles(folder, WATCHED_MODEL);
    this.#problem = profiles.ok ? null : profiles.error;
    this.#monitor = profiles.ok && champion !== null ? { version: champion.version, monitor: new DriftMonitor(profiles.value) } : null;
    this.#lookedAt = -Infinity;
    this.#watched.clear();
    const samples = ledger.samples();
    this.#judge(samples);
    this.#compare([...samples.slice(-WATCHED_KEPT / 2).flatMap(({ opening }) => opening ?? []), ...ledger.openings()]);
  }

  /** Keeps the feature rows of a question to the models. */
  keep({ schemaHash, keys, rows, width }: PredictionBatch, time: number): void {
    if (schemaHash !== FEATURE_SCHEMA_HASH) return;
    this.#guarded('Feature rows could not be kept; nothing else depends on them', () =>
      this.#parts.memory.addFeatures({ time, schemaHash, keys, rows, width }),
    );
  }

  /** As it is now; null while nothing is watched, and then why. */
  drift(): { readonly drift: ModelDrift | null; readonly problem: string | null } {
    if (this.#monitor === null) return { drift: null, problem: this.#problem };
    const { features, isLossDrifting, trades, action, discount } = this.#monitor.monitor.state();
    return { drift: { action, rows: features.rows, trades, isLossDrifting, discount, moved: features.moved }, problem: null };
  }

  /** What the checks ask for, and what the model's weight is multiplied with; looked at anew once a minute. */
  verdict(): { readonly action: DriftState['action']; readonly discount: number } {
    const now = this.#parts.wallNow();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      this.#looked = this.#monitor?.monitor.state() ?? null;
    }
    return { action: this.#looked?.action ?? 'none', discount: this.#looked?.discount ?? 1 };
  }

  /** What was journalled since the last look is read at the next start. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#save();
  }

  #follow(): void {
    if (this.#timer === null) return;
    const { journal, ledger, followMs } = this.#parts;
    let read = 0;
    this.#guarded('The journal could not be followed for samples; it is tried again', () => {
      const records = journal.read({ after: ledger.lastId, limit: RECORDS_AT_ONCE });
      read = records.length;
      ledger.follow(records);
    });
    this.#save();
    this.#timer = setTimeout(() => this.#follow(), read === RECORDS_AT_ONCE ? FOLLOW_MS : (followMs ?? IDLE_FOLLOW_MS));
    this.#timer.unref();
  }

  #save(): void {
    const { ledger, memory } = this.#parts;
    const changed = ledger.changed();
    if (changed.openings.length + changed.samples.length === 0 && ledger.lastId === this.#savedId) return;
    this.#judge(changed.samples);
    this.#compare([...changed.openings, ...changed.samples.flatMap(({ opening }) => opening ?? [])]);
    const isSaved = this.#guarded('Samples could not be kept; the journal still holds them', () => memory.saveLedger(changed, ledger.lastId));
    // What could not be kept stays changed and is tried again with the next.
    if (!isSaved) return;
    ledger.forgetChanged();
    this.#savedId = ledger.lastId;
  }

  /** Outcomes of what the watched version had said. */
  #judge(samples: readonly LivedSample[]): void {
    for (const { id, opening, resultR } of samples) {
      const opinion = opening?.opinion ?? null;
      if (opinion?.model !== WATCHED_MODEL || opinion.version !== this.#monitor?.version || this.#watched.has(`${id} ended`)) continue;
      this.#watched.add(`${id} ended`);
      this.#monitor.monitor.observeOutcome(opinion.probability, resultR > 0 ? 1 : 0);
    }
  }

  /**
   * The rows of set-ups, each once, are what the model was trained and judged on: only they are compared with training. Rows of markets
   * without a set-up lie elsewhere, and so would the same set-up seen every five minutes.
   */
  #compare(openings: readonly SampleOpening[]): void {
    const watched = this.#monitor;
    if (watched === null) return;
    for (const { id, symbol, side, decidedAt } of openings) {
      if (this.#watched.has(id)) continue;
      this.#watched.add(id);
      this.#guarded('A served feature row could not be read', () => {
        const row = this.#parts.memory.features({ symbol, side, schemaHash: FEATURE_SCHEMA_HASH, until: decidedAt, since: decidedAt - SERVED_WITHIN_MS });
        if (row !== null) watched.monitor.observeRows(row);
      });
    }
    for (const id of this.#watched) if (this.#watched.size <= WATCHED_KEPT * 2 || !this.#watched.delete(id)) break;
  }

  /** Learning may fail; it never takes the engine along. */
  #guarded(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (failure) {
      this.#parts.logger.log('warn', 'learning', `${what} (${failure instanceof Error ? failure.message : String(failure)}).`);
      return false;
    }
  }
}
