// What the market feed is made of and how patient it is.
import type { Agent } from 'node:http';
import type { OrderBookView } from '../../../src-shared/contract/trade-calls.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { CandleArchive, Clock, Logger, MarketFeed } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import type { InstrumentTable } from './instrument-table.ts';
import type { RuleWatchTimes } from './rule-watch.ts';
import type { SocketHost } from './socket-host.ts';
import { STREAM_TIMES, type StreamTimes } from './stream-socket.ts';

export interface FeedTimes extends StreamTimes, RuleWatchTimes {
  readonly watchMs: number;
  readonly retryMs: number;
  /** Between two readings of rules and volumes; null: CACHE_TTL_EXCHANGE_INFO. */
  readonly universeMs: number | null;
  /** Exchange time after a candle's end until its absence counts. */
  readonly lateMs: number;
}

export const FEED_TIMES: FeedTimes = {
  ...STREAM_TIMES,
  watchMs: 2000,
  retryMs: 5000,
  universeMs: null,
  lateMs: 20_000,
  bracketsMs: 60_000,
  rulesMs: 30_000,
};

export interface FeedOptions {
  readonly gateway: Gateway;
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly archive: CandleArchive;
  readonly instruments: InstrumentTable;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: FeedTimes;
}

export interface BinanceMarketFeed extends MarketFeed {
  /** Price of an asset in USDT, null while it is not known. */
  priceOf(asset: string): number | null;
  /** The newest order book of a market somebody looks at; null until its first levels arrive. */
  orderBook(symbol: string): OrderBookView | null;
  /** The rules of some contract are not what we think they are: they are read again soon. */
  reloadRules(): void;
}
