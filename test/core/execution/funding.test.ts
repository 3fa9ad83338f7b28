// Funding: each payment counts once, for the leg it was paid by, told or read, before or after a crash.
import { describe, expect, it } from 'vitest';
import { money, epochMs } from '../../../src-shared/kernel/units.ts';
import type { FundingPayment, VenueEvent } from '../../../src-main/core/ports.ts';
import type { TradeDesk } from '../../../src-main/core/execution/trade-desk.ts';
import { Bench, START, venuePosition } from './support.ts';

const HOUR = 3_600_000;
const SETTLED = epochMs(Math.ceil(START / HOUR) * HOUR);

const payment = (change: Partial<FundingPayment> = {}): FundingPayment => ({
  id: '1',
  symbol: 'BTCUSDT',
  positionSide: null,
  amount: money(-100),
  time: SETTLED,
  ...change,
});

function told(change: Partial<Extract<VenueEvent, { kind: 'account' }>> = {}): VenueEvent {
  return { kind: 'account', time: SETTLED, reason: 'FUNDING_FEE', wallet: null, funding: money(-100), fundingSymbol: 'BTCUSDT', positions: [], ...change };
}

/** An open long, and in hedge mode a short beside it, some time after a settlement. */
function opened(isHedge = false): Bench {
  const bench = new Bench();
  bench.hedge = isHedge;
  bench.openProtected();
  if (isHedge)
    bench.reconcile({
      positions: [venuePosition(bench.position().lots, { positionSide: 'LONG' }), venuePosition(-500, { positionSide: 'SHORT' })],
    });
  bench.now = epochMs(SETTLED + 60_000);
  return bench;
}

const fundingOf = (desk: TradeDesk): Readonly<Record<string, number>> => Object.fromEntries(desk.positions().map(({ side, funding }) => [side, funding]));

function read(bench: Bench, ...funding: readonly FundingPayment[]): void {
  const positions = bench.desk.positions().map((position) => venuePosition(position.side === 'long' ? position.lots : -position.lots));
  bench.reconcile({ positions, funding });
}

/** The desk a restart builds from the journal. */
function reborn(bench: Bench): TradeDesk {
  const next = bench.twin();
  for (const record of bench.records) next.replay(record.kind, structuredClone(record.data));
  return next;
}

describe('funding that was paid while nobody ran', () => {
  it('reaches the position at the comparison of the start, each payment once, however often it is read', () => {
    const bench = opened();
    read(bench, payment(), payment({ id: '2', time: epochMs(SETTLED + 8 * HOUR), amount: money(-30) }));
    read(bench, payment(), payment({ id: '2', time: epochMs(SETTLED + 8 * HOUR), amount: money(-30) }));
    expect(fundingOf(bench.desk)).toEqual({ long: -130 });
  });

  it('is not counted again after a kill: the journal knows its transactions', () => {
    const bench = opened();
    read(bench, payment());
    const next = reborn(bench);
    next.onReconciled(bench.venue({ positions: [venuePosition(bench.position().lots)], funding: [payment()] }), bench.now);
    expect(fundingOf(next)).toEqual({ long: -100 });
  });

  it('still reaches a position that the same comparison finds closed at the venue', () => {
    const bench = opened();
    bench.wait(60_000);
    bench.reconcile({ positions: [], funding: [payment()] });
    expect(bench.position()).toMatchObject({ phase: 'closed', funding: -100 });
  });

  it('from before the position, or of another contract, is nobody’s here', () => {
    const bench = opened();
    read(bench, payment({ time: epochMs(SETTLED - 5 * HOUR) }), payment({ id: '2', symbol: 'ETHUSDT' }));
    expect(fundingOf(bench.desk)).toEqual({ long: 0 });
  });
});

describe('a payment that is both told by the stream and named by the history', () => {
  it('counts once when it was told first, also with a kill between', () => {
    const bench = opened();
    bench.keep(bench.desk.onVenueEvent(told(), bench.now));
    const next = reborn(bench);
    next.onReconciled(bench.venue({ positions: [venuePosition(bench.position().lots)], funding: [payment({ time: epochMs(SETTLED + 900) })] }), bench.now);
    expect(fundingOf(next)).toEqual({ long: -100 });
  });

  it('counts once when it was read first, also with a kill between', () => {
    const bench = opened();
    read(bench, payment());
    const next = reborn(bench);
    next.onVenueEvent(told({ time: epochMs(SETTLED + 400) }), bench.now);
    expect(fundingOf(next)).toEqual({ long: -100 });
  });

  it('counts once when the stream tells it twice', () => {
    const bench = opened();
    for (let times = 0; times < 2; times += 1) bench.keep(bench.desk.onVenueEvent(told(), bench.now));
    expect(fundingOf(bench.desk)).toEqual({ long: -100 });
  });
});

describe('funding of both legs of a contract', () => {
  it('at the same moment are two payments, each of its leg', () => {
    const bench = opened(true);
    read(bench, payment({ positionSide: 'LONG' }), payment({ id: '2', positionSide: 'SHORT', amount: money(40) }));
    expect(fundingOf(bench.desk)).toEqual({ long: -100, short: 40 });
  });

  it('read one by one through the stream’s door do not collapse into one either', () => {
    const bench = opened(true);
    bench.keep(bench.desk.onVenueEvent(told({ fundingId: '1', fundingSide: 'LONG' }), bench.now));
    bench.keep(bench.desk.onVenueEvent(told({ fundingId: '2', fundingSide: 'SHORT', funding: money(40) }), bench.now));
    expect(fundingOf(bench.desk)).toEqual({ long: -100, short: 40 });
  });

  it('whose legs could not be told still count, both', () => {
    const bench = opened(true);
    read(bench, payment(), payment({ id: '2', amount: money(40) }));
    expect(Object.values(fundingOf(bench.desk)).reduce((sum, value) => sum + value, 0)).toBe(-60);
  });

  it('told with their isolated positions are each of their leg, and not counted again when read', () => {
    const bench = opened(true);
    const change = (positionSide: 'LONG' | 'SHORT') => ({ symbol: 'BTCUSDT', positionSide, lots: 1, entryPrice: 1, unrealised: money(0) });
    bench.keep(bench.desk.onVenueEvent(told({ positions: [change('LONG')] }), bench.now));
    bench.keep(bench.desk.onVenueEvent(told({ positions: [change('SHORT')], funding: money(40) }), bench.now));
    read(bench, payment({ positionSide: 'LONG' }), payment({ id: '2', positionSide: 'SHORT', amount: money(40) }));
    expect(fundingOf(bench.desk)).toEqual({ long: -100, short: 40 });
  });
});
