// Frames of the market and account streams, parsed once at the edge; unknown fields are ignored, wrong ones refuse the frame.
import { z } from 'zod';
import { isCandle } from './candle-shape.ts';
import { count, decimal, id, notNegative, number, positive, rowsOf, symbolName, time, unsigned } from './wire-values.ts';

const positionSide = z.enum(['BOTH', 'LONG', 'SHORT']);
const side = z.enum(['BUY', 'SELL']);

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

export const contractEventSchema = z.object({ e: z.literal('contractInfo'), s: symbolName });
/** An empty side of the book is a quantity of nothing at a price of nothing. */
export const bookTickerEventSchema = z
  .object({ e: z.literal('bookTicker'), E: time, s: symbolName, b: notNegative, a: notNegative, st: z.number().optional() })
  .refine(({ b, a }) => a === 0 || b <= a, 'bid above ask');

/** Best level first on both sides; an emptied level is left out. */
const depthSide = z.array(z.tuple([positive, notNegative])).transform((levels) => levels.filter(([, quantity]) => quantity > 0));
export const depthEventSchema = z
  .object({ e: z.literal('depthUpdate'), E: time, s: symbolName, b: depthSide, a: depthSide })
  .refine(({ b, a }) => b[0] === undefined || a[0] === undefined || b[0][0] < a[0][0], 'bid above ask');

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
    /** The symbol of a funding payment, where the exchange names it. */
    S: symbolName.optional(),
    B: z.array(z.object({ a: z.string(), wb: decimal, bc: decimal })).optional(),
    P: z.array(z.object({ s: symbolName, pa: decimal, ep: notNegative, up: decimal, ps: positionSide })).optional(),
  }),
});

export const marginCallSchema = z.object({ e: z.literal('MARGIN_CALL'), p: z.array(z.object({ s: symbolName })) });
export const triggerRejectSchema = z.object({ e: z.literal('CONDITIONAL_ORDER_TRIGGER_REJECT'), or: z.object({ s: symbolName, r: z.string() }) });
