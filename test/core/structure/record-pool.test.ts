// Records are made once and used again: however long a market runs, its structure takes no more memory.
import { describe, expect, it } from 'vitest';
import { BREAKS_KEPT, createBreakRing } from '../../../src-main/core/structure/break-record.ts';
import { RecordPool, RecordRing } from '../../../src-main/core/structure/record-pool.ts';
import { createSwingRing, SWINGS_KEPT } from '../../../src-main/core/structure/swing-record.ts';

describe('a ring of records', () => {
  it('makes all its records at the beginning and none afterwards', () => {
    let made = 0;
    const ring = new RecordRing(8, (slot) => ({ slot, nth: (made += 1) }));
    expect([made, ring.size, ring.newest, ring.nextRecycled]).toEqual([8, 0, null, null]);
    for (let turn = 0; turn < 100; turn += 1) expect(ring.push().slot).toBe(turn % 8);
    expect([made, ring.size, ring.total, ring.newest?.slot, ring.at(0).slot, ring.nextRecycled?.slot]).toEqual([8, 8, 100, 3, 4, 4]);
  });

  it('of swings gives every record numbers of its own', () => {
    const ring = createSwingRing('low');
    for (let turn = 0; turn < SWINGS_KEPT + 5; turn += 1) {
      const swing = ring.push();
      Object.assign(swing, { bar: turn, price: turn + 0.1, logPrice: turn + 0.2, originTime: turn + 0.3, confirmedTime: turn + 0.4 });
      Object.assign(swing, { brokenTime: Number.NaN, extremePrice: turn + 0.6, extremeBar: turn + 7 });
    }
    for (let position = 0; position < SWINGS_KEPT; position += 1) {
      const { kind, bar, price, logPrice, originTime, confirmedTime, brokenTime, extremePrice, extremeBar } = ring.at(position);
      const turn = position + 5;
      expect([kind, bar, price, logPrice, originTime, confirmedTime, brokenTime, extremePrice, extremeBar]).toEqual([
        ...['low', turn, turn + 0.1, turn + 0.2, turn + 0.3, turn + 0.4],
        ...[Number.NaN, turn + 0.6, turn + 7],
      ]);
    }
  });

  it('of breaks gives every record numbers of its own', () => {
    const ring = createBreakRing('internal');
    for (let turn = 0; turn < BREAKS_KEPT + 5; turn += 1)
      Object.assign(ring.push(), {
        kind: turn % 2 === 0 ? 'bos' : 'choch',
        direction: turn % 3 === 0 ? 'bullish' : 'bearish',
        ...{
          level: turn + 0.1,
          swingBar: turn + 2,
          bar: turn + 3,
          legBar: turn + 4,
          originTime: turn + 0.5,
          confirmedTime: turn + 0.6,
          displacementAtr: turn + 0.7,
        },
      });
    for (let position = 0; position < BREAKS_KEPT; position += 1) {
      const { kind, direction, scale, level, swingBar, bar, legBar, originTime, confirmedTime, displacementAtr } = ring.at(position);
      const turn = position + 5;
      expect([kind, direction, scale]).toEqual([turn % 2 === 0 ? 'bos' : 'choch', turn % 3 === 0 ? 'bullish' : 'bearish', 'internal']);
      expect([level, swingBar, bar, legBar, originTime, confirmedTime, displacementAtr]).toEqual([
        ...[turn + 0.1, turn + 2, turn + 3, turn + 4],
        ...[turn + 0.5, turn + 0.6, turn + 0.7],
      ]);
    }
  });
});

describe('a pool of records', () => {
  it('makes no more than live and are kept of the ended ones', () => {
    let made = 0;
    const pool = new RecordPool(4, () => ({ nth: (made += 1) }));
    for (let turn = 0; turn < 100; turn += 1) {
      pool.acquire();
      if (pool.alive.length > 3) pool.end(0);
    }
    expect([pool.alive.length, pool.ended.length, pool.endedTotal]).toEqual([3, 4, 97]);
    expect(made).toBeLessThanOrEqual(4 + 4 + 1);
  });
});
