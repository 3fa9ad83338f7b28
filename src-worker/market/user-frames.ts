// Frames of the user data stream in the exchange's shapes. Source: user-data-streams pages and recorded frames of 2026-03.
import { formatPrice, formatQuantity, lotsToQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';
import { moneyToUsdt, type Lots, type Money } from '../../src-shared/kernel/units.ts';
import { isMarket } from '../../src-main/core/venue/conditionals.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { maintenanceUsdt, notionalUsdt, unrealisedUsdt } from '../../src-main/core/venue/margin.ts';
import { entryPriceOf } from '../../src-main/core/venue/positions.ts';
import type { AccountEvent, VenueHolding } from '../../src-main/core/venue/types.ts';
import { breakEvenText } from './account-payloads.ts';
import { callbackText, moneyText, tickText, usdtText } from './text.ts';

type EventOf<Kind extends AccountEvent['kind']> = Extract<AccountEvent, { kind: Kind }>;

export interface UserFrame {
  /** The event's name, which a client may filter by. */
  readonly event: string;
  readonly body: unknown;
}

/** What one account event says on the wire; a fill also has its early, short form. */
export function userFrames(exchange: Exchange, event: AccountEvent, now: number): readonly UserFrame[] {
  const head = (name: string): { readonly e: string; readonly E: number; readonly T: number } => ({ e: name, E: now, T: event.time });
  switch (event.kind) {
    case 'config':
      return [{ event: 'ACCOUNT_CONFIG_UPDATE', body: { ...head('ACCOUNT_CONFIG_UPDATE'), ac: { s: event.symbol, l: event.leverage } } }];
    case 'order': {
      const instrument = exchange.instrument(event.order.symbol);
      if (instrument === null) return [];
      const full = { event: 'ORDER_TRADE_UPDATE', body: { ...head('ORDER_TRADE_UPDATE'), o: orderBody(event, instrument) } };
      return event.trade === null ? [full] : [{ event: 'TRADE_LITE', body: { ...head('TRADE_LITE'), ...tradeLite(event, instrument) } }, full];
    }
    case 'algo': {
      const instrument = exchange.instrument(event.algo.symbol);
      return instrument === null ? [] : [{ event: 'ALGO_UPDATE', body: { ...head('ALGO_UPDATE'), o: algoBody(event.algo, instrument) } }];
    }
    case 'account':
      return [{ event: 'ACCOUNT_UPDATE', body: { ...head('ACCOUNT_UPDATE'), a: accountBody(exchange, event) } }];
    case 'margin-call':
      return [
        {
          event: 'MARGIN_CALL',
          body: { e: 'MARGIN_CALL', E: now, cw: moneyText(event.crossWallet), p: event.holdings.flatMap((held) => callRow(exchange, held)) },
        },
      ];
    default:
      return assertNever(event);
  }
}

function averageText(instrument: Instrument, traded: { readonly filled: Lots; readonly filledNotional: Money }): string {
  const quantity = lotsToQuantity(instrument, traded.filled);
  return quantity === 0 ? '0' : (moneyToUsdt(traded.filledNotional) / quantity).toFixed(instrument.priceScale + 4);
}

function accountBody(exchange: Exchange, event: EventOf<'account'>): unknown {
  return {
    m: event.reason,
    B: [{ a: 'USDT', wb: moneyText(event.wallet), cw: moneyText(event.crossWallet), bc: moneyText(event.change) }],
    P: event.holdings.flatMap((holding) => {
      const instrument = exchange.instrument(holding.symbol);
      const quote = exchange.quote(holding.symbol);
      if (instrument === null || quote === null) return [];
      const isIsolated = exchange.isIsolated(holding.symbol);
      const entry = entryPriceOf(instrument, holding).toFixed(instrument.priceScale + 4);
      return [
        {
          s: holding.symbol,
          pa: formatQuantity(instrument, holding.lots as Lots),
          ep: entry,
          bep: breakEvenText(exchange, holding, instrument),
          cr: moneyText(holding.realised),
          up: usdtText(unrealisedUsdt(instrument, holding, quote.mark)),
          mt: isIsolated ? 'isolated' : 'cross',
          iw: isIsolated ? moneyText(holding.isolatedMargin) : '0',
          ps: holding.positionSide,
          ma: 'USDT',
          S: holding.symbol,
        },
      ];
    }),
  };
}

function callRow(exchange: Exchange, holding: VenueHolding): readonly unknown[] {
  const instrument = exchange.instrument(holding.symbol);
  const quote = exchange.quote(holding.symbol);
  if (instrument === null || quote === null) return [];
  return [
    {
      s: holding.symbol,
      ps: holding.positionSide,
      pa: formatQuantity(instrument, holding.lots as Lots),
      mt: exchange.isIsolated(holding.symbol) ? 'ISOLATED' : 'CROSSED',
      iw: moneyText(holding.isolatedMargin),
      mp: formatPrice(instrument, quote.mark),
      up: usdtText(unrealisedUsdt(instrument, holding, quote.mark)),
      mm: usdtText(maintenanceUsdt(instrument, notionalUsdt(instrument, holding.lots, quote.mark))),
    },
  ];
}

function tradeLite({ order, trade }: EventOf<'order'>, instrument: Instrument): Readonly<Record<string, unknown>> {
  return {
    s: order.symbol,
    q: formatQuantity(instrument, order.lots),
    p: tickText(instrument, order.price),
    m: trade?.maker ?? false,
    c: order.clientOrderId,
    S: order.side,
    L: tickText(instrument, trade?.price ?? null),
    l: trade === null ? '0' : formatQuantity(instrument, trade.lots),
    t: trade?.tradeId ?? 0,
    i: order.orderId,
  };
}

function orderBody(event: EventOf<'order'>, instrument: Instrument): unknown {
  const { order, trade } = event;
  const isResting = order.type === 'LIMIT' && (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED') && order.price !== null;
  const resting = isResting ? usdtText(lotsToQuantity(instrument, (order.lots - order.filled) as Lots) * Number(tickText(instrument, order.price))) : '0';
  return {
    s: order.symbol,
    c: order.clientOrderId,
    S: order.side,
    o: order.type,
    f: order.timeInForce,
    q: formatQuantity(instrument, order.lots),
    p: tickText(instrument, order.price),
    ap: averageText(instrument, order),
    sp: '0',
    x: event.execution,
    X: order.status,
    i: order.orderId,
    l: trade === null ? '0' : formatQuantity(instrument, trade.lots),
    z: formatQuantity(instrument, order.filled),
    L: tickText(instrument, trade?.price ?? null),
    n: trade === null ? '0' : moneyText(trade.fee),
    N: 'USDT',
    T: event.time,
    t: trade?.tradeId ?? 0,
    b: order.side === 'BUY' ? resting : '0',
    a: order.side === 'SELL' ? resting : '0',
    m: trade?.maker ?? false,
    R: order.reduceOnly,
    wt: 'CONTRACT_PRICE',
    ot: order.originalType,
    ps: order.positionSide,
    cp: order.closePosition,
    rp: trade === null ? '0' : moneyText(trade.realised),
    pP: false,
    si: order.algoId ?? 0,
    ss: order.algoId === null ? 0 : -1,
    ...(order.algoId === null ? {} : { st: 'ALGO_CONDITION' }),
    V: order.selfTradePrevention ?? 'EXPIRE_MAKER',
    pm: order.priceMatch ?? 'NONE',
    gtd: order.goodTillDate ?? 0,
    er: String(order.expiryReason),
  };
}

function algoBody(algo: EventOf<'algo'>['algo'], instrument: Instrument): unknown {
  const made =
    algo.orderId === null ? {} : { ap: averageText(instrument, algo), aq: formatQuantity(instrument, algo.filled), act: isMarket(algo) ? 'MARKET' : 'LIMIT' };
  const trailing =
    algo.type !== 'TRAILING_STOP_MARKET'
      ? {}
      : { AP: tickText(instrument, algo.activatePrice ?? null), cr: callbackText(algo.callbackBps ?? 0), ia: algo.isActivated };
  return {
    caid: algo.clientAlgoId,
    aid: algo.algoId,
    at: 'CONDITIONAL',
    o: algo.type,
    s: algo.symbol,
    S: algo.side,
    ps: algo.positionSide,
    f: algo.closePosition ? 'GTE_GTC' : algo.timeInForce,
    q: formatQuantity(instrument, algo.lots),
    X: algo.status,
    ai: algo.orderId === null ? '' : String(algo.orderId),
    ...made,
    tp: tickText(instrument, algo.trigger),
    p: tickText(instrument, algo.price),
    V: algo.selfTradePrevention ?? 'EXPIRE_MAKER',
    wt: algo.workingType,
    pm: algo.priceMatch ?? 'NONE',
    cp: algo.closePosition,
    pP: algo.priceProtect ?? false,
    R: algo.reduceOnly || algo.closePosition,
    tt: algo.triggerTime,
    gtd: 0,
    ...trailing,
    ...(algo.rejectReason === '' ? {} : { rm: algo.rejectReason }),
  };
}
