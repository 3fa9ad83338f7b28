// The venue in the engine's own process answers a changed order like the one across the wire.
import { describe, expect, it } from 'vitest';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { InProcessVenue } from '../../../src-main/core/backtest/in-process-venue.ts';
import { limit, openAccount, SYMBOL, T0 } from '../venue/support.ts';

describe('the venue in the same process', () => {
  it('changes a resting order, and refuses one that is gone with the venue’s own code', () => {
    const { exchange } = openAccount({ usdt: 100_000, leverage: 20 });
    const venue = new InProcessVenue(exchange);
    const placed = exchange.place(limit('BUY', 20, 590_000), T0);
    if (!placed.ok) throw new Error(placed.error.message);
    const change = { symbol: SYMBOL, clientOrderId: placed.value.clientOrderId, side: 'BUY' as const, lots: lots(15), price: ticks(589_000) };
    expect(venue.amendOrder(change, T0)).toMatchObject({ ok: true, value: { price: 589_000, lots: 15, status: 'resting' } });
    expect(venue.amendOrder(change, T0)).toMatchObject({ ok: false, error: { code: 'rejected', outcome: 'not_executed', venueCode: -5027 } });
    expect(venue.amendOrder({ ...change, clientOrderId: 'gone' }, T0)).toMatchObject({ ok: false, error: { venueCode: -2013 } });
  });
});
