// What a run remembers: its hash, its trades, its counts, its equity, and the second bookkeeping beside the venue's.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { DecisionView, FunnelView, VirtualSummary } from '../../../src-shared/contract/view.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import type { CapitalGuardView } from '../../../src-shared/domain/risk.ts';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import { money, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import { Audit } from './audit.ts';
import { closedTradeOf, type ClosedTrade } from './closed-trade.ts';
import { EquityRecorder } from './equity-recorder.ts';
import type { HeldPosition } from '../execution/held-position.ts';
import type { JournalRecord } from '../ports.ts';
import type { Exchange } from '../venue/exchange.ts';
import type { AccountEvent } from '../venue/types.ts';
import type { BacktestRequest, BacktestResult, RunPrint } from './run-types.ts';

export class RunBooks {
  readonly #request: BacktestRequest;
  readonly #exchange: Exchange;
  readonly #audit: Audit;
  readonly #equity: EquityRecorder;
  readonly #print: RunPrint;
  readonly #trades = new Map<string, ClosedTrade>();
  readonly #decisions: Record<DecisionView['outcome'], number> = { executed: 0, virtual: 0, denied: 0, vetoed: 0 };
  readonly #denials: Record<string, number> = {};
  readonly #stopped = new Float64Array(FUNNEL_STEPS.length);
  #evaluated = 0;
  #signals = 0;
  #virtual: VirtualSummary = { open: 0, opened: 0, closed: 0, wins: 0, sumR: 0 };
  #insuranceSeen = 0;
  #records = 0;
  #liquidations = 0;
  /** Newest word of the capital guard. */
  guard: CapitalGuardView | null = null;
  /** Virtual positions open now. */
  virtualOpen = 0;
  /** Grows with each that is opened or closed: one may come and go between two looks. */
  virtualChanges = 0;
  candles = 0;
  warmUpCandles = 0;
  resumed = 0;

  constructor(request: BacktestRequest, { exchange, print }: { readonly exchange: Exchange; readonly print: RunPrint }) {
    this.#request = request;
    this.#print = print;
    this.#exchange = exchange;
    this.#audit = new Audit((symbol) => exchange.instrument(symbol)!, request.deposit);
    this.#equity = new EquityRecorder(request.deposit, request.from);
  }

  addRecord(record: JournalRecord): void {
    this.#records += 1;
    this.#print.add(JSON.stringify(record));
    this.#request.onRecord?.(record);
    if (record.kind === 'virtual-opened') this.#countVirtual(1);
    else if (record.kind === 'virtual-closed') this.#countVirtual(-1);
    else if (record.kind === 'position') this.#addPosition(record.data as HeldPosition);
  }

  addEvent(event: EngineEventBody, at: EpochMs): void {
    switch (event.kind) {
      case 'account':
        this.#equity.add(event.account.equity, at);
        return;
      case 'guard':
        this.guard = event.guard;
        return;
      case 'decision':
        this.#addDecision(event.decision);
        return;
      case 'virtual':
        this.#virtual = event.virtual;
        return;
      case 'analysis':
        this.#addFunnel(event.funnel);
        this.#request.onAnalysis?.(event.analysis, at);
        return;
      default:
    }
  }

  addOrder(intent: OrderIntent): void {
    this.#print.add(JSON.stringify(intent));
  }

  addEquity(equity: Money, at: number): void {
    this.#equity.add(equity, at);
  }

  /** What the venue said goes into the second bookkeeping as well. */
  addVenueEvents(events: readonly AccountEvent[]): void {
    for (const event of events) {
      if (event.kind === 'order' && event.trade !== null) {
        const { symbol, side, positionSide, fee, price, lots, realised } = event.trade;
        this.#audit.addFill({ symbol, side, positionSide, fee, price, lots, realisedPnl: realised });
        if (event.order.forcedBy === 'LIQUIDATION') this.#liquidations += 1;
      } else if (event.kind === 'account' && event.reason === 'FUNDING_FEE') this.#audit.addFunding(event.change);
    }
    const { income } = this.#exchange;
    for (let index = income.length - 1; index >= 0 && income[index]!.id > this.#insuranceSeen; index -= 1)
      if (income[index]!.type === 'INSURANCE_CLEAR') this.#audit.addInsurance(income[index]!.amount);
    this.#insuranceSeen = income.at(-1)?.id ?? 0;
  }

  result(wasCancelled: boolean): BacktestResult {
    const { from, to, deposit } = this.#request;
    const trades = [...this.#trades.values()].toSorted((a, b) => a.closedAt - b.closedAt || (a.id < b.id ? -1 : 1));
    const total = (read: (trade: ClosedTrade) => number): Money => money(trades.reduce((sum, trade) => sum + read(trade), 0));
    const { opened, closed, wins, sumR } = this.#virtual;
    const stopped = Object.fromEntries(FUNNEL_STEPS.map((step, index) => [step, this.#stopped[index]!]));
    return {
      from,
      to,
      deposit,
      wallet: this.#exchange.wallet,
      trades,
      equity: this.#equity.curve(),
      audit: this.#audit.compare(this.#exchange.wallet, this.#exchange.holdings()),
      tradeTotals: { beforeFunding: total((trade) => trade.realised - trade.fees), funding: total((trade) => trade.funding) },
      counters: {
        candles: this.candles,
        warmUpCandles: this.warmUpCandles,
        decisions: this.#decisions,
        denials: this.#denials,
        virtual: { opened, closed, wins, sumR },
        funnel: { evaluated: this.#evaluated, signals: this.#signals, ...stopped },
        records: this.#records,
        resumed: this.resumed,
        liquidations: this.#liquidations,
      },
      hash: this.#print.finish(),
      wasCancelled,
      endState: this.guard === null ? 'unknown' : `${this.guard.state} (${this.guard.reason})`,
    };
  }

  #countVirtual(change: 1 | -1): void {
    this.virtualOpen += change;
    this.virtualChanges += 1;
  }

  #addPosition({ position, openedLots }: HeldPosition): void {
    if (position.phase !== 'closed') return;
    const trade = closedTradeOf(position, openedLots, this.#exchange.instrument(position.symbol)!);
    if (trade !== null) this.#trades.set(trade.id, trade);
  }

  #addDecision({ outcome, code }: DecisionView): void {
    this.#decisions[outcome] += 1;
    if (outcome === 'denied' && code !== null) this.#denials[code] = (this.#denials[code] ?? 0) + 1;
  }

  #addFunnel(funnel: FunnelView): void {
    for (let index = 0; index < FUNNEL_STEPS.length; index += 1) this.#stopped[index]! += funnel.stopped[FUNNEL_STEPS[index]!];
    this.#evaluated += funnel.evaluated;
    this.#signals += funnel.signals;
  }
}
