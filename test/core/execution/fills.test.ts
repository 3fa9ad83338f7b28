// What one execution does to a position: sums that come out the same in any order, whose fill it is, and what it wakes up.
import { describe, expect, it } from 'vitest';
import type { Fill } from '../../../src-shared/domain/order.ts';
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import { epochMs, lots, money, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { applyFill, isOpeningFill, reasonOfForeignOrder } from '../../../src-main/core/execution/fills.ts';
import { createHeld, type HeldPosition } from '../../../src-main/core/execution/held-position.ts';
import { samplePosition } from '../../support/samples.ts';
import { Bench, lifecycleOf, START, submitted, venuePosition } from './support.ts';

const { context } = new Bench().desk;
const LATER = epochMs(START + 5000);

function held(position: Partial<Position> = {}, change: Partial<HeldPosition> = {}): HeldPosition {
  const base = createHeld(samplePosition({ lots: lots(40), ...position }), {
    marginType: 'isolated',
    limit: null,
    timeInForce: 'GTC',
    plannedLots: 40,
    touchedAt: START,
  });
  return { ...base, openedLots: 40, ...change };
}

const fill = (side: 'BUY' | 'SELL', amount: number, price: number, change: Partial<Fill> = {}): Fill => ({
  symbol: 'BTCUSDT',
  tradeId: '1',
  venueOrderId: 'v1',
  clientOrderId: 'c1',
  side,
  positionSide: 'BOTH',
  lots: lots(amount),
  price,
  fee: moneyFromUsdt(1),
  realisedPnl: money(0),
  maker: false,
  time: START,
  ...change,
});

const after = (before: HeldPosition, execution: Fill, reason: CloseReason | null = null): HeldPosition =>
  applyFill(context, before, { fill: execution, reason, now: LATER });

describe('a fill', () => {
  it('opens where it is on the side of the position', () => {
    expect([isOpeningFill(held(), fill('BUY', 1, 1)), isOpeningFill(held(), fill('SELL', 1, 1))]).toEqual([true, false]);
    expect([isOpeningFill(held({ side: 'short' }), fill('SELL', 1, 1)), isOpeningFill(held({ side: 'short' }), fill('BUY', 1, 1))]).toEqual([true, false]);
  });

  it('that opens moves the entry to the mean, and the risk with it', () => {
    const grown = after(held(), fill('BUY', 10, 61_000));
    expect(grown).toMatchObject({
      openedLots: 50,
      closedLots: 0,
      touchedAt: LATER,
      position: { lots: 50, entryPrice: 60_200, exitPrice: null, riskPerUnit: 800 },
    });
  });

  it('that opens a short counts its risk up to the stop', () => {
    const short = held({ side: 'short', stop: ticks(606_000), riskPerUnit: 1 });
    expect(after(short, fill('SELL', 40, 59_000)).position).toMatchObject({ lots: 80, entryPrice: 59_500, riskPerUnit: 1100 });
  });

  it('that opens without a stop leaves the risk as it is', () => {
    expect(after(held({ stop: null, riskPerUnit: 1200 }), fill('BUY', 10, 61_000)).position.riskPerUnit).toBe(1200);
  });

  it('that is the first gives its own price', () => {
    const opening = held({ phase: 'opening', lots: lots(0), entryPrice: 59_000 }, { openedLots: 0 });
    expect(after(opening, fill('BUY', 1, 60_500)).position).toMatchObject({ phase: 'open', lots: 1, entryPrice: 60_500 });
  });

  it('that closes moves the exit to the mean, and neither entry nor risk', () => {
    const once = after(held(), fill('SELL', 10, 61_000, { realisedPnl: moneyFromUsdt(10) }));
    expect(once).toMatchObject({
      openedLots: 40,
      closedLots: 10,
      position: { lots: 30, entryPrice: 60_000, exitPrice: 61_000, riskPerUnit: 600, realisedPnl: moneyFromUsdt(10), fees: moneyFromUsdt(1) },
    });
    expect(after(once, fill('SELL', 30, 59_000)).position).toMatchObject({ lots: 0, exitPrice: 59_500, fees: moneyFromUsdt(2) });
  });

  it('that closes more than is here leaves nothing, and what opens after it counts against it', () => {
    const early = after(held({ phase: 'opening', lots: lots(0) }, { openedLots: 0 }), fill('SELL', 40, 61_000));
    expect(early).toMatchObject({ closedLots: 40, position: { lots: 0 } });
    expect(after(early, fill('BUY', 40, 60_000)).position.lots).toBe(0);
  });

  it('that a comparison has counted already brings only its money', () => {
    const corrected = held({}, { correctedAt: START });
    expect(after(corrected, fill('SELL', 10, 61_000, { realisedPnl: moneyFromUsdt(10) }))).toMatchObject({
      openedLots: 40,
      closedLots: 0,
      touchedAt: START,
      position: { lots: 40, exitPrice: 61_000, fees: moneyFromUsdt(1), realisedPnl: moneyFromUsdt(10) },
    });
    expect(after(corrected, fill('BUY', 10, 61_000)).position).toMatchObject({ lots: 40, entryPrice: 60_000, exitPrice: null });
    expect(after(corrected, fill('SELL', 10, 61_000, { time: epochMs(START + 1) })).position.lots).toBe(30);
  });

  it('that closes tells why, where it was not known; one that opens never does', () => {
    expect(after(held(), fill('SELL', 40, 59_400), 'stop').closeReason).toBe('stop');
    expect(after(held({}, { closeReason: 'manual' }), fill('SELL', 40, 59_400), 'stop').closeReason).toBe('manual');
    expect(after(held(), fill('BUY', 1, 59_400), 'stop').closeReason).toBeNull();
  });

  it.each<readonly [CloseReason, CloseReason | null]>([
    ['stop', null],
    ['target', null],
    ['manual', 'manual'],
    ['unprotected', 'unprotected'],
  ])('of the rest of an entry after %s had emptied it: it goes on, unless it is to end', (reason, expected) => {
    const emptied = held({ lots: lots(0), exitPrice: 59_400 }, { closedLots: 40, closeReason: reason });
    expect(after(emptied, fill('BUY', 5, 59_500))).toMatchObject({ closeReason: expected, position: { lots: 5 } });
  });

  it('that opens nothing does not make it go on', () => {
    const overclosed = held({ lots: lots(0) }, { closedLots: 60, closeReason: 'stop' });
    expect(after(overclosed, fill('BUY', 5, 59_500)).closeReason).toBe('stop');
    expect(after(held({ lots: lots(0) }, { openedLots: 60, closedLots: 40, closeReason: 'stop' }), fill('SELL', 5, 59_500)).closeReason).toBe('stop');
  });

  it('that comes after it was given up makes it live again, if anything is held', () => {
    const given = held({ phase: 'closed', lots: lots(0), closedAt: START, closeReason: 'external', exitPrice: 1 }, { openedLots: 0 });
    expect(after(given, fill('BUY', 5, 59_500)).position).toMatchObject({ phase: 'open', lots: 5, closedAt: null, closeReason: null, exitPrice: null });
    const flat = held({ phase: 'closed', lots: lots(0), closedAt: START, closeReason: 'stop' }, { closedLots: 40 });
    expect(after(flat, fill('SELL', 1, 59_500)).position).toMatchObject({ phase: 'closed', closedAt: START });
  });

  it.each([
    ['autoclose-1760000', 'liquidation'],
    ['adl_autoclose', 'liquidation'],
    ['web_autoclose-1', null],
    ['ptk7x1-s2', null],
  ])('of the order %s was a %s', (clientOrderId, expected) => expect(reasonOfForeignOrder(clientOrderId)).toBe(expected));
});

describe('whose fill it is', () => {
  const tell = (bench: Bench, execution: Fill): void =>
    void bench.tell({ ...bench.report({ ...OF, clientOrderId: execution.clientOrderId } as never, {}), status: 'filled', conditional: false }, execution);
  const OF = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    positionSide: 'BOTH',
    lots: lots(10),
    price: null,
    trigger: null,
    kind: 'market',
    purpose: 'close',
    closePosition: false,
    reduceOnly: true,
  };

  it('the position’s of that contract and leg, where the order is somebody else’s', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    tell(bench, bench.fillOf({ ...entry, clientOrderId: 'web_9', side: 'SELL' }, 10, 60_500, { venueOrderId: 'w9' }));
    expect(bench.position()).toMatchObject({ lots: entry.lots - 10, exitPrice: 60_500 });
  });

  it.each([
    ['another contract', { symbol: 'ETHUSDT' }],
    ['the other leg', { positionSide: 'SHORT' as const }],
    ['a time before the position', { time: epochMs(START - 1) }],
  ])('nobody’s, of %s', (_what, change) => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const before = bench.position();
    tell(bench, bench.fillOf({ ...entry, clientOrderId: 'web_9', side: 'SELL' }, 10, 60_500, { venueOrderId: 'w9', ...change }));
    expect(bench.position()).toEqual(before);
  });

  it('the stop’s, when it comes under the id of the order the stop became', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'filled', triggeredOrderId: 'real-1' }));
    tell(bench, bench.fillOf({ ...stop, clientOrderId: 'somebody' }, entry.lots, 59_390, { venueOrderId: 'real-1' }));
    expect(bench.position()).toMatchObject({ phase: 'closed', closeReason: 'stop', exitPrice: 59_390 });
  });

  it.each(['stop', 'target'] as const)('of the %s names the end', (purpose) => {
    const bench = new Bench();
    const opened = bench.openProtected();
    bench.execute(opened[purpose], opened.entry.lots, 60_000);
    expect(bench.position().closeReason).toBe(purpose);
    expect(lifecycleOf(bench.records).slice(-2)).toEqual([purpose === 'stop' ? 'sl_triggered' : 'tp_triggered', 'closed']);
  });

  it('an entry’s adds its fee to the order, and tells once that the position was created', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [first, second] = [bench.fillOf(entry, 10, 60_000), bench.fillOf(entry, 20, 60_010)];
    bench.tell(bench.report(entry, { status: 'partially_filled', filledLots: lots(10), averagePrice: 60_000 }), first);
    bench.tell(bench.report(entry, { status: 'partially_filled', filledLots: lots(30), averagePrice: 60_006 }), second);
    expect(bench.desk.context.state.orders.get(entry.clientOrderId)?.fee).toBe(first.fee + second.fee);
    expect(lifecycleOf(bench.records)).toEqual(['created']);
  });

  it('one that was not wanted any more is protected and closed at once', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    bench.desk.change(entry.positionId, bench.now, { summary: 'flattened', apply: (current) => ({ ...current, closeReason: 'flatten' }) });
    const sent = submitted(bench.execute(entry, entry.lots, 60_000));
    expect(sent.map(({ purpose }) => purpose)).toEqual(['stop', 'close']);
  });

  it('an adopted position’s, when it is of an entry that was given up and is in what was adopted', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.tell(bench.report(entry, { status: 'canceled' }));
    expect(bench.position().phase).toBe('closed');
    bench.wait(60_000);
    bench.reconcile({ positions: [venuePosition(entry.lots)] });
    const late = bench.fillOf(entry, entry.lots, 60_000, { time: epochMs(bench.now - 1000) });
    bench.tell(bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 }), late);
    expect(bench.desk.positions()).toMatchObject([{ origin: 'adopted', lots: entry.lots, fees: late.fee }]);
  });
});
