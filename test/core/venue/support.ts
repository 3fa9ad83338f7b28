// One account at the venue with BTCUSDT at 60,000 (tick 0.1, step 0.001), and requests to vary.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import type { AccountEvent, AlgoRequest, OrderRequest } from '../../../src-main/core/venue/types.ts';
import { sampleInstrument } from '../../support/samples.ts';

export const T0 = epochMs(1_760_000_000_000);
export const SYMBOL = 'BTCUSDT';

export interface Account {
  readonly exchange: Exchange;
  /** Moves last and mark price to `price` ticks, or the mark to its own. */
  readonly at: (price: number, mark?: number) => void;
  readonly time: () => EpochMs;
  readonly pass: (milliseconds: number) => void;
}

export function openAccount(options: { readonly usdt?: number; readonly leverage?: number; readonly instrument?: Partial<Instrument> } = {}): Account {
  const exchange = new Exchange([sampleInstrument(options.instrument)], money((options.usdt ?? 10_000) * 1e8), T0);
  let now = T0;
  const at = (price: number, mark = price): void => exchange.onPrice(SYMBOL, { last: ticks(price), mark: ticks(mark), quoteVolume24h: 5e9 }, now);
  at(600_000);
  exchange.setLeverage(SYMBOL, options.leverage ?? 10, now);
  exchange.drainEvents();
  return { exchange, at, time: () => now, pass: (milliseconds) => void (now = epochMs(now + milliseconds)) };
}

let counter = 0;

export function market(side: 'BUY' | 'SELL', amount: number, change: Partial<OrderRequest> = {}): OrderRequest {
  return {
    symbol: SYMBOL,
    side,
    positionSide: 'BOTH',
    type: 'MARKET',
    lots: lots(amount),
    price: null,
    timeInForce: 'GTC',
    reduceOnly: false,
    clientOrderId: `id${(counter += 1)}`,
    ...change,
  };
}

export function limit(side: 'BUY' | 'SELL', amount: number, price: number, change: Partial<OrderRequest> = {}): OrderRequest {
  return market(side, amount, { type: 'LIMIT', price: ticks(price), ...change });
}

export function conditional(side: 'BUY' | 'SELL', trigger: number, change: Partial<AlgoRequest> = {}): AlgoRequest {
  return {
    symbol: SYMBOL,
    side,
    positionSide: 'BOTH',
    type: 'STOP_MARKET',
    lots: lots(0),
    price: null,
    trigger: ticks(trigger),
    workingType: 'MARK_PRICE',
    closePosition: true,
    reduceOnly: false,
    timeInForce: 'GTC',
    clientAlgoId: `algo${(counter += 1)}`,
    ...change,
  };
}

export function codeOf(result: { readonly ok: boolean; readonly error?: { readonly code: number } }): number | null {
  return result.ok ? null : (result.error?.code ?? 0);
}

/** What the order events said, e.g. `NEW NEW`, `TRADE FILLED`. */
export function orderWords(events: readonly AccountEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'order' ? [`${event.execution} ${event.order.status}`] : []));
}

export function algoWords(events: readonly AccountEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'algo' ? [event.algo.status] : []));
}
