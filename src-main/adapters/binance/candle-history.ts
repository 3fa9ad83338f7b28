// Closed candles of a market: from the archive as far as they are whole, the rest from the exchange.
import { timeframeMs, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { CandleArchive, ExchangeError } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { klinesSchema, type KlineRow } from './rest-schemas.ts';

export const WARM_UP_BARS = 499;
const LARGEST_PAGE = 1500;
/** Up to this many missing bars are fetched on their own, in the cheapest weight class. */
const CHEAP_BARS = 90;

export interface HistoryRequest {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly limit: number;
  readonly before: EpochMs | null;
}

export class CandleHistory {
  readonly #gateway: Gateway;
  readonly #archive: CandleArchive;

  readonly #settings: () => Settings;
  /** Exchange time of the last reading of a market and timeframe. */
  readonly #readAt = new Map<string, number>();

  constructor(gateway: Gateway, archive: CandleArchive, settings: () => Settings) {
    this.#gateway = gateway;
    this.#archive = archive;
    this.#settings = settings;
  }

  store(symbol: string, timeframe: Timeframe, candle: Candle): void {
    this.#archive.append(symbol, timeframe, [candle]);
  }

  /** Open time of the newest candle that is closed at the exchange's time. */
  newestClosed(timeframe: Timeframe): number {
    const step = timeframeMs(timeframe);
    return Math.floor(this.#gateway.timestamp() / step) * step - step;
  }

  /** Whether a timeframe was read so short a time ago that what followed is known from smaller candles: CACHE_TTL_15M and CACHE_TTL_1H. */
  isCached(symbol: string, timeframe: Exclude<Timeframe, '5m'>): boolean {
    const { cacheHourSeconds, cacheQuarterSeconds } = this.#settings();
    const lifeMs = (timeframe === '1h' ? cacheHourSeconds : cacheQuarterSeconds) * 1000;
    const readAt = this.#readAt.get(`${symbol} ${timeframe}`);
    return readAt !== undefined && this.#gateway.timestamp() - readAt < lifeMs;
  }

  /** The newest closed candles, enough to warm up. */
  async warmUp(symbol: string, timeframe: Timeframe): Promise<Result<readonly Candle[], ExchangeError>> {
    const step = timeframeMs(timeframe);
    const stored = this.#archive.read({ symbol, timeframe, limit: WARM_UP_BARS, before: null });
    const missing = Math.round((this.newestClosed(timeframe) - (stored.at(-1)?.openTime ?? 0)) / step);
    // Stored history that is too old is read anew, whole, and not continued.
    const isRecent = missing * step <= this.#settings().cacheHistorySeconds * 1000;
    const isUsable = isRecent && stored.length >= WARM_UP_BARS && isContiguous(stored, step);
    if (isUsable && missing <= 0) return ok(stored);
    const limit = isUsable && missing < CHEAP_BARS ? missing + 2 : WARM_UP_BARS;
    const fetched = await this.#fetch({ symbol, timeframe, limit, before: null }, 'backfill');
    if (!fetched.ok) return fetched;
    this.#readAt.set(`${symbol} ${timeframe}`, this.#gateway.timestamp());
    const first = fetched.value[0]?.openTime ?? Infinity;
    const older = isUsable ? stored.filter((candle) => candle.openTime < first) : [];
    return ok([...older, ...fetched.value]);
  }

  /** Older candles for a chart. */
  async page(request: HistoryRequest): Promise<Result<readonly Candle[], ExchangeError>> {
    const stored = this.#archive.read(request);
    const step = timeframeMs(request.timeframe);
    const reachesEnd =
      request.before === null ? stored.at(-1)?.openTime === this.newestClosed(request.timeframe) : stored.at(-1)?.openTime === request.before - step;
    if (stored.length === request.limit && reachesEnd && isContiguous(stored, step)) return ok(stored);
    return this.#fetch(request, 'data');
  }

  /** Closed candles from the exchange, oldest first, stored in the archive. Rows that are off the grid or malformed are left out and counted. */
  async #fetch({ symbol, timeframe, limit, before }: HistoryRequest, priority: 'data' | 'backfill'): Promise<Result<readonly Candle[], ExchangeError>> {
    const step = timeframeMs(timeframe);
    const size = Math.min(LARGEST_PAGE, limit);
    const weight = size < 100 ? 1 : size < 500 ? 2 : size <= 1000 ? 5 : 10;
    const range = { limit: size, ...(before === null ? {} : { endTime: before - 1 }) };
    // Whether a candle had closed counts from before the question: one that closes on the way comes back unfinished.
    const askedAt = this.#gateway.timestamp();
    const answer = await this.#gateway.call({ name: 'candles', weight, priority, isMutation: false }, klinesSchema, (client) =>
      client.getKlines({ symbol, interval: timeframe, ...range }),
    );
    if (!answer.ok) return answer;
    const onGrid = answer.value.rows.filter((row) => row.openTime % step === 0);
    const broken = answer.value.malformed + answer.value.rows.length - onGrid.length;
    for (let index = 0; index < broken; index += 1) this.#gateway.count('candles');
    const closed = onGrid.filter((row) => row.openTime + step <= askedAt).map(toCandle);
    const inOrder = closed.filter((candle, index) => index === 0 || candle.openTime > (closed[index - 1]?.openTime ?? 0));
    this.#archive.append(symbol, timeframe, inOrder);
    return ok(inOrder);
  }
}

export function isContiguous(candles: readonly Candle[], step: number): boolean {
  return candles.every((candle, index) => index === 0 || candle.openTime === (candles[index - 1]?.openTime ?? 0) + step);
}

function toCandle({ openTime, open, high, low, close, volume, quoteVolume, trades, takerBuyVolume }: KlineRow): Candle {
  return { openTime: epochMs(openTime), open, high, low, close, volume, quoteVolume, trades, takerBuyVolume };
}
