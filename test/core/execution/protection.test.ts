// Protection by hand: which levels a stop and a target may take, what one close may carry, and when a target does not follow the quantity.
import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { DeskContext } from '../../../src-main/core/execution/desk-context.ts';
import { createHeld, type HeldPosition } from '../../../src-main/core/execution/held-position.ts';
import { closeAtMarket, moveStop, refuseStop, refuseTarget } from '../../../src-main/core/execution/protection.ts';
import { sampleInstrument, samplePosition, sampleSignal } from '../../support/samples.ts';
import { Bench, cancelled, START, submitted } from './support.ts';

function held(position: Partial<Position> = {}, change: Partial<HeldPosition> = {}): HeldPosition {
  const base = createHeld(samplePosition(position), { marginType: 'isolated', limit: null, timeInForce: 'GTC', plannedLots: 40, touchedAt: START });
  return { ...base, openedLots: 40, ...change };
}

const contextOf = (change: Partial<DeskContext> = {}): DeskContext => ({ ...new Bench().desk.context, ...change });

describe('a stop by hand', () => {
  const refused = (
    side: 'long' | 'short',
    price: number,
    change: { readonly mark?: number | null; readonly liquidationPrice?: number } = {},
  ): string | null => {
    const context = contextOf({ markOf: () => (change.mark === undefined ? 60_000 : change.mark) });
    const said = refuseStop(context, held({ side, liquidationPrice: change.liquidationPrice ?? null }), ticks(price * 10));
    return said?.kind === 'sentence' ? said.code : null;
  };

  it.each<readonly [string, string | null, string | null]>([
    ['a long’s a tick below the mark', refused('long', 59_999.9), null],
    ['a long’s at the mark', refused('long', 60_000), 'refused.stopTriggers'],
    ['a long’s above the mark', refused('long', 60_100), 'refused.stopTriggers'],
    ['a short’s a tick above the mark', refused('short', 60_000.1), null],
    ['a short’s at the mark', refused('short', 60_000), 'refused.stopTriggers'],
    ['a short’s below the mark', refused('short', 59_900), 'refused.stopTriggers'],
    ['a long’s before its liquidation', refused('long', 50_000.1, { liquidationPrice: 50_000 }), null],
    ['a long’s at its liquidation', refused('long', 50_000, { liquidationPrice: 50_000 }), 'refused.stopBeyondLiquidation'],
    ['a short’s before its liquidation', refused('short', 69_999.9, { liquidationPrice: 70_000 }), null],
    ['a short’s at its liquidation', refused('short', 70_000, { liquidationPrice: 70_000 }), 'refused.stopBeyondLiquidation'],
    ['any without a price', refused('long', 59_000, { mark: null }), 'refused.stopNoPrice'],
  ])('%s', (_what, code, expected) => expect(code).toBe(expected));

  it('of a contract that is not known is refused', () => {
    expect(refuseStop(contextOf({ instrumentOf: () => null }), held(), ticks(590_000))).toMatchObject({ code: 'refused.stopNoPrice' });
    expect(refuseTarget(contextOf({ instrumentOf: () => null }), held(), ticks(610_000))).toMatchObject({ code: 'refused.targetNoPrice' });
  });
});

describe('a target by hand', () => {
  const refused = (side: 'long' | 'short', price: number, mark: number | null = 60_000): string | null => {
    const said = refuseTarget(contextOf({ markOf: () => mark }), held({ side }), ticks(price * 10));
    return said?.kind === 'sentence' ? said.code : null;
  };

  it.each<readonly [string, string | null, string | null]>([
    ['a long’s a tick above the mark', refused('long', 60_000.1), null],
    ['a long’s at the mark', refused('long', 60_000), 'refused.targetTriggers'],
    ['a short’s a tick below the mark', refused('short', 59_999.9), null],
    ['a short’s at the mark', refused('short', 60_000), 'refused.targetTriggers'],
    ['a short’s above the mark', refused('short', 60_100), 'refused.targetTriggers'],
    ['any without a price', refused('long', 61_000, null), 'refused.targetNoPrice'],
  ])('%s', (_what, code, expected) => expect(code).toBe(expected));
});

describe('what one close carries', () => {
  const sent = (
    instrument: Partial<Instrument>,
    amount: number,
    change: Partial<HeldPosition> = {},
    side: 'long' | 'short' = 'long',
  ): OrderIntent | undefined => {
    const bench = new Bench();
    const context: DeskContext = { ...bench.desk.context, instrumentOf: () => sampleInstrument(instrument) };
    closeAtMarket(context, held({ lots: lots(40), side }, change), { amount, reason: 'manual', now: START });
    return submitted(context.state.take())[0];
  };

  it.each<readonly [string, Partial<Instrument>, number, number]>([
    ['everything', {}, 40, 40],
    ['a part', {}, 15, 15],
    ['at least one lot', {}, 0, 1],
    ['never more than is held', {}, 400, 40],
    ['at most what one market order may', { marketMaxLots: lots(25) }, 40, 25],
    ['exactly that', { marketMaxLots: lots(40) }, 40, 40],
    ['everything where no limit is known', { marketMaxLots: lots(0) }, 40, 40],
    ['whole steps of market orders', { marketStepLots: 7 }, 40, 35],
    ['what is left, where it is less than a step', { marketStepLots: 7 }, 5, 5],
    ['exactly one step', { marketStepLots: 7 }, 7, 7],
  ])('%s', (_what, instrument, amount, expected) =>
    expect(sent(instrument, amount)).toMatchObject({ kind: 'market', lots: expected, price: null, timeInForce: 'GTC' }),
  );

  it('as a limit in a thin book: nine tenths of the band of its own side, and the steps of limit orders', () => {
    const band = { multiplierUp: 1.1, multiplierDown: 0.8, marketStepLots: 7, marketMaxLots: lots(25) };
    expect(sent(band, 40, { closeRefusal: -4131 })).toMatchObject({ kind: 'limit', lots: 40, price: ticks(492_000), timeInForce: 'IOC' });
    expect(sent(band, 40, { closeRefusal: -4131 }, 'short')).toMatchObject({ kind: 'limit', lots: 40, price: ticks(654_000) });
    expect(sent({ ...band, maxLots: lots(30) }, 40, { closeRefusal: -4131 })).toMatchObject({ lots: 30 });
    expect(sent(band, 40, { closeRefusal: -2019 })).toMatchObject({ kind: 'market', price: null });
  });

  it('of a contract whose rules are not known, as it is, at the market', () => {
    const bench = new Bench();
    const context: DeskContext = { ...bench.desk.context, instrumentOf: () => null };
    closeAtMarket(context, held({ lots: lots(40) }, { closeRefusal: -4131 }), { amount: 40, reason: 'manual', now: START });
    expect(submitted(context.state.take())).toMatchObject([{ kind: 'market', lots: 40 }]);
  });
});

describe('a close of a part', () => {
  it('leaves the rest of the entry at work; a close of everything ends it', () => {
    const opening = (): { readonly bench: Bench; readonly entry: OrderIntent } => {
      const bench = new Bench();
      const signal = sampleSignal();
      const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: 59_900 } } });
      bench.acknowledge(entry);
      for (const intent of submitted(bench.execute(entry, 40, 59_900, 'partially_filled'))) bench.acknowledge(intent);
      return { bench, entry };
    };
    const close = (bench: Bench, entry: OrderIntent, amount: number): readonly string[] =>
      cancelled(
        bench.keep(
          bench.desk.change(entry.positionId, bench.now, {
            summary: '',
            apply: (current) => closeAtMarket(bench.desk.context, current, { amount, reason: 'manual', now: bench.now }),
          }),
        ),
      );
    const part = opening();
    expect(close(part.bench, part.entry, 39)).toEqual([]);
    const whole = opening();
    expect(close(whole.bench, whole.entry, 40)).toEqual([whole.entry.clientOrderId]);
  });
});

describe('the target', () => {
  it('does not follow the quantity while the stop is closing the position', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'filled', triggeredOrderId: 'real-1' }));
    expect(submitted(bench.execute(stop, 10, 59_390, 'partially_filled'))).toEqual([]);
    expect(submitted(bench.pulse(1000))).toEqual([]);
  });

  it('does not follow it while the target itself is closing it', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    bench.tell(bench.report(target, { status: 'filled', triggeredOrderId: 'real-2' }));
    expect(submitted(bench.execute(target, 10, 61_200, 'partially_filled'))).toEqual([]);
    expect(submitted(bench.pulse(1000))).toEqual([]);
  });

  it('does not follow it while a close is in flight, and does after it', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [part] = submitted(
      bench.keep(
        bench.desk.change(entry.positionId, bench.now, {
          summary: '',
          apply: (current) => closeAtMarket(bench.desk.context, current, { amount: 40, reason: 'manual', now: bench.now }),
        }),
      ),
    );
    if (part === undefined) throw new Error('no close');
    expect(submitted(bench.execute(part, 10, 60_100, 'partially_filled'))).toEqual([]);
    expect(submitted(bench.execute(part, 30, 60_100))).toMatchObject([{ purpose: 'target', lots: entry.lots - 40 }]);
  });

  it('waits while the entry still fills: a second without a fill, then it comes', () => {
    const bench = new Bench();
    const signal = sampleSignal();
    const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: 59_900 } } });
    bench.acknowledge(entry);
    for (const intent of submitted(bench.execute(entry, 10, 59_900, 'partially_filled'))) bench.acknowledge(intent);
    expect(submitted(bench.pulse(999))).toEqual([]);
    const [target] = submitted(bench.pulse(2100));
    expect(target).toMatchObject({ purpose: 'target', lots: 10 });
  });
});

describe('a stop sent ahead of the fills', () => {
  it('that is refused is sent again after a second, as long as the fills are not here', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const filled = bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 });
    const [ahead] = submitted(bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(filled), bench.now)));
    expect(ahead).toMatchObject({ purpose: 'stop', closePosition: true });
    if (ahead === undefined) return;
    bench.refuse(ahead, -4509);
    expect(submitted(bench.pulse(1000))).toEqual([]);
    expect(submitted(bench.pulse(1))).toMatchObject([{ purpose: 'stop', closePosition: true }]);
  });
});

describe('a moved stop', () => {
  it('is made permanent half a second after it was sent, when the old one is gone', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    const [next] = submitted(
      bench.keep(
        bench.desk.change(entry.positionId, bench.now, {
          summary: '',
          apply: (current) => moveStop(bench.desk.context, current, { stop: ticks(595_000), now: bench.now }),
        }),
      ),
    );
    if (next === undefined) throw new Error('no stop');
    bench.acknowledge(next);
    expect(submitted(bench.tell(bench.report(stop, { status: 'canceled' })))).toEqual([]);
    expect(submitted(bench.pulse(499))).toEqual([]);
    expect(submitted(bench.pulse(1))).toMatchObject([{ purpose: 'stop', closePosition: true, trigger: 595_000 }]);
  });

  it('is not made permanent while the old one is still there', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [next] = submitted(
      bench.keep(
        bench.desk.change(entry.positionId, bench.now, {
          summary: '',
          apply: (current) => moveStop(bench.desk.context, current, { stop: ticks(595_000), now: bench.now }),
        }),
      ),
    );
    if (next === undefined) throw new Error('no stop');
    bench.acknowledge(next);
    expect(submitted(bench.pulse(2000))).toEqual([]);
  });
});
