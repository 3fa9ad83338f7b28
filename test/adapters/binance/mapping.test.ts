// Recorded and documented payloads become exact instruments, orders, fills, positions and money.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatPrice, formatQuantity, type Instrument } from '../../../src-shared/domain/instrument.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { VenueEvent } from '../../../src-main/core/ports.ts';
import { toAccountUpdate, toVenueAccount, toVenuePosition } from '../../../src-main/adapters/binance/account-mapping.ts';
import { toBrackets, toInstrument } from '../../../src-main/adapters/binance/instrument-mapping.ts';
import { readMarketFrame } from '../../../src-main/adapters/binance/market-frames.ts';
import { toAlgoReport, toFill, toOrderReport } from '../../../src-main/adapters/binance/order-mapping.ts';
import {
  accountSchema,
  algoSchema,
  algosSchema,
  bracketsSchema,
  dualSchema,
  exchangeInfoSchema,
  klinesSchema,
  leverageSchema,
  listenKeySchema,
  orderSchema,
  ordersSchema,
  positionsSchema,
  premiumsSchema,
  timeSchema,
  tradesSchema,
} from '../../../src-main/adapters/binance/rest-schemas.ts';
import { accountEventSchema } from '../../../src-main/adapters/binance/stream-schemas.ts';
import { readUserFrame, type UserFrame } from '../../../src-main/adapters/binance/user-frames.ts';
import { plainDecimal } from '../../../src-main/adapters/binance/wire-values.ts';
import { hasSharedData } from '../../support/shared.ts';
import { CONNECTOR, example, PEER, recordedJson, recordedLines, recordedRows, STREAM_EVENTS } from './support/recorded.ts';

/** Rules fine enough for every contract of the recordings. */
function anyInstrument(symbol: string): Instrument {
  const rules = {
    symbol,
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: symbol.slice(0, -4),
    quoteAsset: 'USDT',
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0', maxPrice: '1000000', tickSize: '0.000001' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000000', stepSize: '0.001' },
    ],
  };
  const instrument = toInstrument(rules, []);
  if (instrument === null) throw new Error('the sample rules must be readable');
  return instrument;
}
const context = { instrumentOf: anyInstrument, priceOf: () => null };

function orderEvents(frames: readonly UserFrame[]): readonly Extract<VenueEvent, { readonly kind: 'order' }>[] {
  return frames.flatMap((frame) => (frame.kind === 'events' ? frame.events : [])).filter((event) => event.kind === 'order');
}

describe('decimals on the wire', () => {
  it.each([
    ['0.00100', '0.00100'],
    ['-12.5', '-12.5'],
    ['+3', '3'],
    ['0E-8', '0.00000000'],
    ['1e-7', '0.0000001'],
    ['1.5e3', '1500'],
    ['9.99E+2', '999'],
    ['007.5', '7.5'],
    ['5.', '5'],
  ])('%s is %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each(['', ' ', '1,5', '0x10', 'NaN', 'Infinity', '1e999', '--1', '1.2.3', '１', '1'.repeat(30), `0.${'0'.repeat(40)}1`, 'null'])(
    '%j is no number',
    (text) => {
      expect(plainDecimal(text)).toBeNull();
    },
  );

  it('keeps every digit: any number of any sign and exponent means the same before and after', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -15, max: 6 }), (mantissa, exponent) => {
        const plain = plainDecimal(`${mantissa}e${exponent}`);
        expect(plain).not.toMatch(/e/i);
        expect(Number(plain)).toBe(Number(`${mantissa}e${exponent}`));
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

describe('market arrays', () => {
  it('mix kinds of contracts, also in a message of their own; a row that cannot be read costs only itself', () => {
    const mark = { e: 'markPriceUpdate', E: 1, s: 'TSLAUSDT', p: '100', i: '100', r: '', T: 0, st: 1 };
    const read = (data: unknown): unknown => {
      const frame = readMarketFrame(JSON.stringify({ stream: '!markPrice@arr@1s', data }));
      return frame.kind === 'mark-prices' ? [frame.rows.map(({ s }) => s), frame.malformed] : frame.kind;
    };
    expect(read([mark, { ...mark, p: '' }, { ...mark, s: 'BTCUSD_PERP', st: 2 }])).toEqual([['TSLAUSDT', 'BTCUSD_PERP'], 1]);
    expect(read(mark)).toEqual([['TSLAUSDT'], 0]);
    expect(read(null)).toEqual([[], 1]);
  });
});

describe.skipIf(!hasSharedData())('recorded payloads (shared data)', () => {
  it.each([
    ['recorded/exchangeInfo.mainnet.2021-07-22.json.gz', 122],
    ['recorded/exchangeInfo.testnet.2025-12-24.json.gz', 660],
    ['recorded/exchangeInfo.testnet.2026-03-31.reserialised.json.gz', 705],
  ])('%s: every contract is read, and L10 its tick and step come back digit for digit', (name, total) => {
    const raw = recordedJson(name) as {
      readonly symbols: readonly {
        readonly symbol: string;
        readonly contractType: string;
        readonly quoteAsset: string;
        readonly filters: readonly Readonly<Record<string, string>>[];
      }[];
    };
    const parsed = exchangeInfoSchema.parse(raw).symbols;
    expect([parsed.rows.length, parsed.malformed]).toEqual([total, 0]);
    let read = 0;
    for (const [index, rules] of parsed.rows.entries()) {
      const instrument = toInstrument(rules, []);
      const filter = (type: string): Readonly<Record<string, string>> => raw.symbols[index]?.filters.find(({ filterType }) => filterType === type) ?? {};
      // A contract that waits for its listing has the tick size 0: nothing can be priced in it.
      const isOurs = rules.contractType === 'PERPETUAL' && rules.quoteAsset === 'USDT' && Number(filter('PRICE_FILTER')['tickSize']) > 0;
      expect([rules.symbol, instrument !== null]).toEqual([rules.symbol, isOurs]);
      if (instrument === null) continue;
      read += 1;
      expect(Number(formatPrice(instrument, ticks(1)))).toBe(Number(filter('PRICE_FILTER')['tickSize']));
      expect(Number(formatQuantity(instrument, lots(1)))).toBe(Number(filter('LOT_SIZE')['stepSize']));
      expect(Number(formatQuantity(instrument, instrument.minLots))).toBe(Number(filter('LOT_SIZE')['minQty']));
      const overshoot = Number(filter('MARKET_LOT_SIZE')['maxQty']) - Number(formatQuantity(instrument, instrument.marketMaxLots));
      expect(overshoot).toBeGreaterThanOrEqual(0);
      expect(overshoot).toBeLessThan(Number(filter('LOT_SIZE')['stepSize']));
      expect(formatQuantity(instrument, lots(1))).not.toMatch(/e/i);
    }
    expect(read).toBeGreaterThan(90);
  });

  it('L11 leverage brackets of 676 contracts: ordered and without a hole', () => {
    const { rows, malformed } = bracketsSchema.parse(recordedJson('recorded/leverageBracket.mainnet.2026-05-07.json.gz'));
    expect([rows.length, malformed]).toEqual([676, 0]);
    for (const [symbol, brackets] of toBrackets(rows)) {
      expect(brackets[0]?.notionalFloor).toBe(0);
      for (const [index, bracket] of brackets.entries())
        if (index > 0) expect([symbol, bracket.notionalFloor]).toEqual([symbol, brackets[index - 1]?.notionalCap]);
    }
  });

  it('mark prices of 521 contracts, four of them without a next funding', () => {
    const { rows, malformed } = premiumsSchema.parse(recordedJson('recorded/premiumIndex.mainnet.2025-06-17.json.gz'));
    expect([rows.length, malformed, rows.filter(({ nextFundingTime }) => nextFundingTime === 0).length]).toEqual([521, 0, 4]);
  });

  it('candles of 519 contracts', () => {
    const bodies = recordedLines('recorded/klines_1d.mainnet.2025-06-29.jsonl.gz') as readonly { readonly body: unknown }[];
    const parsed = bodies.map(({ body }) => klinesSchema.parse(body));
    expect([parsed.length, parsed.reduce((sum, { malformed }) => sum + malformed, 0)]).toEqual([519, 0]);
    expect(parsed.reduce((sum, { rows }) => sum + rows.length, 0)).toBeGreaterThan(6000);
  });

  it('1535 frames of a combined stream: none is malformed, none is mistaken for a five-minute candle', () => {
    const frames = recordedLines('recorded/ws_combined.mainnet.2021-07-22.jsonl.gz') as readonly { readonly msg: unknown }[];
    const kinds = new Set(frames.map(({ msg }) => readMarketFrame(JSON.stringify(msg)).kind));
    expect([frames.length, [...kinds]]).toEqual([1535, ['ignored']]);
  });

  it('the same recorded candles are understood when their interval is ours', () => {
    const frames = recordedLines('recorded/ws_combined.mainnet.2021-07-22.jsonl.gz') as readonly {
      readonly msg: { readonly stream: string; readonly data: { readonly k?: { readonly t: number } } };
    }[];
    const candles = frames.filter(({ msg }) => msg.stream.includes('kline'));
    const read = candles.map(({ msg }) => {
      const t = Math.floor((msg.data.k?.t ?? 0) / 300_000) * 300_000;
      return readMarketFrame(JSON.stringify({ ...msg, data: { ...msg.data, k: { ...msg.data.k, i: '5m', t, T: t + 299_999 } } }));
    });
    expect([read.length, read.filter(({ kind }) => kind === 'candle').length]).toEqual([67, 67]);
  });

  it('197 fills: quantity, fee and realised profit are exact to the last digit', () => {
    const rows = recordedRows('recorded/userTrades.testnet.2025-06-21.csv.gz').map((row) => ({
      ...row,
      maker: row['maker'] === 'True',
      time: Number(row['time']),
    }));
    const fills = tradesSchema.parse(rows).map((trade) => toFill(trade, anyInstrument(trade.symbol), () => null));
    expect(fills).toHaveLength(197);
    expect(fills[0]).toMatchObject({
      tradeId: '359311800',
      venueOrderId: '4577210959',
      side: 'SELL',
      lots: 1,
      price: 103_862.5,
      fee: 4_154_500,
      maker: false,
      time: 1_750_500_317_887,
    });
    const exact = recordedRows('recorded/userTrades.testnet.2025-06-21.csv.gz').reduce(
      (sum, row) => sum + BigInt(Math.round(Number(row['commission']) * 1e8)),
      0n,
    );
    expect(fills.reduce((sum, { fee }) => sum + BigInt(fee), 0n)).toBe(exact);
  });

  it('real order lives: each scenario ends in the state its name says', () => {
    const lines = recordedLines('recorded/user_stream.2026-03.jsonl.gz') as readonly { readonly scenario: string; readonly msg: unknown }[];
    const lives = Object.groupBy(lines, ({ scenario }) => scenario);
    const summary = Object.entries(lives).map(([scenario, events]) => {
      const frames = (events ?? []).map(({ msg }) => readUserFrame(JSON.stringify(msg), context));
      return [
        scenario,
        frames.map((frame) =>
          frame.kind === 'events'
            ? frame.events
                .map((event) =>
                  event.kind === 'order'
                    ? `${event.report.conditional ? 'algo ' : ''}${event.report.status}${event.fill === null ? '' : ` +${event.fill.lots}`}`
                    : event.kind,
                )
                .join()
            : frame.kind,
        ),
      ];
    });
    expect(Object.fromEntries(summary)).toEqual({
      LimitSubmittedCancelled: ['resting', 'canceled'],
      LimitSubmittedFilled: ['resting', 'filled +800000'],
      MarketSubmittedFilled: ['resting', 'filled +800000'],
      StopLimitSubmittedExpired: ['resting', 'expired', 'resync-needed'],
      StopLimitSubmittedFilled: [
        'algo resting',
        'algo triggered',
        'resting',
        'algo triggered',
        'algo triggered',
        'algo rejected',
        'filled +800000',
        'algo filled',
      ],
      StopMarketSubmitPartiallyFilledFilled: [
        'algo resting',
        'algo triggered',
        'resting',
        'partially_filled +760000',
        'filled +40000',
        'algo triggered',
        'algo filled',
      ],
      StopMarketSubmittedCanceled: ['algo resting', 'algo canceled'],
    });
  });

  it('a triggered conditional names its new order, and that order carries our client id', () => {
    const lines = recordedLines('recorded/user_stream.2026-03.jsonl.gz') as readonly { readonly scenario: string; readonly msg: unknown }[];
    const events = orderEvents(
      lines.filter(({ scenario }) => scenario === 'StopMarketSubmitPartiallyFilledFilled').map(({ msg }) => readUserFrame(JSON.stringify(msg), context)),
    );
    const algo = events.find(({ report }) => report.conditional && report.triggeredOrderId !== null)?.report;
    const real = events.find(({ report }) => !report.conditional)?.report;
    expect(algo).toMatchObject({ clientOrderId: '3q6MTOEHBSe4E80HLqoeq1', venueOrderId: '2000000547321628', triggeredOrderId: '4904005884', purpose: 'stop' });
    expect([real?.venueOrderId, real?.clientOrderId]).toEqual([algo?.triggeredOrderId, algo?.clientOrderId]);
  });

  it('a conditional rejected at its trigger keeps the reason', () => {
    const lines = recordedLines('recorded/user_stream.2026-03.jsonl.gz') as readonly { readonly msg: unknown }[];
    const rejected = orderEvents(lines.map(({ msg }) => readUserFrame(JSON.stringify(msg), context))).find(({ report }) => report.status === 'rejected');
    expect(rejected?.report.reason).toBe('margin not enough');
  });
});

describe.skipIf(!hasSharedData())('documented payloads (shared data)', () => {
  it('answers of the order endpoints', () => {
    const btc = anyInstrument('BTCUSDT');
    const rest = (name: string): unknown => example(CONNECTOR, `rest-api/${name}`);
    expect(toOrderReport(orderSchema.parse(rest('TradeApiTest.newOrder')), btc)).toMatchObject({
      venueOrderId: '22542179',
      status: 'resting',
      lots: 10_000,
      filledLots: 0,
      averagePrice: 0,
      price: null,
    });
    expect(toOrderReport(orderSchema.parse(rest('TradeApiTest.queryOrder')), btc)).toMatchObject({ clientOrderId: 'abc', lots: 400, positionSide: 'SHORT' });
    expect(ordersSchema.parse(rest('TradeApiTest.currentAllOpenOrders'))).toHaveLength(1);
    expect(toAlgoReport(algoSchema.parse(rest('TradeApiTest.newAlgoOrder')), btc)).toMatchObject({
      conditional: true,
      status: 'resting',
      trigger: 750_000_000,
      purpose: 'target',
      lots: 10,
    });
    expect(toAlgoReport(algoSchema.parse(rest('TradeApiTest.queryAlgoOrder')), btc)).toMatchObject({ status: 'canceled', triggeredOrderId: null });
    expect(algosSchema.parse(rest('TradeApiTest.currentAllAlgoOpenOrders'))).toHaveLength(1);
    expect(algosSchema.parse(example(PEER, 'rs/http_json/open_algo_orders.json'))).toHaveLength(1);
    expect(leverageSchema.parse(rest('TradeApiTest.changeInitialLeverage')).leverage).toBe(21);
    expect(dualSchema.parse(rest('AccountApiTest.getCurrentPositionMode')).dualSidePosition).toBe(true);
    expect(listenKeySchema.parse(rest('UserDataStreamsApiTest.startUserDataStream')).listenKey).toMatch(/^pqia91/);
    expect(timeSchema.parse(rest('MarketDataApiTest.checkServerTime')).serverTime).toBe(1_499_827_319_559);
    expect(tradesSchema.parse(rest('TradeApiTest.accountTradeList'))).toHaveLength(1);
  });

  it('positions of the current version carry no leverage: it follows from notional and margin', () => {
    const [row] = positionsSchema.parse(example(CONNECTOR, 'rest-api/TradeApiTest.positionInformationV3'));
    expect(row === undefined ? null : toVenuePosition(row, anyInstrument('ADAUSDT'))).toEqual({
      symbol: 'ADAUSDT',
      positionSide: 'BOTH',
      lots: 30_000,
      entryPrice: 0.385,
      markPrice: 0.4104759,
      unrealised: 76_427_700,
      liquidationPrice: null,
      leverage: 20,
      isolated: false,
      initialMargin: 61_571_385,
    });
  });

  it('positions of the older version, one-way and hedge, with their own leverage', () => {
    const hedge = positionsSchema
      .parse(example(PEER, 'py/http_responses/http_futures_account_positions_hedge.json'))
      .map((row) => toVenuePosition(row, anyInstrument(row.symbol)));
    expect(hedge.map(({ positionSide, lots: held, leverage, isolated }) => [positionSide, held, leverage, isolated])).toEqual([
      ['LONG', 20_000, 10, true],
      ['SHORT', -10_000, 10, true],
    ]);
  });

  it('the account, exact to 1e-8', () => {
    expect(toVenueAccount(accountSchema.parse(example(CONNECTOR, 'rest-api/AccountApiTest.accountInformationV3')), true)).toEqual({
      wallet: 12_672_469_206,
      unrealised: 0,
      available: 12_672_469_206,
      marginUsed: 0,
      hedgeMode: true,
    });
  });

  it('an account update: both sides of a hedged symbol, wallet, no funding', () => {
    const { data } = example(STREAM_EVENTS, 'AccountUpdate') as { readonly data: unknown };
    const update = toAccountUpdate(accountEventSchema.parse(data), anyInstrument);
    expect(update).toMatchObject({ reason: 'ORDER', wallet: 12_262_412_345_678, funding: 0 });
    expect(update.positions.map(({ positionSide, lots: held }) => [positionSide, held])).toEqual([
      ['BOTH', 0],
      ['LONG', 20_000],
      ['SHORT', -10_000],
    ]);
  });

  it('every stream event of the documents is understood or deliberately ignored', () => {
    const { AssetIndex: _marketArray, ...events } = recordedJson(STREAM_EVENTS) as Readonly<Record<string, unknown>>;
    const kinds = Object.fromEntries(Object.entries(events).map(([name, frame]) => [name, readUserFrame(JSON.stringify(frame), context).kind]));
    expect(Object.values(kinds)).not.toContain('malformed');
    expect(Object.keys(kinds).filter((name) => kinds[name] === 'events')).toEqual([
      'AccountUpdate',
      'AlgoOrderUpdate',
      'ConditionalTrigger',
      'MarginUpdate',
      'OrderUpdate',
    ]);
    expect(kinds['ListenKeyExpired']).toBe('expired');
  });

  it('liquidation, deleveraging, settlement and insurance: fills count once and the state follows the quantities', () => {
    const peers = recordedJson(PEER) as Readonly<Record<string, unknown>>;
    const read = Object.entries(peers)
      .filter(([name]) => /order_update_(adl|liquidation|settlement|insurance|calculated)/.test(name))
      .map(([name, payload]) => {
        const event = orderEvents([readUserFrame(JSON.stringify(payload), context)])[0];
        return [name.replace(/^.*order_update_(.*)\.json$/, '$1'), `${event?.report.status} ${event?.fill === null ? 'no fill' : event?.fill.lots}`];
      });
    expect(read).toEqual([
      ['adl', 'filled 5'],
      ['calculated', 'filled 14'],
      ['calculated_pending', 'resting no fill'],
      ['insurance', 'filled 20'],
      ['settlement', 'filled 10'],
      ['adl', 'filled 1000'],
      ['adl_filled', 'filled 1000'],
      ['liquidation', 'filled 100'],
      ['liquidation_zero_qty', 'filled no fill'],
      ['settlement', 'filled 50'],
    ]);
  });
});
