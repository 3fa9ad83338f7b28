// The second bookkeeper: small cases by hand, then any trading at all, always to the last unit.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs, lots, money, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { Audit } from '../../../src-main/core/backtest/audit.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { sampleInstrument } from '../../support/samples.ts';

/** Tick 0.1, step 0.001: one lot at one tick is 0.0001 USDT, 10,000 units. */
const instrument = sampleInstrument({ symbol: 'AAAUSDT', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 });
const DEPOSIT = moneyFromUsdt(1000);
const audit = (): Audit => new Audit(() => instrument, DEPOSIT);
const fill = (side: 'BUY' | 'SELL', price: number, amount: number, fee: number, realised: number) =>
  ({ symbol: 'AAAUSDT', side, positionSide: 'BOTH', price: ticks(price), lots: lots(amount), fee: money(fee), realisedPnl: money(realised) }) as const;

describe('cases by hand', () => {
  test('a long of 2 from 100 to 110 with 0.1 and 0.11 of fees and 0.02 of funding makes 19.77', () => {
    const books = audit();
    books.addFill(fill('BUY', 1000, 2000, 10_000_000, 0));
    books.addFunding(moneyFromUsdt(-0.02));
    books.addFill(fill('SELL', 1100, 2000, 11_000_000, 2_000_000_000));
    const compared = books.compare(moneyFromUsdt(1019.77), []);
    expect(compared).toMatchObject({ agrees: true, fills: 2, fromProfits: moneyFromUsdt(1019.77), fromCash: moneyFromUsdt(1019.77), fees: 21_000_000 });
  });

  test('a short that is half closed counts what is open at its cost', () => {
    const books = audit();
    books.addFill(fill('SELL', 1000, 2000, 0, 0));
    books.addFill(fill('BUY', 900, 1000, 0, 1_000_000_000));
    const open = [{ symbol: 'AAAUSDT', positionSide: 'BOTH', lots: -1000, entryNotional: moneyFromUsdt(100) }];
    expect(books.compare(moneyFromUsdt(1010), open)).toMatchObject({ agrees: true, fromCash: moneyFromUsdt(1010) });
  });

  test.each([
    ['one unit too much in the wallet', 1_001_00000001, 1000, 100_000_000],
    ['a fill that the venue did not count', 1_001_00000000, 999, 100_000_000],
    ['a profit that the prices do not bear', 1_001_00000001, 1000, 100_000_001],
  ])('%s is found', (_, wallet, sold, realised) => {
    const books = audit();
    books.addFill(fill('BUY', 1000, 1000, 0, 0));
    books.addFill(fill('SELL', 1010, sold, 0, realised));
    expect(books.compare(money(wallet), []).agrees).toBe(false);
  });
});

test('whatever is traded at the venue, the wallet is what fills, fees and funding make it', () => {
  const step = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    lots: fc.integer({ min: 60, max: 4000 }),
    price: fc.integer({ min: 700, max: 1400 }),
    rateE8: fc.integer({ min: -50_000, max: 50_000 }),
    reduceOnly: fc.boolean(),
  });
  const outcomes = { traded: 0, liquidated: 0 };
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), fc.boolean(), (steps, isIsolated) => {
      const exchange = new Exchange([instrument], DEPOSIT, epochMs(1));
      const books = audit();
      let now = 1000;
      let seen = 0;
      const read = (): void => {
        for (const event of exchange.drainEvents()) {
          if (event.kind === 'order' && event.trade !== null) {
            books.addFill({ ...event.trade, realisedPnl: event.trade.realised });
            outcomes.traded += 1;
            if (event.order.forcedBy !== null) outcomes.liquidated += 1;
          }
          if (event.kind === 'account' && event.reason === 'FUNDING_FEE') books.addFunding(event.change);
        }
        for (const line of exchange.income) if (line.id > seen && line.type === 'INSURANCE_CLEAR') books.addInsurance(line.amount);
        seen = exchange.income.at(-1)?.id ?? seen;
      };
      exchange.onPrice('AAAUSDT', { last: ticks(1000), mark: ticks(1000), quoteVolume24h: 1e6 }, epochMs(now));
      exchange.setIsolated('AAAUSDT', isIsolated);
      exchange.setLeverage('AAAUSDT', 10, epochMs(now));
      for (const [index, entry] of steps.entries()) {
        now += 60_000;
        exchange.place(
          {
            symbol: 'AAAUSDT',
            side: entry.side,
            positionSide: 'BOTH',
            type: 'MARKET',
            lots: lots(entry.lots),
            price: null,
            timeInForce: 'GTC',
            reduceOnly: entry.reduceOnly,
            clientOrderId: `c${index}`,
          },
          epochMs(now),
        );
        read();
        exchange.onPrice('AAAUSDT', { last: ticks(entry.price), mark: ticks(entry.price), quoteVolume24h: 1e6 }, epochMs(now + 1000));
        read();
        exchange.settleFunding('AAAUSDT', entry.rateE8, epochMs(now + 2000));
        read();
        expect(books.compare(exchange.wallet, exchange.holdings())).toMatchObject({ agrees: true });
      }
    }),
    { numRuns: 150, seed: 8 },
  );
  expect(outcomes.traded).toBeGreaterThan(300);
  expect(outcomes.liquidated).toBeGreaterThan(5);
});
