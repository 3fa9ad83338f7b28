// Virtual positions: one per candidate, each to its own barrier, candle rules, expiry, counts and what a restart rebuilds.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { VirtualBook } from '../../../src-main/core/virtual/virtual-book.ts';
import { candle, eventsOf, longSignal, shortSignal, START } from './support.ts';

const book = (): VirtualBook => new VirtualBook(() => 100_000);

describe('virtual positions', () => {
  it('L19 lives one position per candidate to its own barrier: a newer candidate ends no older one', () => {
    const virtual = book();
    for (const id of ['a', 'b', 'c']) virtual.open(longSignal(id), 'rank', START);
    virtual.open(longSignal('a'), 'rank', START);
    expect(virtual.summary()).toMatchObject({ open: 3, opened: 3, closed: 0 });
    virtual.onPrice('BTCUSDT', 121, START);
    expect(virtual.list('closed', 10).map((position) => position.closeReason)).toEqual(['target', 'target', 'target']);
  });

  it('closes at the stop and at the target on both sides, after costs', () => {
    const virtual = book();
    virtual.open(longSignal('a'), 'rank', START);
    virtual.open(shortSignal('b'), 'rank', START);
    virtual.onPrice('BTCUSDT', 120, START);
    const closed = Object.fromEntries(virtual.list('closed', 10).map((position) => [position.id, position]));
    expect(closed['a']).toMatchObject({ closeReason: 'target' });
    expect(closed['b']).toMatchObject({ closeReason: 'stop' });
    expect(closed['a']?.pnlR).toBeLessThan(2);
    expect(closed['a']?.pnlR).toBeGreaterThan(1.97);
    expect(closed['b']?.pnlR).toBeLessThan(-1);
  });

  it('fills a gap through the stop at the gap price', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    virtual.onPrice('BTCUSDT', 80, START);
    expect(virtual.list('closed', 1)[0]).toMatchObject({ last: 80, closeReason: 'stop' });
    const byCandle = book();
    byCandle.open(longSignal(), 'rank', START);
    byCandle.onCandle('BTCUSDT', candle(85, 125, 84, 120), START);
    expect(byCandle.list('closed', 1)[0]).toMatchObject({ last: 85, closeReason: 'stop' });
  });

  it('lets the stop win when one candle holds both barriers, and ignores candles from before the entry', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    virtual.onCandle('BTCUSDT', candle(100, 130, 80, 100, epochMs(START - 300_000)), START);
    expect(virtual.openCount).toBe(1);
    virtual.onCandle('BTCUSDT', candle(100, 130, 80, 100), START);
    expect(virtual.list('closed', 1)[0]).toMatchObject({ closeReason: 'stop', last: 90 });
  });

  it('warns once at 80 % of the way and again only after falling below 60 %', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    const walk = [115.9, 116, 118, 115, 117, 111.9, 116.5].map((price) => virtual.onPrice('BTCUSDT', price, START));
    expect(eventsOf(walk).filter((kind) => kind === 'tp_approaching')).toHaveLength(2);
    expect(eventsOf([virtual.onPrice('BTCUSDT', 92, START), virtual.onPrice('BTCUSDT', 91, START)]).filter((kind) => kind === 'sl_approaching')).toHaveLength(
      1,
    );
  });

  it('expires after its time at the last price', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    virtual.onPrice('BTCUSDT', 104, START);
    virtual.onTick(epochMs(START + 95.9 * 3_600_000));
    expect(virtual.openCount).toBe(1);
    virtual.onTick(epochMs(START + 96 * 3_600_000));
    expect(virtual.list('closed', 1)[0]).toMatchObject({ closeReason: 'expired', last: 104 });
  });

  it('keeps the best and worst profit of its life', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    for (const price of [105, 95, 112, 99]) virtual.onPrice('BTCUSDT', price, START);
    expect(virtual.list('open', 1)[0]).toMatchObject({ maxPnlR: 1.2, minPnlR: -0.5, last: 99 });
  });

  it('opens no more than the set number', () => {
    const virtual = new VirtualBook(() => 2);
    for (const id of ['a', 'b', 'c']) virtual.open(longSignal(id), 'rank', START);
    expect(virtual.openCount).toBe(2);
  });

  it('L17 counts from closed positions only, paired by id, and the same after a restart from the journal', () => {
    const virtual = book();
    const records = [];
    for (let index = 0; index < 1500; index += 1)
      records.push(...virtual.open(longSignal(`p${index}`, { symbol: index % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT' }), 'rank', START).records);
    records.push(...virtual.onPrice('ETHUSDT', 121, START).records, ...virtual.onPrice('BTCUSDT', 95, START).records);
    const again = book();
    for (const record of records) again.replay(record.kind, structuredClone(record.data));
    expect(again.summary()).toEqual(virtual.summary());
    expect(again.summary()).toMatchObject({ open: 750, opened: 1500, closed: 750, wins: 750 });
    again.onPrice('BTCUSDT', 89, START);
    virtual.onPrice('BTCUSDT', 89, START);
    expect(again.summary()).toEqual(virtual.summary());
    const restored = book();
    restored.restore(structuredClone(virtual.checkpoint()));
    expect(restored.summary()).toEqual(virtual.summary());
  });

  it('a book rebuilt from the journal knows the extremes that candles have shown, to a quarter of R', () => {
    const virtual = book();
    const outputs = [virtual.open(longSignal('a'), 'rank', START), virtual.open(shortSignal('b'), 'rank', START)];
    // The candle goes far in both directions and ends where it began: no price ever shows it.
    outputs.push(virtual.onCandle('BTCUSDT', candle(100, 108, 93, 100), START), virtual.onPrice('BTCUSDT', 100, START), virtual.onTick(START));
    const rebuilt = book();
    for (const { kind, data } of outputs.flatMap((output) => output.records)) rebuilt.replay(kind, JSON.parse(JSON.stringify(data)));
    const extremes = (of: VirtualBook): unknown => of.checkpoint().open.map(({ maximum, minimum }) => [maximum, minimum]);
    expect(extremes(virtual)).toEqual([
      [expect.closeTo(0.8), expect.closeTo(-0.7)],
      [expect.closeTo(0.7), expect.closeTo(-0.8)],
    ]);
    expect(extremes(rebuilt)).toEqual(extremes(virtual));
    // What was told before the restart is not told again after it.
    expect(eventsOf([rebuilt.onPrice('BTCUSDT', 100, START), rebuilt.onTick(START)])).toEqual([]);
  });
});
