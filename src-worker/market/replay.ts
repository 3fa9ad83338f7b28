// Replays candle files: real markets through the local venue. Inside a candle price goes open → nearer extreme → other extreme → close.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { deriveInstrument } from './instruments.ts';
import { FIVE_MINUTES, type MarketSource, type PathedCandle } from './source.ts';

const FILE_NAME = /^(?<symbol>.+?)-5m\.csv(?:\.gz)?$/u;
const HISTORY_BARS = 6300;
const MINIMUM_LIVE_BARS = 288;

interface ReplaySeries {
  readonly symbol: string;
  readonly candles: ReadonlyMap<number, Candle>;
  readonly first: number;
  readonly last: number;
  readonly lastPrice: number;
}

export interface ReplayOptions {
  readonly folder: string;
  /** Simulated time at which trading begins, or null for the first moment at which most symbols have enough history. */
  readonly from: number | null;
}

/** Reads every `SYMBOL-5m.csv(.gz)` of the folder and its sub-folders. */
export async function openReplay(options: ReplayOptions): Promise<Result<MarketSource, string>> {
  if (!existsSync(options.folder) || !statSync(options.folder).isDirectory())
    return err(`The replay folder ${options.folder} does not exist. Give the folder that holds the candle files with --replay.`);
  const files = findFiles(options.folder);
  if (files.length === 0) return err(`${options.folder} holds no 5-minute candle files (SYMBOL-5m.csv or SYMBOL-5m.csv.gz).`);
  const series: ReplaySeries[] = [];
  for (const file of files) {
    const read = await readCandleFile(file.path);
    if (!read.ok) return read;
    const times = [...read.value.keys()];
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) continue;
    series.push({ symbol: file.symbol, candles: read.value, first, last, lastPrice: read.value.get(last)?.close ?? 1 });
  }
  const liveFrom = options.from === null ? chooseStart(series) : Math.floor(options.from / FIVE_MINUTES) * FIVE_MINUTES;
  const used = series.filter((entry) => entry.first < liveFrom && entry.last > liveFrom);
  if (used.length === 0) return err(`No file of ${options.folder} has candles around ${new Date(liveFrom).toISOString()}; choose another --from.`);
  const volumes = new Map(used.map((entry) => [entry.symbol, dayVolume(entry, liveFrom)]));
  const ranked = used.toSorted((a, b) => (volumes.get(b.symbol) ?? 0) - (volumes.get(a.symbol) ?? 0));
  const bySymbol = new Map(ranked.map((entry) => [entry.symbol, entry]));
  return ok({
    identity: `replay-${new Date(liveFrom).toISOString().slice(0, 16)}`,
    instruments: ranked.map((entry, rank) => deriveInstrument(entry.symbol, entry.lastPrice, rank)),
    liveFrom,
    liveUntil: Math.max(...used.map((entry) => entry.last)) + FIVE_MINUTES,
    firstOpenTime: (symbol) => Math.max(bySymbol.get(symbol)?.first ?? liveFrom, liveFrom - HISTORY_BARS * FIVE_MINUTES),
    fundingAt: () => null,
    candleAt: (symbol, openTime) => {
      const candle = bySymbol.get(symbol)?.candles.get(openTime);
      return candle === undefined ? null : pathOf(candle);
    },
  });
}

function findFiles(folder: string): { readonly symbol: string; readonly path: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findFiles(path);
    const symbol = FILE_NAME.exec(entry.name)?.groups?.['symbol'];
    return symbol === undefined ? [] : [{ symbol, path }];
  });
}

/** Candles of one CSV(.gz) file by open time; the first wrong line is named. */
export async function readCandleFile(path: string): Promise<Result<ReadonlyMap<number, Candle>, string>> {
  const candles = new Map<number, Candle>();
  const raw = createReadStream(path);
  const lines = createInterface({ input: path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw, crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line === '' || /^[a-z_]/i.test(line)) continue;
      const [time = '', open = '', high = '', low = '', close = '', volume = '', quote = '', trades = '', taker = ''] = line.split(',');
      const values = [open, high, low, close, volume].map(Number);
      const openTime = Number(time);
      if (!Number.isSafeInteger(openTime) || values.some((value) => !Number.isFinite(value)) || [open, high, low, close].some((text) => text === '')) {
        return err(`${path} line ${number} is not a candle: ${line.slice(0, 80)}`);
      }
      const [o = 0, h = 0, l = 0, c = 0, v = 0] = values;
      candles.set(openTime, {
        openTime: epochMs(openTime),
        open: o,
        high: h,
        low: l,
        close: c,
        volume: v,
        quoteVolume: quote === '' ? v * ((o + h + l + c) / 4) : Number(quote),
        trades: trades === '' ? 0 : Number(trades),
        takerBuyVolume: taker === '' ? v / 2 : Number(taker),
      });
    }
  } catch (failure) {
    return err(`${path} cannot be read (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
  return ok(candles);
}

/** The first day at which the most symbols have 21 days of history and at least a day to go. */
function chooseStart(series: readonly ReplaySeries[]): number {
  const candidates = [...new Set(series.map((entry) => Math.ceil((entry.first + HISTORY_BARS * FIVE_MINUTES) / 86_400_000) * 86_400_000))].toSorted(
    (a, b) => a - b,
  );
  const score = (time: number): number =>
    series.filter((entry) => entry.first + HISTORY_BARS * FIVE_MINUTES <= time && entry.last >= time + MINIMUM_LIVE_BARS * FIVE_MINUTES).length;
  const best = candidates.reduce((top, time) => Math.max(top, score(time)), 0);
  return candidates.find((time) => score(time) === best) ?? Math.min(...series.map((entry) => entry.last)) - MINIMUM_LIVE_BARS * FIVE_MINUTES;
}

function dayVolume(series: ReplaySeries, until: number): number {
  let sum = 0;
  for (let time = until - 288 * FIVE_MINUTES; time < until; time += FIVE_MINUTES) sum += series.candles.get(time)?.quoteVolume ?? 0;
  return sum;
}

/** Six points: a third of the way, each extreme held once, and the close. */
export function pathOf(candle: Candle): PathedCandle {
  const { open, high, low, close } = candle;
  const isHighNearer = high - open <= open - low;
  const first = isHighNearer ? high : low;
  const second = isHighNearer ? low : high;
  return { candle, points: Float64Array.from([(open + first) / 2, first, (first + second) / 2, second, (second + close) / 2, close]), premiums: null };
}
