// The venue's WebSocket side: which socket listens to what, and the frames it gets, in the exchange's shapes.
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { formatPrice, formatQuantity, lotsToQuantity } from '../../src-shared/domain/instrument.ts';
import { moneyToUsdt } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { entryPriceOf } from '../../src-main/core/venue/positions.ts';
import { quoteAround } from '../../src-main/core/venue/depth.ts';
import { unrealisedUsdt } from '../../src-main/core/venue/margin.ts';
import type { AccountEvent } from '../../src-main/core/venue/types.ts';
import type { ClosedCandle, Market, SymbolMarket } from './market.ts';
import { moneyText, priceText, usdtText } from './payloads.ts';
import { aggregateSeries, INTERVALS } from './series.ts';

const requestSchema = z.object({
  method: z.enum(['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS']),
  params: z.array(z.string()).optional(),
  id: z.union([z.number(), z.string()]).optional(),
});

const MAXIMUM_STREAMS = 1024;
const MESSAGES_PER_SECOND = 10;

export interface MarketSocket {
  readonly socket: WebSocket;
  /** Combined sockets get `{stream, data}`; raw ones the data alone. */
  readonly combined: boolean;
  readonly streams: Set<string>;
  windowStart: number;
  messages: number;
}

export class StreamHub {
  readonly #market: Market;
  readonly #exchange: Exchange;
  readonly #sockets = new Set<MarketSocket>();
  readonly #users = new Set<WebSocket>();
  framesSent = 0;

  constructor(market: Market, exchange: Exchange) {
    this.#market = market;
    this.#exchange = exchange;
  }

  /** A market-data socket with the streams its URL named. */
  addMarketSocket(socket: WebSocket, combined: boolean, streams: readonly string[]): void {
    const entry: MarketSocket = { socket, combined, streams: new Set(streams), windowStart: 0, messages: 0 };
    this.#sockets.add(entry);
    socket.on('close', () => void this.#sockets.delete(entry));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#onRequest(entry, String(data));
    });
  }

  /** A user socket; an invalid key connects too but never hears anything, as at the exchange. */
  addUserSocket(socket: WebSocket, isValid: boolean): void {
    if (!isValid) return;
    this.#users.add(socket);
    socket.on('close', () => void this.#users.delete(socket));
  }

  #onRequest(entry: MarketSocket, text: string): void {
    const wall = Date.now();
    if (wall - entry.windowStart > 1000) {
      entry.windowStart = wall;
      entry.messages = 0;
    }
    entry.messages += 1;
    if (entry.messages > MESSAGES_PER_SECOND) {
      entry.socket.close(1008, 'Too many requests');
      return;
    }
    let raw: unknown = null;
    try {
      raw = JSON.parse(text);
    } catch {
      entry.socket.send(JSON.stringify({ error: { code: 3, msg: 'Invalid JSON: expected value' } }));
      return;
    }
    const parsed = requestSchema.safeParse(raw);
    if (!parsed.success) {
      entry.socket.send(JSON.stringify({ error: { code: 2, msg: 'Invalid request: unknown variant or missing field' } }));
      return;
    }
    const { method, params = [], id } = parsed.data;
    if (method === 'SUBSCRIBE') for (const stream of params) if (entry.streams.size < MAXIMUM_STREAMS) entry.streams.add(stream);
    if (method === 'UNSUBSCRIBE') for (const stream of params) entry.streams.delete(stream);
    entry.socket.send(JSON.stringify({ result: method === 'LIST_SUBSCRIPTIONS' ? [...entry.streams] : null, id: id ?? null }));
  }

  #send(entry: MarketSocket, stream: string, data: unknown): void {
    if (entry.socket.readyState !== entry.socket.OPEN) return;
    entry.socket.send(entry.combined ? `{"stream":${JSON.stringify(stream)},"data":${JSON.stringify(data)}}` : JSON.stringify(data));
    this.framesSent += 1;
  }

  /** Closed candles, each exactly once and in order. */
  sendClosed(closed: readonly ClosedCandle[], now: number): void {
    for (const { symbol } of closed) {
      const symbolMarket = this.#market.symbols.get(symbol);
      if (symbolMarket === undefined) continue;
      for (const entry of this.#sockets) {
        for (const [interval, stepMs] of Object.entries(INTERVALS)) {
          const stream = `${symbol.toLowerCase()}@kline_${interval}`;
          if (!entry.streams.has(stream)) continue;
          const lastOpen = symbolMarket.series.last?.openTime ?? 0;
          if ((lastOpen + 300_000) % stepMs !== 0) continue;
          const bucketOpen = Math.floor(lastOpen / stepMs) * stepMs;
          const [candle] = aggregateSeries(symbolMarket.series, null, { stepMs, from: bucketOpen, to: lastOpen, limit: 1, newest: false });
          if (candle !== undefined) this.#send(entry, stream, klineFrame(symbolMarket, { interval, stepMs, candle, closed: true, now }));
        }
      }
    }
  }

  /** Forming candles, tickers and mark prices of the symbols that changed since the last call. */
  sendTicks(now: number): void {
    const changed = [...this.#market.symbols.values()].filter((entry) => entry.changed);
    if (changed.length === 0) return;
    const miniTickers = changed.map((entry) => miniTicker(entry, now));
    const marks = changed.map((entry) => this.#markPrice(entry, now));
    for (const entry of this.#sockets) {
      for (const stream of entry.streams) {
        if (stream === '!miniTicker@arr') this.#send(entry, stream, miniTickers);
        else if (stream === '!markPrice@arr@1s' || stream === '!markPrice@arr') this.#send(entry, stream, marks);
        else if (stream === '!bookTicker') for (const symbolMarket of changed) this.#send(entry, stream, this.#bookTicker(symbolMarket, now));
        else this.#sendSymbolStream(entry, stream, now);
      }
    }
    for (const entry of changed) entry.changed = false;
  }

  #sendSymbolStream(entry: MarketSocket, stream: string, now: number): void {
    const [name = '', topic = ''] = stream.split(/@(.*)/s);
    const symbolMarket = this.#market.symbols.get(name.toUpperCase());
    if (symbolMarket === undefined || !symbolMarket.changed) return;
    if (topic.startsWith('kline_')) {
      const interval = topic.slice(6);
      const stepMs = INTERVALS[interval];
      const { forming } = symbolMarket;
      if (stepMs === undefined || forming === null) return;
      const bucketOpen = Math.floor(forming.openTime / stepMs) * stepMs;
      const candle =
        stepMs === 300_000
          ? forming
          : aggregateSeries(symbolMarket.series, forming, { stepMs, from: bucketOpen, to: forming.openTime, limit: 1, newest: false })[0];
      if (candle !== undefined) this.#send(entry, stream, klineFrame(symbolMarket, { interval, stepMs, candle, closed: false, now }));
    } else if (topic === 'miniTicker') this.#send(entry, stream, miniTicker(symbolMarket, now));
    else if (topic === 'markPrice' || topic === 'markPrice@1s') this.#send(entry, stream, this.#markPrice(symbolMarket, now));
    else if (topic === 'bookTicker') this.#send(entry, stream, this.#bookTicker(symbolMarket, now));
  }

  #markPrice(entry: SymbolMarket, now: number): unknown {
    return {
      e: 'markPriceUpdate',
      E: Math.floor(now),
      s: entry.instrument.symbol,
      p: usdtText(entry.mark),
      ap: usdtText(entry.mark),
      P: usdtText(entry.mark),
      i: usdtText(entry.mark),
      r: this.#market.fundingRate(entry).toFixed(8),
      T: this.#market.nextFundingTime(now),
      st: 1,
    };
  }

  #bookTicker(entry: SymbolMarket, now: number): unknown {
    const quote = this.#exchange.quote(entry.instrument.symbol);
    const book = quote === null ? null : quoteAround(quote.last);
    const text = (side: 'bid' | 'ask'): string => (book === null ? '0' : formatPrice(entry.instrument, book[side]));
    return {
      e: 'bookTicker',
      u: Math.floor(now),
      s: entry.instrument.symbol,
      b: text('bid'),
      B: '1',
      a: text('ask'),
      A: '1',
      T: Math.floor(now),
      E: Math.floor(now),
      st: 1,
    };
  }

  /** What happened on the account, to every valid user socket. */
  sendAccountEvents(events: readonly AccountEvent[], now: number): void {
    if (this.#users.size === 0) return;
    for (const event of events) {
      const frame = accountFrame(this.#exchange, event, Math.floor(now));
      if (frame === null) continue;
      const text = JSON.stringify(frame);
      for (const socket of this.#users) if (socket.readyState === socket.OPEN) socket.send(text);
    }
  }

  closeAll(): void {
    for (const entry of this.#sockets) entry.socket.terminate();
    for (const socket of this.#users) socket.terminate();
  }
}

interface KlineInput {
  readonly interval: string;
  readonly stepMs: number;
  readonly candle: NonNullable<SymbolMarket['forming']>;
  readonly closed: boolean;
  readonly now: number;
}

function klineFrame({ instrument }: SymbolMarket, { interval, stepMs, candle, closed, now }: KlineInput): unknown {
  const price = (value: number): string => priceText(instrument, value);
  const quantity = (value: number): string => value.toFixed(instrument.quantityScale);
  const takerShare = candle.volume === 0 ? 0 : candle.takerBuyVolume / candle.volume;
  return {
    e: 'kline',
    E: Math.floor(now),
    s: instrument.symbol,
    st: 1,
    ps: instrument.symbol,
    k: {
      t: candle.openTime,
      T: candle.openTime + stepMs - 1,
      s: instrument.symbol,
      i: interval,
      f: 1,
      L: candle.trades,
      o: price(candle.open),
      c: price(candle.close),
      h: price(candle.high),
      l: price(candle.low),
      v: quantity(candle.volume),
      n: candle.trades,
      x: closed,
      q: candle.quoteVolume.toFixed(4),
      V: quantity(candle.takerBuyVolume),
      Q: (candle.quoteVolume * takerShare).toFixed(4),
      B: '0',
    },
  };
}

function miniTicker({ instrument, last, series }: SymbolMarket, now: number): unknown {
  const day = series.day();
  const price = (value: number): string => priceText(instrument, value);
  return {
    e: '24hrMiniTicker',
    E: Math.floor(now),
    s: instrument.symbol,
    c: price(last),
    o: price(day?.open ?? last),
    h: price(Math.max(last, day?.high ?? last)),
    l: price(Math.min(last, day?.low ?? last)),
    v: (day?.volume ?? 0).toFixed(instrument.quantityScale),
    q: (day?.quoteVolume ?? 0).toFixed(2),
    st: 1,
  };
}

function accountFrame(exchange: Exchange, event: AccountEvent, now: number): unknown {
  if (event.kind === 'config') return { e: 'ACCOUNT_CONFIG_UPDATE', E: now, T: event.time, ac: { s: event.symbol, l: event.leverage } };
  if (event.kind === 'order') return orderFrame(exchange, event, now);
  if (event.kind === 'algo') return algoFrame(exchange, event.algo, now);
  const wallet = moneyText(exchange.wallet);
  return {
    e: 'ACCOUNT_UPDATE',
    E: now,
    T: event.time,
    a: {
      m: event.reason,
      B: [{ a: 'USDT', wb: wallet, cw: wallet, bc: moneyText(event.change) }],
      P: event.holdings.flatMap((holding) => {
        const instrument = exchange.instrument(holding.symbol);
        const quote = exchange.quote(holding.symbol);
        if (instrument === null || quote === null) return [];
        const isIsolated = exchange.isIsolated(holding.symbol);
        const margin = moneyToUsdt(holding.entryNotional) / exchange.leverageOf(holding.symbol);
        return [
          {
            s: holding.symbol,
            pa: formatQuantity(instrument, holding.lots as never),
            ep: entryPriceOf(instrument, holding).toFixed(instrument.priceScale + 4),
            bep: entryPriceOf(instrument, holding).toFixed(instrument.priceScale + 4),
            cr: moneyText(holding.realised),
            up: usdtText(unrealisedUsdt(instrument, holding, quote.mark)),
            mt: isIsolated ? 'isolated' : 'cross',
            iw: isIsolated ? usdtText(margin) : '0',
            ps: holding.positionSide,
          },
        ];
      }),
    },
  };
}

function orderFrame(exchange: Exchange, event: Extract<AccountEvent, { kind: 'order' }>, now: number): unknown {
  const { order, trade } = event;
  const instrument = exchange.instrument(order.symbol);
  if (instrument === null) return null;
  const filled = lotsToQuantity(instrument, order.filled);
  const average = filled === 0 ? 0 : moneyToUsdt(order.filledNotional) / filled;
  return {
    e: 'ORDER_TRADE_UPDATE',
    E: now,
    T: event.time,
    o: {
      s: order.symbol,
      c: order.clientOrderId,
      S: order.side,
      o: order.type,
      f: order.timeInForce,
      q: formatQuantity(instrument, order.lots),
      p: order.price === null ? '0' : formatPrice(instrument, order.price),
      ap: average.toFixed(instrument.priceScale + 2),
      sp: '0',
      x: event.execution,
      X: order.status,
      i: order.orderId,
      l: trade === null ? '0' : formatQuantity(instrument, trade.lots),
      z: formatQuantity(instrument, order.filled),
      L: trade === null ? '0' : formatPrice(instrument, trade.price),
      n: trade === null ? '0' : moneyText(trade.fee),
      N: 'USDT',
      T: event.time,
      t: trade?.tradeId ?? 0,
      b: '0',
      a: '0',
      m: trade?.maker ?? false,
      R: order.reduceOnly,
      wt: 'CONTRACT_PRICE',
      ot: order.originalType,
      ps: order.positionSide,
      cp: false,
      rp: trade === null ? '0' : moneyText(trade.realised),
      pP: false,
      si: 0,
      ss: 0,
      V: 'EXPIRE_MAKER',
      pm: 'NONE',
      gtd: 0,
      er: '0',
    },
  };
}

function algoFrame(exchange: Exchange, algo: Extract<AccountEvent, { kind: 'algo' }>['algo'], now: number): unknown {
  const instrument = exchange.instrument(algo.symbol);
  if (instrument === null) return null;
  return {
    e: 'ALGO_UPDATE',
    E: now,
    T: algo.updateTime,
    o: {
      caid: algo.clientAlgoId,
      aid: algo.algoId,
      at: 'CONDITIONAL',
      o: algo.type,
      s: algo.symbol,
      S: algo.side,
      ps: algo.positionSide,
      f: algo.timeInForce,
      q: formatQuantity(instrument, algo.lots),
      X: algo.status,
      ai: algo.orderId === null ? '' : String(algo.orderId),
      ap: '0.00000',
      aq: '0.00000',
      act: '0',
      tp: formatPrice(instrument, algo.trigger),
      p: algo.price === null ? '0' : formatPrice(instrument, algo.price),
      V: 'EXPIRE_MAKER',
      wt: algo.workingType,
      pm: 'NONE',
      cp: algo.closePosition,
      pP: false,
      R: algo.reduceOnly || algo.closePosition,
      tt: algo.orderId === null ? 0 : algo.updateTime,
      gtd: 0,
      rm: algo.rejectReason,
    },
  };
}
