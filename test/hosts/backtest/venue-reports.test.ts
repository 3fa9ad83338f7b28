// What the engine hears from the venue in its own process is what it would hear over the wire: the same account events, both ways.
import { beforeEach, describe, expect, test } from 'vitest';
import { epochMs, lots, money, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { readUserFrame } from '../../../src-main/adapters/binance/user-frames.ts';
import type { VenueEvent } from '../../../src-main/core/ports.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import type { AccountEvent } from '../../../src-main/core/venue/types.ts';
import { InProcessVenue } from '../../../src-main/core/backtest/in-process-venue.ts';
import { venueEventOf } from '../../../src-main/core/backtest/venue-reports.ts';
import { userFrames } from '../../../src-worker/market/user-frames.ts';
import { sampleHistory } from './sample-market.ts';

const { instrument } = sampleHistory('AAAUSDT', 1, { count: 300 });
const symbol = instrument.symbol;
const START = 1_700_000_000_000;

let exchange: Exchange;
let venue: InProcessVenue;
let now = START;

function price(value: number, at = (now += 60_000)): void {
  exchange.onPrice(symbol, { last: ticks(value), mark: ticks(value), quoteVolume24h: 5e7 }, epochMs(at));
}

function overTheWire(event: AccountEvent): readonly VenueEvent[] {
  return userFrames(exchange, event, now).flatMap((frame) => {
    const read = readUserFrame(JSON.stringify(frame.body), { instrumentOf: (name) => exchange.instrument(name), priceOf: () => 1 });
    return read.kind === 'events' ? read.events : [];
  });
}

const BASE = {
  positionId: 'p1',
  symbol,
  positionSide: 'BOTH',
  price: null,
  trigger: null,
  triggerBy: 'mark',
  reduceOnly: false,
  closePosition: false,
  timeInForce: 'GTC',
  leverage: 5,
  createdAt: epochMs(START),
} as const;

beforeEach(() => {
  now = START;
  exchange = new Exchange([instrument], moneyFromUsdt(10_000), epochMs(START));
  venue = new InProcessVenue(exchange);
  price(50_000);
  venue.prepareSymbol({ symbol, leverage: 5, marginType: 'isolated' }, epochMs(now));
  exchange.drainEvents();
});

function tradeAround(): readonly AccountEvent[] {
  venue.submit({ ...BASE, clientOrderId: 'c-entry', purpose: 'entry', kind: 'market', side: 'BUY', lots: lots(700) }, epochMs(now));
  venue.submit(
    { ...BASE, clientOrderId: 'c-stop', purpose: 'stop', kind: 'stop_market', side: 'SELL', lots: lots(0), trigger: ticks(49_000), closePosition: true },
    epochMs(now),
  );
  venue.submit(
    {
      ...BASE,
      clientOrderId: 'c-target',
      purpose: 'target',
      kind: 'take_profit_market',
      side: 'SELL',
      lots: lots(700),
      trigger: ticks(52_000),
      reduceOnly: true,
    },
    epochMs(now),
  );
  venue.submit(
    { ...BASE, clientOrderId: 'c-limit', purpose: 'reduce', kind: 'limit', side: 'SELL', lots: lots(100), price: ticks(50_500), reduceOnly: true },
    epochMs(now),
  );
  exchange.settleFunding(symbol, 10_000, epochMs(now));
  price(50_600);
  venue.cancel({ symbol, clientOrderId: 'c-target', conditional: true }, epochMs(now));
  price(48_900);
  return exchange.drainEvents();
}

describe('the venue in the same process', () => {
  test('says the same as the wire and its mapping, event by event', () => {
    const events = tradeAround();
    const kinds = new Set<string>();
    for (const event of events) {
      const direct = venueEventOf(exchange, event);
      const wired = overTheWire(event);
      kinds.add(
        event.kind === 'order'
          ? `order ${event.execution}`
          : event.kind === 'algo'
            ? `algo ${event.algo.status}`
            : event.kind === 'account'
              ? `account ${event.reason}`
              : event.kind,
      );
      if (direct === null) expect(wired).toEqual([]);
      else expect([withoutNulls(direct)]).toEqual(wired.map(withoutNulls));
    }
    for (const kind of ['order NEW', 'order TRADE', 'algo NEW', 'algo TRIGGERED', 'algo FINISHED', 'algo CANCELED', 'account ORDER', 'account FUNDING_FEE'])
      expect(kinds).toContain(kind);
  });

  test('answers a query for each order it knows and null for others', () => {
    tradeAround();
    expect(venue.query({ symbol, clientOrderId: 'c-entry', conditional: false })).toMatchObject({ ok: true, value: { status: 'filled', filledLots: 700 } });
    expect(venue.query({ symbol, clientOrderId: 'c-stop', conditional: true })).toMatchObject({ ok: true, value: { status: 'filled', closePosition: true } });
    expect(venue.query({ symbol, clientOrderId: 'nobody', conditional: false })).toEqual({ ok: true, value: null });
  });

  test('refuses with the exchange code, certainly not executed', () => {
    const refused = venue.submit(
      { ...BASE, clientOrderId: 'c-none', purpose: 'stop', kind: 'stop_market', side: 'SELL', lots: lots(0), trigger: ticks(60_000), closePosition: true },
      epochMs(now),
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'rejected', outcome: 'not_executed', venueCode: -4509 } });
  });

  test('the state for a reconciliation holds positions, open orders and the fills asked for', () => {
    venue.submit({ ...BASE, clientOrderId: 'c-entry', purpose: 'entry', kind: 'market', side: 'SELL', lots: lots(300) }, epochMs(now));
    venue.submit(
      { ...BASE, clientOrderId: 'c-stop', purpose: 'stop', kind: 'stop_market', side: 'BUY', lots: lots(0), trigger: ticks(51_000), closePosition: true },
      epochMs(now),
    );
    const state = venue.fetchState({ scope: 'account', symbols: [symbol], fillsSince: epochMs(now) }, epochMs(now));
    expect(state.positions).toMatchObject([{ symbol, lots: -300, leverage: 5, isolated: true }]);
    expect(state.orders).toMatchObject([{ clientOrderId: 'c-stop', conditional: true, status: 'resting' }]);
    expect(state.fills.reduce((sum, fill) => sum + fill.lots, 0)).toBe(300);
    expect(state.account.wallet).toBe(money(exchange.wallet));
    expect(venue.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(0) }, epochMs(now)).fills).toEqual([]);
  });
});

/** The wire has no word for an absent reason; both ways then mean the same. */
function withoutNulls(event: VenueEvent): unknown {
  return JSON.parse(JSON.stringify(event, (_, value: unknown) => (value === null ? undefined : value)));
}
