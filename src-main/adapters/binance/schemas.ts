// The exchange's payloads, parsed once at the edge; unknown fields are ignored, wrong ones refuse the frame.
import { z } from 'zod';
import { count, decimal, id, notNegative, number, positive, rowsOf, symbolName, time, unsigned } from './wire-values.ts';

export const timeSchema = z.object({ serverTime: time });

const symbolRulesSchema = z.object({
  symbol: symbolName,
  contractType: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  onboardDate: time.optional(),
  triggerProtect: notNegative.optional(),
  liquidationFee: notNegative.optional(),
  marketTakeBound: notNegative.optional(),
  filters: z.array(z.looseObject({ filterType: z.string() })),
});
export type SymbolRules = z.infer<typeof symbolRulesSchema>;
export const exchangeInfoSchema = z.object({ symbols: rowsOf(symbolRulesSchema) });

/** A candle that contradicts itself is refused: a wrong one would stay in history. */
function isCandle({
  open,
  high,
  low,
  close,
  volume,
}: {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}): boolean {
  return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && volume >= 0;
}

const klineRowSchema = z
  .tuple([time, positive, positive, positive, positive, notNegative, time, notNegative, count, notNegative], z.unknown())
  .transform(([openTime, open, high, low, close, volume, closeTime, quoteVolume, trades, takerBuyVolume]) => ({
    openTime,
    open,
    high,
    low,
    close,
    volume,
    closeTime,
    quoteVolume,
    trades,
    takerBuyVolume,
  }))
  .refine((row) => isCandle(row) && row.closeTime > row.openTime, 'not a candle');
export type KlineRow = z.infer<typeof klineRowSchema>;
export const klinesSchema = rowsOf(klineRowSchema);

export const dayTickersSchema = rowsOf(
  z.object({ symbol: symbolName, lastPrice: positive, openPrice: notNegative, quoteVolume: notNegative, closeTime: time }),
);
export const premiumsSchema = rowsOf(z.object({ symbol: symbolName, markPrice: positive, lastFundingRate: number, nextFundingTime: time, time }));

export const bracketsSchema = rowsOf(
  z.object({
    symbol: symbolName,
    notionalCoef: z.number().positive().optional(),
    brackets: z.array(
      z.object({
        bracket: z.number(),
        initialLeverage: z.number(),
        notionalCap: z.number(),
        notionalFloor: z.number(),
        maintMarginRatio: z.number(),
        cum: z.number(),
      }),
    ),
  }),
);

export const accountSchema = z.object({ totalWalletBalance: decimal, totalUnrealizedProfit: decimal, availableBalance: decimal, totalInitialMargin: decimal });
export const dualSchema = z.object({ dualSidePosition: z.boolean() });
export const leverageSchema = z.object({ leverage: number, symbol: z.string() });
export const listenKeySchema = z.object({ listenKey: z.string().min(1) });

const positionSide = z.enum(['BOTH', 'LONG', 'SHORT']);
const side = z.enum(['BUY', 'SELL']);

export const positionsSchema = z.array(
  z.object({
    symbol: symbolName,
    positionSide,
    positionAmt: decimal,
    entryPrice: notNegative,
    markPrice: notNegative,
    unRealizedProfit: decimal,
    liquidationPrice: number,
    leverage: positive.optional(),
    notional: number.optional(),
    positionInitialMargin: decimal.optional(),
    marginType: z.string().optional(),
    isolatedWallet: decimal.optional(),
    initialMargin: decimal.optional(),
  }),
);

export const orderSchema = z.object({
  orderId: id,
  symbol: symbolName,
  status: z.string(),
  clientOrderId: z.string(),
  price: unsigned,
  avgPrice: notNegative.optional(),
  origQty: unsigned,
  executedQty: unsigned,
  side,
  positionSide,
  reduceOnly: z.boolean().optional(),
  updateTime: time,
  origType: z.string().optional(),
});
export const ordersSchema = z.array(orderSchema);

export const algoSchema = z.object({
  algoId: id,
  clientAlgoId: z.string(),
  orderType: z.string().optional(),
  /** Older name of the same. */
  type: z.string().optional(),
  symbol: symbolName,
  side,
  positionSide,
  quantity: unsigned.optional(),
  algoStatus: z.string(),
  actualOrderId: z.union([z.string(), z.number()]).nullish(),
  triggerPrice: unsigned,
  closePosition: z.boolean().optional(),
  reduceOnly: z.boolean().optional(),
  updateTime: time,
});
export const algosSchema = z.array(algoSchema);

export const tradesSchema = z.array(
  z.object({
    id,
    orderId: id,
    symbol: symbolName,
    side,
    positionSide,
    price: notNegative,
    qty: unsigned,
    commission: decimal,
    realizedPnl: decimal,
    maker: z.boolean(),
    time,
    commissionAsset: z.string().optional(),
  }),
);

// ── streams ──

/** `{ stream, data }` of a combined stream. */
export const frameSchema = z.object({ stream: z.string(), data: z.unknown() });
/** The answer to SUBSCRIBE: `result: null` is success. */
export const replySchema = z.object({
  id: z.union([z.number(), z.string(), z.null()]),
  result: z.unknown().optional(),
  code: z.number().optional(),
  msg: z.string().optional(),
  error: z.unknown().optional(),
});

export const klineEventSchema = z.object({
  e: z.literal('kline'),
  E: time,
  s: symbolName,
  k: z
    .object({
      t: time,
      T: time,
      i: z.string(),
      o: positive,
      h: positive,
      l: positive,
      c: positive,
      v: notNegative,
      q: notNegative,
      n: count,
      V: notNegative,
      x: z.boolean(),
    })
    .refine(({ o, h, l, c, v, t, T }) => isCandle({ open: o, high: h, low: l, close: c, volume: v }) && T > t, 'not a candle'),
});
export type KlineEvent = z.infer<typeof klineEventSchema>;
/** Both kinds of futures come mixed: `st` 1 is USDT-M, 2 is COIN-M. */
export const miniTickerEventSchema = rowsOf(
  z.object({ e: z.literal('24hrMiniTicker'), E: time, s: symbolName, c: positive, o: notNegative, q: notNegative, st: z.number().optional() }),
);
export const markPriceEventSchema = rowsOf(
  z.object({
    e: z.literal('markPriceUpdate'),
    E: time,
    s: symbolName,
    p: positive,
    r: number.or(z.literal('')).optional(),
    T: time,
    st: z.number().optional(),
  }),
);

export const orderEventSchema = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  E: time,
  T: time,
  o: z.object({
    s: symbolName,
    c: z.string(),
    S: side,
    o: z.string(),
    q: unsigned,
    p: unsigned,
    ap: notNegative,
    x: z.string(),
    X: z.string(),
    i: id,
    l: unsigned,
    z: unsigned,
    L: notNegative,
    n: decimal.nullish(),
    /** Commission asset. */
    N: z.string().nullish(),
    T: time,
    t: id,
    m: z.boolean(),
    R: z.boolean(),
    ps: positionSide,
    rp: decimal,
    ot: z.string().optional(),
    er: z.union([z.string(), z.number()]).optional(),
  }),
});
export const algoEventSchema = z.object({
  e: z.literal('ALGO_UPDATE'),
  E: time,
  T: time,
  o: z.object({
    caid: z.string(),
    aid: id,
    o: z.string(),
    s: symbolName,
    S: side,
    ps: positionSide,
    q: unsigned,
    X: z.string(),
    ai: z.union([z.string(), z.number()]).nullish(),
    tp: unsigned,
    cp: z.boolean(),
    R: z.boolean(),
    rm: z.string().nullish(),
  }),
});
export const accountEventSchema = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  E: time,
  T: time,
  a: z.object({
    m: z.string(),
    B: z.array(z.object({ a: z.string(), wb: decimal, bc: decimal })).optional(),
    P: z.array(z.object({ s: symbolName, pa: decimal, ep: notNegative, up: decimal, ps: positionSide })).optional(),
  }),
});

export const marginCallSchema = z.object({ e: z.literal('MARGIN_CALL'), p: z.array(z.object({ s: symbolName })) });
export const triggerRejectSchema = z.object({ e: z.literal('CONDITIONAL_ORDER_TRIGGER_REJECT'), or: z.object({ s: symbolName, r: z.string() }) });
