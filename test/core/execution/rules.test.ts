// Rules that manage an open position, off by default: trailing by share, ATR and structure, a target that stays ahead, chasing entries.
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { lots } from '../../../src-shared/kernel/units.ts';
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
