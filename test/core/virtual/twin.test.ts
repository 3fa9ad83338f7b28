// The live twin: what execution cost in basis points, split by cause, and that the causes are the whole difference.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { compareTwin, type RealSide } from '../../../src-main/core/virtual/twin.ts';
import { sampleSignal } from '../../support/samples.ts';

const { plan } = sampleSignal();

function twinAt(last: number, side: 'long' | 'short' = 'long', closedAt: number | null = null): VirtualPosition {
  return {
    id: 'BTCUSDT-long-1760000100000',
    symbol: 'BTCUSDT',
    side,
    openedAt: epochMs(1_760_000_100_000),
    plan: { ...plan, side },
    confidence: 0.7,
    quality: 0.8,
    verdict: 'traded',
    last,
    pnlR: 0,
    maxPnlR: 0,
    minPnlR: 0,
    closedAt: closedAt === null ? null : epochMs(closedAt),
    closeReason: null,
  };
}

/** A whole fill at the plan's price, both still open at the mark, fees and slippage as the twin assumes them. */
function real(overrides: Partial<RealSide> = {}): RealSide {
  return {
    side: 'long',
    plannedQuantity: 1,
    openedQuantity: 1,
    sentPrice: 60_000,
    entryPrice: 60_000 * 1.0004,
    grossUsdt: 600 - 24,
    feesUsdt: 60,
    fundingUsdt: 0,
    isChangedByHand: false,
    ...overrides,
  };
}

const TWIN = { position: twinAt(60_600), twinFunding: 0 };

describe('H3 the live twin', () => {
  it('finds no cost where the real position did what the twin assumes', () => {
    const { cost, totalBps } = compareTwin(real(), TWIN);
    expect(totalBps).toBeCloseTo(0, 6);
    for (const cause of Object.values(cost)) expect(cause).toBeCloseTo(0, 6);
  });

  it.each([
    ['delay', { sentPrice: 60_060, entryPrice: 60_060 + 24, grossUsdt: 600 - 84 }, 10],
    ['slippage', { entryPrice: 60_054, grossUsdt: 600 - 54 }, 5],
    ['exit', { grossUsdt: 600 - 24 - 60 }, 10],
    ['fee', { feesUsdt: 90 }, 5],
    ['funding', { fundingUsdt: -12 }, 2],
    ['partialFill', { openedQuantity: 0.5, grossUsdt: 276, feesUsdt: 60, entryPrice: 60_048 }, 50],
  ] as const)('names %s as the cause', (cause, overrides, bps) => {
    const { cost, totalBps } = compareTwin(real(overrides), TWIN);
    expect(cost[cause]).toBeCloseTo(bps, 6);
    expect(totalBps).toBeCloseTo(bps, 6);
  });

  it('a delay in our favour is a gain', () => {
    expect(compareTwin(real({ sentPrice: 59_940, entryPrice: 59_964, grossUsdt: 636 }), TWIN).cost.delay).toBeCloseTo(-10, 6);
  });

  it('of a short turns every price the other way round', () => {
    const short = (overrides: Partial<RealSide>): ReturnType<typeof compareTwin> =>
      compareTwin(real({ side: 'short', entryPrice: 60_000 * 0.9996, ...overrides }), { position: twinAt(59_400, 'short'), twinFunding: 0 });
    expect(short({}).totalBps).toBeCloseTo(0, 6);
    expect(short({}).twinBps).toBeCloseTo(100 - 14, 6);
    // Sent 60 lower than planned and filled 24 below that: ten basis points of delay, the slippage as assumed.
    expect(short({ sentPrice: 59_940, entryPrice: 59_916, grossUsdt: 516 }).cost).toMatchObject({ delay: expect.closeTo(10, 6), exit: expect.closeTo(0, 6) });
    expect(short({ entryPrice: 59_946, grossUsdt: 546 }).cost.slippage).toBeCloseTo(5, 6);
    expect(short({ grossUsdt: 576 - 60 }).cost.exit).toBeCloseTo(10, 6);
  });

  it('of an entry that never filled has the whole missed move as its cause, and says whether the twin still lives', () => {
    const view = compareTwin(real({ openedQuantity: 0, grossUsdt: 0, feesUsdt: 0 }), TWIN);
    expect(view.cost).toMatchObject({ partialFill: expect.closeTo(100, 6), delay: 0, exit: 0, fee: expect.closeTo(-10, 6) });
    expect([view.isOpen, view.realBps]).toEqual([true, 0]);
    expect(compareTwin(real(), { position: twinAt(60_600, 'long', 1), twinFunding: 0 }).isOpen).toBe(false);
  });

  it('the causes are the whole difference of the two net results, for any prices, sizes and costs', () => {
    const price = fc.double({ min: 50_000, max: 70_000, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          side: fc.constantFrom('long' as const, 'short' as const),
          planned: fc.double({ min: 0.01, max: 10, noNaN: true }),
          share: fc.double({ min: 0.01, max: 1, noNaN: true }),
          sentPrice: price,
          entryPrice: price,
          grossUsdt: fc.double({ min: -20_000, max: 20_000, noNaN: true }),
          feesUsdt: fc.double({ min: 0, max: 500, noNaN: true }),
          fundingUsdt: fc.double({ min: -500, max: 500, noNaN: true }),
          last: price,
          twinFunding: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
        }),
        ({ side, planned, share, last, twinFunding, ...rest }) => {
          const view = compareTwin(
            { side, plannedQuantity: planned, openedQuantity: planned * share, isChangedByHand: false, ...rest },
            { position: twinAt(last, side), twinFunding },
          );
          expect(view.totalBps).toBeCloseTo(view.twinBps - view.realBps, 5);
          expect(Object.values(view.cost).reduce((sum, cause) => sum + cause, 0)).toBeCloseTo(view.totalBps, 5);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
