// The candles a recorded session saw: from its own archive, or from candle files of the same time.
import { timeframeMs, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { openCandleReader, type CandleReader } from '../../adapters/sqlite/candle-reader.ts';
import { deriveInstrument } from '../../core/backtest/derived-instrument.ts';
import { candleOf, historyOf, type PriceHistory } from '../../core/backtest/price-history.ts';
import type { WarmUpPages } from '../../core/backtest/run-types.ts';
import { bucketsOf } from '../../core/backtest/symbol-clock.ts';

/** Closed candles of each timeframe that the terminal asks for when it connects. */
const PAGE = 499;

export interface SessionCandles {
  readonly histories: readonly PriceHistory[];
  readonly pages: ReadonlyMap<string, WarmUpPages>;
}

interface Time {
  readonly from: number;
  readonly to: number;
}

/** What a recording tells of the session's market. */
export interface KnownMarket {
  /** Its name in the archive; null for the one with most 5m candles of that time. */
  readonly market: string | null;
  /** Contract rules; those of other symbols are derived from their candles. */
  readonly instruments: ReadonlyMap<string, Instrument>;
}

const ANY_MARKET: KnownMarket = { market: null, instruments: new Map() };

/** The candle archive beside a journal, opened for reading only. */
export function readSessionArchive(file: string, time: Time, known: KnownMarket = ANY_MARKET): Result<SessionCandles, string> {
  const reader = openCandleReader(file);
  if (!reader.ok) return reader;
  try {
    const source = known.market ?? reader.value.busiestSource(time);
    const symbols = source === null ? [] : reader.value.symbols(source, time);
    if (source === null || symbols.length === 0) return err(`${file} holds no 5m candles of the time of the session.`);
    return ok(readArchive(reader.value, { source, symbols, time, instruments: known.instruments }));
  } finally {
    reader.value.close();
  }
}

interface ArchivePart {
  readonly source: string;
  readonly symbols: readonly string[];
  readonly time: Time;
  readonly instruments: KnownMarket['instruments'];
}

function readArchive(reader: CandleReader, { source, symbols, time: { from, to }, instruments }: ArchivePart): SessionCandles {
  const histories: PriceHistory[] = [];
  const pages = new Map<string, WarmUpPages>();
  for (const symbol of symbols) {
    const candles = reader.read({ source, symbol, timeframe: '5m' }, { from: 0, to });
    const page = (timeframe: Timeframe): readonly Candle[] =>
      reader.read({ source, symbol, timeframe }, { from: 0, to: from - timeframeMs(timeframe) + 1 }).slice(-PAGE);
    histories.push(historyOf(instruments.get(symbol) ?? deriveInstrument(symbol, candles), candles));
    pages.set(symbol, { '5m': page('5m'), '15m': page('15m'), '1h': page('1h') });
  }
  return { histories, pages };
}

/** Pages made of 5m candles from before `from`, as the exchange would answer them. */
export function pagesOf(histories: readonly PriceHistory[], from: number): ReadonlyMap<string, WarmUpPages> {
  return new Map(
    histories.map((history) => {
      const candles: Candle[] = [];
      for (let index = 0; history.openTime[index]! < from; index += 1) candles.push(candleOf(history, index));
      return [
        history.instrument.symbol,
        { '5m': candles.slice(-PAGE), '15m': bucketsOf(candles, '15m').slice(-PAGE), '1h': bucketsOf(candles, '1h').slice(-PAGE) },
      ];
    }),
  );
}
