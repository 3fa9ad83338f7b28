// Watches what is served: the newest feature rows against training, and the loss of finished trades; says when confidence must shrink.
import type { FeatureProfile, DriftReport, PageHinkleyState } from './drift.ts';
import { LOSS_RULES, measureDrift, PAGE_HINKLEY_START, pageHinkley } from './drift.ts';

/** Newest rows compared with training. */
const ROWS_KEPT = 2000;
/** What confidence is multiplied with while the loss is known to have risen. */
const LOSS_DISCOUNT = 0.7;

export interface ServedProfile {
  readonly names: readonly string[];
  readonly profiles: readonly FeatureProfile[];
}

export interface DriftState {
  readonly features: DriftReport;
  readonly isLossDrifting: boolean;
  /** Finished trades behind the loss check. */
  readonly trades: number;
  readonly action: DriftReport['action'];
  readonly discount: number;
}

/** Belongs to one model version; a new version starts anew. */
export class DriftMonitor {
  readonly #served: ServedProfile;
  readonly #rows: Float32Array;
  #at = 0;
  #count = 0;
  #loss: PageHinkleyState = PAGE_HINKLEY_START;
  #isLossDrifting = false;

  constructor(served: ServedProfile) {
    this.#served = served;
    this.#rows = new Float32Array(ROWS_KEPT * served.profiles.length);
  }

  /** Rows as they were asked, row-major; the oldest fall out. */
  observeRows(rows: Float32Array): void {
    const width = this.#served.profiles.length;
    for (let offset = 0; offset + width <= rows.length; offset += width) {
      this.#rows.set(rows.subarray(offset, offset + width), this.#at * width);
      this.#at = (this.#at + 1) % ROWS_KEPT;
      this.#count = Math.min(ROWS_KEPT, this.#count + 1);
    }
  }

  /** A trade ended; `probability` is what the model had said of it. */
  observeOutcome(probability: number, label: 0 | 1): void {
    const stated = Math.max(1e-6, Math.min(1 - 1e-6, label === 1 ? probability : 1 - probability));
    const next = pageHinkley(this.#loss, -Math.log(stated), LOSS_RULES);
    this.#loss = next.state;
    this.#isLossDrifting ||= next.isDrifting;
  }

  state(): DriftState {
    const width = this.#served.profiles.length;
    const features = measureDrift(this.#served.profiles, this.#served.names, this.#rows.subarray(0, this.#count * width));
    const isLossDrifting = this.#isLossDrifting;
    return {
      features,
      isLossDrifting,
      trades: this.#loss.count,
      action: isLossDrifting ? 'act' : features.action,
      discount: Math.min(features.discount, isLossDrifting ? LOSS_DISCOUNT : 1),
    };
  }
}
