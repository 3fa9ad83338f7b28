// Whatever candles come: zones are born, tested, filled, swept and ended only in the order their state machines allow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { FairValueGap, LiquidityPool, OrderBlock, StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf } from '../support/candles.ts';

const START = Date.UTC(2025, 0, 6);
const STEP = 900_000;
const settings = {
  ...defaultSettings(),
  internalSwingLength: 2,
  swingLength: 3,
  orderBlockMaxTestCount: 2,
  orderBlockMaxHistory: 5,
  orderBlockTimeDecayHours: 4,
};

/** A candle as steps on a coarse price grid, so that touches, equal levels and gaps are frequent; volume bursts now and then. */
const move = fc.record({
  gap: fc.integer({ min: -3, max: 3 }),
  body: fc.integer({ min: -12, max: 12 }),
  up: fc.integer({ min: 0, max: 6 }),
  down: fc.integer({ min: 0, max: 6 }),
  volume: fc.constantFrom(100, 100, 120, 400, 900),
});
type Move = { readonly gap: number; readonly body: number; readonly up: number; readonly down: number; readonly volume: number };

function candlesOf(moves: readonly Move[]): Candle[] {
  let price = 10_000;
  return moves.map(({ gap, body, up, down, volume }, index) => {
    const open = Math.max(1000, price + gap * 5);
    const close = Math.max(1000, open + body * 5);
    price = close;
    return candleOf({ openTime: START + index * STEP, open, high: Math.max(open, close) + up * 5, low: Math.min(open, close) - down * 5, close, volume });
  });
}

/** What may follow a state of an order block within its own life; a breaker is a life of its own. */
const NEXT: Readonly<Record<OrderBlock['state'], readonly OrderBlock['state'][]>> = {
  active: ['active', 'ended'],
  weak: ['weak', 'ended'],
  breaker: ['breaker', 'ended'],
  ended: ['ended'],
};

function wrongBlock(before: OrderBlock | undefined, block: OrderBlock): string | null {
  if (block.strength < 0 || block.strength > 1 || Number.isNaN(block.strength)) return 'strength';
  if (block.top < block.bottom) return 'edges';
  if ((block.state === 'ended') !== (block.endedTime !== null)) return 'an end without a time';
  if ((block.endReason !== null) !== (block.endedTime !== null)) return 'an end without a reason';
  if (block.endReason === 'tests' && block.tests <= settings.orderBlockMaxTestCount) return 'ended by too few tests';
  if (block.endedTime !== null && block.endedTime < block.confirmedTime) return 'ended before it was known';
  if (before === undefined) return block.tests <= 1 ? null : 'born with tests';
  if (!NEXT[before.state].includes(block.state)) return `${before.state} became ${block.state}`;
  if (block.tests < before.tests || block.tests > before.tests + 1) return 'tests do not count one by one';
  if (before.state === 'ended' && JSON.stringify(before) !== JSON.stringify(block)) return 'changed after its end';
  return null;
}

function wrongGap(before: FairValueGap | undefined, gap: FairValueGap): string | null {
  if (gap.top <= gap.bottom) return 'edges';
  if (gap.filledFraction < 0 || gap.filledFraction > 1) return 'fraction';
  if (!(gap.sizeAtr! >= settings.minGapAtr)) return 'too small to be a gap';
  if (!(gap.strength! >= 0 && gap.strength! <= 0.7)) return 'strength';
  if ((gap.strength === 0) !== (gap.filledFraction === 1)) return 'strength of a full gap';
  if (before !== undefined && gap.strength! > before.strength!) return 'grew stronger';
  if ((gap.filledFraction === 1) !== (gap.filledTime !== null)) return 'full without a time';
  if (gap.halfFilledTime === null ? gap.filledFraction >= 0.5 : gap.filledFraction < 0.5) return 'half without a time';
  if (gap.filledTime !== null && (gap.halfFilledTime === null || gap.halfFilledTime > gap.filledTime)) return 'full before half';
  if (before !== undefined && gap.filledFraction < before.filledFraction) return 'unfilled';
  if (before?.filledTime != null && before.filledTime !== gap.filledTime) return 'filled twice';
  return null;
}

function wrongPool(before: LiquidityPool | undefined, pool: LiquidityPool): string | null {
  if (pool.weak !== pool.touches < 2) return 'weak with two touches';
  if (pool.sweptTime !== null && pool.sweptTime < pool.confirmedTime) return 'swept before it was known';
  if (pool.takenTime !== null && pool.sweptTime !== null && pool.sweptTime < pool.takenTime) return 'taken after its sweep';
  if (before === undefined) return null;
  if (pool.touches < before.touches) return 'lost a touch';
  if (pool.side === 'buy' ? pool.price < before.price : pool.price > before.price) return 'moved inwards';
  if ((before.sweptTime ?? before.takenTime) !== null && (pool.touches !== before.touches || pool.price !== before.price)) return 'joined after it was reached';
  if (before.sweptTime !== null && pool.sweptTime !== before.sweptTime) return 'swept twice';
  return null;
}

function offences(candles: readonly Candle[]): string[] {
  const state = new TimeframeState('15m', settings, 512);
  const found: string[] = [];
  const blocks = new Map<string, OrderBlock>();
  const gaps = new Map<string, FairValueGap>();
  const pools = new Map<string, LiquidityPool>();
  const judge = <T extends { readonly id: string }>(
    list: readonly T[],
    known: Map<string, T>,
    wrong: (before: T | undefined, now: T) => string | null,
  ): void => {
    for (const object of list) {
      const reason = wrong(known.get(object.id), object);
      if (reason !== null) found.push(`${object.id}: ${reason}`);
      known.set(object.id, object);
    }
  };
  for (const candle of candles) {
    state.append(candle);
    const snapshot: StructureSnapshot = describeStructure('X', state);
    judge(snapshot.orderBlocks, blocks, wrongBlock);
    judge(snapshot.gaps, gaps, wrongGap);
    judge(snapshot.pools, pools, wrongPool);
    if (state.orderBlocks.blocks.alive.length > settings.orderBlockMaxHistory) found.push('too many blocks alive');
  }
  return found;
}

describe('zone state machines', () => {
  it('keep their order on any candles', () => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 60, maxLength: 160 }), (moves) => {
        expect(offences(candlesOf(moves))).toEqual([]);
      }),
      { numRuns: 120, seed: 20_251_121 },
    );
  });

  it('are all walked by such candles: blocks end in every way, breakers, half and full fills, sweeps and takes come up', () => {
    const seen = new Set<string>();
    for (const moves of fc.sample(fc.array(move, { minLength: 160, maxLength: 160 }), { numRuns: 60, seed: 7 })) {
      const state = new TimeframeState('15m', settings, 512);
      for (const candle of candlesOf(moves)) {
        state.append(candle);
        const snapshot = describeStructure('X', state);
        for (const block of snapshot.orderBlocks) seen.add(`${block.state} ${block.endReason ?? ''}`);
        for (const gap of snapshot.gaps) seen.add(gap.filledTime !== null ? 'filled' : gap.halfFilledTime !== null ? 'half filled' : 'open');
        for (const pool of snapshot.pools) seen.add(pool.sweptTime !== null ? 'swept' : pool.takenTime !== null ? 'taken' : 'untouched');
      }
    }
    for (const state of [
      'active ',
      'weak ',
      'breaker ',
      'ended broken',
      'ended tests',
      'ended decay',
      'ended evicted',
      'open',
      'half filled',
      'filled',
      'untouched',
      'swept',
      'taken',
    ])
      expect(seen).toContain(state);
  });
});
