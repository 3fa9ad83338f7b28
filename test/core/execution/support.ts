// A trade desk with a scripted venue: every output is kept, acknowledgements and fills are one call each.
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { Fill, OrderIntent } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { TrailFacts } from '../../../src-main/core/execution/desk-context.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { TradeDesk } from '../../../src-main/core/execution/trade-desk.ts';
import { review, type RiskApproved, type RiskRequest } from '../../../src-main/core/risk/manager.ts';
import type { ExchangeError, JournalRecord, OrderReport, VenuePosition, VenueState } from '../../../src-main/core/ports.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';

export const START = epochMs(1_760_000_200_000);

export function riskRequest(overrides: Partial<RiskRequest> = {}): RiskRequest {
  return {
    now: START,
    signal: sampleSignal(),
    instrument: sampleInstrument(),
    settings: defaultSettings(),
    mode: 'paper',
    tradingState: 'active',
    isPaused: false,
    isSymbolPaused: false,
    isByHand: false,
    isFresh: true,
    breaker: 'normal',
    hasPendingOrder: false,
    positions: [],
    equity: moneyFromUsdt(10_000),
    available: moneyFromUsdt(10_000),
    marginUsed: money(0),
    price: 60_000,
    quoteVolume24h: 1e10,
    drawdownFraction: 0,
    atrRatio: 1,
    atrToMedian: 1,
    record: { expectancyR: Number.NaN, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null },
    ...overrides,
  };
}

export function approve(overrides: Partial<RiskRequest> = {}): RiskApproved {
  const verdict = review(riskRequest(overrides));
  if (verdict.kind === 'denied') throw new Error(`denied: ${verdict.code} ${JSON.stringify(verdict.numbers)}`);
  return verdict.approval;
}

export function refusal(venueCode: number | null, outcome: ExchangeError['outcome'] = 'not_executed'): ExchangeError {
  return { code: outcome === 'unknown' ? 'timeout' : 'rejected', outcome, venueCode, detail: 'scripted', uiMessage: `scripted refusal ${venueCode}` };
}

export class Bench {
  now: EpochMs = START;
  mark = 60_000;
  /** Last traded price where it differs from the mark. */
  last: number | null = null;
  trail: TrailFacts | null = null;
  settings: Settings;
  hedge = false;
  allowsEntries = true;
  readonly desk: TradeDesk;
  readonly records: JournalRecord[] = [];
  readonly outputs: DeskOutput[] = [];
  #trade = 0;

  constructor(settings: Partial<Settings> = {}, speed = 1) {
    this.settings = { ...defaultSettings(), ...settings };
    this.desk = this.#build(speed);
  }

  #build(speed: number): TradeDesk {
    return new TradeDesk({
      settings: () => this.settings,
      speed,
      idSeed: 'k7',
      instrumentOf: (symbol) => (symbol === 'BTCUSDT' ? sampleInstrument() : null),
      markOf: () => this.mark,
      isHedgeMode: () => this.hedge,
      lastOf: () => this.last ?? this.mark,
      trailOf: () => this.trail,
      mayOpen: () => this.allowsEntries,
    });
  }

  /** A second desk as a restart would build it. */
  twin(): TradeDesk {
    return this.#build(1);
  }

  keep(output: DeskOutput): DeskOutput {
    this.outputs.push(output);
    this.records.push(...output.records);
    return output;
  }

  wait(milliseconds: number): this {
    this.now = epochMs(this.now + milliseconds);
    return this;
  }

  pulse(milliseconds = 250): DeskOutput {
    this.wait(milliseconds);
    return this.keep(this.desk.onPulse(this.now));
  }

  /** Approval up to the submission of the entry; gives its intent. */
  open(overrides: Partial<RiskRequest> = {}): OrderIntent {
    const approval = approve({ settings: this.settings, ...overrides });
    const output = this.keep(this.desk.openPosition(approval, overrides.signal ?? sampleSignal(), this.now));
    const prepare = output.effects.find((effect) => effect.kind === 'prepare-symbol');
    if (prepare?.kind !== 'prepare-symbol') throw new Error('no preparation was asked for');
    const sent = submitted(this.keep(this.desk.onPrepared(prepare.positionId, ok(null), this.now)));
    if (sent[0] === undefined) throw new Error('no entry was sent');
    return sent[0];
  }

  acknowledge(intent: OrderIntent, venueOrderId = `v-${intent.clientOrderId}`): DeskOutput {
    return this.keep(
      this.desk.onSubmitted(
        intent.clientOrderId,
        ok({ clientOrderId: intent.clientOrderId, venueOrderId, status: 'resting', filledLots: lots(0), time: this.now }),
        this.now,
      ),
    );
  }

  refuse(intent: OrderIntent, venueCode: number | null, outcome: ExchangeError['outcome'] = 'not_executed'): DeskOutput {
    return this.keep(this.desk.onSubmitted(intent.clientOrderId, err(refusal(venueCode, outcome)), this.now));
  }

  fillOf(intent: Pick<OrderIntent, 'symbol' | 'clientOrderId' | 'side' | 'positionSide'>, amount: number, price: number, extra: Partial<Fill> = {}): Fill {
    this.#trade += 1;
    return {
      symbol: intent.symbol,
      tradeId: `${this.#trade}`,
      venueOrderId: `v-${intent.clientOrderId}`,
      clientOrderId: intent.clientOrderId,
      side: intent.side,
      positionSide: intent.positionSide,
      lots: lots(amount),
      price,
      fee: moneyFromUsdt(amount * price * 0.001 * 0.0005),
      realisedPnl: money(0),
      maker: false,
      time: this.now,
      ...extra,
    };
  }

  report(intent: OrderIntent, change: Partial<OrderReport>): OrderReport {
    return {
      clientOrderId: intent.clientOrderId,
      venueOrderId: `v-${intent.clientOrderId}`,
      symbol: intent.symbol,
      conditional: intent.kind === 'stop_market' || intent.kind === 'take_profit_market',
      status: 'resting',
      side: intent.side,
      positionSide: intent.positionSide,
      lots: intent.lots,
      filledLots: lots(0),
      averagePrice: 0,
      price: intent.price,
      trigger: intent.trigger,
      closePosition: intent.closePosition,
      reduceOnly: intent.reduceOnly,
      purpose: intent.purpose === 'stop' || intent.purpose === 'target' ? intent.purpose : 'other',
      triggeredOrderId: null,
      time: this.now,
      reason: null,
      ...change,
    };
  }

  /** An execution as the stream tells it: the order's report together with the fill. */
  execute(intent: OrderIntent, amount: number, price: number, status: OrderReport['status'] = 'filled'): DeskOutput {
    const known = this.desk.context.state.orders.get(intent.clientOrderId)?.filledLots ?? 0;
    return this.tell(
      this.report(intent, { conditional: false, status, filledLots: lots(known + amount), averagePrice: price }),
      this.fillOf(intent, amount, price),
    );
  }

  tell(report: OrderReport, fill: Fill | null = null): DeskOutput {
    return this.keep(this.desk.onVenueEvent({ kind: 'order', report, fill }, this.now));
  }

  venue(overrides: Partial<VenueState> = {}): VenueState {
    return {
      scope: 'account',
      symbols: [],
      time: this.now,
      account: { wallet: moneyFromUsdt(10_000), unrealised: money(0), available: moneyFromUsdt(9000), marginUsed: money(0), hedgeMode: this.hedge },
      positions: [],
      orders: [],
      fills: [],
      ...overrides,
    };
  }

  reconcile(overrides: Partial<VenueState> = {}): DeskOutput {
    return this.keep(this.desk.onReconciled(this.venue(overrides), this.now));
  }

  position(): Position {
    const all = [...this.desk.context.state.positions.values()];
    const last = all.at(-1);
    if (last === undefined) throw new Error('there is no position');
    return last.position;
  }

  /** Entry filled, stop and target resting: gives the three intents. */
  openProtected(overrides: Partial<RiskRequest> = {}): { readonly entry: OrderIntent; readonly stop: OrderIntent; readonly target: OrderIntent } {
    const entry = this.open(overrides);
    this.acknowledge(entry);
    const sent = submitted(this.execute(entry, entry.lots, 60_000));
    const stop = sent.find((intent) => intent.purpose === 'stop');
    const target = sent.find((intent) => intent.purpose === 'target');
    if (stop === undefined || target === undefined) throw new Error(`the bracket is incomplete: ${sent.map((intent) => intent.purpose).join()}`);
    this.acknowledge(stop);
    this.acknowledge(target);
    return { entry, stop, target };
  }
}

export function submitted(output: DeskOutput): readonly OrderIntent[] {
  return output.effects.flatMap((effect) => (effect.kind === 'submit' ? [effect.intent] : []));
}

export function cancelled(output: DeskOutput): readonly string[] {
  return output.effects.flatMap((effect) => (effect.kind === 'cancel' ? [effect.clientOrderId] : []));
}

export function lifecycleOf(records: readonly JournalRecord[]): readonly string[] {
  return records.filter((record) => record.kind === 'lifecycle').map((record) => (record.data as { readonly kind: string }).kind);
}

export function venuePosition(amount: number, overrides: Partial<VenuePosition> = {}): VenuePosition {
  return {
    symbol: 'BTCUSDT',
    positionSide: 'BOTH',
    lots: amount,
    entryPrice: 60_000,
    markPrice: 60_000,
    unrealised: money(0),
    liquidationPrice: null,
    leverage: 5,
    isolated: true,
    initialMargin: money(0),
    ...overrides,
  };
}

export function atTicks(price: number): ReturnType<typeof ticks> {
  return ticks(Math.round(price * 10));
}
