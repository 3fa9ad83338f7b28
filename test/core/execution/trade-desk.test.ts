// The trade desk against a scripted venue: entry, protection, closing, unknown outcomes, overrides, recovery.
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Fill, OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, money, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { closeAtMarket, moveStop } from '../../../src-main/core/execution/protection.ts';
import { TradeDesk } from '../../../src-main/core/execution/trade-desk.ts';
import type { ExchangeError, OrderReport, VenueState } from '../../../src-main/core/ports.ts';
import { review } from '../../../src-main/core/risk/manager.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';

const T0 = 1_760_000_200_000;
const at = (milliseconds: number): EpochMs => epochMs(T0 + milliseconds);
const instrument = sampleInstrument();
const failure = (change: Partial<ExchangeError> = {}): ExchangeError => ({
  code: 'rejected',
  outcome: 'not_executed',
  venueCode: null,
  detail: '',
  uiMessage: 'refused',
  ...change,
});

function approve(): Extract<ReturnType<typeof review>, { kind: 'approved' }>['approval'] {
  const verdict = review({
    now: at(0),
    signal: sampleSignal(),
    instrument,
    settings: defaultSettings(),
    mode: 'simulated',
    tradingState: 'active',
    isPaused: false,
    isSymbolPaused: false,
    isByHand: false,
    isFresh: true,
    breaker: 'normal',
    hasPendingOrder: false,
    positions: [],
    equity: money(1e12),
    available: money(1e12),
    marginUsed: money(0),
    price: 60_000,
    quoteVolume24h: 5e9,
    drawdownFraction: 0,
    atrRatio: 1,
    atrToMedian: 1,
    record: { expectancyR: Number.NaN, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null },
  });
  if (verdict.kind === 'denied') throw new Error(verdict.code);
  return verdict.approval;
}

/** A desk, its clock-free inputs, and everything it has asked for. */
class Bench {
  mark = 60_000;
  desk = this.make();
  readonly outputs: DeskOutput[] = [];
  tradeId = 1;

  make(): TradeDesk {
    return new TradeDesk({
      settings: defaultSettings,
      speed: 1,
      idSeed: 'abc',
      instrumentOf: (symbol) => (symbol === 'BTCUSDT' ? instrument : null),
      markOf: () => this.mark,
      isHedgeMode: () => false,
    });
  }
  take(output: DeskOutput): DeskOutput {
    this.outputs.push(output);
    return output;
  }
  get submitted(): readonly OrderIntent[] {
    return this.outputs
      .flatMap((output) => output.effects)
      .filter((effect) => effect.kind === 'submit')
      .map((effect) => effect.intent);
  }
  last(purpose: OrderIntent['purpose']): OrderIntent {
    const found = this.submitted.findLast((intent) => intent.purpose === purpose);
    if (found === undefined) throw new Error(`no ${purpose} order was sent`);
    return found;
  }
  get position(): ReturnType<TradeDesk['positions']>[number] {
    const [position] = [...this.desk.positions(), ...this.desk.closedPositions()];
    if (position === undefined) throw new Error('no position');
    return position;
  }
  acknowledge(intent: OrderIntent, time: number): void {
    this.take(
      this.desk.onSubmitted(
        intent.clientOrderId,
        ok({ clientOrderId: intent.clientOrderId, venueOrderId: `v-${intent.clientOrderId}`, status: 'resting', filledLots: lots(0), time: at(time) }),
        at(time),
      ),
    );
  }
  report(intent: OrderIntent, change: Partial<OrderReport>): OrderReport {
    return {
      clientOrderId: intent.clientOrderId,
      venueOrderId: `v-${intent.clientOrderId}`,
      symbol: intent.symbol,
      conditional: false,
      status: 'filled',
      side: intent.side,
      positionSide: 'BOTH',
      lots: intent.lots,
      filledLots: intent.lots,
      averagePrice: 60_000,
      price: null,
      trigger: null,
      closePosition: intent.closePosition,
      reduceOnly: intent.reduceOnly,
      purpose: 'other',
      triggeredOrderId: null,
      time: at(0),
      reason: null,
      ...change,
    };
  }
  fill(
    intent: OrderIntent,
    amount: number,
    change: { readonly price?: number; readonly time?: number; readonly tradeId?: string; readonly status?: OrderReport['status'] } = {},
  ): void {
    const fill: Fill = {
      symbol: intent.symbol,
      tradeId: change.tradeId ?? String(this.tradeId++),
      venueOrderId: `v-${intent.clientOrderId}`,
      clientOrderId: intent.clientOrderId,
      side: intent.side,
      positionSide: 'BOTH',
      lots: lots(amount),
      price: change.price ?? 60_000,
      fee: money(100_000),
      realisedPnl: money(0),
      maker: false,
      time: at(change.time ?? 100),
    };
    this.take(
      this.desk.onVenueEvent(
        { kind: 'order', report: this.report(intent, { status: change.status ?? 'filled', filledLots: lots(amount), time: fill.time }), fill },
        fill.time,
      ),
    );
  }
  /** Approval, preparation, entry filled in full. */
  opened(): this {
    this.take(this.desk.openPosition(approve(), sampleSignal(), at(0)));
    this.take(this.desk.onPrepared(this.position.id, ok(null), at(10)));
    this.acknowledge(this.last('entry'), 20);
    this.fill(this.last('entry'), this.last('entry').lots);
    return this;
  }
  protectedNow(): this {
    this.acknowledge(this.last('stop'), 150);
    this.acknowledge(this.last('target'), 160);
    return this;
  }
  venueState(change: Partial<VenueState> = {}): VenueState {
    return {
      scope: 'account',
      symbols: [],
      time: at(10_000),
      account: { wallet: money(1e12), unrealised: money(0), available: money(1e12), marginUsed: money(0), hedgeMode: false },
      positions: [],
      orders: [],
      fills: [],
      ...change,
    };
  }
}

describe('the trade desk', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('L24 journals the intent, durably, in the same output that sends it', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    const output = bench.take(bench.desk.onPrepared(bench.position.id, ok(null), at(10)));
    const intent = bench.last('entry');
    expect(output.durable).toBe(true);
    expect(
      output.records.some(
        (record) => record.kind === 'order' && (record.data as { readonly intent: OrderIntent }).intent.clientOrderId === intent.clientOrderId,
      ),
    ).toBe(true);
    expect(intent.clientOrderId).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
  });

  it('L11 sends nothing when leverage could not be set and verified', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    bench.take(bench.desk.onPrepared(bench.position.id, err(failure()), at(10)));
    expect(bench.submitted).toEqual([]);
    expect(bench.desk.positions()).toEqual([]);
  });

  it('L1 does not read an acknowledgement as "nothing filled": fills come from events and only then a stop is placed', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    bench.take(bench.desk.onPrepared(bench.position.id, ok(null), at(10)));
    bench.acknowledge(bench.last('entry'), 20);
    expect(bench.position.lots).toBe(0);
    expect(bench.submitted.map((intent) => intent.purpose)).toEqual(['entry']);
    bench.fill(bench.last('entry'), 5, { status: 'partially_filled' });
    expect(bench.position.lots).toBe(5);
    expect(bench.last('stop')).toMatchObject({ closePosition: true, kind: 'stop_market', side: 'SELL', trigger: 594_000 });
  });

  it('L2 shows a position as naked until the venue confirms the stop, then as protected', () => {
    bench.opened();
    expect(bench.position.protection).toBe('naked');
    bench.acknowledge(bench.last('stop'), 150);
    expect(bench.position.protection).toBe('stop_only');
    bench.acknowledge(bench.last('target'), 160);
    expect(bench.position.protection).toBe('protected');
    expect(bench.position.nakedSince).toBeNull();
  });

  it('L2 places a refused stop again under a new id and closes at the market when none rests in time', () => {
    bench.opened();
    const first = bench.last('stop');
    bench.take(bench.desk.onSubmitted(first.clientOrderId, err(failure()), at(200)));
    bench.take(bench.desk.onPulse(at(1500)));
    expect(bench.last('stop').clientOrderId).not.toBe(first.clientOrderId);
    bench.take(bench.desk.onSubmitted(bench.last('stop').clientOrderId, err(failure()), at(1600)));
    bench.take(bench.desk.onPulse(at(11_000)));
    expect(bench.last('close')).toMatchObject({ kind: 'market', reduceOnly: true, side: 'SELL' });
  });

  it('closes at once when the venue says the stop would trigger immediately', () => {
    bench.opened();
    bench.take(bench.desk.onSubmitted(bench.last('stop').clientOrderId, err(failure({ venueCode: -2021 })), at(200)));
    expect(bench.last('close').lots).toBe(bench.position.lots);
  });

  it('L3 watches the mark price itself: beyond the stop for three seconds with no fill, it closes', () => {
    bench.opened().protectedNow();
    bench.mark = 59_300;
    bench.take(bench.desk.onPulse(at(1000)));
    bench.take(bench.desk.onPulse(at(3000)));
    expect(bench.submitted.some((intent) => intent.purpose === 'close')).toBe(false);
    bench.take(bench.desk.onPulse(at(4100)));
    expect(bench.last('close').reduceOnly).toBe(true);
  });

  it('L4 moves a stop by placing the new one first and cancelling the old one only when the new one rests', () => {
    bench.opened().protectedNow();
    const old = bench.last('stop');
    bench.take(
      bench.desk.change(bench.position.id, at(5000), {
        summary: 'moved',
        apply: (held) => moveStop(bench.desk.context, held, { stop: ticks(596_000), now: at(5000) }),
      }),
    );
    const moved = bench.last('stop');
    expect(moved).toMatchObject({ trigger: 596_000, closePosition: false, reduceOnly: true });
    const cancelled = (): boolean =>
      bench.outputs.some((output) => output.effects.some((effect) => effect.kind === 'cancel' && effect.clientOrderId === old.clientOrderId));
    expect(cancelled()).toBe(false);
    bench.acknowledge(moved, 5100);
    expect(cancelled()).toBe(true);
    expect(bench.position.protection).toBe('protected');
  });

  it('keeps the old stop when the new one is refused', () => {
    bench.opened().protectedNow();
    bench.take(
      bench.desk.change(bench.position.id, at(5000), {
        summary: 'moved',
        apply: (held) => moveStop(bench.desk.context, held, { stop: ticks(596_000), now: at(5000) }),
      }),
    );
    bench.take(bench.desk.onSubmitted(bench.last('stop').clientOrderId, err(failure()), at(5100)));
    expect(bench.position.stop).toBe(594_000);
    expect(bench.position.protection).toBe('protected');
  });

  it('L5 cancels the target when the stop closes the position, and says why it closed', () => {
    bench.opened().protectedNow();
    const stop = bench.last('stop');
    const target = bench.last('target');
    bench.take(
      bench.desk.onVenueEvent(
        { kind: 'order', report: bench.report(stop, { conditional: true, status: 'triggered', triggeredOrderId: '77' }), fill: null },
        at(6000),
      ),
    );
    bench.fill(stop, bench.position.lots, { price: 59_390, time: 6100 });
    expect(bench.position).toMatchObject({ phase: 'closed', closeReason: 'stop', exitPrice: 59_390 });
    expect(bench.outputs.some((output) => output.effects.some((effect) => effect.kind === 'cancel' && effect.clientOrderId === target.clientOrderId))).toBe(
      true,
    );
    const kinds = bench.outputs
      .flatMap((output) => output.events)
      .filter((event) => event.kind === 'lifecycle')
      .map((event) => event.event.kind);
    expect(kinds.at(0)).toBe('created');
    expect(kinds.slice(-2)).toEqual(['sl_triggered', 'closed']);
  });

  it('counts a fill once, however often and in whatever order it is reported', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    bench.take(bench.desk.onPrepared(bench.position.id, ok(null), at(10)));
    const entry = bench.last('entry');
    bench.fill(entry, 4, { tradeId: 'a', status: 'partially_filled' });
    bench.fill(entry, 4, { tradeId: 'a', status: 'partially_filled' });
    bench.fill(entry, 3, { tradeId: 'b' });
    bench.fill(entry, 4, { tradeId: 'a', status: 'partially_filled' });
    expect(bench.position.lots).toBe(7);
    expect(bench.position.fees).toBe(200_000);
  });

  it('queries an order of unknown outcome and never sends it again; unknown for ten seconds and unknown to the venue means not placed', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    bench.take(bench.desk.onPrepared(bench.position.id, ok(null), at(10)));
    const entry = bench.last('entry');
    bench.take(bench.desk.onSubmitted(entry.clientOrderId, err(failure({ code: 'timeout', outcome: 'unknown' })), at(100)));
    let queries = 0;
    for (let time = 200; time < 25_000; time += 250) {
      const output = bench.take(bench.desk.onPulse(at(time)));
      for (const effect of output.effects) {
        if (effect.kind !== 'query') continue;
        queries += 1;
        bench.take(bench.desk.onQueried(effect.clientOrderId, ok(null), at(time + 50)));
      }
    }
    expect(queries).toBeGreaterThanOrEqual(4);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.desk.positions()).toEqual([]);
  });

  it('takes over an order of unknown outcome that did fill', () => {
    bench.take(bench.desk.openPosition(approve(), sampleSignal(), at(0)));
    bench.take(bench.desk.onPrepared(bench.position.id, ok(null), at(10)));
    const entry = bench.last('entry');
    bench.take(bench.desk.onSubmitted(entry.clientOrderId, err(failure({ code: 'timeout', outcome: 'unknown' })), at(100)));
    bench.fill(entry, entry.lots, { time: 200 });
    expect(bench.position.lots).toBe(entry.lots);
    expect(bench.last('stop').closePosition).toBe(true);
  });

  it('adopts a position found at the venue and protects it', () => {
    const found = {
      symbol: 'BTCUSDT',
      positionSide: 'BOTH' as const,
      lots: -40,
      entryPrice: 60_000,
      markPrice: 60_000,
      unrealised: money(0),
      liquidationPrice: 80_000,
      leverage: 5,
      isolated: true,
      initialMargin: money(0),
    };
    bench.take(bench.desk.onReconciled(bench.venueState({ positions: [found] }), at(10_000)));
    expect(bench.position).toMatchObject({ origin: 'adopted', side: 'short', lots: 40, control: 'mine' });
    expect(bench.last('stop')).toMatchObject({ side: 'BUY', closePosition: true, trigger: 612_000 });
  });

  it("L24 closes what was closed elsewhere, with its fills, and takes the venue's quantity where ours differs", () => {
    bench.opened().protectedNow();
    const { lots: held } = bench.position;
    const position = {
      symbol: 'BTCUSDT',
      positionSide: 'BOTH' as const,
      lots: held - 3,
      entryPrice: 60_000,
      markPrice: 60_000,
      unrealised: money(0),
      liquidationPrice: null,
      leverage: 5,
      isolated: true,
      initialMargin: money(0),
    };
    bench.take(bench.desk.onReconciled(bench.venueState({ positions: [position] }), at(20_000)));
    expect(bench.position.lots).toBe(held - 3);
    bench.take(bench.desk.onReconciled(bench.venueState(), at(40_000)));
    expect(bench.position).toMatchObject({ phase: 'closed', closeReason: 'external' });
  });

  it('L17 pairs every close with its own position and counts it', () => {
    bench.opened().protectedNow();
    bench.take(
      bench.desk.change(bench.position.id, at(7000), {
        summary: 'closed',
        apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: at(7000) }),
      }),
    );
    bench.fill(bench.last('close'), bench.position.lots, { price: 60_500, time: 7100 });
    expect(bench.desk.closedPositions()).toMatchObject([{ closeReason: 'manual', exitPrice: 60_500 }]);
  });

  it('is the same after a crash: every journalled record replayed gives the same orders and positions', () => {
    bench.opened().protectedNow();
    bench.take(bench.desk.onPulse(at(2000)));
    const replayed = new Bench().make();
    for (const record of bench.outputs.flatMap((output) => output.records)) replayed.replay(record.kind, JSON.parse(JSON.stringify(record.data)));
    const plain = (desk: TradeDesk): unknown => JSON.parse(JSON.stringify(desk.checkpoint()));
    expect(plain(replayed)).toEqual(plain(bench.desk));
    const restored = new Bench().make();
    restored.restore(JSON.parse(JSON.stringify(bench.desk.checkpoint())) as ReturnType<TradeDesk['checkpoint']>);
    expect(plain(restored)).toEqual(plain(bench.desk));
  });

  it('never gives two orders the same id, also over a restart', () => {
    bench.opened().protectedNow();
    const restored = new Bench();
    restored.desk.restore(JSON.parse(JSON.stringify(bench.desk.checkpoint())) as ReturnType<TradeDesk['checkpoint']>);
    restored.take(restored.desk.openPosition(approve(), sampleSignal(), at(9000)));
    const ids = [...bench.desk.positions(), ...restored.desk.positions()].map((position) => position.id);
    expect(new Set(ids).size).toBe(2);
  });
});
