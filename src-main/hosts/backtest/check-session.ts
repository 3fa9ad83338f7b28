// Live beside backtest: a recorded session replayed from its journal and re-run over candle files of the same time.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { parseSettings } from '../../../src-shared/contract/settings.ts';
import { moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { EquityCurve } from '../../core/backtest/equity-recorder.ts';
import { BAR_MS } from '../../core/backtest/price-history.ts';
import type { JournalRecord } from '../../core/ports.ts';
import { compareSession, type SessionComparison } from '../../core/review/session-comparison.ts';
import { bootstrapDifference, type MeanDifference } from '../../core/review/intervals.ts';
import { summariseSession } from '../../core/review/session-summary.ts';
import type { Summary } from '../../core/review/summary.ts';
import type { ReviewedTrade } from '../../core/review/trade-statistics.ts';
import { compareBuilds } from '../build-stamp.ts';
import { loadData, type DataRequest } from './load-data.ts';
import { runBacktest } from './run-backtest.ts';
import { decisionsOf, replayJournal, runningStretches, type JournalReplay, type RecordedSession } from './recorded-session.ts';
import { reviewedTrade } from '../../core/backtest/report.ts';
import { USUAL_COSTS, type RunPredictor } from '../../core/backtest/run-types.ts';
import { checkJournal, type JournalVerdict } from '../review/journal-check.ts';
import { sessionCourse } from '../review/session-course.ts';
import { recordedInstruments, sessionTrades } from '../review/session-source.ts';
import { pagesOf, readSessionArchive, type SessionCandles } from './session-candles.ts';

export interface SessionCheck {
  readonly session: {
    readonly id: number;
    readonly mode: string;
    readonly version: string;
    readonly from: number;
    readonly to: number;
    readonly strategy: string;
  };
  readonly replay: JournalReplay;
  readonly comparison: SessionComparison;
  /** The journal beside a replay of the recording; null without one. */
  readonly journal: JournalVerdict | null;
  readonly rerunHash: string;
  /** What the re-run changed in the session's settings; empty unless it is a what-if. */
  readonly changes: Readonly<Record<string, unknown>>;
  /** Trades that ended within the session, and those of the re-run. */
  readonly results: { readonly recorded: Summary; readonly rerun: Summary };
  /** Mean R of the re-run minus that of the session, with its 95 % interval. */
  readonly difference: MeanDifference;
  readonly equity: EquityCurve;
}

export interface SessionCheckInput {
  readonly session: RecordedSession;
  readonly data: Omit<DataRequest, 'from' | 'to'>;
  /** The session's own candle archive, or null to take the candle files. */
  readonly archive: string | null;
  /** The session's market in that archive; absent or null for the one with most candles of the time. */
  readonly market?: string | null;
  readonly onProgress?: (share: number) => void;
  /** The session's recording, which tells when each candle arrived; absent or null without one. */
  readonly recording?: string | null;
  /** Settings to change for a what-if. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly predictor: RunPredictor | null;
}

/**
 * The re-run starts with the settings the session started with, flat, and with the usual costs; what depends on the account (denials for
 * margin or an open position) can therefore differ where the session began with positions.
 */
export async function checkSession(input: SessionCheckInput): Promise<Result<SessionCheck, string>> {
  const { session, data: request, archive, changes, predictor } = input;
  const settings = parseSettings({ ...session.settings, ...changes });
  if (!settings.ok) return err(settings.error.map((problem) => problem.message).join('; '));
  const from = Math.floor(session.startedAt / BAR_MS) * BAR_MS;
  const to = Math.ceil(session.endedAt / BAR_MS) * BAR_MS;
  if (to - from < 2 * BAR_MS) return err(`Session ${session.id} is shorter than two candles; there is nothing to compare.`);
  const instruments = input.recording === undefined || input.recording === null ? new Map<string, Instrument>() : recordedInstruments(input.recording);
  const candles =
    archive === null ? fromFiles({ ...request, from, to }, from) : readSessionArchive(archive, { from, to }, { market: input.market ?? null, instruments });
  if (!candles.ok) return candles;
  const recording = input.recording ?? null;
  const journal = recording === null ? ok(null) : checkJournal(recording, session.records, session.isEnded);
  if (!journal.ok) return journal;
  const lines: JournalRecord[] = [];
  const rerun = await runBacktest({
    histories: candles.value.histories,
    settings: settings.value,
    from,
    to,
    warmUpBars: request.warmUpBars,
    warmUpPages: candles.value.pages,
    deposit: moneyFromUsdt(settings.value.defaultAccountBalance),
    costs: USUAL_COSTS,
    resumesNextDay: false,
    predictor,
    onRecord: (record) => void lines.push(record),
    onProgress: (share) => {
      input.onProgress?.(share);
      return false;
    },
  });
  const rules = new Map(candles.value.histories.map(({ instrument }) => [instrument.symbol, instrument]));
  const recorded = sessionTrades({ records: session.records, instruments: rules }).map(reviewedTrade);
  const repeated = rerun.trades.map(reviewedTrade);
  const time = { from, to, opening: settings.value.defaultAccountBalance };
  return ok({
    session: { id: session.id, mode: session.mode, version: session.version, from, to, strategy: session.settings.strategyMode },
    replay: replayJournal(session),
    comparison: compareSession(
      decisionsOf(session.records),
      decisionsOf(lines),
      sessionCourse({ running: runningStretches(session), records: session.records, recording, histories: candles.value.histories, changes }),
    ),
    journal: journal.value,
    rerunHash: rerun.hash,
    changes,
    results: { recorded: summariseSession(recorded, time), rerun: summariseSession(repeated, time) },
    difference: bootstrapDifference(inR(repeated), inR(recorded)),
    equity: rerun.equity,
  });
}

function inR(trades: readonly ReviewedTrade[]): readonly number[] {
  return trades.map((trade) => trade.netR).filter(Number.isFinite);
}

function fromFiles(request: DataRequest, from: number): Result<SessionCandles, string> {
  const data = loadData(request);
  return data.ok ? ok({ histories: data.value.histories, pages: pagesOf(data.value.histories, from) }) : data;
}

const SHOWN = 20;

const WORDS: Readonly<Record<keyof SessionComparison['byKind'], string>> = {
  other_outcome: 'the same set-up, another outcome',
  other_confidence: 'the same set-up and outcome, another confidence',
  other_candle: 'the same side within half an hour, named by another candle',
  session_not_running: 'while the session could not decide',
  only_recorded: 'in the session alone',
  only_rerun: 'in the re-run alone',
};

/** True when something is wrong with what is on disk, or a difference has no cause: then nobody should trust the session as it stands. */
export function isSuspicious({ replay, journal, comparison }: Pick<SessionCheck, 'replay' | 'journal' | 'comparison'>): boolean {
  return !replay.isRepeatable || (journal !== null && isJournalTrue(journal) === false) || (comparison.byCause.unexplained ?? 0) > 0;
}

/** False when it was changed; null when that cannot be told, because another build replays the recording to other outputs. */
export function isJournalTrue({ difference, replay }: JournalVerdict): boolean | null {
  if (difference === null) return true;
  return replay.difference !== null && compareBuilds(replay.recordedBy, replay.replayedBy).isSame !== true ? null : false;
}

export function describeJournal(verdict: JournalVerdict): string {
  const { lines, difference } = verdict;
  if (difference === null) return `The journal says what the recording gives: ${lines} lines are the same.`;
  const why =
    isJournalTrue(verdict) === null ? 'This build replays the recording to other lines, so nothing is known of the journal' : 'THE JOURNAL WAS CHANGED';
  return `${why}: at ${new Date(difference.time).toISOString()} it says "${difference.onDisk ?? 'nothing'}", the recording gives "${difference.replayed ?? 'nothing'}".`;
}

export function describeCheck({ session, replay, comparison, journal, changes, results, difference }: SessionCheck): string {
  const lines = [
    `Session ${session.id} (${session.mode}, ${session.strategy}): ${replay.lines} journal lines, hash ${replay.hash}.`,
    replay.isRepeatable ? 'Replaying the journal twice gives the same state.' : 'REPLAYING THE JOURNAL TWICE GIVES DIFFERENT STATES.',
    replay.differsFromCheckpoint.length === 0
      ? `From the first line and from the last checkpoint the state is the same${replay.finerInCheckpoint.length === 0 ? '' : ` (the checkpoint knows ${replay.finerInCheckpoint.join(' and ')} more finely: the journal keeps prices and the peak of equity in steps, and liquidation prices not at all)`}.`
      : `From the first line and from the last checkpoint these parts differ: ${replay.differsFromCheckpoint.join(', ')}.`,
    ...(journal === null
      ? ['There is no recording: whether the journal was changed cannot be told.']
      : [describeJournal(journal), compareBuilds(journal.replay.recordedBy, journal.replay.replayedBy).sentence]),
    `Decisions: ${comparison.recorded} recorded, ${comparison.rerun} in the re-run, ${comparison.same} the same.`,
    ...Object.entries(comparison.byKind).map(([kind, count]) => `  ${count} ${WORDS[kind as keyof typeof WORDS]}`),
    ...(Object.keys(changes).length === 0 ? [] : [`What-if with ${JSON.stringify(changes)}.`]),
    `Trades: ${describeResults(results.recorded)} in the session, ${describeResults(results.rerun)} in the re-run; difference ${number(difference.difference)} R a trade [${number(difference.low)}, ${number(difference.high)}].`,
    ...comparison.differences.slice(0, SHOWN).map(({ kind, recorded, rerun, cause, detail }) => {
      const decision = recorded ?? rerun;
      const words = (side: typeof recorded): string =>
        side === null ? '–' : `${side.outcome}${side.code === null ? '' : ` (${side.code})`} ${(side.confidence * 100).toFixed(1)} %`;
      return `  ${new Date(decision?.time ?? 0).toISOString().slice(0, 16)} ${decision?.signalId ?? ''}: ${kind}; session ${words(recorded)}, re-run ${words(rerun)}; ${cause === 'unexplained' ? 'UNEXPLAINED' : cause}: ${detail}`;
    }),
    ...(comparison.differences.length > SHOWN ? [`  and ${comparison.differences.length - SHOWN} more (--json has all)`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeResults({ statistics: { trades, net, expectancyR } }: Summary): string {
  return `${trades} (net ${number(net)} USDT, ${number(expectancyR)} R each)`;
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}
