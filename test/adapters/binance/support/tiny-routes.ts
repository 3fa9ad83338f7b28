// Routes of the tiny exchange: a market with contracts and candles that follow from their time, and an account.
import type { Candle } from '../../../../src-shared/domain/candle.ts';
import type { TinyExchange } from './tiny-exchange.ts';

export const STEP_MS = 300_000;
const STEPS: Readonly<Record<string, number>> = { '5m': STEP_MS, '15m': 3 * STEP_MS, '1h': 12 * STEP_MS };

export function contract(symbol: string): Readonly<Record<string, unknown>> {
  return {
    symbol,
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    onboardDate: 1_569_398_400_000,
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0.10', maxPrice: '1000000', tickSize: '0.10' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
      { filterType: 'MIN_NOTIONAL', notional: '5' },
      { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
    ],
  };
}

/** The candle that opens at this time, the same whoever asks. */
export function candleAt(openTime: number): Candle {
  const close = 100 + ((openTime / STEP_MS) % 50);
  return {
    openTime: openTime as Candle['openTime'],
    open: 100,
    high: close + 10,
    low: 90,
    close,
    volume: 7,
    quoteVolume: 700,
    trades: 12,
    takerBuyVolume: 3,
  };
}

function row(openTime: number, stepMs: number): readonly unknown[] {
  const { open, high, low, close, volume, quoteVolume, trades, takerBuyVolume } = candleAt(openTime);
  return [
    openTime,
    String(open),
    String(high),
    String(low),
    String(close),
    String(volume),
    openTime + stepMs - 1,
    String(quoteVolume),
    trades,
    String(takerBuyVolume),
    '0',
    '0',
  ];
}

export interface TinyMarket {
  /** Exchange time. */
  readonly now: () => number;
  readonly symbols: string[];
}

export function serveMarket(exchange: TinyExchange, { now, symbols }: TinyMarket): void {
  /** The same for every symbol. */
  const made = new Map<string, readonly (readonly unknown[])[]>();
  exchange
    .on('GET /fapi/v1/time', () => ({ body: { serverTime: Math.round(now()) } }))
    .on('GET /fapi/v1/exchangeInfo', () => ({ body: { symbols: symbols.map(contract) } }))
    .on('GET /fapi/v1/ticker/24hr', () => ({
      body: symbols.map((symbol, index) => ({
        symbol,
        lastPrice: '100',
        openPrice: '90',
        quoteVolume: String(1e9 - index),
        closeTime: Math.round(now()) - 1000,
      })),
    }))
    .on('GET /fapi/v1/premiumIndex', () => ({
      body: symbols.map((symbol) => ({ symbol, markPrice: '100.5', lastFundingRate: '0.0001', nextFundingTime: 0, time: Math.round(now()) })),
    }))
    .on('GET /fapi/v1/leverageBracket', () => ({ body: [] }))
    .on('GET /fapi/v1/klines', ({ query }) => {
      const interval = query.get('interval') ?? '5m';
      const stepMs = STEPS[interval] ?? STEP_MS;
      const end = query.get('endTime') === null ? Math.floor(now()) : Number(query.get('endTime'));
      const newest = Math.floor(end / stepMs) * stepMs;
      const limit = Number(query.get('limit') ?? 500);
      const key = `${interval} ${newest} ${limit}`;
      const rows = made.get(key) ?? Array.from({ length: limit }, (_, index) => row(newest - (limit - 1 - index) * stepMs, stepMs));
      made.set(key, rows);
      return { body: rows };
    });
}

export function serveAccount(exchange: TinyExchange): void {
  exchange
    .on('GET /fapi/v1/positionSide/dual', () => ({ body: { dualSidePosition: false } }))
    .on('GET /fapi/v3/account', () => ({
      body: { totalWalletBalance: '1000.5', totalUnrealizedProfit: '-1.25', availableBalance: '900.00000001', totalInitialMargin: '50' },
    }))
    .on('GET /fapi/v3/positionRisk', () => ({ body: [] }))
    .on('GET /fapi/v1/openOrders', () => ({ body: [] }))
    .on('GET /fapi/v1/openAlgoOrders', () => ({ body: [] }))
    .on('GET /fapi/v1/userTrades', () => ({ body: [] }))
    .on('GET /fapi/v1/income', () => ({ body: [] }))
    .on('POST /fapi/v1/listenKey', () => ({ body: { listenKey: `key${exchange.calls('POST /fapi/v1/listenKey').length}` } }))
    .on('PUT /fapi/v1/listenKey', () => ({ body: {} }))
    .on('POST /fapi/v1/order', ({ query }) => ({
      body: {
        orderId: 11,
        symbol: query.get('symbol'),
        status: query.get('type') === 'MARKET' ? 'FILLED' : 'NEW',
        clientOrderId: query.get('newClientOrderId'),
        price: query.get('price') ?? '0',
        origQty: query.get('quantity'),
        executedQty: query.get('type') === 'MARKET' ? query.get('quantity') : '0',
        side: query.get('side'),
        positionSide: query.get('positionSide') ?? 'BOTH',
        reduceOnly: query.get('reduceOnly') === 'true',
        updateTime: Date.now(),
      },
    }))
    .on('POST /fapi/v1/algoOrder', ({ query }) => ({
      body: {
        algoId: 2_000_000_547_400_625,
        clientAlgoId: query.get('clientAlgoId'),
        orderType: query.get('type'),
        symbol: query.get('symbol'),
        side: query.get('side'),
        positionSide: 'BOTH',
        quantity: query.get('quantity') ?? '0',
        algoStatus: 'NEW',
        triggerPrice: query.get('triggerPrice'),
        closePosition: query.get('closePosition') === 'true',
        reduceOnly: query.get('reduceOnly') === 'true',
        updateTime: Date.now(),
      },
    }))
    .on('GET /fapi/v1/order', ({ query }) => ({
      body: {
        orderId: 11,
        symbol: query.get('symbol'),
        status: 'NEW',
        clientOrderId: query.get('origClientOrderId'),
        price: '100.1',
        avgPrice: '0',
        origQty: '0.005',
        executedQty: '0',
        side: 'BUY',
        positionSide: 'BOTH',
        updateTime: 1_700_000_000_000,
      },
    }))
    .on('DELETE /fapi/v1/order', () => ({ body: { status: 'CANCELED' } }))
    .on('DELETE /fapi/v1/algoOrder', () => ({ body: { algoId: 1, clientAlgoId: 'x', code: '200', msg: 'success' } }))
    .on('POST /fapi/v1/marginType', () => ({ status: 400, body: { code: -4046, msg: 'No need to change margin type.' } }))
    .on('POST /fapi/v1/leverage', ({ query }) => ({
      body: { leverage: Number(query.get('leverage')), maxNotionalValue: '1000000', symbol: query.get('symbol') },
    }));
}
