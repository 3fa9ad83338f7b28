// Names of public streams, read once when a client subscribes: what each means and through which door it flows.
import { INTERVALS } from './intervals.ts';

/** Doors since 2026-04-23. Source: "Important WebSocket Change Notice". */
export type Door = 'public' | 'market' | 'legacy';

export type Topic =
  | { readonly kind: 'kline' | 'continuous-kline'; readonly symbol: string; readonly interval: string }
  | { readonly kind: 'agg-trade' | 'trade' | 'mini-ticker' | 'ticker' | 'force-order' | 'book-ticker'; readonly symbol: string }
  | { readonly kind: 'mark-price'; readonly symbol: string; readonly everyMs: number }
  | { readonly kind: 'depth'; readonly symbol: string; readonly everyMs: number; readonly levels: number | null }
  | { readonly kind: 'all-mini-tickers' | 'all-tickers' | 'all-book-tickers' | 'all-force-orders' | 'contract-info' }
  | { readonly kind: 'all-mark-prices'; readonly everyMs: number }
  | { readonly kind: 'unknown' };

const ALL: Readonly<Record<string, Topic>> = {
  '!miniTicker@arr': { kind: 'all-mini-tickers' },
  '!ticker@arr': { kind: 'all-tickers' },
  '!bookTicker': { kind: 'all-book-tickers' },
  '!forceOrder@arr': { kind: 'all-force-orders' },
  '!contractInfo': { kind: 'contract-info' },
  '!markPrice@arr': { kind: 'all-mark-prices', everyMs: 3000 },
  '!markPrice@arr@1s': { kind: 'all-mark-prices', everyMs: 1000 },
};
const UNKNOWN: Topic = { kind: 'unknown' };
const DEPTH = /^(?:depth|rpiDepth)(?<levels>5|10|20)?(?:@(?<speed>100|250|500)ms)?$/;
const SIMPLE: Readonly<Record<string, 'agg-trade' | 'trade' | 'mini-ticker' | 'ticker' | 'force-order' | 'book-ticker'>> = {
  aggTrade: 'agg-trade',
  trade: 'trade',
  miniTicker: 'mini-ticker',
  ticker: 'ticker',
  forceOrder: 'force-order',
  bookTicker: 'book-ticker',
};

/** A name the exchange does not know is accepted and stays silent, as there. */
export function parseTopic(name: string): Topic {
  const all = Object.hasOwn(ALL, name) ? ALL[name] : undefined;
  if (all !== undefined) return all;
  const at = name.indexOf('@');
  if (at <= 0) return UNKNOWN;
  const symbol = name.slice(0, at).toUpperCase();
  const topic = name.slice(at + 1);
  const simple = Object.hasOwn(SIMPLE, topic) ? SIMPLE[topic] : undefined;
  if (simple !== undefined) return { kind: simple, symbol };
  if (topic === 'markPrice') return { kind: 'mark-price', symbol, everyMs: 3000 };
  if (topic === 'markPrice@1s') return { kind: 'mark-price', symbol, everyMs: 1000 };
  const depth = DEPTH.exec(topic)?.groups;
  if (depth !== undefined) {
    const levels = depth['levels'];
    return { kind: 'depth', symbol, everyMs: Number(depth['speed'] ?? 250), levels: levels === undefined ? null : Number(levels) };
  }
  const [word = '', interval = ''] = topic.split('_');
  if (!Object.hasOwn(INTERVALS, interval)) return UNKNOWN;
  if (word === 'kline') return { kind: 'kline', symbol, interval };
  if (word === 'continuousKline' && symbol.endsWith('_PERPETUAL')) return { kind: 'continuous-kline', symbol: symbol.replace(/_PERPETUAL$/, ''), interval };
  return UNKNOWN;
}

/** Whether a topic's data flows through a door; the legacy one lets only public data through. */
export function flowsThrough(topic: Topic, door: Door): boolean {
  const isPublic = topic.kind === 'book-ticker' || topic.kind === 'trade' || topic.kind === 'all-book-tickers' || topic.kind === 'depth';
  return topic.kind !== 'unknown' && (door === 'market' ? !isPublic : isPublic);
}
