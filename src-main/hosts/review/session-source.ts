// Everything that is on disk about one session: its journal, recording, equity, candles; and what each symbol's contract rules were.
import { existsSync, readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { openCandleReader } from '../../adapters/sqlite/candle-reader.ts';
import { openJournalReader, type JournalSession } from '../../adapters/sqlite/journal-reader.ts';
import { closedTradeOf, type ClosedTrade } from '../../core/backtest/closed-trade.ts';
import { deriveInstrument } from '../../core/backtest/derived-instrument.ts';
import type { HeldPosition } from '../../core/execution/held-position.ts';
import type { StoredRecord } from '../../core/ports.ts';
import { readRecording, readRecordingHeader } from './recording-replay.ts';
import type { RecordingHeader } from './recording-format.ts';
import { placeOf, type SessionPlace } from './session-place.ts';
import { equityFile } from './session-recorder.ts';

export interface SessionSource {
  readonly place: SessionPlace;
  readonly session: JournalSession;
  /** Time of the last line when it did not end by a stop. */
  readonly endedAt: number;
  readonly records: readonly StoredRecord[];
  readonly recording: string | null;
  readonly header: RecordingHeader | null;
  /** Time and equity in USDT, empty when the session kept none. */
  readonly equity: { readonly times: readonly number[]; readonly usdt: readonly number[] };
  readonly instruments: ReadonlyMap<string, Instrument>;
}

export function readSessionSource(dataDir: string, key: string): Result<SessionSource, string> {
  const place = placeOf(dataDir, key);
  return place.ok ? readPlace(place.value) : place;
}

function readPlace(place: SessionPlace): Result<SessionSource, string> {
  const reader = openJournalReader(place.journal);
  if (!reader.ok) return reader;
  try {
    const session = reader.value.sessions().find((entry) => place.id === null || entry.id === place.id);
    if (session === undefined) return err(place.id === null ? `${place.key} holds no session.` : `There is no session ${place.id} in its journal.`);
    const records = reader.value.records(session.id);
    const recording = existsSync(place.recording) ? place.recording : null;
    const header = recording === null ? null : readRecordingHeader(recording);
    const endedAt = session.endedAt ?? records.at(-1)?.time ?? session.startedAt;
    const known = recording === null ? new Map<string, Instrument>() : recordedInstruments(recording);
    const source: SessionSource = {
      place,
      session,
      endedAt,
      records,
      recording,
      header: header?.ok === true ? header.value : null,
      equity: readEquity(equityFile(place.recording)),
      instruments: known,
    };
    return ok({ ...source, instruments: new Map([...derivedInstruments(source), ...known]) });
  } finally {
    reader.value.close();
  }
}

/** Contract rules as the session was told them first. */
export function recordedInstruments(recording: string): ReadonlyMap<string, Instrument> {
  try {
    for (const line of readRecording(recording)) {
      if (line.kind !== 'input' || line.input.kind !== 'market' || line.input.event.kind !== 'instruments') continue;
      return new Map(line.input.event.instruments.map((instrument) => [instrument.symbol, instrument]));
    }
  } catch {
    // A recording that cannot be read is told where it is replayed; here the candles stand in for it.
  }
  return new Map();
}

/** Rules made of candles, for symbols of the journal that no recording tells of. */
function derivedInstruments(source: SessionSource): ReadonlyMap<string, Instrument> {
  const wanted = new Set(source.records.flatMap((record) => (record.kind === 'position' && record.symbol !== null ? [record.symbol] : [])));
  const missing = [...wanted].filter((symbol) => !source.instruments.has(symbol));
  return new Map(
    missing.flatMap((symbol) => {
      const candles = sessionCandles(source, { symbol, timeframe: '5m', until: source.endedAt, limit: 500 });
      return candles.length === 0 ? [] : [[symbol, deriveInstrument(symbol, candles)] as const];
    }),
  );
}

function readEquity(file: string): SessionSource['equity'] {
  if (!existsSync(file)) return { times: [], usdt: [] };
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(',').map(Number))
    .filter((row) => row.length === 2 && row.every(Number.isFinite));
  return { times: rows.map((row) => row[0] ?? 0), usdt: rows.map((row) => (row[1] ?? 0) / 1e8) };
}

export interface CandleWish {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Only candles that had closed by then. */
  readonly until: number;
  readonly limit: number;
}

const TIMEFRAME_MS: Readonly<Record<Timeframe, number>> = { '5m': 300_000, '15m': 900_000, '1h': 3_600_000 };

/** Candles of the session's own market, oldest first. */
export function sessionCandles({ place, session, endedAt, header }: SessionSource, wish: CandleWish): readonly Candle[] {
  const reader = openCandleReader(place.candles);
  if (!reader.ok) return [];
  try {
    const market = header?.candles.source ?? reader.value.busiestSource({ from: session.startedAt - 86_400_000, to: endedAt });
    if (market === null) return [];
    const step = TIMEFRAME_MS[wish.timeframe];
    const to = wish.until - step + 1;
    return reader.value.read({ source: market, symbol: wish.symbol, timeframe: wish.timeframe }, { from: to - wish.limit * step, to });
  } finally {
    reader.value.close();
  }
}

/** Positions that ended within the session and were ever filled, in the order of their end. */
export function sessionTrades({ records, instruments }: Pick<SessionSource, 'records' | 'instruments'>): readonly ClosedTrade[] {
  const trades = new Map<string, ClosedTrade>();
  for (const record of records) {
    if (record.kind !== 'position') continue;
    const { position, openedLots } = record.data as HeldPosition;
    const instrument = instruments.get(position.symbol);
    const trade = instrument === undefined ? null : closedTradeOf(position, openedLots, instrument);
    if (trade !== null) trades.set(trade.id, trade);
  }
  return [...trades.values()].toSorted((a, b) => a.closedAt - b.closedAt);
}
