// The exchange's answers, parsed once at the edge; unknown fields are ignored, wrong ones refuse the answer.
import { z } from 'zod';
import { isCandle } from './candle-shape.ts';
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

/** `v2/ticker/price` of all contracts. */
export const lastPricesSchema = rowsOf(z.object({ symbol: symbolName, price: positive, time }));

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

/** One unreadable row would leave a payment without an owner: the answer is whole or refused. */
/** `fundingRate` of one contract. */
export const fundingRatesSchema = z.array(z.object({ symbol: z.string(), fundingRate: decimal.transform(Number), fundingTime: time }));

export const incomeSchema = z.array(z.object({ symbol: z.string(), incomeType: z.string(), income: decimal, asset: z.string(), time, tranId: id }));
