// What a backtest is asked and what it answers.
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { MarketAnalysis } from '../../../src-shared/contract/view.ts';
import type { EpochMs, Money } from '../../../src-shared/kernel/units.ts';
import type { AuditResult } from './audit.ts';
import type { ClosedTrade } from './closed-trade.ts';
import type { EquityCurve } from './equity-recorder.ts';
import type { PriceHistory } from './price-history.ts';
import type { JournalRecord, PredictionBatch, Predictor } from '../ports.ts';

export interface BacktestCosts {
  readonly makerFeeBps: number;
  readonly takerFeeBps: number;
  /** Rate for funding times without a recorded one, in units of 1e-8. */
  readonly fundingRateE8: number;
  /** 1 is the normal book of finite depth; half of it doubles what size costs. */
  readonly bookThickness: number;
  /** Milliseconds from the close of a candle to the decision on it and its orders; price moves on meanwhile. At most the first leg. */
  readonly delayMs: number;
}

export const USUAL_COSTS: BacktestCosts = { makerFeeBps: 2, takerFeeBps: 5, fundingRateE8: 10_000, bookThickness: 1, delayMs: 0 };

/** Answers the questions of a run; a predictor of the running terminal will do. */
export interface RunPredictor {
  predict(batch: PredictionBatch, at: EpochMs): ReturnType<Predictor['predict']>;
}

/** Closed candles of each timeframe, oldest first. */
export type WarmUpPages = Readonly<Record<Timeframe, readonly Candle[]>>;

export interface BacktestRequest {
  readonly histories: readonly PriceHistory[];
  /** The strategy mode is `settings.strategyMode`. */
  readonly settings: Settings;
  /** First and last (exclusive) moment of trading, on the 5m grid. */
  readonly from: number;
  readonly to: number;
  /** Candles before `from` that only teach the indicators and the structure. */
  readonly warmUpBars: number;
  /**
   * Null: the warm-up streams candle by candle, so that history is as long as it is. Otherwise each timeframe of a symbol starts with these
   * closed candles, as the terminal does when it connects.
   */
  readonly warmUpPages?: ReadonlyMap<string, WarmUpPages> | null;
  readonly deposit: Money;
  readonly costs: BacktestCosts;
  /** Whether somebody lifts a daily-loss halt at the next UTC midnight. A drawdown halt is never lifted. */
  readonly resumesNextDay: boolean;
  /** Asked by the hybrid and self-learning strategies; null when no model can be served. */
  readonly predictor: RunPredictor | null;
  /** Pulses and virtual ticks at every candle, also where they can change nothing: slower, for the proof that leaving them out is right. */
  readonly pulsesAlways?: boolean;
  /** Every line of the journal, in order. */
  readonly onRecord?: (record: JournalRecord) => void;
  /** What was thought of every symbol in every cycle, signal or not. */
  readonly onAnalysis?: (analysis: readonly MarketAnalysis[], at: number) => void;
  /** Called about once per 2,000 steps with the share done; true cancels the run. */
  readonly onProgress?: (share: number) => boolean;
}

export interface BacktestCounters {
  readonly candles: number;
  readonly warmUpCandles: number;
  readonly decisions: Readonly<Record<'executed' | 'virtual' | 'denied' | 'vetoed', number>>;
  readonly denials: Readonly<Record<string, number>>;
  readonly virtual: { readonly opened: number; readonly closed: number; readonly wins: number; readonly sumR: number };
  readonly funnel: Readonly<Record<string, number>>;
  readonly records: number;
  /** Times a halt for a daily loss was lifted at midnight. */
  readonly resumed: number;
  readonly liquidations: number;
}

export interface BacktestResult {
  readonly from: number;
  readonly to: number;
  readonly deposit: Money;
  readonly wallet: Money;
  readonly trades: readonly ClosedTrade[];
  readonly equity: EquityCurve;
  readonly audit: AuditResult;
  /** What the engine's own trades add up to. */
  readonly tradeTotals: { readonly beforeFunding: Money; readonly funding: Money };
  readonly counters: BacktestCounters;
  /** SHA-256 over every journal line and every order sent: the same inputs give the same hash. */
  readonly hash: string;
  readonly wasCancelled: boolean;
  /** Trading state at the end, and why. */
  readonly endState: string;
}

/** Where the candles of one symbol came from. */
export interface SymbolSource {
  readonly symbol: string;
  readonly files: number;
  readonly candles: number;
  readonly first: number;
  readonly last: number;
  readonly missing: number;
  readonly rules: 'exchange' | 'derived from candles';
  readonly funding: 'recorded' | 'flat rate';
}

/** A growing print of what a run did, e.g. SHA-256. */
export interface RunPrint {
  add(text: string): void;
  /** Ends it. */
  finish(): string;
}
