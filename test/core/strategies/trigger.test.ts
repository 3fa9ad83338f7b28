// Step 4 by hand: the touch, the break or sweep after it, which of the two counts, and when it is too old.
import { describe, expect, it } from 'vitest';
import type { ZoneReference } from '../../../src-shared/domain/signal.ts';
import { findTrigger } from '../../../src-main/core/strategies/trigger.ts';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf } from '../support/candles.ts';
import { FIVE_MINUTES, zone } from './support.ts';

const START = Date.UTC(2025, 0, 6);
const openOf = (bar: number): number => START + bar * FIVE_MINUTES;
const COUNT = 100;

interface Tape {
  /** Bars that dip to 101, the near edge of the long zone (100 – 101); the others stay at 102 to 103. */
  readonly dips?: readonly number[];
  readonly breaks?: { readonly bar: number; readonly direction: 'bullish' | 'bearish'; readonly kind?: 'bos' | 'choch' };
  readonly sellSweep?: number;
  readonly buySweep?: number;
  /** Mirrors the prices around 100: the short zone is 99 – 100. */
  readonly isShort?: boolean;
  readonly count?: number;
}

function five(tape: Tape): TimeframeState {
  const { dips = [], breaks, sellSweep = -1, buySweep = -1, isShort = false, count = COUNT } = tape;
  const book = new CandleBook('5m', 256);
  const price = (value: number): number => (isShort ? 10_000 / value : value);
  for (let bar = 0; bar < count; bar += 1) {
    const [far, near] = [price(103), price(dips.includes(bar) ? 101 : 102)];
    book.append(candleOf({ openTime: openOf(bar), open: price(102.5), high: Math.max(far, near), low: Math.min(far, near), close: price(102.5), volume: 1 }));
  }
  const newest = breaks === undefined ? null : { kind: 'bos', level: 104, confirmedTime: openOf(breaks.bar + 1), ...breaks };
  const swept = (bar: number): unknown => ({ lastSweepBar: bar, lastSweepTime: bar < 0 ? Number.NaN : openOf(bar + 1), lastSweepPrice: 101.5 });
  return {
    book,
    close: price(102.5),
    internalBreaks: { breaks: { newest } },
    sellSide: swept(sellSweep),
    buySide: swept(buySweep),
  } as unknown as TimeframeState;
}

const known: ZoneReference = zone({ confirmedTime: openOf(0) as ZoneReference['confirmedTime'] });
const shortZone = zone({ top: 100, bottom: 10_000 / 101, confirmedTime: known.confirmedTime });
const find = (tape: Tape, own: ZoneReference = tape.isShort === true ? shortZone : known): ReturnType<typeof findTrigger> =>
  findTrigger(five(tape), own, tape.isShort === true ? 'short' : 'long');

describe.each([false, true])('the 5m trigger (short: %s)', (isShort) => {
  const with_ = isShort ? 'bearish' : 'bullish';
  const against = isShort ? 'bullish' : 'bearish';
  const own = isShort ? 'buySweep' : 'sellSweep';
  const other = isShort ? 'sellSweep' : 'buySweep';

  it('waits for the zone to be touched', () => {
    expect(find({ isShort, breaks: { bar: 99, direction: with_ } })).toEqual({
      kind: 'waiting',
      code: 'trigger.zone_not_touched',
      numbers: { near: isShort ? shortZone.bottom : 101, price: isShort ? 10_000 / 102.5 : 102.5 },
      closeness: 0.2,
    });
  });

  it('a touch counts from the candle that opens when the zone is known, and for 48 candles', () => {
    const touched = (dip: number, confirmedAt: number): boolean => {
      const edge = isShort ? shortZone : known;
      const found = find({ isShort, dips: [dip], [own]: 99 }, { ...edge, confirmedTime: openOf(confirmedAt) as ZoneReference['confirmedTime'] });
      return found.kind === 'fired';
    };
    expect([touched(90, 90), touched(90, 91), touched(52, 0), touched(51, 0)]).toEqual([true, false, true, false]);
  });

  it('names the earliest of several touches, by the close of its candle', () => {
    expect(find({ isShort, dips: [70, 80], [own]: 99 })).toMatchObject({ kind: 'fired', touchTime: openOf(71) });
  });

  it('a market of fewer than 48 candles is looked through from its first', () => {
    expect(find({ isShort, dips: [0], [own]: 19, count: 20 })).toMatchObject({ kind: 'fired', touchTime: openOf(1), barsAgo: 0 });
    expect(find({ isShort, dips: [0], count: 20 })).toMatchObject({ code: 'trigger.none', numbers: { barsSinceTouch: 19 } });
  });

  it('after the touch nothing has happened yet', () => {
    expect(find({ isShort, dips: [90] })).toEqual({ kind: 'waiting', code: 'trigger.none', numbers: { barsSinceTouch: 9 }, closeness: 0.6 });
    expect(find({ isShort, dips: [98], breaks: { bar: 97, direction: with_ }, [own]: 97 })).toMatchObject({ code: 'trigger.none' });
  });

  it('a break against the side and a sweep of the far pool are no triggers', () => {
    expect(find({ isShort, dips: [98], breaks: { bar: 99, direction: against }, [other]: 99 })).toMatchObject({ code: 'trigger.none' });
  });

  it('a break on the very candle of the touch fires, with its kind, level and age', () => {
    expect(find({ isShort, dips: [98], breaks: { bar: 98, direction: with_, kind: 'choch' } })).toEqual({
      kind: 'fired',
      name: 'choch',
      time: openOf(99),
      level: 104,
      barsAgo: 1,
      touchTime: openOf(99),
    });
    expect(find({ isShort, dips: [98], breaks: { bar: 99, direction: with_ } })).toMatchObject({ name: 'bos', barsAgo: 0 });
  });

  it('the newer of break and sweep counts, the break when both are of one candle', () => {
    const names = [
      { breaks: 98, sweep: 99 },
      { breaks: 99, sweep: 98 },
      { breaks: 99, sweep: 99 },
    ].map(({ breaks, sweep }) => find({ isShort, dips: [97], breaks: { bar: breaks, direction: with_ }, [own]: sweep }));
    expect(names).toMatchObject([
      { name: 'sweep', time: openOf(100), level: 101.5, barsAgo: 0 },
      { name: 'bos', time: openOf(100), level: 104 },
      { name: 'bos', level: 104 },
    ]);
  });

  it('is fresh for three candles and stale on the fourth', () => {
    expect(find({ isShort, dips: [90], [own]: 97 })).toMatchObject({ kind: 'fired', barsAgo: 2 });
    expect(find({ isShort, dips: [90], [own]: 96 })).toEqual({
      kind: 'waiting',
      code: 'trigger.stale',
      numbers: { barsAgo: 3, freshBars: 3 },
      closeness: 0.8,
    });
  });
});
