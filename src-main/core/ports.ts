// Every port of the engine on one page: what the core needs from the world, in the core's own words.
import type { Candle, Timeframe } from '../../src-shared/domain/candle.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { Fill, OrderIntent, OrderSide, OrderStatus, PositionSide } from '../../src-shared/domain/order.ts';
import type { BreakerGrade } from '../../src-shared/domain/risk.ts';
import type { StackInputs } from '../../src-shared/contract/worker.ts';
import type { EngineEventBody } from '../../src-shared/contract/events.ts';
import type { Said } from '../../src-shared/contract/said.ts';
import type { Settings, SettingsProblem } from '../../src-shared/contract/settings.ts';
import type { LogLevel } from '../../src-shared/contract/view.ts';
import type { Result } from '../../src-shared/kernel/result.ts';
import type { EpochMs, Lots, Money, Ticks } from '../../src-shared/kernel/units.ts';

// ── time, chance, words ──────────────────────────────────────────────────────────────────────────────────────────────

export interface Clock {
  /** Engine time. In simulated mode it runs `speed` times faster than the wall. */
  now(): EpochMs;
  /** Engine milliseconds per wall millisecond; 1 outside simulation. Deadlines on the outside world are wall time × this. */
  readonly speed: number;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export interface Logger {
  /** `message` is a sentence for a person; `context` never holds a secret. Rate-limited per source and message. */
  log(level: LogLevel, source: string, message: string, context?: Readonly<Record<string, unknown>>): void;
}

// ── market data ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface MarketPrice {
  readonly symbol: string;
  readonly last: number;
  readonly mark: number;
  readonly change24h: number;
  readonly quoteVolume24h: number;
  readonly fundingRate: number;
  readonly nextFundingTime: EpochMs | null;
  /** Best ask less best bid over their middle; absent or null while no recent quote of this market is known. */
  readonly spreadFraction?: number | null;
  readonly time: EpochMs;
}

export type MarketEvent =
  | { readonly kind: 'candle-closed'; readonly symbol: string; readonly timeframe: '5m'; readonly candle: Candle }
  | { readonly kind: 'candle-forming'; readonly symbol: string; readonly timeframe: '5m'; readonly candle: Candle }
  /** Only symbols that changed. */
  | { readonly kind: 'prices'; readonly prices: readonly MarketPrice[] }
  /** The universe, its rules and (after each refresh) changed rules. */
  | { readonly kind: 'instruments'; readonly instruments: readonly Instrument[]; readonly universe: readonly string[] }
  /** Warm-up or gap repair: oldest first, closed candles only. */
  | { readonly kind: 'history'; readonly symbol: string; readonly timeframe: Timeframe; readonly candles: readonly Candle[] }
  /** A symbol has all history it needs and no gap. */
  | { readonly kind: 'symbol-ready'; readonly symbol: string }
  | { readonly kind: 'feed-status'; readonly status: FeedStatus };

export interface FeedStatus {
  readonly state: 'connecting' | 'warming_up' | 'streaming' | 'stale' | 'down' | 'geo_blocked';
  /** One sentence, with advice when something is wrong. */
  readonly text: string;
  /** The same by its code, where it has one. */
  readonly said?: Said | null;
  readonly symbolsReady: number;
  readonly symbolsTotal: number;
  readonly lastEventAt: EpochMs | null;
}

export interface MarketFeed {
  /** Starts universe, backfill and streams; events arrive in order per symbol. Resolves when the feed is stopped for good. */
  start(handler: (event: MarketEvent) => void): Promise<void>;
  stop(): Promise<void>;
  /** Symbols that must be watched whatever their volume (open positions). */
  require(symbols: readonly string[]): void;
  /** Older candles for a chart, from the archive first. Oldest first, closed only. */
  history(request: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly limit: number;
    readonly before: EpochMs | null;
  }): Promise<Result<readonly Candle[], ExchangeError>>;
}

export interface CandleArchive {
  /** Closed candles, oldest first; an existing row with the same open time is overwritten. What cannot be written (disk full) is left out and told by the archive. */
  append(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): void;
  /** Newest `limit` candles opening before `before` (exclusive) or newest at all, oldest first. */
  read(request: { readonly symbol: string; readonly timeframe: Timeframe; readonly limit: number; readonly before: EpochMs | null }): readonly Candle[];
  /** Open time of the newest stored candle, or null. */
  newest(symbol: string, timeframe: Timeframe): EpochMs | null;
}

// ── the exchange, as the engine sees it ──────────────────────────────────────────────────────────────────────────────

/** Why a call failed. `outcome: 'unknown'` means it may have been executed; never resend, query. */
export interface ExchangeError {
  readonly code:
    | 'rejected'
    | 'rate_limited'
    | 'banned'
    | 'geo_blocked'
    | 'unauthorised'
    | 'timestamp'
    | 'unreachable'
    | 'unavailable'
    | 'timeout'
    | 'breaker'
    | 'malformed';
  readonly outcome: 'not_executed' | 'unknown';
  /** The venue's numeric code, e.g. -2019. */
  readonly venueCode: number | null;
  readonly detail: string;
  /** What happened, what was lost (nothing) and what to do. */
  readonly uiMessage: string;
  /** The same by its code, where it has one. */
  readonly said?: Said;
}

export interface OrderAcknowledgement {
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly status: OrderStatus;
  readonly filledLots: Lots;
  readonly time: EpochMs;
}

/** A resting limit order gets another price and quantity; it keeps its ids and its time in force, and loses its place in the queue. */
export interface AmendRequest {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: OrderSide;
  /** The whole quantity, with what is filled already. */
  readonly lots: Lots;
  readonly price: Ticks;
}

export interface OrderReport {
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly symbol: string;
  readonly conditional: boolean;
  readonly status: OrderStatus;
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly lots: Lots;
  readonly filledLots: Lots;
  readonly averagePrice: number;
  readonly price: Ticks | null;
  readonly trigger: Ticks | null;
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly purpose: 'stop' | 'target' | 'other';
  readonly triggeredOrderId: string | null;
  readonly time: EpochMs;
  readonly reason: string | null;
}

export interface VenuePosition {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Signed: positive long, negative short. */
  readonly lots: number;
  readonly entryPrice: number;
  readonly markPrice: number;
  readonly unrealised: Money;
  readonly liquidationPrice: number | null;
  readonly leverage: number;
  readonly isolated: boolean;
  readonly initialMargin: Money;
}

export interface VenueAccount {
  readonly wallet: Money;
  readonly unrealised: Money;
  readonly available: Money;
  readonly marginUsed: Money;
  readonly hedgeMode: boolean;
}

/** What a comparison speaks of: the whole account, or only the symbols named; then nothing may be concluded about others. */
export type ComparisonScope = 'account' | 'symbols';

export interface StateRequest {
  readonly scope: ComparisonScope;
  /** Symbols whose fills are wanted; with scope `symbols` also those whose orders and positions are. */
  readonly symbols: readonly string[];
  readonly fillsSince: EpochMs;
  /** Funding paid since this time is wanted too; absent: it is not asked for. */
  readonly fundingSince?: EpochMs;
}

/** One funding payment of the account. */
export interface FundingPayment {
  /** The exchange's transaction; null when the stream told it. */
  readonly id: string | null;
  readonly symbol: string;
  /** The leg of a hedge account; null where there is one position or it could not be told. */
  readonly positionSide: 'LONG' | 'SHORT' | null;
  readonly amount: Money;
  readonly time: EpochMs;
}

/** Everything a reconciliation compares, read in one go. */
export interface VenueState {
  readonly scope: ComparisonScope;
  readonly symbols: readonly string[];
  /** Before the first read: what changed later may be missing. */
  readonly time: EpochMs;
  readonly account: VenueAccount;
  readonly positions: readonly VenuePosition[];
  /** Regular and conditional open orders. */
  readonly orders: readonly OrderReport[];
  /** Fills of the symbols asked for, since the time asked for. */
  readonly fills: readonly Fill[];
  /** Funding payments, when they were asked for and could be read. */
  readonly funding?: readonly FundingPayment[];
}

export type VenueEvent =
  | { readonly kind: 'order'; readonly report: OrderReport; readonly fill: Fill | null }
  | {
      readonly kind: 'account';
      readonly time: EpochMs;
      readonly reason: string;
      readonly wallet: Money | null;
      readonly funding: Money;
      /** Whose funding it is; absent with `funding` 0. */
      readonly fundingSymbol?: string;
      /** Its transaction, when it was read from the history, and its leg where known. */
      readonly fundingId?: string;
      readonly fundingSide?: 'LONG' | 'SHORT';
      readonly positions: readonly AccountPositionChange[];
    }
  | { readonly kind: 'margin-call'; readonly symbol: string }
  | { readonly kind: 'stream'; readonly state: 'connected' | 'connecting' | 'down' }
  /** The stream was interrupted or the key expired: what happened meanwhile is unknown, reconcile. */
  | { readonly kind: 'resync-needed'; readonly why: string };

export interface AccountPositionChange {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Signed. */
  readonly lots: number;
  readonly entryPrice: number;
  readonly unrealised: Money;
}

/** Orders of the list, most urgent first. The bypass list of the breaker is protect, close and reconcile (queries). */
export type CallPriority = 'protect' | 'close' | 'trade' | 'reconcile' | 'data' | 'backfill';

export interface ExecutionVenue {
  /** Connects the user stream and keeps it. */
  start(handler: (event: VenueEvent) => void): Promise<Result<VenueAccount, ExchangeError>>;
  stop(): Promise<void>;
  /** Routes conditionals to the algo-order service. Priority follows from the intent's purpose. */
  submit(intent: OrderIntent): Promise<Result<OrderAcknowledgement, ExchangeError>>;
  cancel(order: { readonly symbol: string; readonly clientOrderId: string; readonly conditional: boolean }): Promise<Result<null, ExchangeError>>;
  /** The order as it is afterwards. The venue ends it when the quantity is filled already or a post-only one would take. */
  amendOrder(request: AmendRequest): Promise<Result<OrderReport, ExchangeError>>;
  /** `ok(null)` = the venue knows no such order (yet). */
  query(order: { readonly symbol: string; readonly clientOrderId: string; readonly conditional: boolean }): Promise<Result<OrderReport | null, ExchangeError>>;
  /** Sets and verifies leverage and margin type; "already set" is success. */
  prepareSymbol(request: {
    readonly symbol: string;
    readonly leverage: number;
    readonly marginType: 'isolated' | 'cross';
  }): Promise<Result<null, ExchangeError>>;
  fetchState(request: StateRequest): Promise<Result<VenueState, ExchangeError>>;
  status(): ExchangeStatus;
}

export interface ExchangeStatus {
  readonly breaker: BreakerGrade;
  readonly weightUsed: number;
  readonly weightLimit: number;
  readonly clockOffsetMs: number;
  readonly restLatencyMs: number | null;
  readonly userStream: 'connected' | 'connecting' | 'down';
  /** Malformed frames dropped, by kind. */
  readonly malformed: Readonly<Record<string, number>>;
}

// ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface PredictionBatch {
  /** Candle close time the rows were built for; a late answer is dropped by it. */
  readonly cycle: number;
  readonly model: string;
  readonly schemaHash: string;
  /** Row i belongs to `keys[i]`. Row-major, keys.length × width. */
  readonly keys: readonly string[];
  readonly rows: Float32Array;
  readonly width: number;
  /** What the other models see of the same markets, asked in the same round trip; keys are then long and short of each market in turn. */
  readonly stack?: Omit<StackInputs, 'features'>;
}

export interface PredictionResult {
  readonly cycle: number;
  readonly model: string;
  readonly version: string;
  readonly schemaHash: string;
  readonly keys: readonly string[];
  /** Row-major, keys.length × outputWidth. Column 0 is the calibrated win probability, 1 and 2 its band where the model has them. */
  readonly values: Float32Array;
  readonly outputWidth: number;
  readonly computeMs: number;
  /** Whether the model has shown an edge out of sample; without one it may only veto or lower. */
  readonly hasEdge: boolean;
  /** Whether the edge holds at moments without a set-up too, where the self-learning mode trades; false when left out. */
  readonly hasEdgeAlone?: boolean;
  /** What the model's share of a confidence is multiplied with while its inputs or its loss drift; 1 when left out. */
  readonly discount?: number;
  /** What the whole stack said; absent when only one model was asked. */
  readonly stack?: StackPrediction;
}

export interface StackPrediction {
  /** keys.length rows; see core/learning/stack-answer. */
  readonly values: Float32Array;
  /** Models that took part. `edge`: skill out of sample, for those that predict no trade. */
  readonly served: readonly { readonly name: string; readonly version: string; readonly edge: boolean }[];
  /** One sentence for each model that did not answer. */
  readonly problems: readonly string[];
}

export interface PredictionFailure {
  readonly code: 'no_model' | 'schema_mismatch' | 'deadline' | 'workers_down' | 'bad_output';
  readonly uiMessage: string;
}

export interface Predictor {
  predict(batch: PredictionBatch): Promise<Result<PredictionResult, PredictionFailure>>;
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly schemaHash: string;
    readonly edge: boolean;
    readonly note: string;
    /** fp32 or INT8 and why, one sentence; null while there was no choice. */
    readonly precision?: string | null;
  }[];
  workers(): readonly {
    readonly id: number;
    readonly state: 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';
    readonly restarts: number;
    readonly memoryMb: number;
  }[];
  onWorkersChanged(handler: () => void): () => void;
  stop(): Promise<void>;
}

/** A worker process of any host: `utilityProcess` in Electron, `child_process.fork` in Node. */
export interface WorkerProcess {
  readonly pid: number | null;
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called once, also after a kill. */
  onExit(handler: (code: number | null) => void): void;
  kill(): void;
}

export interface WorkerLauncher {
  /** `entry` is a file of src-worker without extension, e.g. `inference`. */
  launch(entry: string, options: { readonly memoryLimitMb: number; readonly argv: readonly string[] }): WorkerProcess;
}

// ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One line of the append-only journal. `data` is JSON-safe. */
export interface JournalRecord {
  readonly time: EpochMs;
  readonly kind: string;
  readonly positionId: string | null;
  readonly symbol: string | null;
  /** One sentence for the journal screen. */
  readonly summary: string;
  readonly data: unknown;
}

export interface StoredRecord extends JournalRecord {
  readonly id: number;
  readonly session: number;
}

export interface JournalFailure {
  readonly code: 'disk_full' | 'locked' | 'read_only' | 'corrupt' | 'failed';
  readonly uiMessage: string;
}

export interface Journal {
  /** One transaction, synced before it returns when `durable`. All or nothing. */
  append(records: readonly JournalRecord[], durable: boolean): Result<readonly number[], JournalFailure>;
  /** Records with id > `after`, oldest first. */
  read(request: { readonly after: number; readonly limit: number }): readonly StoredRecord[];
  /** Newest first, id < `before`. */
  page(request: { readonly before: number | null; readonly limit: number; readonly kinds: readonly string[] }): readonly StoredRecord[];
  /** The newest checkpoint, or null. Records after `journalId` must be replayed on it. */
  loadCheckpoint(): { readonly journalId: number; readonly state: unknown } | null;
  saveCheckpoint(checkpoint: { readonly journalId: number; readonly state: unknown }): Result<null, JournalFailure>;
}

export interface SettingsStore {
  load(): Result<Settings, readonly SettingsProblem[]>;
  save(settings: Settings): Result<null, { readonly uiMessage: string }>;
}

// ── outward ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Notification {
  readonly topic: 'trade' | 'alarm' | 'info';
  readonly title: string;
  readonly text: string;
}

export interface Notifier {
  /** Queued, throttled and retried; never blocks and never throws. */
  notify(notification: Notification): void;
}

export interface EventSink {
  publish(bodies: readonly EngineEventBody[], time: EpochMs): void;
}

/** Trains a model out of process and reports progress; nothing of the trainer enters the engine's process. */
export interface Trainer {
  train(
    request: { readonly model: string; readonly seed: number },
    onProgress: (progress: { readonly stage: string; readonly fraction: number }) => void,
  ): Promise<Result<{ readonly version: string }, { readonly uiMessage: string }>>;
  cancel(): void;
}
