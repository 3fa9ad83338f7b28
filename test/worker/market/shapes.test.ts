// Every answer and frame of the venue has the fields and the kinds of values that the exchange's own documentation shows.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { until } from '../../support/terminal.ts';
import { openVenue, type Fixture, type Heard } from './support/venue.ts';

const hasData = hasSharedData();

/** Fields that belong to other kinds of orders or accounts than the example at hand. */
const ELSEWHERE = new Set([
  'activatePrice',
  'priceRate',
  'AP',
  'cr',
  'rpiCommissionRate',
  'isRPITrade',
  'modifyId',
  'code',
  'msg',
  'settlePlan',
  'tpTriggerPrice',
  'indicators',
  'filters',
  // How many coins there are is known to a third party.
  'CMCCirculatingSupply',
]);
/** Written as text in one page of the documentation and as a number or null in another. */
const LOOSE = new Set(['icebergQuantity', 'tradeId', 'countdownTime', 'amount', 'adlQuantile', 'goodTillDate', 'isAutoAddMargin']);

function differences(actual: unknown, documented: unknown, path: string): readonly string[] {
  if (Array.isArray(documented)) {
    if (!Array.isArray(actual)) return [`${path} is not a list`];
    const [example] = documented;
    if (example === undefined || typeof example !== 'object') return [];
    return actual.length === 0 ? [`${path} is empty`] : differences(actual[0], example, `${path}[0]`);
  }
  if (typeof documented !== 'object' || documented === null)
    return typeof actual === typeof documented ? [] : [`${path} is ${typeof actual}, documented ${typeof documented}`];
  if (typeof actual !== 'object' || actual === null) return [`${path} is not an object`];
  return Object.entries(documented).flatMap(([name, value]) => {
    if (ELSEWHERE.has(name) || LOOSE.has(name)) return [];
    if (!(name in actual)) return [`${path}.${name} is missing`];
    return differences((actual as Record<string, unknown>)[name], value, `${path}.${name}`);
  });
}

type Examples = Readonly<Record<string, unknown>>;
const read = (file: string): Examples => JSON.parse(readFileSync(sharedPath('data', 'binance', 'doc_examples', file), 'utf8')) as Examples;

describe.skipIf(!hasData)('answers as documented (needs the shared data folder)', () => {
  let fixture: Fixture;
  let documented: Examples;
  const check = (name: string, actual: unknown): void => expect(differences(actual, documented[name], name), JSON.stringify(actual).slice(0, 300)).toEqual([]);
  const rest = (name: string): string => `rest-api/${name}`;

  beforeAll(async () => {
    documented = read('official_connector_examples.json');
    fixture = await openVenue();
  });
  afterAll(() => fixture.close());

  it('market data', async () => {
    const of = async (name: string, path: string, query = 'symbol=ETHUSDT'): Promise<void> =>
      check(rest(`MarketDataApiTest.${name}`), (await fixture.get(path, query)).body);
    await of('checkServerTime', '/fapi/v1/time', '');
    await of('exchangeInformation', '/fapi/v1/exchangeInfo', '');
    const rules = (await fixture.get('/fapi/v1/exchangeInfo')).body as {
      readonly symbols: readonly { readonly filters: readonly { readonly filterType: string }[] }[];
    };
    expect(rules.symbols[0]?.filters.map((filter) => filter.filterType)).toEqual([
      'PRICE_FILTER',
      'LOT_SIZE',
      'MARKET_LOT_SIZE',
      'MAX_NUM_ORDERS',
      'MIN_NOTIONAL',
      'PERCENT_PRICE',
      'POSITION_RISK_CONTROL',
    ]);
    await of('orderBook', '/fapi/v1/depth', 'symbol=ETHUSDT&limit=5');
    await of('compressedAggregateTradesList', '/fapi/v1/aggTrades');
    await of('recentTradesList', '/fapi/v1/trades');
    await of('markPrice', '/fapi/v1/premiumIndex');
    await of('getFundingRateHistory', '/fapi/v1/fundingRate');
    await of('openInterest', '/fapi/v1/openInterest');
    await of('symbolOrderBookTicker', '/fapi/v1/ticker/bookTicker');
    await of('symbolPriceTickerV2', '/fapi/v2/ticker/price');
    await of('ticker24hrPriceChangeStatistics', '/fapi/v1/ticker/24hr');
    await of('longShortRatio', '/futures/data/globalLongShortAccountRatio', 'symbol=ETHUSDT&period=5m');
    await of('topTraderLongShortRatioAccounts', '/futures/data/topLongShortAccountRatio', 'symbol=ETHUSDT&period=5m');
    await of('topTraderLongShortRatioPositions', '/futures/data/topLongShortPositionRatio', 'symbol=ETHUSDT&period=5m');
    await of('openInterestStatistics', '/futures/data/openInterestHist', 'symbol=ETHUSDT&period=5m');
    await of('takerBuySellVolume', '/futures/data/takerlongshortRatio', 'symbol=ETHUSDT&period=5m');
    await of('basis', '/futures/data/basis', 'pair=ETHUSDT&contractType=PERPETUAL&period=5m');
    await of('rpiOrderBook', '/fapi/v1/rpiDepth');
    await of('tradingSchedule', '/fapi/v1/tradingSchedule', '');
    await of('adlRisk', '/fapi/v1/symbolAdlRisk');
    await of('queryIndexPriceConstituents', '/fapi/v1/constituents');
    const klines = (await fixture.get('/fapi/v1/klines', 'symbol=ETHUSDT&interval=1m&limit=5')).body as readonly (readonly unknown[])[];
    expect(klines).toHaveLength(5);
    expect(klines[0]?.map((value) => typeof value)).toEqual([
      'number',
      'string',
      'string',
      'string',
      'string',
      'string',
      'number',
      'string',
      'number',
      'string',
      'string',
      'string',
    ]);
  });

  it('orders, conditional orders, account and history', async () => {
    const call = async (name: string, method: string, path: string, parameters: Readonly<Record<string, string | number | boolean>> = {}): Promise<unknown> => {
      const answer = await fixture.signed(method, path, parameters);
      expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(200);
      check(rest(name), answer.body);
      return answer.body;
    };
    const symbol = 'ETHUSDT';
    const price = Number(((await fixture.get('/fapi/v2/ticker/price', `symbol=${symbol}`)).body as { readonly price: string }).price);
    await call('AccountApiTest.futuresAccountConfiguration', 'GET', '/fapi/v1/accountConfig');
    await call('TradeApiTest.changeMarginType', 'POST', '/fapi/v1/marginType', { symbol, marginType: 'ISOLATED' });
    await call('TradeApiTest.changeInitialLeverage', 'POST', '/fapi/v1/leverage', { symbol, leverage: 10 });
    const limit = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: (price * 0.95).toFixed(2) };
    const order = (await call('TradeApiTest.newOrder', 'POST', '/fapi/v1/order', { ...limit, newClientOrderId: 'shape-1' })) as { readonly orderId: number };
    const { orderId } = order;
    await call('TradeApiTest.testOrder', 'POST', '/fapi/v1/order/test', limit);
    await call('AccountApiTest.toggleBnbBurnOnFuturesTrade', 'POST', '/fapi/v1/feeBurn', { feeBurn: false });
    await call('TradeApiTest.queryOrder', 'GET', '/fapi/v1/order', { symbol, orderId });
    await call('TradeApiTest.queryCurrentOpenOrder', 'GET', '/fapi/v1/openOrder', { symbol, orderId });
    await call('TradeApiTest.currentAllOpenOrders', 'GET', '/fapi/v1/openOrders', { symbol });
    await call('TradeApiTest.modifyOrder', 'PUT', '/fapi/v1/order', { ...limit, orderId, quantity: '0.2' });
    await call('TradeApiTest.getOrderModifyHistory', 'GET', '/fapi/v1/orderAmendment', { symbol });
    await call('TradeApiTest.cancelOrder', 'DELETE', '/fapi/v1/order', { symbol, orderId });
    await call('TradeApiTest.placeMultipleOrders', 'POST', '/fapi/v1/batchOrders', { batchOrders: JSON.stringify([limit, limit]) });
    const open = (await fixture.signed('GET', '/fapi/v1/openOrders', { symbol })).body as readonly { readonly orderId: number }[];
    expect(open).toHaveLength(2);
    const [first, second] = open.map((entry) => entry.orderId);
    await call('TradeApiTest.modifyMultipleOrders', 'PUT', '/fapi/v1/batchOrders', {
      batchOrders: JSON.stringify([{ ...limit, orderId: first, quantity: '0.3' }]),
    });
    await call('TradeApiTest.cancelMultipleOrders', 'DELETE', '/fapi/v1/batchOrders', { symbol, orderIdList: JSON.stringify([first, second]) });
    await call('TradeApiTest.autoCancelAllOpenOrders', 'POST', '/fapi/v1/countdownCancelAll', { symbol, countdownTime: 100_000 });
    await call('TradeApiTest.cancelAllOpenOrders', 'DELETE', '/fapi/v1/allOpenOrders', { symbol });
    await fixture.signed('POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity: '0.5' });
    await call('TradeApiTest.modifyIsolatedPositionMargin', 'POST', '/fapi/v1/positionMargin', { symbol, amount: 50, type: 1 });
    await call('TradeApiTest.getPositionMarginChangeHistory', 'GET', '/fapi/v1/positionMargin/history', { symbol });
    const stop = { symbol, algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', triggerPrice: (price * 0.9).toFixed(2), closePosition: true };
    const algo = (await call('TradeApiTest.newAlgoOrder', 'POST', '/fapi/v1/algoOrder', stop)) as { readonly algoId: number };
    await call('TradeApiTest.currentAllAlgoOpenOrders', 'GET', '/fapi/v1/openAlgoOrders', { symbol });
    await call('TradeApiTest.queryAlgoOrder', 'GET', '/fapi/v1/algoOrder', { algoId: algo.algoId });
    await call('TradeApiTest.queryAllAlgoOrders', 'GET', '/fapi/v1/allAlgoOrders', { symbol });
    await call('TradeApiTest.cancelAlgoOrder', 'DELETE', '/fapi/v1/algoOrder', { algoId: algo.algoId });
    await call('TradeApiTest.cancelAllAlgoOpenOrders', 'DELETE', '/fapi/v1/algoOpenOrders', { symbol });
    await call('AccountApiTest.accountInformationV3', 'GET', '/fapi/v3/account');
    await call('AccountApiTest.accountInformationV2', 'GET', '/fapi/v2/account');
    await call('AccountApiTest.futuresAccountBalanceV3', 'GET', '/fapi/v3/balance');
    await call('TradeApiTest.positionInformationV3', 'GET', '/fapi/v3/positionRisk', { symbol });
    await call('TradeApiTest.positionInformationV2', 'GET', '/fapi/v2/positionRisk', { symbol });
    await call('AccountApiTest.symbolConfiguration', 'GET', '/fapi/v1/symbolConfig', { symbol });
    await call('AccountApiTest.notionalAndLeverageBrackets', 'GET', '/fapi/v1/leverageBracket', { symbol });
    await call('AccountApiTest.getCurrentPositionMode', 'GET', '/fapi/v1/positionSide/dual');
    await call('AccountApiTest.getCurrentMultiAssetsMode', 'GET', '/fapi/v1/multiAssetsMargin');
    await call('AccountApiTest.getBnbBurnStatus', 'GET', '/fapi/v1/feeBurn');
    await call('AccountApiTest.queryUserRateLimit', 'GET', '/fapi/v1/rateLimit/order');
    await call('AccountApiTest.userCommissionRate', 'GET', '/fapi/v1/commissionRate', { symbol });
    await call('AccountApiTest.getIncomeHistory', 'GET', '/fapi/v1/income');
    await call('TradeApiTest.positionAdlQuantileEstimation', 'GET', '/fapi/v1/adlQuantile');
    await call('TradeApiTest.accountTradeList', 'GET', '/fapi/v1/userTrades', { symbol });
    await call('TradeApiTest.allOrders', 'GET', '/fapi/v1/allOrders', { symbol });
    await call('TradeApiTest.futuresTradfiPerpsContract', 'POST', '/fapi/v1/stock/contract');
    await fixture.control('POST', '/venue/chaos/now', { kind: 'gap', symbol, percent: -40 });
    await call('TradeApiTest.usersForceOrders', 'GET', '/fapi/v1/forceOrders', { symbol });
    await fixture.control('POST', '/venue/chaos/now', { kind: 'gap', symbol, percent: 40 });
  });

  it('public streams', async () => {
    const cases: readonly (readonly [door: string, stream: string, example: string])[] = [
      ['market', 'ethusdt@aggTrade', 'MarketApiTest.aggregateTradeStreams'],
      ['market', 'ethusdt@kline_1m', 'MarketApiTest.klineCandlestickStreams'],
      ['market', 'ethusdt_perpetual@continuousKline_1h', 'MarketApiTest.continuousContractKlineCandlestickStreams'],
      ['market', 'ethusdt@miniTicker', 'MarketApiTest.individualSymbolMiniTickerStream'],
      ['market', 'ethusdt@ticker', 'MarketApiTest.individualSymbolTickerStreams'],
      ['market', 'ethusdt@markPrice@1s', 'MarketApiTest.markPriceStream'],
      ['market', '!miniTicker@arr', 'MarketApiTest.allMarketMiniTickersStream'],
      ['market', '!ticker@arr', 'MarketApiTest.allMarketTickersStreams'],
      ['market', '!markPrice@arr@1s', 'MarketApiTest.markPriceStreamForAllMarket'],
      ['market', '!forceOrder@arr', 'MarketApiTest.allMarketLiquidationOrderStreams'],
      ['market', 'ethusdt@forceOrder', 'MarketApiTest.liquidationOrderStreams'],
      ['market', '!contractInfo', 'MarketApiTest.contractInfoStream'],
      ['public', 'ethusdt@bookTicker', 'PublicApiTest.individualSymbolBookTickerStreams'],
      ['public', '!bookTicker', 'PublicApiTest.allBookTickersStream'],
      ['public', 'ethusdt@depth@100ms', 'PublicApiTest.diffBookDepthStreams'],
      ['public', 'ethusdt@depth5', 'PublicApiTest.partialBookDepthStreams'],
    ];
    const sockets = new Map<string, Heard>();
    for (const door of ['market', 'public']) {
      const streams = cases.filter(([where]) => where === door).map(([, stream]) => stream);
      sockets.set(door, await fixture.open(`/${door}/stream?streams=${streams.join('/')}`));
    }
    await new Promise((resume) => setTimeout(resume, 300));
    await fixture.control('POST', '/venue/chaos/now', { kind: 'gap', symbol: 'ETHUSDT', percent: -1 });
    await fixture.control('POST', '/venue/chaos/now', { kind: 'coarser-filters', symbol: 'ETHUSDT', ticks: 2, lots: 1 });
    for (const [door, stream, example] of cases) {
      const frame = await until(
        stream,
        () => Promise.resolve(sockets.get(door)?.frames.find((entry) => entry['stream'] === stream && isFull(entry['data']))),
        20_000,
      );
      check(`websocket-streams/${example}`, frame['data']);
    }
  });

  it('user events', async () => {
    const events = read('stream_events.json') as Readonly<Record<string, { readonly data: { readonly o?: object } }>>;
    const { body } = await fixture.control('POST', '/fapi/v1/listenKey');
    const { listenKey } = body as { readonly listenKey: string };
    const heard = await fixture.open(`/private/stream?listenKey=${listenKey}`);
    const symbol = 'SOLUSDT';
    await fixture.signed('POST', '/fapi/v1/leverage', { symbol, leverage: 50 });
    const price = Number(((await fixture.get('/fapi/v2/ticker/price', `symbol=${symbol}`)).body as { readonly price: string }).price);
    await fixture.signed('POST', '/fapi/v1/order', { symbol, side: 'BUY', type: 'MARKET', quantity: (19_000 / price).toFixed(2) });
    const scale = 2;
    await fixture.signed('POST', '/fapi/v1/algoOrder', {
      symbol,
      algoType: 'CONDITIONAL',
      side: 'SELL',
      type: 'TAKE_PROFIT',
      triggerPrice: (price * 1.5).toFixed(scale),
      price: (price * 1.5).toFixed(scale),
      quantity: '1',
      timeInForce: 'GTC',
    });
    // Slowly enough to be warned before the end.
    for (let step = 0; step < 200; step += 1) await fixture.control('POST', '/venue/chaos/now', { kind: 'gap', symbol, percent: step < 115 ? -0.6 : -0.1 });
    await fixture.control('POST', '/venue/chaos/now', { kind: 'expire-listen-key' });
    const cases: readonly (readonly [string, string])[] = [
      ['ORDER_TRADE_UPDATE', 'OrderUpdate'],
      ['ACCOUNT_UPDATE', 'AccountUpdate'],
      ['ALGO_UPDATE', 'AlgoOrderUpdate'],
      ['ACCOUNT_CONFIG_UPDATE', 'Leverage'],
      ['TRADE_LITE', 'TradeUpdate'],
      ['MARGIN_CALL', 'MarginUpdate'],
      ['listenKeyExpired', 'ListenKeyExpired'],
    ];
    for (const [name, example] of cases) {
      const frame = await heard.find(name, (entry) => (entry['data'] as { readonly e: string } | undefined)?.e === name);
      const wanted = events[example];
      const relevant = name === 'ALGO_UPDATE' ? withoutMade(wanted) : wanted;
      expect(differences(frame, relevant, name)).toEqual([]);
    }
  });
});

/** A difference that touches only one side of the book shows nothing of the other. */
function isFull(data: unknown): boolean {
  const { b, a } = data as { readonly b?: unknown; readonly a?: unknown };
  return !Array.isArray(b) || !Array.isArray(a) || (b.length > 0 && a.length > 0);
}

/** A conditional that has not triggered says nothing yet of the order it will make. */
function withoutMade(example: { readonly data: { readonly o?: object } } | undefined): unknown {
  const { ap: _price, aq: _quantity, act: _type, ...rest } = (example?.data.o ?? {}) as Record<string, unknown>;
  return { ...example, data: { ...example?.data, o: rest } };
}
