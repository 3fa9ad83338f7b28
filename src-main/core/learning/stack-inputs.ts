// What the whole stack of models is shown of each market besides the feature rows: windows, sequences, and the moment of every set-up.
import type { StackInputs } from '../../../src-shared/contract/worker.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { buildEvolverState, EVOLVER_STATE_WIDTH, SILENT_MEMBERS } from './evolver-policy.ts';
import { buildLiquiditySequence, SEQUENCE_WIDTH } from './liquidity-sequence.ts';
import { buildRegimeSequence, REGIME_WIDTH } from './regime-sequence.ts';
import { buildStructureWindow, STRUCTURE_WIDTH } from './structure-window.ts';
import { breakEvenOf } from '../strategies/break-even.ts';

const SIDES = ['long', 'short'] as const;
/** What the evolver calls full: its training knows up to five set-ups under way as different. */
const MOST_OPEN = 5;

export type StackMatrices = Omit<StackInputs, 'features'>;

/** What of the past the evolver is told. */
export interface RecentOutcomes {
  /** Results of finished set-ups in R, newest last. */
  readonly recentR: readonly number[];
  /** Set-ups under way. */
  readonly open: number;
}

export interface MarketMoment {
  readonly state: SymbolState;
  /** The set-up of now, complete or not, and whether it passed every step; null without one. */
  readonly setUp: { readonly signal: Signal; readonly isSignal: boolean } | null;
}

/** Keeps its matrices and gives the same memory again: an answer must have come before the next call. */
export class StackBuilder {
  #markets = 0;
  #windows = new Float32Array(0);
  #sequences = new Float32Array(0);
  #regimes = new Float32Array(0);
  #moments = new Float32Array(0);

  /** Rows in the order of `moments`, long and short of each; NaN first where something cannot be told. */
  build(moments: readonly (MarketMoment | null)[], past: RecentOutcomes, now: number): StackMatrices {
    const markets = moments.length;
    if (markets > this.#markets) this.#grow(markets);
    const matrices = {
      markets,
      windows: this.#windows.subarray(0, markets * SIDES.length * STRUCTURE_WIDTH),
      sequences: this.#sequences.subarray(0, markets * SEQUENCE_WIDTH),
      regimes: this.#regimes.subarray(0, markets * REGIME_WIDTH),
      moments: this.#moments.subarray(0, markets * SIDES.length * EVOLVER_STATE_WIDTH),
    };
    moments.forEach((moment, market) => {
      const frames = moment?.state.frames;
      SIDES.forEach((side, offset) => {
        const row = market * SIDES.length + offset;
        const at = row * STRUCTURE_WIDTH;
        if (frames === undefined || !buildStructureWindow(frames['15m'], side, { out: matrices.windows, offset: at })) matrices.windows[at] = Number.NaN;
        const setUp = moment?.setUp ?? null;
        if (moment === null || setUp === null || setUp.signal.side !== side)
          matrices.moments.fill(0, row * EVOLVER_STATE_WIDTH)[row * EVOLVER_STATE_WIDTH] = Number.NaN;
        else matrices.moments.set(stateOf({ ...moment, setUp }, past, now), row * EVOLVER_STATE_WIDTH);
      });
      const [sequence, regime] = [market * SEQUENCE_WIDTH, market * REGIME_WIDTH];
      if (frames === undefined || !buildLiquiditySequence(frames['15m'], matrices.sequences, sequence)) matrices.sequences[sequence] = Number.NaN;
      if (frames === undefined || !buildRegimeSequence(frames['1h'], matrices.regimes, regime)) matrices.regimes[regime] = Number.NaN;
    });
    return matrices;
  }

  #grow(markets: number): void {
    this.#markets = markets;
    this.#windows = new Float32Array(markets * SIDES.length * STRUCTURE_WIDTH);
    this.#sequences = new Float32Array(markets * SEQUENCE_WIDTH);
    this.#regimes = new Float32Array(markets * REGIME_WIDTH);
    this.#moments = new Float32Array(markets * SIDES.length * EVOLVER_STATE_WIDTH);
  }
}

function stateOf(moment: { readonly state: SymbolState; readonly setUp: NonNullable<MarketMoment['setUp']> }, past: RecentOutcomes, now: number): Float32Array {
  const { signal, isSignal } = moment.setUp;
  return buildEvolverState({
    ...SILENT_MEMBERS,
    side: signal.side,
    regime: moment.state.frames['1h'].regime.regime,
    hour: new Date(now).getUTCHours(),
    recentR: past.recentR,
    openPositions: past.open,
    maxPositions: MOST_OPEN,
    ictConfidence: signal.ictConfidence,
    quality: signal.quality,
    isSignal,
    breakEven: breakEvenOf(signal.plan),
  });
}
