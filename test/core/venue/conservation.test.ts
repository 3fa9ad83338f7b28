// Money at the venue: an independent bookkeeper recomputes every balance from fills and rates, over random order flow with liquidations.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import type { AlgoType, OrderRequest } from '../../../src-main/core/venue/types.ts';
import { sampleInstrument } from '../../support/samples.ts';

const DEPOSIT = money(20_000 * 1e8);
const T0 = epochMs(1_760_000_000_000);
/** Cheap and finely divided, so that fees and costs do not come out even. */
const ALT = sampleInstrument({
  symbol: 'ALTUSDT',
  baseAsset: 'ALT',
  priceScale: 6,
  quantityScale: 1,
  minPrice: ticks(1),
  maxLots: lots(1_000_000_000),
  marketMaxLots: lots(1_000_000_000),
  minNotional: money(5 * 1e8),
});
const INSTRUMENTS = [sampleInstrument(), ALT];
const START: Readonly<Record<string, number>> = { BTCUSDT: 600_000, ALTUSDT: 25_000 };

/** Price × quantity in units of 1e-8 USDT, by other arithmetic than the venue's. */
function worth(instrument: Instrument, price: number, amount: number): bigint {
  return (BigInt(price) * BigInt(amount) * 10n ** 8n) / 10n ** BigInt(instrument.priceScale + instrument.quantityScale);
}

const sideOf = fc.constantFrom('BUY' as const, 'SELL' as const);
const symbolOf = fc.constantFrom('BTCUSDT', 'ALTUSDT');
const ALGO_TYPES: readonly AlgoType[] = ['STOP_MARKET', 'TAKE_PROFIT_MARKET', 'STOP', 'TAKE_PROFIT', 'TRAILING_STOP_MARKET'];
const stepOf = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      symbol: symbolOf,
      permille: fc.integer({ min: -40, max: 40 }),
      drift: fc.integer({ min: -8, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), symbol: symbolOf, permille: fc.constantFrom(-300, -150, -90, 90, 150, 400) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('market' as const),
      symbol: symbolOf,
      side: sideOf,
      share: fc.integer({ min: 1, max: 120 }),
      second: fc.boolean(),
      reduce: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('limit' as const),
      symbol: symbolOf,
      side: sideOf,
      share: fc.integer({ min: 1, max: 60 }),
      offset: fc.integer({ min: -30, max: 30 }),
      tif: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const, 'GTX' as const),
      second: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('algo' as const),
      symbol: symbolOf,
      side: sideOf,
      type: fc.constantFrom(...ALGO_TYPES),
      offset: fc.integer({ min: 1, max: 40 }),
      close: fc.boolean(),
      second: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      symbol: symbolOf,
      offset: fc.integer({ min: -20, max: 20 }),
      share: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), symbol: symbolOf }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('funding' as const), symbol: symbolOf, rateE8: fc.integer({ min: -300_000, max: 300_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('margin' as const), symbol: symbolOf, usdt: fc.integer({ min: 1, max: 500 }), add: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('adl' as const), symbol: symbolOf }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('thin' as const), thickness: fc.constantFrom(0.02, 0.3, 1) }) },
);
type Step = typeof stepOf extends fc.Arbitrary<infer T> ? T : never;

interface Setup {
  readonly hedge: boolean;
  readonly isolated: readonly string[];
  readonly leverage: number;
}

/** Drives the exchange and keeps books of its own. */
class Bookkeeper {
  readonly exchange: Exchange;
  readonly #prices = { ...START };
  readonly #hedge: boolean;
  #time: number = T0;
  #count = 0;
  #seenTrades = 0;
  #fees = 0n;
  #cash = 0n;
  #funding = 0n;
  readonly #held = new Map<string, number>();
  liquidations = 0;

  constructor(setup: Setup) {
    this.exchange = new Exchange(INSTRUMENTS, DEPOSIT, T0);
    this.#hedge = setup.hedge;
    for (const symbol of Object.keys(START)) this.#quote(symbol);
    if (setup.hedge) this.exchange.setHedgeMode(true);
    for (const symbol of setup.isolated) this.exchange.setIsolated(symbol, true);
    for (const symbol of Object.keys(START)) this.exchange.setLeverage(symbol, setup.leverage, T0);
  }

  #now(): EpochMs {
    return epochMs(this.#time);
  }

  #quote(symbol: string): void {
    const price = this.#prices[symbol] ?? 1;
    this.exchange.onPrice(symbol, { last: ticks(price), mark: ticks(Math.max(1, Math.round(price * 1.0003))), quoteVolume24h: 2e9 }, this.#now());
  }

  #positionSide(second: boolean): OrderRequest['positionSide'] {
    return this.#hedge ? (second ? 'SHORT' : 'LONG') : 'BOTH';
  }

  #lots(symbol: string, share: number): number {
    return symbol === 'BTCUSDT' ? share * 12 : share * 250_000 + 7;
  }

  run(step: Step): void {
    this.#time += 1000;
    const { exchange } = this;
    const now = this.#now();
    const id = `c${(this.#count += 1)}`;
    switch (step.kind) {
      case 'move':
      case 'crash': {
        const price = this.#prices[step.symbol] ?? 1;
        this.#prices[step.symbol] = Math.max(2000, Math.min(1_500_000, Math.round(price * (1 + step.permille / 1000))));
        this.#quote(step.symbol);
        break;
      }
      case 'market': {
        const base = {
          symbol: step.symbol,
          side: step.side,
          positionSide: this.#positionSide(step.second),
          type: 'MARKET',
          price: null,
          timeInForce: 'GTC',
        } as const;
        exchange.place({ ...base, lots: lots(this.#lots(step.symbol, step.share)), reduceOnly: step.reduce && !this.#hedge, clientOrderId: id }, now);
        break;
      }
      case 'limit': {
        const price = ticks(Math.max(1, Math.round((this.#prices[step.symbol] ?? 1) * (1 + step.offset / 1000))));
        const base = {
          symbol: step.symbol,
          side: step.side,
          positionSide: this.#positionSide(step.second),
          type: 'LIMIT',
          price,
          timeInForce: step.tif,
        } as const;
        exchange.place({ ...base, lots: lots(this.#lots(step.symbol, step.share)), reduceOnly: false, clientOrderId: id }, now);
        break;
      }
      case 'algo': {
        const price = this.#prices[step.symbol] ?? 1;
        const isAbove = (step.side === 'BUY') === (step.type === 'STOP_MARKET' || step.type === 'STOP');
        const trigger = ticks(Math.round(price * (1 + ((isAbove ? 1 : -1) * step.offset) / 1000)));
        const isTrailing = step.type === 'TRAILING_STOP_MARKET';
        const isLimit = step.type === 'STOP' || step.type === 'TAKE_PROFIT';
        const closePosition = step.close && !isLimit && !isTrailing;
        exchange.placeAlgo(
          {
            symbol: step.symbol,
            side: step.side,
            positionSide: this.#positionSide(step.second),
            type: step.type,
            lots: lots(closePosition ? 0 : this.#lots(step.symbol, 20)),
            price: isLimit ? trigger : null,
            trigger: isTrailing ? ticks(0) : trigger,
            workingType: 'MARK_PRICE',
            closePosition,
            reduceOnly: false,
            timeInForce: 'GTC',
            clientAlgoId: id,
            ...(isTrailing ? { callbackBps: 10 * step.offset, activatePrice: null } : {}),
          },
          now,
        );
        break;
      }
      case 'amend': {
        const [order] = exchange.openOrders(step.symbol);
        if (order === undefined) break;
        const price = ticks(Math.max(1, Math.round((this.#prices[step.symbol] ?? 1) * (1 + step.offset / 1000))));
        const key = { orderId: order.orderId, clientOrderId: null };
        exchange.amend({ symbol: step.symbol, key, side: order.side, lots: lots(this.#lots(step.symbol, step.share)), price }, now);
        break;
      }
      case 'cancel': {
        const [order] = exchange.openOrders(step.symbol);
        if (order !== undefined) exchange.cancel(step.symbol, { orderId: order.orderId, clientOrderId: null }, now);
        break;
      }
      case 'funding':
        this.#payFunding(step.symbol, step.rateE8);
        break;
      case 'margin': {
        const change = { symbol: step.symbol, positionSide: this.#positionSide(false), direction: step.add ? 1 : -1, amount: money(step.usdt * 1e8) } as const;
        exchange.changePositionMargin(change, now);
        break;
      }
      case 'adl':
        exchange.autoDeleverage(step.symbol, now);
        break;
      case 'thin':
        exchange.rules.bookThickness = step.thickness;
        break;
    }
    this.#readTrades();
  }

  #payFunding(symbol: string, rateE8: number): void {
    const instrument = INSTRUMENTS.find((entry) => entry.symbol === symbol)!;
    const mark = this.exchange.quote(symbol)!.mark;
    for (const holding of this.exchange.holdings()) {
      if (holding.symbol !== symbol) continue;
      const value = worth(instrument, mark, Math.abs(holding.lots));
      this.#funding += ((holding.lots > 0 ? -value : value) * BigInt(rateE8)) / 10n ** 8n;
    }
    this.exchange.settleFunding(symbol, rateE8, this.#now());
  }

  #readTrades(): void {
    const { trades } = this.exchange;
    for (const trade of trades.slice(this.#seenTrades)) {
      const instrument = INSTRUMENTS.find((entry) => entry.symbol === trade.symbol)!;
      const value = worth(instrument, trade.price, trade.lots);
      this.#cash += trade.side === 'SELL' ? value : -value;
      const rate = trade.maker ? 2n : 5n;
      this.#fees += (value * rate + 9999n) / 10_000n;
      const key = `${trade.symbol} ${trade.positionSide}`;
      this.#held.set(key, (this.#held.get(key) ?? 0) + (trade.side === 'BUY' ? trade.lots : -trade.lots));
      if (trade.clientOrderId.startsWith('autoclose-')) this.liquidations += 1;
    }
    this.#seenTrades = trades.length;
  }

  /** Every balance of the venue against the books kept here. */
  audit(): void {
    const { exchange } = this;
    const sum = exchange.income.reduce((total, line) => total + line.amount, 0);
    expect(sum, 'the wallet is the sum of its lines').toBe(exchange.wallet);
    const insurance = exchange.income.reduce((total, line) => total + (line.type === 'INSURANCE_CLEAR' ? BigInt(line.amount) : 0n), 0n);
    const invested = exchange.holdings().reduce((total, holding) => total + BigInt(holding.entryNotional) * (holding.lots > 0 ? 1n : -1n), 0n);
    const expected = BigInt(DEPOSIT) + this.#cash + invested - this.#fees + this.#funding + insurance;
    expect(BigInt(exchange.wallet), 'wallet = deposit + sold − bought + cost of what is open − fees + funding + insurance').toBe(expected);
    for (const holding of exchange.holdings())
      expect(holding.lots, `${holding.symbol} ${holding.positionSide} is what was traded`).toBe(this.#held.get(`${holding.symbol} ${holding.positionSide}`));
    const open = exchange.holdings().filter((holding) => exchange.isIsolated(holding.symbol));
    const isolated = open.reduce((total, holding) => total + holding.isolatedMargin, 0);
    expect(exchange.wallet - exchange.crossWallet, 'isolated margin belongs to open isolated positions').toBe(isolated);
    if (exchange.holdings().length === 0) expect(exchange.wallet, 'nobody owes the venue money').toBeGreaterThanOrEqual(0);
    for (const order of exchange.allOrders(null)) {
      const fills = exchange.trades.filter((trade) => trade.orderId === order.orderId);
      expect(order.filled).toBe(fills.reduce((total, trade) => total + trade.lots, 0));
      expect(order.filledNotional).toBe(fills.reduce((total, trade) => total + trade.notional, 0));
      expect(order.filled).toBeLessThanOrEqual(Math.max(order.lots, order.filled));
    }
  }
}

const setupOf = fc.record({
  hedge: fc.boolean(),
  isolated: fc.subarray(['BTCUSDT', 'ALTUSDT']),
  leverage: fc.constantFrom(3, 20, 75, 125),
});

describe('conservation of money', () => {
  it('holds to the last unit after every step of random order flow with partial fills, funding, flips, liquidations and deleveraging', () => {
    let liquidations = 0;
    fc.assert(
      fc.property(setupOf, fc.array(stepOf, { minLength: 10, maxLength: 70 }), (setup, steps) => {
        const books = new Bookkeeper(setup);
        for (const step of steps) {
          books.run(step);
          books.audit();
        }
        liquidations += books.liquidations;
      }),
      { numRuns: 1000 },
    );
    expect(liquidations, 'the flow must reach liquidation').toBeGreaterThan(40);
  });

  it('loses no more than its margin on an isolated position, however far price jumps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 95 }), fc.constantFrom(5, 20, 100), fc.boolean(), (percent, leverage, long) => {
        const exchange = new Exchange([sampleInstrument()], DEPOSIT, T0);
        const quote = (price: number): void => exchange.onPrice('BTCUSDT', { last: ticks(price), mark: ticks(price), quoteVolume24h: 5e9 }, T0);
        quote(600_000);
        exchange.setIsolated('BTCUSDT', true);
        exchange.setLeverage('BTCUSDT', leverage, T0);
        const order = {
          symbol: 'BTCUSDT',
          positionSide: 'BOTH',
          type: 'MARKET',
          price: null,
          timeInForce: 'GTC',
          reduceOnly: false,
          clientOrderId: 'one',
        } as const;
        exchange.place({ ...order, side: long ? 'BUY' : 'SELL', lots: lots(100) }, T0);
        const cross = exchange.crossWallet;
        quote(Math.round(600_000 * (1 + ((long ? -1 : 1) * percent) / 100)));
        if (exchange.holdings().length > 0) return;
        expect(exchange.crossWallet).toBe(exchange.wallet);
        expect(exchange.wallet).toBeGreaterThanOrEqual(cross);
      }),
      { numRuns: 100 },
    );
  });
});
