// What a virtual position tells on its way, price by price: each event at its exact threshold, once, with the numbers of the moment.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { ROUND_TRIP_COST } from '../../../src-main/core/virtual/columns.ts';
import { VirtualBook, type VirtualOutput } from '../../../src-main/core/virtual/virtual-book.ts';
import { candle, eventsOf, longSignal, shortSignal, START } from './support.ts';

/** A long and a short of entry 100 and 10 of risk: 1 R is 10, a quarter 2.5. */
function opened(side: 'long' | 'short'): {
  readonly book: VirtualBook;
  readonly at: (profit: number) => readonly string[];
  readonly tick: () => readonly string[];
} {
  const book = new VirtualBook(() => 100);
  book.open(side === 'long' ? longSignal('a') : shortSignal('a'), 'rank', START);
  const priceOf = (profit: number): number => 100 + (side === 'long' ? 10 : -10) * profit;
  return { book, at: (profit) => eventsOf([book.onPrice('BTCUSDT', priceOf(profit), START)]), tick: () => eventsOf([book.onTick(START)]) };
}

const dataOf = (output: VirtualOutput): readonly unknown[] => output.records.map((record) => record.data);

describe.each(['long', 'short'] as const)('a virtual %s', (side) => {
  it('tells a new best at every quarter of R from the last one told, and says nothing below it', () => {
    const { at } = opened(side);
    expect([0.2, 0.25, 0.45, 0.25, 0.5, 0.74, 0.7, 0.75].map(at)).toEqual([[], ['max_pnl_updated'], [], [], ['max_pnl_updated'], [], [], ['max_pnl_updated']]);
  });

  it('tells a new worst at every quarter of R from the last one told', () => {
    const { at } = opened(side);
    expect([-0.2, -0.25, -0.45, -0.25, -0.5, -0.7].map(at)).toEqual([[], ['min_pnl_updated'], [], [], ['min_pnl_updated'], []]);
  });

  it('tells its price at a tick when it is half of R from the one told before, in either direction', () => {
    const { at, tick } = opened(side);
    const told = [0.4, 0.5, 0.9, 0.1, 0, -0.4, -0.5, -0.1, 0].map((profit) => {
      at(profit);
      return tick();
    });
    expect(told).toEqual([[], ['price_updated'], [], [], ['price_updated'], [], ['price_updated'], [], ['price_updated']]);
  });

  it('after a restart tells nothing again that was told before it', () => {
    const { book, at, tick } = opened(side);
    at(-0.7);
    at(1.7);
    at(1.3);
    expect(tick()).toEqual(['price_updated']);
    const again = new VirtualBook(() => 100);
    again.restore(structuredClone(book.checkpoint()));
    const price = 100 + (side === 'long' ? 13 : -13);
    expect(eventsOf([again.onTick(START), again.onPrice('BTCUSDT', price, START), again.onTick(START)])).toEqual([]);
    const near = 100 + (side === 'long' ? 16 : -16);
    expect(eventsOf([again.onPrice('BTCUSDT', near, START)])).toEqual([]);
  });

  it('warns at 80 % of the way to each barrier and again only after going back below 60 %', () => {
    const { at } = opened(side);
    const warnings = (profits: readonly number[]): readonly string[] => profits.flatMap(at).filter((kind) => kind.endsWith('approaching'));
    expect(warnings([1.58, 1.6, 1.9, 1.2, 1.6])).toEqual(['tp_approaching']);
    expect(warnings([1.18, 1.6])).toEqual(['tp_approaching']);
    expect(warnings([-0.79, -0.8, -0.6, -0.8, -0.59, -0.8])).toEqual(['sl_approaching', 'sl_approaching']);
  });

  it('ends at the barrier itself with the event of its reason and then `closed`', () => {
    expect(opened(side).at(2)).toEqual(['tp_triggered', 'closed']);
    expect(opened(side).at(-1)).toEqual(['sl_triggered', 'closed']);
    expect(opened(side).at(1.99)).toEqual(['max_pnl_updated', 'tp_approaching']);
    expect(opened(side).at(-0.99)).toEqual(['min_pnl_updated', 'sl_approaching']);
  });

  it('ends at the target price however far the tick went beyond, and at the price of the tick beyond the stop', () => {
    const sign = side === 'long' ? 1 : -1;
    const far = opened(side);
    far.at(3);
    expect(far.book.get('a')).toMatchObject({ closeReason: 'target', last: 100 + sign * 20, maxPnlR: 2 });
    const gap = opened(side);
    gap.at(-1.5);
    expect(gap.book.get('a')).toMatchObject({ closeReason: 'stop', last: 100 - sign * 15, minPnlR: -1.5 });
  });

  it('in a candle fills a gap through the stop at the open, the stop itself inside, and prefers the stop', () => {
    const sign = side === 'long' ? 1 : -1;
    const price = (profit: number): number => 100 + sign * 10 * profit;
    const lived = (openAt: number, best: number, worst: number, openTime = START): unknown => {
      const { book } = opened(side);
      const [high, low] = [Math.max(price(best), price(worst)), Math.min(price(best), price(worst))];
      book.onCandle('BTCUSDT', candle(price(openAt), high, low, price(openAt), openTime), START);
      const { closeReason, last, maxPnlR, minPnlR } = book.get('a')!;
      return [closeReason, last, maxPnlR, minPnlR];
    };
    expect(lived(0, 2.5, -1)).toEqual(['stop', price(-1), 0, -1]);
    expect(lived(-1.25, 0, -2)).toEqual(['stop', price(-1.25), 0, -1.25]);
    expect(lived(0, 2, -0.5)).toEqual(['target', price(2), 2, -0.5]);
    expect(lived(0, 1.5, -0.5)).toEqual([null, 100, 1.5, -0.5]);
    expect(lived(0, 3, -3, epochMs(START - 1))).toEqual([null, 100, 0, 0]);
  });

  it('pays fees and slippage of both sides in its result: 0.14 % of the entry', () => {
    const { book, at } = opened(side);
    expect(ROUND_TRIP_COST).toBe(0.0014);
    at(1);
    expect(book.get('a')).toMatchObject({ maxPnlR: 1, pnlR: expect.closeTo(1 - 0.014, 12) });
  });
});

describe('the records', () => {
  it('carry price, net result and the extremes so far, from the first to the last', () => {
    const book = new VirtualBook(() => 100);
    expect(dataOf(book.open(longSignal('a'), 'rank', START))).toEqual([
      { signal: longSignal('a'), verdict: 'rank' },
      { id: 'a', kind: 'created', price: 100, pnlR: expect.closeTo(-0.014, 12), maximum: 0, minimum: 0 },
    ]);
    expect(dataOf(book.onPrice('BTCUSDT', 103, START))).toEqual([
      { id: 'a', kind: 'max_pnl_updated', price: 103, pnlR: expect.closeTo(0.286, 12), maximum: 0.3, minimum: 0 },
    ]);
    const last = { price: 120, pnlR: expect.closeTo(1.986, 12), maximum: 2, minimum: 0 };
    expect(dataOf(book.onPrice('BTCUSDT', 125, START))).toMatchObject([
      { id: 'a', kind: 'tp_triggered', ...last },
      { id: 'a', kind: 'closed', ...last },
      { id: 'a', closeReason: 'target', closedAt: START, last: 120 },
    ]);
  });

  it('end a life by hand at the last price, and do nothing for a name that is not open', () => {
    const book = new VirtualBook(() => 100);
    book.open(longSignal('a'), 'rank', START);
    book.onPrice('BTCUSDT', 104, START);
    book.onPrice('BTCUSDT', 103.9, START);
    expect(eventsOf([book.close('a', START)])).toEqual(['manual_close', 'closed']);
    expect(book.get('a')).toMatchObject({ closeReason: 'manual', last: 103.9 });
    expect(book.close('a', START).records).toEqual([]);
    expect(book.get('nobody')).toBeNull();
  });

  it('expire at the very millisecond, not before', () => {
    const book = new VirtualBook(() => 100);
    const { expiresAt } = longSignal().plan;
    book.open(longSignal('a'), 'rank', START);
    expect(eventsOf([book.onTick(epochMs(expiresAt - 1))])).toEqual([]);
    expect(eventsOf([book.onTick(expiresAt)])).toEqual(['expired', 'closed']);
  });

  it('read back from the journal leave a book that knows everything told and tells none of it again', () => {
    const book = new VirtualBook(() => 100);
    const outputs = [book.open(longSignal('a'), 'rank', START), book.open(shortSignal('b'), 'rank', START)];
    for (const price of [108, 117, 113, 96, 92]) outputs.push(book.onPrice('BTCUSDT', price, START), book.onTick(START));
    const again = new VirtualBook(() => 100);
    for (const { kind, data } of outputs.flatMap((output) => output.records)) again.replay(kind, JSON.parse(JSON.stringify(data)));
    again.replay('virtual-opened', { signal: longSignal('a'), verdict: 'rank' });
    expect(again.summary()).toEqual(book.summary());
    // That the price has gone back from a barrier is not journalled: the next price shows it.
    const known = (of: VirtualBook): unknown => ({
      ...of.checkpoint(),
      open: of.checkpoint().open.map(({ story, last, maximum, minimum }) => [story, last, maximum, minimum]),
    });
    expect(known(again)).toEqual(known(book));
    const next = (of: VirtualBook): readonly string[] =>
      [92, 92.5, 96, 110, 118].flatMap((price) => eventsOf([of.onPrice('BTCUSDT', price, START), of.onTick(START)]));
    expect(next(again)).toEqual(next(book));
  });

  it.each([
    ['a worst told after a best that was not', [102.5, 104, 97], [105]],
    ['a warning of the target told', [117], [117.5, 118]],
    ['a warning of the stop told', [91], [90.9]],
    ['no warning told yet', [97], [117, 91]],
    ['a price told', [106], [108, 111]],
  ])('read back with %s tell the same from there on', (_, before, after) => {
    const book = new VirtualBook(() => 100);
    const outputs = [book.open(longSignal('a'), 'rank', START)];
    for (const price of before) outputs.push(book.onPrice('BTCUSDT', price, START), book.onTick(START));
    const again = new VirtualBook(() => 100);
    for (const { kind, data } of outputs.flatMap((output) => output.records)) again.replay(kind, JSON.parse(JSON.stringify(data)));
    const tell = (of: VirtualBook): readonly string[] => after.flatMap((price) => eventsOf([of.onPrice('BTCUSDT', price, START), of.onTick(START)]));
    expect(tell(again)).toEqual(tell(book));
  });

  it('of an earlier build, without extremes, widen them by their price', () => {
    const book = new VirtualBook(() => 100);
    book.open(longSignal('a'), 'rank', START);
    book.replay('virtual-event', { id: 'a', kind: 'max_pnl_updated', price: 108 });
    book.replay('virtual-event', { id: 'nobody', kind: 'max_pnl_updated', price: 119 });
    book.replay('something-else', { id: 'a', kind: 'max_pnl_updated', price: 119 });
    expect(book.get('a')).toMatchObject({ last: 108, maxPnlR: 0.8, minPnlR: 0 });
  });

  it('tell at a tick what only a candle has shown', () => {
    const book = new VirtualBook(() => 100);
    book.open(longSignal('a'), 'rank', START);
    book.onCandle('BTCUSDT', candle(100, 104, 95, 100), START);
    expect(eventsOf([book.onTick(START)])).toEqual(['max_pnl_updated', 'min_pnl_updated']);
    expect(eventsOf([book.onTick(START)])).toEqual([]);
  });
});

describe('a quiet price', () => {
  /** 104 between the best (110) and the worst (95) so far touches no position, and is the last price all the same. */
  function quiet(): VirtualBook {
    const book = new VirtualBook(() => 10);
    book.open(longSignal('a'), 'rank', START);
    for (const price of [110, 95, 100, 104]) book.onPrice('BTCUSDT', price, START);
    return book;
  }

  it.each([
    ['one position', (book: VirtualBook) => book.get('a')?.last],
    ['the list', (book: VirtualBook) => book.list('open', 1)[0]?.last],
    ['the checkpoint', (book: VirtualBook) => book.checkpoint().open[0]?.last],
    ['a close by hand', (book: VirtualBook) => (book.close('a', START), book.list('closed', 1)[0]?.last)],
    ['expiry', (book: VirtualBook) => (book.onTick(longSignal().plan.expiresAt), book.list('closed', 1)[0]?.last)],
    ['a position opened beside it', (book: VirtualBook) => (book.open(shortSignal('b'), 'rank', START), book.get('a')?.last)],
  ])('is seen by %s', (_, last) => {
    expect(last(quiet())).toBe(104);
  });

  it('of a symbol whose position has ended never touches the one that took its place', () => {
    const book = quiet();
    book.close('a', START);
    book.open(longSignal('b', { symbol: 'ETHUSDT' }), 'rank', START);
    expect(eventsOf([book.onPrice('BTCUSDT', 85, START), book.onPrice('BTCUSDT', 125, START)])).toEqual([]);
    expect(book.get('b')).toMatchObject({ last: 100, closeReason: null, maxPnlR: 0 });
  });
});
