// The engine: one synchronous function from an input to an output. The same inputs in the same order always give the same outputs.
import type { HindsightView, PredictedLiquidity } from '../../../src-shared/contract/analysis.ts';
import type { OpenPositionCommand } from '../../../src-shared/contract/commands.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { OpenPreview } from '../../../src-shared/contract/trade-calls.ts';
import type { SessionView } from '../../../src-shared/contract/view.ts';
import type { CandleColumns, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import { assertNever, type Result } from '../../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, MarketEvent, StoredRecord, VenueEvent } from '../ports.ts';
import { HindsightAudit } from '../structure/hindsight.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { CommandDesk } from './command-desk.ts';
import { EngineState } from './engine-state.ts';
import { runLiveTick, onPrediction } from './live-tick.ts';
import type { WatchedChart } from './market-desk.ts';
import type { EngineInput, EngineOutput } from './messages.ts';
import { OutputBuilder } from './output.ts';
import { followTwins } from './position-view.ts';
import { previewEntry } from './preview-entry.ts';
import { runPulse } from './pulse.ts';
import { engineHoldings, type Holding } from './holdings.ts';
import { onReconciled, onVenueAccount, requestReconcile } from './venue-desk.ts';

export interface EngineConfig {
  readonly settings: Settings;
  readonly session: SessionView;
  /** Engine milliseconds per wall millisecond. */
  readonly speed: number;
  /** Distinguishes this installation's client order ids; lower-case letters and digits. */
  readonly idSeed: string;
  /** False where nobody looks on, as in a backtest: then nothing is built that only a screen shows. It changes no decision, order or journal line. */
  readonly isWatched?: boolean;
}

export class Engine {
  readonly #state: EngineState;
  readonly #commands: CommandDesk;
  readonly #hindsight: HindsightAudit;

  constructor(config: EngineConfig) {
    this.#state = new EngineState(config);
    this.#commands = new CommandDesk(this.#state);
    this.#hindsight = new HindsightAudit(this.#state.market.state);
  }

  process(input: EngineInput): EngineOutput {
    const state = this.#state;
    const output = new OutputBuilder();
    switch (input.kind) {
      case 'market':
        onMarket(state, input.event, { at: input.at, output });
        break;
      case 'venue':
        onVenue(state, input.event, { at: input.at, output });
        break;
      case 'account':
        onVenueAccount(state, input.account, { at: input.at, output });
        break;
      case 'live-tick':
        runLiveTick(state, input.at, output);
        break;
      case 'virtual-tick':
        output.absorb(state.virtual.onTick(input.at));
        followTwins(state, input.at, output);
        output.event({ kind: 'virtual', virtual: state.virtual.summary() });
        break;
      case 'pulse':
        runPulse(state, input, output);
        break;
      case 'prediction':
        onPrediction(state, input, output);
        break;
      case 'submitted':
        heedKey(state, input.result);
        output.absorb(state.desk.onSubmitted(input.clientOrderId, input.result, input.at));
        break;
      case 'canceled':
        output.absorb(state.desk.onCanceled(input.clientOrderId, input.result, input.at));
        break;
      case 'amended':
        output.absorb(state.desk.onAmended(input, input.at));
        break;
      case 'queried':
        output.absorb(state.desk.onQueried(input.clientOrderId, input.result, input.at));
        break;
      case 'prepared':
        heedKey(state, input.result);
        output.absorb(state.desk.onPrepared(input.positionId, input.result, input.at));
        break;
      case 'reconciled':
        onReconciled(state, input, output);
        break;
      case 'command':
        this.#commands.run(input, output);
        break;
      case 'settings':
        state.applySettings(input.settings);
        output.event({ kind: 'settings', settings: input.settings });
        break;
      case 'speed':
        state.setSpeed(input.speed);
        output.event({ kind: 'session', session: state.session.view });
        break;
      case 'journal-failed':
        state.journalProblem = input.uiMessage;
        output.notify({ topic: 'alarm', title: 'Journal', text: input.uiMessage });
        break;
      case 'journal-restored':
        state.journalProblem = null;
        output.note(input.at, 'journal', 'The journal can be written again; what happened meanwhile is in it.');
        output.notify({ topic: 'info', title: 'Journal', text: 'The journal can be written again; nothing is missing in it.' });
        break;
      default:
        assertNever(input);
    }
    return output.build();
  }

  /** JSON-safe state for a checkpoint; candles are not part of it, they come back from the archive. */
  state(): unknown {
    return this.#state.checkpoint();
  }

  /** Rebuilds the state of a journal: checkpoint first, then every later record in order. */
  restore(checkpoint: unknown, records: readonly StoredRecord[]): void {
    this.#state.restore(checkpoint, records);
  }

  watch(charts: readonly WatchedChart[]): void {
    this.#state.market.watch(charts);
  }

  /** Starts the comparison with the venue that every boot begins with; nothing trades before it is done. */
  begin(at: EpochMs): EngineOutput {
    const output = new OutputBuilder();
    requestReconcile(this.#state, at, output);
    return output.build();
  }

  candles(symbol: string, timeframe: Timeframe, limit: number): CandleColumns | null {
    const columns = this.#state.market.state.candleColumns(symbol, timeframe, limit);
    return columns.openTime.length === 0 ? null : columns;
  }

  structure(symbol: string, timeframe: Timeframe): StructureSnapshot | null {
    return this.#state.market.state.structureSnapshot(symbol, timeframe);
  }

  /** Structure as it was known at a past time; null before the candles in memory. */
  structureKnownAt(symbol: string, timeframe: Timeframe, time: EpochMs): StructureSnapshot | null {
    return this.#state.market.state.structureKnownAt(symbol, timeframe, time);
  }

  /** How many candles in memory had closed at `time`. */
  closedBy(symbol: string, timeframe: Timeframe, time: EpochMs): number {
    return this.#state.market.state.closedBy(symbol, timeframe, time);
  }

  /** One timeframe's candles, indicators and structure, to read and never to change. */
  frame(symbol: string, timeframe: Timeframe): TimeframeState | null {
    return this.#state.market.state.get(symbol)?.frames[timeframe] ?? null;
  }

  /** Where a model with skill expects liquidity to be taken; null without one. */
  predictedLiquidity(symbol: string): PredictedLiquidity | null {
    return this.#state.live.predictedLiquidity(symbol);
  }

  /** What the risk manager would make of a position opened by hand now. */
  previewOpen(command: OpenPositionCommand, now: EpochMs): OpenPreview {
    return previewEntry(this.#state, command, now);
  }

  /** Compares a few timeframes with what they published before; changes nothing that an input depends on. */
  checkHindsight(frames: number): number {
    return this.#hindsight.check(frames);
  }

  hindsight(now: EpochMs): HindsightView {
    return this.#hindsight.view(now);
  }

  /** How much each bounded memory holds. */
  holdings(): readonly Holding[] {
    return engineHoldings(this.#state);
  }

  virtualPositions(state: 'open' | 'closed', limit: number): readonly VirtualPosition[] {
    return this.#state.virtual.list(state, limit);
  }
}

/** A key that is refused where it would trade is refused the next time too. */
function heedKey(state: EngineState, result: Result<unknown, ExchangeError>): void {
  if (!result.ok && result.error.code === 'unauthorised') state.guard.keyRefused();
}

interface Moment {
  readonly at: EpochMs;
  readonly output: OutputBuilder;
}

function onMarket(state: EngineState, event: MarketEvent, { at, output }: Moment): void {
  const { market } = state;
  switch (event.kind) {
    case 'instruments':
      output.event(market.onInstruments(event.instruments, event.universe));
      return;
    case 'history':
      market.onHistory(event.symbol, { timeframe: event.timeframe, candles: event.candles, now: at });
      return;
    case 'symbol-ready':
      market.onSymbolReady(event.symbol);
      return;
    case 'candle-closed':
      for (const body of market.onCandleClosed(event.symbol, event.candle)) output.event(body);
      output.absorb(state.virtual.onCandle(event.symbol, event.candle, at));
      return;
    case 'candle-forming':
      for (const body of market.onCandleForming(event.symbol, event.candle)) output.event(body);
      return;
    case 'prices': {
      const open = state.desk.positions();
      for (const symbol of market.onPrices(event.prices)) {
        const price = market.prices.get(symbol);
        if (price === null) continue;
        const settled = market.takeFunding(symbol);
        if (settled !== null) output.absorb(state.virtual.onFunding(symbol, { ...settled, now: at }));
        output.absorb(state.virtual.onPrice(symbol, price.last, at));
        if (open.some((position) => position.symbol === symbol)) output.absorb(state.desk.onPrice(symbol, at));
      }
      return;
    }
    case 'feed-status': {
      market.feed = event.status;
      const changed = state.session.setFeed(event.status);
      if (changed !== null) output.event(changed);
      return;
    }
    default:
      assertNever(event);
  }
}

function onVenue(state: EngineState, event: VenueEvent, { at, output }: Moment): void {
  if (event.kind === 'account' && event.wallet !== null) state.account.setWallet(event.wallet, event.time);
  if (event.kind === 'resync-needed') requestReconcile(state, at, output);
  output.absorb(state.desk.onVenueEvent(event, at));
}
