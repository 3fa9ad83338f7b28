// What is known of a recorded session besides its decisions: which candles reached it and when, what a person did, which build it ran.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { BAR_MS, type PriceHistory } from '../../core/backtest/price-history.ts';
import type { CandleFate, HandAction, SessionCourse } from '../../core/review/difference-causes.ts';
import type { StoredRecord } from '../../core/ports.ts';
import { compareBuilds, readBuild } from '../build-stamp.ts';
import { readRecording } from './recording-replay.ts';

/** Prices of two sources are the same candle when they agree to this. */
const TOLERANCE = 1e-9;
const SEEN = { kind: 'seen' } as const;
const SETTINGS: readonly string[] = ['update-settings', 'set-strategy-mode'];

interface Arrival {
  readonly at: number;
  readonly close: number;
}

interface Arrivals {
  /** By symbol, then by close time: as it was told first. */
  readonly candles: ReadonlyMap<string, ReadonlyMap<number, Arrival>>;
  /** By symbol, later than its first. */
  readonly pages: ReadonlyMap<string, readonly number[]>;
  readonly from: number;
  readonly to: number;
  readonly isSameBuild: boolean | null;
}

export interface CourseParts {
  readonly running: SessionCourse['running'];
  readonly records: readonly StoredRecord[];
  /** Null without one: then nothing is known of candles and builds. */
  readonly recording: string | null;
  /** The candles of the re-run. */
  readonly histories: readonly PriceHistory[];
  readonly changes: Readonly<Record<string, unknown>>;
}

export function sessionCourse({ running, records, recording, histories, changes }: CourseParts): SessionCourse {
  const arrivals = recording === null ? null : readArrivals(recording);
  const archive = new Map(histories.map((history) => [history.instrument.symbol, closesOf(history)]));
  return {
    running,
    hands: handsOf(records),
    whatIf: Object.entries(changes).map(([name, value]) => `${name} = ${String(value)}`),
    isSameBuild: arrivals?.isSameBuild ?? null,
    candle: (symbol, time) => fateOf(arrivals, archive.get(symbol) ?? new Map<number, number>(), { symbol, time }),
    historyReadAt: (symbol, time) => arrivals?.pages.get(symbol)?.findLast((at) => at <= time) ?? null,
  };
}

function closesOf({ openTime, close }: PriceHistory): ReadonlyMap<number, number> {
  return new Map(Array.from(openTime, (time, index) => [time + BAR_MS, close[index] ?? Number.NaN]));
}

interface Moment {
  readonly symbol: string;
  readonly time: number;
}

function fateOf(arrivals: Arrivals | null, archive: ReadonlyMap<number, number>, { symbol, time }: Moment): CandleFate {
  const closedAt = Math.floor(time / BAR_MS) * BAR_MS;
  if (archive.size > 0 && !archive.has(closedAt + BAR_MS)) return { kind: 'unpriced', at: closedAt + BAR_MS };
  if (arrivals === null) return SEEN;
  if (closedAt < arrivals.from || time > arrivals.to) return SEEN;
  const told = arrivals.candles.get(symbol) ?? new Map<number, Arrival>();
  const arrival = told.get(closedAt);
  if (arrival === undefined) return { kind: 'missing', at: closedAt };
  if (arrival.at - closedAt >= BAR_MS) return { kind: 'late', at: closedAt };
  for (const [at, { close }] of told) {
    const known = archive.get(at);
    if (at <= closedAt && known !== undefined && Math.abs(known / close - 1) > TOLERANCE) return { kind: 'changed', at };
  }
  return SEEN;
}

function readArrivals(recording: string): Arrivals {
  const candles = new Map<string, Map<number, Arrival>>();
  const pages = new Map<string, number[]>();
  const begun = new Set<string>();
  const time = { from: 0, to: 0 };
  let isSameBuild: boolean | null = null;
  const arrive = (symbol: string, candle: Candle, at: number): void => {
    const told = candles.get(symbol) ?? new Map<number, Arrival>();
    candles.set(symbol, told);
    const closedAt = candle.openTime + BAR_MS;
    if (!told.has(closedAt)) told.set(closedAt, { at, close: candle.close });
  };
  for (const line of readRecording(recording)) {
    if (line.kind === 'header') isSameBuild = compareBuilds(line.header.build ?? null, readBuild()).isSame;
    if (line.kind !== 'input') continue;
    const { input } = line;
    time.to = input.at;
    if (input.kind !== 'market') continue;
    const { event } = input;
    if (event.kind === 'candle-closed') arrive(event.symbol, event.candle, input.at);
    if (event.kind !== 'history' || event.timeframe !== '5m') continue;
    if (time.from === 0) time.from = input.at;
    for (const candle of event.candles) arrive(event.symbol, candle, input.at);
    if (begun.has(event.symbol)) pages.set(event.symbol, [...(pages.get(event.symbol) ?? []), input.at]);
    begun.add(event.symbol);
  }
  return { candles, pages, ...time, isSameBuild };
}

interface CommandData {
  readonly who: string;
  readonly command: { readonly kind: string; readonly changes?: Readonly<Record<string, unknown>> };
  readonly answer: { readonly ok: boolean };
}

function handsOf(records: readonly StoredRecord[]): readonly HandAction[] {
  const symbols = new Map(records.flatMap(({ positionId, symbol }) => (positionId === null || symbol === null ? [] : [[positionId, symbol] as const])));
  return records.flatMap((record) => {
    if (record.kind !== 'command') return [];
    const { who, command, answer } = record.data as CommandData;
    if (!answer.ok) return [];
    const isSetting = SETTINGS.includes(command.kind);
    const changed =
      command.changes === undefined
        ? ''
        : ` ${Object.entries(command.changes)
            .map(([name, value]) => `${name} = ${String(value)}`)
            .join(', ')}`;
    const symbol = record.symbol ?? (record.positionId === null ? null : (symbols.get(record.positionId) ?? null));
    return [{ time: record.time, isSetting, symbol: isSetting ? null : symbol, words: `${who}: ${command.kind}${changed}` }];
  });
}
