// Everything the engine holds between two inputs, and how it is saved and rebuilt.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode, TradingStateReason } from '../../../src-shared/domain/risk.ts';
import type { Side, Signal } from '../../../src-shared/domain/signal.ts';
import { moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { TradeDesk } from '../execution/trade-desk.ts';
import type { DeskCheckpoint } from '../execution/desk-state.ts';
import type { ExchangeStatus, StoredRecord } from '../ports.ts';
import { CapitalGuard } from '../risk/capital-guard.ts';
import type { TradeRecord } from '../risk/manager.ts';
import { VirtualBook, type VirtualCheckpoint } from '../virtual/virtual-book.ts';
import { AccountBook, type OpenExposure } from './account.ts';
import { ClusterIndex } from './cluster.ts';
import type { EngineConfig } from './engine.ts';
import { LiveLoop } from './live-loop.ts';
import { MarketDesk } from './market-desk.ts';
import { SessionState } from './session-state.ts';

interface Checkpoint {
  readonly version: 1;
  readonly desk: DeskCheckpoint;
  readonly virtual: VirtualCheckpoint;
  readonly guard: unknown;
  readonly signals: readonly string[];
  readonly pausedSymbols: readonly string[];
  readonly automation: 'running' | 'paused';
  /** Absent in checkpoints of earlier builds. */
  readonly comparedTwins?: readonly string[];
}

const REMEMBERED = 500;
/** Reasons of the capital guard that take back entries that rest. */
const WITHDRAWING: readonly TradingStateReason[] = ['daily_loss', 'drawdown', 'volatility', 'user', 'disk_full'];
export const TWINS_REMEMBERED = 500;
const MINIMUM_TRADES_FOR_EXPECTANCY = 10;

export class EngineState {
  settings: Settings;
  speed: number;
  readonly isWatched: boolean;
  readonly market: MarketDesk;
  readonly desk: TradeDesk;
  readonly virtual: VirtualBook;
  readonly guard: CapitalGuard;
  readonly account = new AccountBook();
  readonly live: LiveLoop;
  readonly session: SessionState;
  readonly clusters: ClusterIndex;
  readonly pausedSymbols = new Set<string>();
  /** Closed positions whose comparison with their twin is written down. */
  readonly comparedTwins = new Set<string>();
  exchange: ExchangeStatus | null = null;
  isReconciled = false;
  /** Funding that was paid while nobody ran has been read. */
  isFundingRead = false;
  reconcileRequestedAt: EpochMs | null = null;
  reconciledAt: EpochMs | null = null;
  lastReconcileFailed = false;
  journalProblem: string | null = null;
  #signals: string[] = [];
  #uncompared: { readonly closed: readonly Position[]; readonly positions: readonly Position[] } | null = null;

  constructor(config: EngineConfig) {
    this.settings = config.settings;
    this.speed = config.speed;
    this.isWatched = config.isWatched ?? true;
    this.market = new MarketDesk(config.settings);
    this.live = new LiveLoop(this.market, config.settings);
    this.session = new SessionState(config.session);
    this.clusters = new ClusterIndex(this.market.state);
    this.guard = new CapitalGuard(config.session.startedAt);
    this.virtual = new VirtualBook(() => this.settings.virtualMaximum);
    this.desk = new TradeDesk({
      settings: () => this.settings,
      speed: config.speed,
      idSeed: config.idSeed,
      instrumentOf: (symbol) => this.market.instrument(symbol),
      markOf: (symbol) => this.market.prices.get(symbol)?.mark ?? null,
      isHedgeMode: () => this.account.hedgeMode,
      lastOf: (symbol) => this.market.prices.get(symbol)?.last ?? null,
      atrRatioOf: (symbol) => this.market.atrRatio(symbol, this.settings.volatilityWindowDays),
      trailOf: (symbol) => this.market.trailFacts(symbol),
      mayOpen: (position) => this.#mayOpen(position),
      withdrawal: () => this.#withdrawal(),
    });
  }

  /** An entry that waits for another try is held to what stops new ones; automation's own also to its pauses. */
  /** Whoever stops trading for good does not want an entry that rests to fill; a start and old data pass by themselves. */
  #withdrawal(): string | null {
    const { state, reason } = this.guard;
    return state === 'active' || !WITHDRAWING.includes(reason) ? null : `trading is ${state} (${reason.replaceAll('_', ' ')})`;
  }

  #mayOpen({ origin, symbol }: Position): boolean {
    const isPaused = this.session.isPaused || this.pausedSymbols.has(symbol);
    return this.guard.state === 'active' && (origin === 'manual' || !isPaused);
  }

  /** Deadlines on the outside world are wall time: they follow the speed. */
  setSpeed(speed: number): void {
    this.speed = speed;
    this.desk.setSpeed(speed);
    this.session.setSpeed(speed);
  }

  applySettings(settings: Settings): void {
    this.settings = settings;
    this.live.settings = settings;
    this.market.applySettings(settings);
  }

  rememberSignal(signal: Signal): void {
    this.#rememberId(signal.id);
  }

  /** The comparison of a closed position with its twin is written down; the newest five hundred are remembered. */
  rememberTwin(positionId: string): void {
    this.comparedTwins.add(positionId);
    this.#uncompared = null;
    if (this.comparedTwins.size > TWINS_REMEMBERED) for (const oldest of this.comparedTwins) if (this.comparedTwins.delete(oldest)) break;
  }

  /** Closed positions of signals whose comparison with their twin is still to be written down. */
  uncomparedPositions(): readonly Position[] {
    const closed = this.desk.closedPositions();
    if (this.#uncompared?.closed === closed) return this.#uncompared.positions;
    const positions = closed.filter((position) => position.signal !== null && !this.comparedTwins.has(position.id));
    this.#uncompared = { closed, positions };
    return positions;
  }

  openSideOf(symbol: string): Side | null {
    return this.desk.positions().find((position) => position.symbol === symbol)?.side ?? null;
  }

  exposures(): readonly (OpenExposure & { readonly position: Position; readonly notionalUsdt: number })[] {
    return this.desk.positions().map((position) => {
      const view = this.desk.view(position, position.openedAt);
      const instrument = this.market.instrument(position.symbol);
      const quantity = instrument === null ? 0 : (position.lots * instrument.stepUnits) / 10 ** instrument.quantityScale;
      // An entry in flight reserves the margin it was approved with.
      const reserved = position.phase === 'opening' && position.sizing !== null ? position.sizing.marginFraction * moneyToUsdt(position.sizing.equity) : 0;
      return {
        position,
        unrealisedUsdt: moneyToUsdt(view.unrealised),
        marginUsdt: Math.max(moneyToUsdt(view.marginUsed), position.lots === 0 ? reserved : 0),
        notionalUsdt: position.lots === 0 ? reserved * position.leverage : quantity * view.mark,
      };
    });
  }

  /** How the last real trades ended, for the guards. */
  tradeRecord(symbol: string): TradeRecord {
    const closed = this.desk
      .closedPositions()
      .filter((position) => position.origin !== 'adopted' && position.origin !== 'manual' && position.closedAt !== null)
      .toSorted((a, b) => (a.closedAt ?? 0) - (b.closedAt ?? 0));
    const outcome = (position: Position): number => (position.realisedPnl - position.fees + position.funding) / Math.max(1, position.sizing?.lossAtStop ?? 1);
    const window = this.#lastOutcomes(closed.map((position) => ({ at: position.closedAt ?? 0, resultR: outcome(position) })));
    const onSymbol = closed.filter((position) => position.symbol === symbol);
    const streak = (list: readonly Position[]): number => {
      let losses = 0;
      for (const position of list.toReversed()) {
        if (outcome(position) >= 0) break;
        losses += 1;
      }
      return losses;
    };
    const lastLoss = onSymbol.findLast((position) => outcome(position) < 0);
    return {
      expectancyR:
        window.length < Math.max(MINIMUM_TRADES_FOR_EXPECTANCY, this.settings.expectancyWindow)
          ? Number.NaN
          : window.reduce((sum, { resultR }) => sum + resultR, 0) / window.length,
      lossesInRow: streak(closed),
      lossesInRowOnSymbol: streak(onSymbol),
      lastLossOnSymbolAt: lastLoss?.closedAt ?? null,
    };
  }

  /**
   * The newest results of the expectancy window. Trades that this guard itself denied go on virtually and count when they end:
   * else a bad month could never be followed by a better one.
   */
  #lastOutcomes(real: readonly { readonly at: number; readonly resultR: number }[]): readonly { readonly at: number; readonly resultR: number }[] {
    const denied = this.virtual
      .list('closed', this.settings.expectancyWindow)
      .filter((position) => position.verdict === ('negative_expectancy' satisfies DenialCode))
      .map((position) => ({ at: position.closedAt ?? 0, resultR: position.pnlR }));
    return [...real, ...denied].toSorted((a, b) => a.at - b.at).slice(-this.settings.expectancyWindow);
  }

  checkpoint(): Checkpoint {
    return {
      version: 1,
      desk: this.desk.checkpoint(),
      virtual: this.virtual.checkpoint(),
      guard: this.guard.checkpoint(),
      signals: this.#signals,
      pausedSymbols: [...this.pausedSymbols],
      automation: this.session.view.automation,
      comparedTwins: [...this.comparedTwins],
    };
  }

  restore(checkpoint: unknown, records: readonly StoredRecord[]): void {
    if (checkpoint !== null) {
      const saved = checkpoint as Checkpoint;
      this.desk.restore(saved.desk);
      this.virtual.restore(saved.virtual);
      this.guard.restore(saved.guard);
      for (const id of saved.signals) this.#rememberId(id);
      for (const symbol of saved.pausedSymbols) this.pausedSymbols.add(symbol);
      this.session.setAutomation(saved.automation);
      for (const id of saved.comparedTwins ?? []) this.rememberTwin(id);
    }
    for (const record of records) {
      this.desk.replay(record.kind, record.data);
      this.virtual.replay(record.kind, record.data);
      if (record.kind === 'decision') this.#rememberId((record.data as { readonly signal: { readonly id: string } }).signal.id);
      if (record.kind === 'guard') this.guard.restore((record.data as { readonly persisted: unknown }).persisted);
      if (record.kind === 'twin' && record.positionId !== null) this.rememberTwin(record.positionId);
      if (record.kind === 'automation') this.session.setAutomation((record.data as { readonly automation: 'running' | 'paused' }).automation);
      if (record.kind === 'symbol-pause') {
        const { symbol, paused } = record.data as { readonly symbol: string; readonly paused: boolean };
        if (paused) this.pausedSymbols.add(symbol);
        else this.pausedSymbols.delete(symbol);
      }
    }
  }

  #rememberId(id: string): void {
    this.live.memory.remember(id);
    this.#signals.push(id);
    if (this.#signals.length > REMEMBERED) this.#signals = this.#signals.slice(-REMEMBERED);
  }
}
