// What the screen knows: plain, serialisable views. Money and Ticks stay integers; the renderer formats them with the instrument's scales.
import type { EpochMs, Money } from '../kernel/units.ts';
import type { Order } from '../domain/order.ts';
import type { LifecycleEvent, Position } from '../domain/position.ts';
import type { BreakerGrade, CapitalGuardView } from '../domain/risk.ts';
import type { Mode, ModeReason } from '../domain/session.ts';
import type { FunnelStep, NoSignal, Side, Signal, StrategyMode } from '../domain/signal.ts';
import type { Regime } from '../domain/structure.ts';
import type { Timeframe } from '../domain/candle.ts';
import type { AlarmsView } from './alarms.ts';
import type { TrainingView } from './models.ts';
import type { HindsightView } from './analysis.ts';
import type { Said } from './said.ts';
import type { Settings } from './settings.ts';
import type { TwinView } from './twin.ts';

export interface SessionView {
  readonly mode: Mode;
  /** Absent in recordings of earlier builds. */
  readonly modeReason?: ModeReason;
  readonly host: 'electron' | 'node';
  readonly version: string;
  readonly startedAt: EpochMs;
  /** Engine time divided by wall time; 1 outside simulation. */
  readonly speed: number;
  readonly strategyMode: StrategyMode;
  readonly automation: 'running' | 'paused';
  readonly phase: 'starting' | 'warming_up' | 'streaming' | 'degraded' | 'stopping';
  /** One sentence for the phase, e.g. `Loading history: 120 of 200 symbols`. */
  readonly phaseText: string;
  readonly phaseSaid?: Said | null;
}

export interface AccountView {
  readonly wallet: Money;
  readonly unrealised: Money;
  /** wallet + unrealised. */
  readonly equity: Money;
  readonly marginUsed: Money;
  readonly available: Money;
  readonly dayPnl: Money;
  readonly hedgeMode: boolean;
  readonly updatedAt: EpochMs;
}

/** Static part of a market, sent once. */
export interface MarketInfo {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly priceScale: number;
  readonly tickUnits: number;
  readonly quantityScale: number;
  readonly stepUnits: number;
}

/** Fast part of a market: pushed in batches, at most 4 times a second. */
export interface MarketTick {
  readonly symbol: string;
  readonly last: number;
  readonly mark: number;
  /** Change over 24 h as a fraction. */
  readonly change24h: number;
  readonly quoteVolume24h: number;
  readonly fundingRate: number;
  readonly updatedAt: EpochMs;
}

/** Slow part of a market: after each analysis cycle. */
export interface MarketAnalysis {
  readonly symbol: string;
  readonly regimes: Readonly<Record<Timeframe, Regime>>;
  readonly bias: Side | null;
  /** [0, 1] of the way to a signal. */
  readonly progress: number;
  readonly stoppedAt: FunnelStep | null;
  readonly stopCode: string | null;
  readonly stopNumbers: Readonly<Record<string, number>>;
  readonly confidence: number | null;
  readonly uncertainty: number | null;
  readonly modelProbability: number | null;
  readonly signalId: string | null;
  /** Way to the nearest zone that may be traded on the side of the bias, in 15m ATR; 0 inside; null without bias or zone. */
  readonly zoneDistanceAtr?: number | null;
  /** Everything the decision was made from in one word; deciding again on the same inputs gives the same word. */
  readonly inputsHash?: string;
  readonly analysedAt: EpochMs;
}

export interface PositionView {
  readonly position: Position;
  readonly mark: number;
  readonly unrealised: Money;
  readonly pnlR: number;
  readonly marginUsed: Money;
  /** Milliseconds of its life without a confirmed stop at the venue, those running now included. */
  readonly nakedMs?: number;
  /** The same as seconds × notional in USDT. */
  readonly nakedSecondsUsdt?: number;
  /** The virtual position of the same signal beside this one; absent without one. */
  readonly twin?: TwinView;
  readonly events: readonly LifecycleEvent[];
}

/** One decision in the feed: a signal and what became of it. */
export interface DecisionView {
  readonly signal: Signal;
  readonly outcome: 'executed' | 'virtual' | 'denied' | 'vetoed';
  readonly code: string | null;
  readonly numbers: Readonly<Record<string, number>>;
  /** Everything the decision was made from in one word; absent for a trade by hand. */
  readonly inputsHash?: string;
}

export interface VirtualSummary {
  readonly open: number;
  readonly opened: number;
  readonly closed: number;
  readonly wins: number;
  readonly sumR: number;
}

export interface FunnelView {
  readonly cycle: number;
  readonly evaluated: number;
  readonly signals: number;
  readonly stopped: Readonly<Record<FunnelStep, number>>;
}

export type CheckState = 'ok' | 'warn' | 'bad' | 'unknown';

/** One line of the health checklist: what is wrong and what to do. */
export interface HealthCheck {
  readonly id: string;
  readonly label: string;
  readonly state: CheckState;
  /** In English; `said` is the same apart from its language, null where only an adapter's own sentence says it. */
  readonly detail: string;
  readonly advice: string | null;
  /** Absent in recordings of earlier builds. */
  readonly said?: Said | null;
  readonly advised?: Said | null;
}

export interface WorkerView {
  readonly id: number;
  readonly kind: 'inference' | 'training';
  readonly state: 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';
  readonly restarts: number;
  readonly memoryMb: number;
}

export interface HealthView {
  readonly checks: readonly HealthCheck[];
  readonly breaker: BreakerGrade;
  readonly weightUsed: number;
  readonly weightLimit: number;
  readonly clockOffsetMs: number;
  readonly restLatencyMs: number | null;
  readonly marketAgeMs: number | null;
  readonly userStream: 'connected' | 'connecting' | 'down';
  readonly liveCycleMs: number | null;
  readonly virtualCycleMs: number | null;
  readonly liveOverruns: number;
  readonly nextCycleAt: EpochMs | null;
  readonly memoryMb: number;
  readonly workers: readonly WorkerView[];
  /** Absent until the first comparison. */
  readonly hindsight?: HindsightView;
  readonly model: { readonly name: string; readonly version: string; readonly edge: boolean; readonly note: string } | null;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  readonly id: number;
  readonly time: EpochMs;
  readonly level: LogLevel;
  readonly source: string;
  /** A sentence for a person. */
  readonly message: string;
}

export interface Snapshot {
  readonly sequence: number;
  readonly engineTime: EpochMs;
  readonly session: SessionView;
  readonly account: AccountView | null;
  readonly guard: CapitalGuardView;
  readonly markets: Readonly<Record<string, MarketInfo>>;
  readonly ticks: Readonly<Record<string, MarketTick>>;
  readonly analysis: Readonly<Record<string, MarketAnalysis>>;
  /** Open positions and the last 100 closed ones, by id. */
  readonly positions: Readonly<Record<string, PositionView>>;
  /** Open orders and the last 200 ended ones, by client order id. */
  readonly orders: Readonly<Record<string, Order>>;
  /** Newest last, at most 200. */
  readonly decisions: readonly DecisionView[];
  readonly virtual: VirtualSummary;
  readonly funnel: FunnelView;
  readonly health: HealthView;
  /** Newest last, at most 500. */
  readonly log: readonly LogLine[];
  readonly settings: Settings;
  /** Absent until the first report of the trainer. */
  readonly training?: TrainingView;
  /** Absent until the host has read the rules. */
  readonly alarms?: AlarmsView;
}

export type { NoSignal };
