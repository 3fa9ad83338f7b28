// What a position has earned and cost: gross, fees, funding and net tie together, and the break-even price really ends a trade at nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import type { Position } from '../../src-shared/domain/position.ts';
import { TAKER_FEE_FRACTION } from '../../src-shared/domain/loss-at-stop.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { lots, money, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { breakEvenPrice, moneyOf } from '../../src-renderer/state/position-money.ts';
import { restingEntryOf } from '../../src-renderer/state/pending.ts';
import { samplePosition } from '../support/samples.ts';

const BTC: MarketInfo = { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 };

function view(change: Partial<Position>, unrealised = 0): PositionView {
  const position = samplePosition({ phase: 'open', entryPrice: 60_000, lots: lots(100), ...change });
  return { position, mark: 60_000, unrealised: moneyFromUsdt(unrealised), pnlR: 0, marginUsed: money(0), events: [] };
}

describe('what a position has earned and cost', () => {
  it('counts part-closes and the open result as gross, and takes fees off and funding as it came', () => {
    const parts = { realisedPnl: moneyFromUsdt(12), fees: moneyFromUsdt(3.5), funding: moneyFromUsdt(-0.75) };
    const { gross, fees, funding, net } = moneyOf(view(parts, 20));
    expect([gross, fees, funding, net].map((value) => value / 1e8)).toEqual([32, 3.5, -0.75, 27.75]);
  });

  it('counts no open result once the position is closed, whatever its last mark said', () => {
    expect(moneyOf(view({ phase: 'closed', realisedPnl: moneyFromUsdt(12), fees: moneyFromUsdt(2), funding: money(0) }, 20)).net / 1e8).toBe(10);
  });

  it('gives the price at which closing the rest leaves nothing, for both sides, after part-closes, fees and funding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('long' as const, 'short' as const),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 100, max: 200_000 }),
        fc.integer({ min: -200, max: 200 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: -20, max: 20 }),
        (side, amount, entryPrice, realised, paid, received) => {
          const state = {
            side,
            lots: lots(amount),
            entryPrice,
            realisedPnl: moneyFromUsdt(realised),
            fees: moneyFromUsdt(paid),
            funding: moneyFromUsdt(received),
          };
          const price = breakEvenPrice(view(state), BTC);
          const quantity = amount / 1000;
          const open = (price - entryPrice) * (side === 'long' ? 1 : -1) * quantity;
          expect(open + realised - paid + received - price * quantity * TAKER_FEE_FRACTION).toBeCloseTo(0, 6);
        },
      ),
    );
  });

  it('has no break-even price while nothing has filled', () => {
    expect(breakEvenPrice(view({ phase: 'opening', lots: lots(0) }), BTC)).toBeNaN();
  });
});

describe('the entry a position waits for', () => {
  const order = (id: string, purpose: string, status: string): Order =>
    ({ intent: { clientOrderId: id, positionId: 'p1', purpose }, status }) as unknown as Order;

  it('is its entry that has not ended, never its stop, and none once it has ended', () => {
    const stop = order('s', 'stop', 'resting');
    const over = order('e0', 'entry', 'canceled');
    const waits = order('e1', 'entry', 'resting');
    expect(restingEntryOf({ s: stop, e0: over, e1: waits }, 'p1')).toBe(waits);
    expect(restingEntryOf({ s: stop, e0: over }, 'p1')).toBeNull();
    expect(restingEntryOf({ e1: waits }, 'p2')).toBeNull();
  });
});
