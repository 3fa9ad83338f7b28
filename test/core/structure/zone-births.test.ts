// Births against plain re-tellings of their rules: which swings, breaks, order blocks, pools and ranges a market has, worked out from all its candles.
import { describe, expect, it } from 'vitest';
import { blockBar, breaksAgain, poolsAgain, swingsAgain, volumeOf } from './births-again.ts';
import { check, closeTime, recordWithAtr, settings } from './random-markets.ts';

describe('swings', () => {
  it('are all the bars that stand out on both sides, of equals the first, and are broken when a break passes them', () => {
    check((candles) => {
      const { history } = recordWithAtr(candles);
      for (const scale of ['internal', 'swing'] as const) {
        const { points, brokenAt } = breaksAgain(candles, scale);
        const again = points.map((point) => {
          const broken = brokenAt.get(point);
          return [
            point.kind,
            candles[point.bar]!.openTime,
            point.price,
            closeTime(candles[point.known]!),
            broken === undefined ? null : closeTime(candles[broken]!),
          ];
        });
        const found = history.swings
          .filter((swing) => swing.scale === scale)
          .map((swing) => [swing.kind, swing.originTime, swing.price, swing.confirmedTime, swing.brokenTime]);
        expect(found.toSorted(byText)).toEqual(again.toSorted(byText));
      }
    });
  });
});

describe('breaks', () => {
  it('are all the closes beyond the newest unbroken swing: BOS with the trend, CHOCH against it, as far as the leg in ATR', () => {
    check((candles) => {
      const { history, atr } = recordWithAtr(candles);
      for (const scale of ['internal', 'swing'] as const) {
        const again = breaksAgain(candles, scale).breaks.map(({ kind, direction, swing, bar, extreme }) => {
          const from = direction === 'bullish' ? candles[extreme]!.low : candles[extreme]!.high;
          const legs = Math.abs(Math.log(candles[bar]!.close / from)) / atr[bar]!;
          return [kind, direction, swing.price, candles[swing.bar]!.openTime, closeTime(candles[bar]!), legs.toFixed(9)];
        });
        const found = history.breaks
          .filter((entry) => entry.scale === scale)
          .map((entry) => [entry.kind, entry.direction, entry.level, entry.originTime, entry.confirmedTime, entry.displacementAtr.toFixed(9)]);
        expect(found).toEqual(again);
      }
    });
  });
});

describe('order blocks', () => {
  it('are born of every break: the last opposite candle at or before the extreme of the leg, five bars back at most, with the volume of its impulse', () => {
    let born = 0;
    check((candles) => {
      const { history, atr } = recordWithAtr(candles);
      const known = new Set<string>();
      const again = [...breaksAgain(candles, 'internal').breaks, ...breaksAgain(candles, 'swing').breaks]
        .map((entry, order) => ({ ...entry, order }))
        .toSorted((a, b) => a.bar - b.bar || a.order - b.order)
        .flatMap(({ direction, bar, extreme }) => {
          const block = blockBar(candles, extreme, direction);
          const name = `${direction} ${block}`;
          if (Number.isNaN(atr[bar]) || known.has(name)) return [];
          known.add(name);
          const { low, high, openTime } = candles[block]!;
          const from = direction === 'bullish' ? candles[extreme]!.low : candles[extreme]!.high;
          const displacement = Math.abs(Math.log(candles[bar]!.close / from)) / atr[bar]!;
          return [[direction, openTime, closeTime(candles[bar]!), low, high, volumeOf(candles, block, bar).toFixed(9), displacement.toFixed(9)]];
        });
      const isBreaker = (block: (typeof history.orderBlocks)[number]): boolean =>
        history.orderBlocks.some(
          (other) =>
            other.endReason === 'broken' &&
            other.endedTime === block.confirmedTime &&
            other.originTime === block.originTime &&
            other.direction !== block.direction,
        );
      const found = history.orderBlocks
        .filter((block) => !isBreaker(block))
        .map((block) => [
          block.direction,
          block.originTime,
          block.confirmedTime,
          block.bottom,
          block.top,
          block.volumeRatio.toFixed(9),
          block.displacementAtr.toFixed(9),
        ]);
      expect(found.toSorted(byText)).toEqual(again.toSorted(byText));
      for (const block of history.orderBlocks.filter((entry) => entry.state === 'active' || entry.state === 'weak'))
        expect(block.state).toBe(block.volumeRatio >= settings.orderBlockMinVolumeRatio ? 'active' : 'weak');
      born += found.length;
    });
    expect(born).toBeGreaterThan(300);
  });

  it('when broken live on as exactly one breaker of the other side with the same origin and measures, and a broken breaker is over', () => {
    let breakers = 0;
    check((candles) => {
      const { orderBlocks } = recordWithAtr(candles).history;
      const successors = (block: (typeof orderBlocks)[number]): readonly (typeof orderBlocks)[number][] =>
        orderBlocks.filter((other) => other.confirmedTime === block.endedTime && other.originTime === block.originTime && other.direction !== block.direction);
      const isSuccessor = new Set(orderBlocks.filter((block) => block.endReason === 'broken').flatMap(successors));
      for (const block of orderBlocks.filter((entry) => entry.endReason === 'broken')) {
        const next = successors(block);
        expect(next).toHaveLength(isSuccessor.has(block) ? 0 : 1);
        for (const { top, bottom, volumeRatio, displacementAtr } of next)
          expect([top, bottom, volumeRatio, displacementAtr]).toEqual([block.top, block.bottom, block.volumeRatio, block.displacementAtr]);
        breakers += next.length;
      }
    });
    expect(breakers).toBeGreaterThan(100);
  });
});

describe('liquidity pools', () => {
  it('are born of every internal swing that joins none, and swings within a tenth of ATR of an untouched one join the nearest', () => {
    let joined = 0;
    check((candles) => {
      const { history, atr } = recordWithAtr(candles);
      for (const side of ['buy', 'sell'] as const) {
        const again = poolsAgain(candles, side, atr);
        joined += again.filter((pool) => pool.touches > 1).length;
        const found = history.pools
          .filter((pool) => pool.side === side)
          .map((pool) => [pool.id, pool.originTime, pool.confirmedTime, pool.price, pool.touches, pool.weak]);
        const told = again.map((pool) => [
          `15m-pool-${side}-${candles[pool.origin]!.openTime}-${closeTime(candles[pool.born]!)}`,
          candles[pool.origin]!.openTime,
          closeTime(candles[pool.known]!),
          pool.price,
          pool.touches,
          pool.touches < 2,
        ]);
        expect(found.toSorted(byText)).toEqual(told.toSorted(byText));
      }
    });
    expect(joined).toBeGreaterThan(100);
  });
});

describe('dealing ranges', () => {
  it('span the last confirmed swing high and low, with the middle and the entry band of the leg', () => {
    check((candles) => {
      const points = swingsAgain(candles, 'swing');
      const { breaks } = breaksAgain(candles, 'swing');
      const again = candles.flatMap((_, bar) => {
        if (!points.some((point) => point.known === bar)) return [];
        const high = points.findLast((point) => point.kind === 'high' && point.known <= bar);
        const low = points.findLast((point) => point.kind === 'low' && point.known <= bar);
        if (high === undefined || low === undefined || high.price <= low.price) return [];
        const trend = breaks.findLast((entry) => entry.bar <= bar)?.direction ?? null;
        if (high.bar === low.bar && trend === null) return [];
        const isBullish = high.bar === low.bar ? trend === 'bullish' : low.bar < high.bar;
        const span = Math.log(high.price / low.price);
        const back = (share: number): number => (isBullish ? high.price * Math.exp(-share * span) : low.price * Math.exp(share * span));
        const band = [back(0.62), back(0.79)].toSorted((a, b) => a - b);
        return [
          [
            high.price,
            low.price,
            isBullish ? 'bullish' : 'bearish',
            ...[Math.sqrt(high.price * low.price), ...band].map((price) => price.toFixed(9)),
            candles[Math.min(high.bar, low.bar)]!.openTime,
            closeTime(candles[Math.max(high.known, low.known)]!),
          ],
        ];
      });
      const found = recordWithAtr(candles).history.ranges.map((range) => [
        range.high,
        range.low,
        range.direction,
        ...[range.equilibrium, range.oteBottom, range.oteTop].map((price) => price.toFixed(9)),
        range.originTime,
        range.confirmedTime,
      ]);
      expect(found).toEqual(again);
    });
  });
});

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  return a.join() < b.join() ? -1 : 1;
}
