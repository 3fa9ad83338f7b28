// The exchange's payloads, parsed once at the edge; unknown fields are ignored, wrong ones refuse the frame.
import { z } from 'zod';

const decimal = z.union([z.string(), z.number()]).transform((value) => String(value));
const number = z
  .union([z.string(), z.number()])
  .transform(Number)
  .refine((value) => Number.isFinite(value));
const id = z.union([z.string(), z.number()]).transform((value) => String(value));

export const timeSchema = z.object({ serverTime: z.number() });

export const exchangeInfoSchema = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      contractType: z.string(),
      status: z.string(),
      baseAsset: z.string(),
      quoteAsset: z.string(),
      onboardDate: z.number().optional(),
      triggerProtect: number.optional(),
      liquidationFee: number.optional(),
      marketTakeBound: number.optional(),
      filters: z.array(z.looseObject({ filterType: z.string() })),
    }),
  ),
});
export type SymbolRules = z.infer<typeof exchangeInfoSchema>['symbols'][number];

export const klinesSchema = z.array(z.tuple([z.number(), number, number, number, number, number, z.number(), number, z.number(), number], z.unknown()));

export const dayTickersSchema = z.array(z.object({ symbol: z.string(), lastPrice: number, openPrice: number, quoteVolume: number, closeTime: z.number() }));
export const premiumsSchema = z.array(
  z.object({ symbol: z.string(), markPrice: number, lastFundingRate: number, nextFundingTime: z.number(), time: z.number() }),
);

export const bracketsSchema = z.array(
  z.object({
    symbol: z.string(),
    notionalCoef: z.number().optional(),
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
    symbol: z.string(),
    positionSide,
    positionAmt: decimal,
    entryPrice: number,
    markPrice: number,
    unRealizedProfit: decimal,
    liquidationPrice: number,
    leverage: number.optional(),
    marginType: z.string().optional(),
    isolatedWallet: decimal.optional(),
    initialMargin: decimal.optional(),
  }),
);

export const orderSchema = z.object({
  orderId: id,
  symbol: z.string(),
  status: z.string(),
  clientOrderId: z.string(),
  price: decimal,
  avgPrice: number.optional(),
  origQty: decimal,
  executedQty: decimal,
  side,
  positionSide,
  reduceOnly: z.boolean().optional(),
  updateTime: z.number(),
  origType: z.string().optional(),
});
export const ordersSchema = z.array(orderSchema);

export const algoSchema = z.object({
  algoId: id,
  clientAlgoId: z.string(),
  orderType: z.string(),
  symbol: z.string(),
  side,
  positionSide,
  quantity: decimal.optional(),
  algoStatus: z.string(),
  actualOrderId: z.union([z.string(), z.number()]).nullish(),
  triggerPrice: decimal,
  closePosition: z.boolean(),
  reduceOnly: z.boolean().optional(),
  updateTime: z.number(),
});
export const algosSchema = z.array(algoSchema);

export const tradesSchema = z.array(
  z.object({
    id,
    orderId: id,
    symbol: z.string(),
    side,
    positionSide,
    price: number,
    qty: decimal,
    commission: decimal,
    realizedPnl: decimal,
    maker: z.boolean(),
    time: z.number(),
  }),
);

// ── streams ──

export const klineEventSchema = z.object({
  e: z.literal('kline'),
  E: z.number(),
  s: z.string(),
  k: z.object({ t: z.number(), i: z.string(), o: number, h: number, l: number, c: number, v: number, q: number, n: z.number(), V: number, x: z.boolean() }),
});
export const miniTickerEventSchema = z.array(
  z.object({ e: z.literal('24hrMiniTicker'), E: z.number(), s: z.string(), c: number, o: number, q: number, st: z.number().optional() }),
);
export const markPriceEventSchema = z.array(
  z.object({
    e: z.literal('markPriceUpdate'),
    E: z.number(),
    s: z.string(),
    p: number,
    r: number.or(z.literal('')).optional(),
    T: z.number(),
    st: z.number().optional(),
  }),
);

export const orderEventSchema = z.object({
  e: z.literal('ORDER_TRADE_UPDATE'),
  E: z.number(),
  T: z.number(),
  o: z.object({
    s: z.string(),
    c: z.string(),
    S: side,
    o: z.string(),
    q: decimal,
    p: decimal,
    ap: number,
    x: z.string(),
    X: z.string(),
    i: id,
    l: decimal,
    z: decimal,
    L: number,
    n: decimal.optional(),
    T: z.number(),
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
  E: z.number(),
  T: z.number(),
  o: z.object({
    caid: z.string(),
    aid: id,
    o: z.string(),
    s: z.string(),
    S: side,
    ps: positionSide,
    q: decimal,
    X: z.string(),
    ai: z.union([z.string(), z.number()]).nullish(),
    tp: decimal,
    cp: z.boolean(),
    R: z.boolean(),
    rm: z.string().nullish(),
  }),
});
export const accountEventSchema = z.object({
  e: z.literal('ACCOUNT_UPDATE'),
  E: z.number(),
  T: z.number(),
  a: z.object({
    m: z.string(),
    B: z.array(z.object({ a: z.string(), wb: decimal, bc: decimal })).optional(),
    P: z.array(z.object({ s: z.string(), pa: decimal, ep: number, up: decimal, ps: positionSide })).optional(),
  }),
});
