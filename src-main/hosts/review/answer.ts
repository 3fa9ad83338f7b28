// Answers what the screen asks about sessions; everything is read from disk, so that the running engine is never touched.
import { join } from 'node:path';
import type { ReviewRequest } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers, SessionDetail } from '../../../src-shared/contract/review.ts';
import { defaultSettings, parseSettings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { reportToHtml } from '../../core/backtest/report-html.ts';
import { orNull } from '../../core/review/figures.ts';
import { bootstrapDifference } from '../../core/review/intervals.ts';
import { blindCases, gradeCases } from './blind-cases.ts';
import { exportSession } from './export.ts';
import { removeImported, takeUpload } from './imported-sessions.ts';
import { openNotes, type NoteBook } from './notes.ts';
import { sessionDetail } from './session-detail.ts';
import { listSessions, sessionRow } from './session-list.ts';
import { SessionParts } from './session-parts.ts';
import { readSessionSource, sessionCandles, type SessionSource } from './session-source.ts';
import { backtestDetail, backtestRow, readBacktest, removeBacktest } from './stored-backtests.ts';
import { timelineEvent, timelineOf } from './timeline.ts';

/** Requests that are answered at once; the others are jobs of the host. */
export type ReadRequest = Exclude<ReviewRequest, { kind: 'start-job' | 'jobs' | 'cancel-job' }>;
type Answer<K extends ReadRequest['kind']> = Result<ReviewAnswers[K], string>;

export class ReviewReader {
  readonly #dataDir: string;
  readonly #now: () => number;
  readonly #parts: SessionParts;
  #notes: NoteBook | null = null;
  /** The session asked for last: a scrubber asks the same one over and over. */
  #source: { readonly key: string; readonly readAt: number; readonly source: SessionSource } | null = null;

  constructor(dataDir: string, now: () => number) {
    this.#dataDir = dataDir;
    this.#now = now;
    this.#parts = new SessionParts(dataDir);
  }

  answer(request: ReadRequest): Answer<ReadRequest['kind']> {
    switch (request.kind) {
      case 'sessions':
        return ok(listSessions(this.#dataDir, this.#noteBook().all()));
      case 'session':
        return this.#detail(request.key);
      case 'timeline': {
        const source = this.#read(request.key, true);
        return source.ok ? ok(timelineOf(source.value)) : source;
      }
      case 'record': {
        const source = this.#read(request.key);
        if (!source.ok) return source;
        const record = source.value.records.find((entry) => entry.id === request.id);
        return record === undefined ? err(`The session has no line ${request.id}.`) : ok({ ...timelineEvent(record), data: record.data });
      }
      case 'candles': {
        const source = this.#read(request.key);
        if (!source.ok) return source;
        const candles = sessionCandles(source.value, request);
        return ok({
          openTime: candles.map((candle) => candle.openTime),
          open: candles.map((candle) => candle.open),
          high: candles.map((candle) => candle.high),
          low: candles.map((candle) => candle.low),
          close: candles.map((candle) => candle.close),
          volume: candles.map((candle) => candle.volume),
        });
      }
      case 'annotate': {
        const { key, trade, text, tags } = request;
        this.#noteBook().put(key, { trade, text, tags, changedAt: this.#now() });
        return ok(this.#noteBook().of(key));
      }
      case 'compare':
        return this.#compare(request.a, request.b);
      case 'export': {
        const detail = this.#detail(request.key);
        if (!detail.ok) return detail;
        const report = request.format === 'html' && request.key.startsWith('backtest:') ? readBacktest(this.#dataDir, request.key) : null;
        return ok(exportSession(detail.value, request.format, report?.ok === true ? reportToHtml(report.value) : null));
      }
      case 'import-part': {
        const taken = takeUpload(this.#dataDir, request);
        return taken.ok ? ok({ key: taken.value?.key ?? null }) : taken;
      }
      case 'export-part':
        return this.#parts.read(request.key, request.offset);
      case 'remove': {
        const removed = request.key.startsWith('backtest:') ? removeBacktest(this.#dataDir, request.key) : removeImported(this.#dataDir, request.key);
        if (this.#source?.key === request.key) this.#source = null;
        return removed.ok ? ok(listSessions(this.#dataDir, this.#noteBook().all())) : removed;
      }
      case 'blind': {
        const source = this.#read(request.key);
        return source.ok ? ok(blindCases(source.value, request)) : source;
      }
      case 'grade': {
        const source = this.#read(request.key);
        if (!source.ok) return source;
        const settings = parseSettings(source.value.session.settings);
        return ok(gradeCases(source.value, request.answers, settings.ok ? settings.value.minConfidence : defaultSettings().minConfidence));
      }
    }
  }

  close(): void {
    this.#notes?.close();
    this.#parts.drop();
  }

  #noteBook(): NoteBook {
    return (this.#notes ??= openNotes(join(this.#dataDir, 'review.sqlite')));
  }

  /** A session that still grows is read anew with every timeline. */
  #read(key: string, isFresh = false): Result<SessionSource, string> {
    const known = this.#source;
    if (known !== null && known.key === key && !(isFresh && known.source.session.endedAt === null)) return ok(known.source);
    const source = readSessionSource(this.#dataDir, key);
    if (source.ok) this.#source = { key, readAt: this.#now(), source: source.value };
    return source;
  }

  #detail(key: string): Result<SessionDetail, string> {
    const notes = this.#noteBook().of(key);
    if (key.startsWith('backtest:')) {
      const report = readBacktest(this.#dataDir, key);
      return report.ok ? ok(backtestDetail(backtestRow(key, report.value, notes), report.value, notes)) : report;
    }
    const source = this.#read(key, true);
    if (!source.ok) return source;
    const { place, session, records } = source.value;
    const detail = sessionDetail(source.value, sessionRow(place, session, { facts: null, notes }), notes);
    const net = detail.trades.reduce((sum, trade) => sum + trade.net, 0);
    return ok({ ...detail, row: { ...detail.row, lines: records.length, trades: detail.trades.length, net } });
  }

  #compare(a: string, b: string): Answer<'compare'> {
    const first = this.#detail(a);
    if (!first.ok) return first;
    const second = this.#detail(b);
    if (!second.ok) return second;
    const inR = (detail: SessionDetail): readonly number[] => detail.trades.flatMap((trade) => trade.netR ?? []);
    const { difference, low, high } = bootstrapDifference(inR(second.value), inR(first.value));
    const names = [...new Set([...Object.keys(first.value.changedSettings), ...Object.keys(second.value.changedSettings)])];
    const text = (detail: SessionDetail, name: string): string => JSON.stringify(detail.changedSettings[name] ?? defaultSettings()[name as 'minConfidence']);
    return ok({
      a: first.value.row,
      b: second.value.row,
      rows: first.value.figures.map(({ id, unit, value }) => ({ id, unit, a: value, b: second.value.figures.find((entry) => entry.id === id)?.value ?? null })),
      difference: { value: orNull(difference), low: orNull(low), high: orNull(high) },
      settings: names
        .map((name) => ({ name, a: text(first.value, name), b: text(second.value, name) }))
        .filter((entry) => entry.a !== entry.b)
        .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
      equity: [first.value.equity, second.value.equity],
    });
  }
}
