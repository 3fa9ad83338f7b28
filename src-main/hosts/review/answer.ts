// Answers what the screen asks about sessions; everything is read from disk, so that the running engine is never touched.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReviewRequest } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers, SessionDetail, SessionNote, SessionRow } from '../../../src-shared/contract/review.ts';
import { defaultSettings, parseSettings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { openJournalReader, type JournalSession, type SessionFacts } from '../../adapters/sqlite/journal-reader.ts';
import { reportToHtml } from '../../core/backtest/report-html.ts';
import { orNull } from '../../core/review/figures.ts';
import { bootstrapDifference } from '../../core/review/intervals.ts';
import { blindCases, gradeCases } from './blind-cases.ts';
import { exportSession } from './export.ts';
import { openNotes, type NoteBook } from './notes.ts';
import { recordingFile } from './record-session.ts';
import { sessionDetail } from './session-detail.ts';
import { journalFile, readSessionSource, sessionCandles, type SessionSource } from './session-source.ts';
import { backtestDetail, backtestNames, backtestRow, readBacktest } from './stored-backtests.ts';
import { timelineEvent, timelineOf } from './timeline.ts';

const JOURNAL = /^journal-(simulated|paper|demo|live)\.sqlite$/u;
type Mode = SessionRow['mode'];

/** Requests that are answered at once; the others are jobs of the host. */
export type ReadRequest = Exclude<ReviewRequest, { kind: 'start-job' | 'jobs' | 'cancel-job' }>;
type Answer<K extends ReadRequest['kind']> = Result<ReviewAnswers[K], string>;

export class ReviewReader {
  readonly #dataDir: string;
  readonly #now: () => number;
  #notes: NoteBook | null = null;
  /** The session asked for last: a scrubber asks the same one over and over. */
  #source: { readonly key: string; readonly readAt: number; readonly source: SessionSource } | null = null;

  constructor(dataDir: string, now: () => number) {
    this.#dataDir = dataDir;
    this.#now = now;
  }

  answer(request: ReadRequest): Answer<ReadRequest['kind']> {
    switch (request.kind) {
      case 'sessions':
        return ok(this.#sessions());
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
        const candles = sessionCandles(this.#dataDir, source.value, request);
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
      case 'blind': {
        const source = this.#read(request.key);
        return source.ok ? ok(blindCases(this.#dataDir, source.value, request)) : source;
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

  #sessions(): readonly SessionRow[] {
    const notes = this.#noteBook().all();
    const rows: SessionRow[] = [];
    const files = existsSync(this.#dataDir) ? readdirSync(this.#dataDir) : [];
    for (const file of files) {
      const mode = JOURNAL.exec(file)?.[1];
      if (mode === undefined) continue;
      const reader = openJournalReader(journalFile(this.#dataDir, mode));
      if (!reader.ok) continue;
      const facts = reader.value.facts();
      for (const session of reader.value.sessions()) {
        const key = `${mode}:${session.id}`;
        rows.push(this.#rowOf(key, session, { facts: facts.get(session.id) ?? null, notes: notes.get(key) ?? [] }));
      }
      reader.value.close();
    }
    for (const name of backtestNames(this.#dataDir)) {
      const key = `backtest:${name}`;
      const report = readBacktest(this.#dataDir, key);
      if (report.ok) rows.push(backtestRow(key, report.value, notes.get(key) ?? []));
    }
    return rows.toSorted((a, b) => b.startedAt - a.startedAt);
  }

  #rowOf(key: string, session: JournalSession, { facts, notes }: { readonly facts: SessionFacts | null; readonly notes: readonly SessionNote[] }): SessionRow {
    const settings = parseSettings(session.settings);
    const recording = recordingFile(this.#dataDir, session.mode, session.id);
    return {
      key,
      mode: session.mode as Mode,
      strategy: settings.ok ? settings.value.strategyMode : 'unknown',
      version: session.version,
      startedAt: session.startedAt,
      endedAt: session.endedAt,
      endedWhy: session.endedWhy,
      lines: facts?.lines ?? 0,
      trades: facts?.trades ?? 0,
      net: (facts?.net ?? 0) / 1e8,
      tags: [...new Set(notes.flatMap((note) => note.tags))],
      note: notes.find((note) => note.trade === null)?.text ?? '',
      recordingBytes: existsSync(recording) ? statSync(recording).size : null,
    };
  }

  #detail(key: string): Result<SessionDetail, string> {
    const notes = this.#noteBook().of(key);
    if (key.startsWith('backtest:')) {
      const report = readBacktest(this.#dataDir, key);
      return report.ok ? ok(backtestDetail(backtestRow(key, report.value, notes), report.value, notes)) : report;
    }
    const source = this.#read(key, true);
    if (!source.ok) return source;
    const { session, records } = source.value;
    const detail = sessionDetail(source.value, this.#rowOf(key, session, { facts: null, notes }), notes);
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
