// Market-stream frames, parsed once; pure and total: any text gives a known frame, a reply, something ignored or something malformed.
import type { z } from 'zod';
import { timeframeMs, type Candle } from '../../../src-shared/domain/candle.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import {
  contractEventSchema,
  frameSchema,
  klineEventSchema,
  markPriceEventSchema,
  miniTickerEventSchema,
  replySchema,
  type KlineEvent,
} from './stream-schemas.ts';

export type MarketFrame =
  | { readonly kind: 'mini-tickers'; readonly rows: z.infer<typeof miniTickerEventSchema>['rows']; readonly malformed: number }
  | { readonly kind: 'mark-prices'; readonly rows: z.infer<typeof markPriceEventSchema>['rows']; readonly malformed: number }
  | { readonly kind: 'candle'; readonly symbol: string; readonly candle: Candle; readonly isClosed: boolean }
  /** Status, filters or brackets of a contract have changed. */
  | { readonly kind: 'contract'; readonly symbol: string }
  /** The answer to SUBSCRIBE; `failure` is what the exchange says against it. */
  | { readonly kind: 'reply'; readonly failure: string | null }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'malformed'; readonly what: string };

export function readMarketFrame(text: string): MarketFrame {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { kind: 'malformed', what: 'market frame' };
  }
  const frame = frameSchema.safeParse(raw);
  if (!frame.success) return readReply(raw);
  const { stream, data } = frame.data;
  if (stream.startsWith('!miniTicker')) {
    const event = miniTickerEventSchema.safeParse(listOf(data));
    return event.success ? { kind: 'mini-tickers', ...event.data } : { kind: 'malformed', what: '24hrMiniTicker' };
  }
  if (stream.startsWith('!markPrice')) {
    const event = markPriceEventSchema.safeParse(listOf(data));
    return event.success ? { kind: 'mark-prices', ...event.data } : { kind: 'malformed', what: 'markPriceUpdate' };
  }
  if (stream === '!contractInfo') {
    const event = contractEventSchema.safeParse(data);
    return event.success ? { kind: 'contract', symbol: event.data.s } : { kind: 'malformed', what: 'contractInfo' };
  }
  if (!stream.includes('@kline_')) return { kind: 'ignored' };
  const event = klineEventSchema.safeParse(data);
  if (!event.success) return { kind: 'malformed', what: 'kline' };
  return readCandle(event.data);
}

/** Contracts of another kind may come in a message of their own. */
function listOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [data];
}

function readCandle({ s, k }: KlineEvent): MarketFrame {
  if (k.i !== '5m') return { kind: 'ignored' };
  if (k.t % timeframeMs('5m') !== 0 || k.T !== k.t + timeframeMs('5m') - 1) return { kind: 'malformed', what: 'kline' };
  const { t, o: open, h: high, l: low, c: close, v: volume, q: quoteVolume, n: trades, V: takerBuyVolume } = k;
  return { kind: 'candle', symbol: s, isClosed: k.x, candle: { openTime: epochMs(t), open, high, low, close, volume, quoteVolume, trades, takerBuyVolume } };
}

function readReply(raw: unknown): MarketFrame {
  const reply = replySchema.safeParse(raw);
  if (!reply.success) return { kind: 'malformed', what: 'market frame' };
  const { code, msg, error, result } = reply.data;
  if (code === undefined && error === undefined && (result === null || result === undefined)) return { kind: 'reply', failure: null };
  return { kind: 'reply', failure: Array.isArray(result) ? null : `${code ?? ''} ${msg ?? JSON.stringify(error ?? result) ?? ''}`.trim().slice(0, 200) };
}
