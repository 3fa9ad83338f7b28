// Rules that manage an open position, off by default: trailing by share, ATR and structure, a target that stays ahead, chasing entries.
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { moveStop } from '../../../src-main/core/execution/protection.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, submitted } from './support.ts';

const TICK = 0.1;

/** Opens, moves the price and gives the stops and targets placed because of it, as prices. */
function moved(settings: Partial<Settings>, mark: number, prepare: (bench: Bench) => void = () => undefined): readonly { purpose: string; price: number }[] {
  const bench = new Bench(settings);
  bench.openProtected();
  prepare(bench);
  bench.wait(6000);
  bench.mark = mark;
  return submitted(bench.keep(bench.desk.onPrice('BTCUSDT', bench.now))).map((intent) => ({ purpose: intent.purpose, price: (intent.trigger ?? 0) * TICK }));
}

describe('a position under rules', () => {
  it('has none of them by default: no price moves its stop or target', () => {
    expect(moved({}, 60_900, (bench) => void (bench.trail = { atr: 50, swingLow: 60_500, swingHigh: 61_000 }))).toEqual([]);
  });

  it('is trailed by a share of the price, at the price event and not at the next pulse', () => {
    expect(moved({ trailingStopEnabled: true }, 60_600)).toEqual([{ purpose: 'stop', price: expect.closeTo(60_600 * 0.997, 0) }]);
  });

  it('is trailed by ATR: twice the ATR behind the price', () => {
    const settings = { trailingStopEnabled: true, trailingStopBy: 'atr' } as const;
    expect(moved(settings, 60_600, (bench) => void (bench.trail = { atr: 120, swingLow: null, swingHigh: null }))).toEqual([
      { purpose: 'stop', price: expect.closeTo(60_360, 0) },
    ]);
    expect(moved({ ...settings, trailingStopAtrMultiple: 4 }, 60_600, (bench) => void (bench.trail = { atr: 120, swingLow: null, swingHigh: null }))).toEqual([
      { purpose: 'stop', price: expect.closeTo(60_120, 0) },
    ]);
  });

  it('is trailed by structure: a tenth of the ATR behind the newest swing low', () => {
    const settings = { trailingStopEnabled: true, trailingStopBy: 'structure' } as const;
    expect(moved(settings, 60_600, (bench) => void (bench.trail = { atr: 120, swingLow: 60_200, swingHigh: 60_700 }))).toEqual([
      { purpose: 'stop', price: expect.closeTo(60_188, 0) },
    ]);
  });

  it.each([['atr'], ['structure']] as const)('is left alone by a trail by %s while its market is not known', (trailingStopBy) => {
    expect(moved({ trailingStopEnabled: true, trailingStopBy }, 60_600)).toEqual([]);
    expect(
      moved({ trailingStopEnabled: true, trailingStopBy }, 60_600, (bench) => void (bench.trail = { atr: Number.NaN, swingLow: 60_200, swingHigh: null })),
    ).toEqual([]);
  });

  it('never has its stop moved back, nor beyond the price', () => {
    const settings = { trailingStopEnabled: true, trailingStopBy: 'structure' } as const;
    expect(moved(settings, 60_600, (bench) => void (bench.trail = { atr: 120, swingLow: 59_000, swingHigh: null }))).toEqual([]);
    expect(moved(settings, 60_600, (bench) => void (bench.trail = { atr: 120, swingLow: 60_700, swingHigh: null }))).toEqual([]);
  });

  it('has a target that stays ahead of the price when that is asked for', () => {
    const target = sampleSignal().plan.target;
    const [first] = moved({ trailingTargetEnabled: true }, target - 50);
    expect(first).toEqual({ purpose: 'target', price: expect.closeTo((target - 50) * 1.005, 0) });
    expect(moved({ trailingTargetEnabled: false }, target - 50)).toEqual([]);
  });

  it('is not touched by any of them once a person took it over', () => {
    const take = (bench: Bench): void =>
      void bench.desk.change(bench.position().id, bench.now, {
        summary: 'taken over',
        apply: (held) => ({ ...held, position: { ...held.position, control: 'mine' } }),
      });
    expect(moved({ trailingStopEnabled: true, trailingTargetEnabled: true, breakEvenEnabled: true, partialEnabled: true }, 61_000, take)).toEqual([]);
  });
});

/** Entry 60 000, a risk of 600; the fee of the entry is a twentieth of R. */
describe.each(['long', 'short'] as const)('the rules of a %s, at their limits', (side) => {
  const sign = side === 'long' ? 1 : -1;
  /** A price so far in profit. */
  const up = (distance: number): number => 60_000 + sign * distance;

  function opened(settings: Partial<Settings>): Bench {
    const bench = new Bench(settings);
    const signal = sampleSignal({ side });
    bench.openProtected({ signal: { ...signal, plan: { ...signal.plan, side, stop: up(-600), target: up(1200) } } });
    return bench;
  }

  /** Orders that leave at this price, once the rules may act again. */
  function at(bench: Bench, mark: number, pause = 6000): readonly (readonly [string, number])[] {
    bench.wait(pause);
    bench.mark = mark;
    return submitted(bench.keep(bench.desk.onPrice('BTCUSDT', bench.now))).map((intent) => [
      intent.purpose,
      intent.trigger === null ? intent.lots : intent.trigger * TICK,
    ]);
  }

  it('break-even: from its trigger on, net of fees, and once', () => {
    const settings = { breakEvenEnabled: true };
    expect(at(opened(settings), up(629))).toEqual([]);
    const bench = opened(settings);
    expect(at(bench, up(631))).toEqual([['stop', 60_000]]);
    const next = [...bench.desk.context.state.orders.values()].findLast(({ intent }) => intent.purpose === 'stop');
    if (next === undefined) throw new Error('no stop');
    bench.acknowledge(next.intent);
    expect(at(bench, up(700)).filter(([purpose, price]) => purpose === 'stop' && price !== 60_000)).toEqual([]);
  });

  it('break-even never moves back a stop that a person moved beyond the entry', () => {
    const bench = opened({ breakEvenEnabled: true });
    const { id } = bench.position();
    const stop = ticks(Math.round(up(200) / TICK));
    const [next] = submitted(
      bench.keep(bench.desk.change(id, bench.now, { summary: '', apply: (held) => moveStop(bench.desk.context, held, { stop, now: bench.now }) })),
    );
    if (next === undefined) throw new Error('no stop');
    bench.acknowledge(next);
    const old = [...bench.desk.context.state.orders.values()].find(({ intent }) => intent.purpose === 'stop');
    if (old !== undefined) bench.tell(bench.report(old.intent, { status: 'canceled' }));
    for (const intent of submitted(bench.pulse(600))) bench.acknowledge(intent);
    expect(at(bench, up(800)).map(([, price]) => price)).not.toContain(60_000);
    expect(bench.position().stop).toBe(stop);
  });

  it('a rule waits for the move before it, and five seconds after it', () => {
    const bench = opened({ trailingStopEnabled: true });
    expect(at(bench, up(600))).toHaveLength(1);
    expect(at(bench, up(1000))).toEqual([]);
    const next = [...bench.desk.context.state.orders.values()].findLast(({ intent }) => intent.purpose === 'stop');
    if (next === undefined) throw new Error('no stop');
    bench.refuse(next.intent, -4013);
    expect(at(opened({ trailingStopEnabled: true }), up(600), 5000)).toEqual([]);
    expect(at(opened({ trailingStopEnabled: true }), up(600), 5001)).toHaveLength(1);
  });

  it('the trail begins at its trigger, and moves in steps of a quarter of its distance', () => {
    const settings = { trailingStopEnabled: true, trailingStopTriggerPercent: 0.5, trailingStopDistancePercent: 0.3 };
    expect(at(opened(settings), up(299))).toEqual([]);
    const bench = opened(settings);
    const [first] = at(bench, up(301));
    expect(first?.[1]).toBeCloseTo(up(301) * (1 - sign * 0.003), 0);
    const current = bench.position().stop ?? 0;
    const next = [...bench.desk.context.state.orders.values()].findLast(({ intent }) => intent.purpose === 'stop');
    if (next === undefined) throw new Error('no stop');
    bench.acknowledge(next.intent);
    bench.tell(bench.report(bench.desk.context.state.orders.get('none')?.intent ?? next.intent, { status: 'resting' }));
    bench.pulse(600);
    for (const order of bench.desk.context.state.orders.live()) if (order.status === 'sent') bench.acknowledge(order.intent);
    // A quarter of 0.3 % of 60 000 is 45.
    expect(at(bench, up(341)).filter(([, price]) => Math.abs(price - current * TICK) > 1)).toEqual([]);
    const [second] = at(bench, up(351));
    expect(second?.[1]).toBeCloseTo(up(351) * (1 - sign * 0.003), 0);
  });

  it('a trail by structure stands behind the swing on its own side', () => {
    const bench = opened({ trailingStopEnabled: true, trailingStopBy: 'structure' });
    bench.trail = { atr: 120, swingLow: up(200), swingHigh: up(200) };
    expect(at(bench, up(600))).toEqual([['stop', up(200) - sign * 12]]);
    const other = opened({ trailingStopEnabled: true, trailingStopBy: 'structure' });
    other.trail = side === 'long' ? { atr: 120, swingLow: null, swingHigh: up(200) } : { atr: 120, swingLow: up(200), swingHigh: null };
    expect(at(other, up(600))).toEqual([]);
  });

  it('a trail by ATR stands its multiple behind the price', () => {
    const bench = opened({ trailingStopEnabled: true, trailingStopBy: 'atr', trailingStopAtrMultiple: 2 });
    bench.trail = { atr: 120, swingLow: null, swingHigh: null };
    expect(at(bench, up(600))).toEqual([['stop', up(360)]]);
  });

  it('the target stays ahead from its trigger on, and only where that is worth an order', () => {
    const settings = { trailingTargetEnabled: true, trailingTargetTriggerPercent: 1, trailingTargetDistancePercent: 0.5 };
    expect(at(opened({ ...settings, trailingTargetTriggerPercent: 1.9 }), up(1130))).toEqual([]);
    // Half a percent of some 60 900 is 304; a quarter of it beyond 1 200 is 976.
    expect(at(opened(settings), up(960))).toEqual([]);
    const [moved] = at(opened(settings), up(990));
    expect(moved?.[0]).toBe('target');
    expect(moved?.[1]).toBeCloseTo(up(990) * (1 + sign * 0.005), 0);
    expect(((moved?.[1] ?? 0) - up(990) * (1 + sign * 0.005)) * sign).toBeGreaterThanOrEqual(-1e-6);
  });

  it('a part is closed at its trigger, once', () => {
    const settings = { partialEnabled: true, partialPercent: 40 };
    expect(at(opened(settings), up(629))).toEqual([]);
    const bench = opened(settings);
    const amount = bench.position().lots;
    expect(at(bench, up(631))).toEqual([['reduce', Math.floor(amount * 0.4)]]);
    const part = [...bench.desk.context.state.orders.values()].findLast(({ intent }) => intent.purpose === 'reduce');
    if (part === undefined) throw new Error('no part');
    bench.execute(part.intent, part.intent.lots, up(631));
    expect(at(bench, up(700)).filter(([purpose]) => purpose === 'reduce')).toEqual([]);
  });

  it('a part smaller than the smallest quantity is not closed', () => {
    const bench = new Bench({ partialEnabled: true, partialPercent: 40, minNotionalUsdt: 5 });
    const signal = sampleSignal({ side });
    bench.openProtected({ isByHand: true, mostLots: 2, signal: { ...signal, plan: { ...signal.plan, side, stop: up(-600), target: up(1200) } } });
    expect(bench.position().lots).toBe(2);
    expect(at(bench, up(650))).toEqual([]);
  });

  it('the time of a position is over after its hours, not at them', () => {
    expect(at(opened({ timeExitHours: 1 }), up(10), 3_600_000)).toEqual([]);
    const bench = opened({ timeExitHours: 1 });
    expect(at(bench, up(10), 3_600_001)).toEqual([['close', bench.position().lots]]);
  });
});

describe('a limit entry that does not fill', () => {
  const limit = { useLimitOrders: true, entryChaseEnabled: true, entryChaseSeconds: 5, orderTimeoutSeconds: 60 } as const;

  function rest(settings: Partial<Settings>): { readonly bench: Bench; readonly entry: OrderIntent } {
    const bench = new Bench({ ...limit, ...settings });
    const signal = sampleSignal();
    const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit' } } });
    expect(entry).toMatchObject({ kind: 'limit', timeInForce: 'GTC' });
    bench.acknowledge(entry);
    return { bench, entry };
  }

  /** Waits for the cancellation and lets the venue confirm it with `filled` lots. */
  function takenBack(bench: Bench, entry: OrderIntent, filled = 0): readonly OrderIntent[] {
    const wanted = bench.pulse(5500).effects.filter((effect) => effect.kind === 'cancel');
    expect(wanted).toMatchObject([{ clientOrderId: entry.clientOrderId }]);
    bench.keep(bench.desk.onCanceled(entry.clientOrderId, ok(null), bench.now));
    return submitted(bench.tell(bench.report(entry, { status: 'canceled', filledLots: lots(filled) })));
  }

  it('follows the price with a new id, whole and within the slippage bound', () => {
    const { bench, entry } = rest({});
    bench.mark = 60_050;
    const [next] = takenBack(bench, entry);
    expect(next).toMatchObject({ purpose: 'entry', kind: 'limit', lots: entry.lots, price: 600_500 });
    expect(next?.clientOrderId).not.toBe(entry.clientOrderId);
  });

  it('never pays more than the slippage bound, however far the price ran', () => {
    const { bench, entry } = rest({});
    bench.mark = 61_000;
    const [next] = takenBack(bench, entry);
    expect((next?.price ?? 0) * TICK).toBeCloseTo(60_000 * (1 + defaultSettings().maxSlippagePercent / 100), 0);
  });

  it('gives up after ENTRY_CHASE_MAX attempts and at ORDER_TIMEOUT_SECONDS of all attempts together', () => {
    const { bench, entry } = rest({ entryChaseMaximum: 1 });
    bench.mark = 60_050;
    const [next] = takenBack(bench, entry);
    if (next === undefined) throw new Error('it was not sent again');
    bench.acknowledge(next);
    bench.mark = 60_080;
    expect(bench.pulse(6000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    expect(bench.pulse(60_000).effects.filter((effect) => effect.kind === 'cancel')).toMatchObject([{ clientOrderId: next.clientOrderId }]);
    expect(submitted(bench.tell(bench.report(next, { status: 'canceled' })))).toEqual([]);
    expect(bench.position().phase).toBe('closed');
  });

  it('of a short follows the price down, within the bound', () => {
    const bench = new Bench(limit);
    const signal = sampleSignal({ side: 'short' });
    const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, side: 'short', entryKind: 'limit', stop: 60_600, target: 58_800 } } });
    bench.acknowledge(entry);
    bench.mark = 59_950;
    expect(takenBack(bench, entry)[0]).toMatchObject({ side: 'SELL', price: 599_500 });
    const far = new Bench(limit);
    const other = far.open({ signal: { ...signal, plan: { ...signal.plan, side: 'short', entryKind: 'limit', stop: 60_600, target: 58_800 } } });
    far.acknowledge(other);
    far.mark = 59_000;
    expect((takenBack(far, other)[0]?.price ?? 0) * TICK).toBeCloseTo(60_000 * (1 - defaultSettings().maxSlippagePercent / 100), 0);
  });

  it('is not chased to its stop or beyond it', () => {
    for (const mark of [59_400, 59_300]) {
      const { bench } = rest({});
      bench.mark = mark;
      expect(bench.pulse(20_000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    }
  });

  it('is not taken back while the price is where it rests, nor before its turn, nor without a price', () => {
    const { bench } = rest({});
    expect(bench.pulse(20_000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    const early = rest({}).bench;
    early.mark = 60_050;
    expect(early.pulse(5000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
    expect(early.pulse(1).effects.filter((effect) => effect.kind === 'cancel')).toHaveLength(1);
  });

  it('that has filled in part is not chased', () => {
    const { bench, entry } = rest({});
    for (const intent of submitted(bench.execute(entry, 3, 60_000, 'partially_filled'))) bench.acknowledge(intent);
    bench.mark = 60_050;
    expect(bench.pulse(20_000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
  });

  it('that is being taken back is not taken back again within the second, and then again while the venue is silent', () => {
    const { bench } = rest({});
    bench.mark = 60_050;
    expect(bench.pulse(5500).effects.filter((effect) => effect.kind === 'cancel')).toHaveLength(1);
    expect(bench.pulse(1000).effects.filter((effect) => effect.kind === 'cancel')).toHaveLength(1);
  });

  it('L1 is not sent again when it filled while it was being taken back', () => {
    const { bench, entry } = rest({});
    bench.mark = 60_050;
    const again = takenBack(bench, entry, 3);
    expect(again.filter((intent) => intent.purpose === 'entry')).toEqual([]);
    bench.tell(bench.report(entry, { status: 'canceled', filledLots: lots(3) }), bench.fillOf(entry, 3, 60_000));
    expect(bench.position()).toMatchObject({ phase: 'open', lots: 3 });
  });

  it('rests until its time is over when chasing is off, which is the default', () => {
    expect(defaultSettings().entryChaseEnabled).toBe(false);
    const { bench } = rest({ entryChaseEnabled: false });
    bench.mark = 60_050;
    expect(bench.pulse(20_000).effects.filter((effect) => effect.kind === 'cancel')).toEqual([]);
  });
});
