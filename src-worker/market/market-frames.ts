// Frames of the public streams in the exchange's shapes. Source: websocket-market-streams pages.
import { formatPrice, formatQuantity } from '../../src-shared/domain/instrument.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { VenueOrder } from '../../src-main/core/venue/types.ts';
import type { BookDifference, BookSnapshot } from './book-view.ts';
import { nextOpen } from './intervals.ts';
import { dayTicker } from './market-answers.ts';
import type { SymbolMarket } from './symbol-market.ts';
import type { AggregateTrade } from './tape.ts';
import { priceText, usdtText } from './text.ts';

/** One for USDⓈ-margined, two for COIN-margined contracts. */
const USD_MARGINED = 1;

function head(
  name: string,
  symbolMarket: SymbolMarket,
  now: number,
): { readonly e: string; readonly E: number; readonly s: string; readonly st: number; readonly ps: string } {
  const { symbol } = symbolMarket.instrument;
  return { e: name, E: Math.floor(now), s: symbol, st: USD_MARGINED, ps: symbol };
}

export interface KlineInput {
  readonly interval: string;
  readonly candle: Candle;
  readonly closed: boolean;
  readonly now: number;
}

export function klineFrame(symbolMarket: SymbolMarket, input: KlineInput): unknown {
  return { ...head('kline', symbolMarket, input.now), k: { ...candleBody(symbolMarket, input), s: symbolMarket.instrument.symbol } };
}

export function continuousKlineFrame(symbolMarket: SymbolMarket, input: KlineInput): unknown {
  return { e: 'continuous_kline', E: Math.floor(input.now), ps: symbolMarket.instrument.symbol, ct: 'PERPETUAL', k: candleBody(symbolMarket, input) };
}

function candleBody({ instrument }: SymbolMarket, { interval, candle, closed }: KlineInput): Readonly<Record<string, unknown>> {
  const quantity = (value: number): string => value.toFixed(instrument.quantityScale);
  const takerShare = candle.volume === 0 ? 0 : candle.takerBuyVolume / candle.volume;
  return {
    t: candle.openTime,
    T: nextOpen(interval, candle.openTime) - 1,
    i: interval,
    f: 1,
    L: candle.trades,
    o: priceText(instrument, candle.open),
    c: priceText(instrument, candle.close),
    h: priceText(instrument, candle.high),
    l: priceText(instrument, candle.low),
    v: quantity(candle.volume),
    n: candle.trades,
    x: closed,
    q: candle.quoteVolume.toFixed(4),
    V: quantity(candle.takerBuyVolume),
    Q: (candle.quoteVolume * takerShare).toFixed(4),
    B: '0',
  };
}

export function miniTickerFrame(symbolMarket: SymbolMarket, now: number): Readonly<Record<string, unknown>> {
  const day = dayTicker(symbolMarket, now);
  return {
    ...head('24hrMiniTicker', symbolMarket, now),
    c: day['lastPrice'],
    o: day['openPrice'],
    h: day['highPrice'],
    l: day['lowPrice'],
    v: day['volume'],
    q: day['quoteVolume'],
  };
}

export function tickerFrame(symbolMarket: SymbolMarket, now: number): Readonly<Record<string, unknown>> {
  const day = dayTicker(symbolMarket, now);
  return {
    ...miniTickerFrame(symbolMarket, now),
    e: '24hrTicker',
    p: day['priceChange'],
    P: day['priceChangePercent'],
    w: day['weightedAvgPrice'],
    Q: day['lastQty'],
    O: day['openTime'],
    C: day['closeTime'],
    F: day['firstId'],
    L: day['lastId'],
    n: day['count'],
  };
}

export function markPriceFrame(symbolMarket: SymbolMarket, now: number): Readonly<Record<string, unknown>> {
  return {
    ...head('markPriceUpdate', symbolMarket, now),
    p: usdtText(symbolMarket.mark),
    ap: usdtText(symbolMarket.mark),
    P: usdtText(symbolMarket.index),
    i: usdtText(symbolMarket.index),
    r: symbolMarket.fundingRate.toFixed(8),
    T: symbolMarket.nextFundingTime(now),
  };
}

export function bookTickerFrame(symbolMarket: SymbolMarket, book: BookSnapshot, now: number): unknown {
  const [bid = ['0', '0'], ask = ['0', '0']] = [book.bids[0], book.asks[0]];
  return { ...head('bookTicker', symbolMarket, now), u: book.updateId, T: Math.floor(symbolMarket.lastChange), b: bid[0], B: bid[1], a: ask[0], A: ask[1] };
}

/** A difference, or the top of the book when `levels` is given. */
export function depthFrame(symbolMarket: SymbolMarket, change: BookDifference, now: number): unknown {
  return {
    ...head('depthUpdate', symbolMarket, now),
    T: Math.floor(symbolMarket.lastChange),
    U: change.first,
    u: change.last,
    pu: change.previous,
    b: change.bids,
    a: change.asks,
  };
}

export function aggregateTradeFrame(symbolMarket: SymbolMarket, trade: AggregateTrade, now: number): unknown {
  const { instrument } = symbolMarket;
  const quantity = trade.quantity.toFixed(instrument.quantityScale);
  return {
    ...head('aggTrade', symbolMarket, now),
    a: trade.id,
    p: priceText(instrument, trade.price),
    q: quantity,
    nq: quantity,
    f: trade.id,
    l: trade.id,
    T: trade.time,
    m: trade.isBuyerMaker,
  };
}

/** The undocumented stream of single trades that some clients use. */
export function tradeFrame(symbolMarket: SymbolMarket, trade: AggregateTrade, now: number): unknown {
  const { instrument } = symbolMarket;
  return {
    ...head('trade', symbolMarket, now),
    T: trade.time,
    t: trade.id,
    p: priceText(instrument, trade.price),
    q: trade.quantity.toFixed(instrument.quantityScale),
    X: 'MARKET',
    m: trade.isBuyerMaker,
  };
}

/** A forced order of this account, or one of the crowd's when price runs. */
export interface ForcedOrder {
  readonly side: 'BUY' | 'SELL';
  readonly price: string;
  readonly averagePrice: string;
  readonly quantity: string;
  readonly time: number;
}

export function forcedOrderOf(symbolMarket: SymbolMarket, order: VenueOrder): ForcedOrder {
  const { instrument } = symbolMarket;
  const price = order.price === null ? '0' : formatPrice(instrument, order.price);
  return { side: order.side, price, averagePrice: price, quantity: formatQuantity(instrument, order.lots), time: order.updateTime };
}

export function forceOrderFrame(symbolMarket: SymbolMarket, forced: ForcedOrder, now: number): unknown {
  const { symbol } = symbolMarket.instrument;
  return {
    e: 'forceOrder',
    E: Math.floor(now),
    st: USD_MARGINED,
    ps: symbol,
    o: {
      s: symbol,
      S: forced.side,
      o: 'LIMIT',
      f: 'IOC',
      q: forced.quantity,
      p: forced.price,
      ap: forced.averagePrice,
      X: 'FILLED',
      l: forced.quantity,
      z: forced.quantity,
      T: forced.time,
    },
  };
}

export function contractInfoFrame({ instrument }: SymbolMarket, { status, now }: { readonly status: string; readonly now: number }): unknown {
  return {
    e: 'contractInfo',
    E: Math.floor(now),
    s: instrument.symbol,
    ps: instrument.symbol,
    ct: instrument.contractType,
    dt: 4_133_404_800_000,
    ot: instrument.onboardTime,
    cs: status,
    bks: instrument.brackets.map((bracket) => ({
      bs: bracket.bracket,
      bnf: bracket.notionalFloor,
      bnc: bracket.notionalCap,
      mmr: bracket.maintenanceMarginRatio,
      cf: bracket.cumulative,
      mi: 1,
      ma: bracket.initialLeverage,
    })),
    st: USD_MARGINED,
  };
}

/** Contracts of other kinds that share the all-market arrays since 2026-06-30: a COIN-margined one and a stock. */
export function foreignTickers(now: number): readonly Readonly<Record<string, unknown>>[] {
  const day = { e: '24hrMiniTicker', E: Math.floor(now), o: '100.0', h: '101.0', l: '99.0', v: '1000', q: '100000' };
  return [
    { ...day, s: 'BTCUSD_PERP', ps: 'BTCUSD', st: 2, c: '100.0' },
    { ...day, s: 'TSLAUSDT', ps: 'TSLAUSDT', st: 1, c: '100.0' },
  ];
}

export function foreignMarkPrices(now: number): { readonly coin: Readonly<Record<string, unknown>>; readonly stock: Readonly<Record<string, unknown>> } {
  const mark = {
    e: 'markPriceUpdate',
    E: Math.floor(now),
    p: '100.00000000',
    ap: '100.00000000',
    P: '100.00000000',
    i: '100.00000000',
    r: '0.00010000',
    T: Math.floor(now / 28_800_000 + 1) * 28_800_000,
  };
  return { coin: { ...mark, s: 'BTCUSD_PERP', ps: 'BTCUSD', st: 2 }, stock: { ...mark, s: 'TSLAUSDT', ps: 'TSLAUSDT', st: 1 } };
}
