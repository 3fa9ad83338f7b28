// The long work of a review: verify a recording, re-run a session with other settings, run a backtest.
import { statSync } from 'node:fs';
import type { ReviewJob } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewJobResult } from '../../../src-shared/contract/review.ts';
import { assertNever, err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { figuresOf, orNull } from '../../core/review/figures.ts';
import type { ComparedDecision } from '../../core/review/session-comparison.ts';
import { checkSession, describeJournal, isJournalTrue } from '../backtest/check-session.ts';
import { readSession } from '../backtest/recorded-session.ts';
import { openOpinions } from './recorded-opinions.ts';
import { replayRecording } from './recording-replay.ts';
import { runPlan, type JobMeans, type TellProgress } from './run-plan.ts';
import { thinned } from './session-detail.ts';
import { compareBuilds } from '../build-stamp.ts';
import { readSessionSource } from './session-source.ts';
import { alarmsOf, keepBacktest } from './stored-backtests.ts';

const SHOWN_DIFFERENCES = 200;

export async function runJob(means: JobMeans, job: ReviewJob, tell: TellProgress): Promise<Result<ReviewJobResult, string>> {
  const { dataDir } = means;
  switch (job.kind) {
    case 'verify':
      return verify(dataDir, job.key, tell);
    case 'what-if':
      return whatIf(dataDir, job, tell);
    case 'backtest': {
      const report = await runPlan(means, job.plan, tell);
      return report.ok ? ok({ kind: 'backtest', key: keepBacktest(dataDir, report.value, Date.now()), alarms: alarmsOf(report.value) }) : report;
    }
    default:
      return assertNever(job);
  }
}

function verify(dataDir: string, key: string, tell: TellProgress): Result<ReviewJobResult, string> {
  const source = readSessionSource(dataDir, key);
  if (!source.ok) return source;
  const { recording } = source.value;
  if (recording === null) return err('This session has no recording: there is nothing to replay exactly. Its decisions can still be re-run.');
  const bytes = statSync(recording).size;
  const replay = replayRecording(recording, { onProgress: (read) => tell({ share: Math.min(1, read / bytes), stage: 'replay' }) });
  if (!replay.ok) return replay;
  const { inputs, journalLines, hash, isWhole, difference, recordedBy, replayedBy } = replay.value;
  return ok({ kind: 'verify', inputs, journalLines, hash, isWhole, differsAt: difference?.at ?? null, build: compareBuilds(recordedBy, replayedBy) });
}

async function whatIf(
  dataDir: string,
  { key, changes }: Extract<ReviewJob, { kind: 'what-if' }>,
  tell: TellProgress,
): Promise<Result<ReviewJobResult, string>> {
  if (key.startsWith('backtest:')) return err('A backtest is run anew from its panel; a what-if needs a recorded session.');
  const source = readSessionSource(dataDir, key);
  if (!source.ok) return source;
  const { header, place } = source.value;
  const session = readSession(place.journal, place.id);
  if (!session.ok) return session;
  const recording = header === null ? null : source.value.recording;
  const check = await checkSession({
    session: session.value,
    data: { folder: '', symbols: null, warmUpBars: 0, fundingFolder: null, exchangeInfo: null, brackets: null },
    archive: place.candles,
    market: header?.candles.source ?? null,
    changes,
    recording,
    predictor: recording === null ? null : openOpinions(recording),
    onProgress: (share) => tell({ share, stage: 'run' }),
  });
  if (!check.ok) return check;
  const { results, difference, comparison, equity, journal } = check.value;
  return ok({
    kind: 'what-if',
    changes,
    recorded: figuresOf(results.recorded),
    rerun: figuresOf(results.rerun),
    difference: { value: orNull(difference.difference), low: orNull(difference.low), high: orNull(difference.high) },
    equity: { ...thinned({ times: equity.hours, usdt: equity.hourly.map(moneyToUsdt) }), isExact: true },
    decisions: {
      ...{ recorded: comparison.recorded, rerun: comparison.rerun, same: comparison.same },
      ...{ byKind: { ...comparison.byKind }, byCause: { ...comparison.byCause } },
    },
    journal:
      journal === null
        ? { isSame: null, sentence: 'There is no recording: whether the journal was changed cannot be told.' }
        : {
            isSame: isJournalTrue(journal),
            sentence: `${describeJournal(journal)} ${compareBuilds(journal.replay.recordedBy, journal.replay.replayedBy).sentence}`,
          },
    differences: comparison.differences.slice(0, SHOWN_DIFFERENCES).map(({ kind, recorded, rerun, cause, detail }) => {
      const known = recorded ?? rerun;
      return { kind, cause, detail, time: known?.time ?? 0, signal: known?.signalId ?? '', recorded: inWords(recorded), rerun: inWords(rerun) };
    }),
  });
}

function inWords(decision: ComparedDecision | null): string {
  if (decision === null) return '–';
  return `${decision.outcome}${decision.code === null ? '' : ` (${decision.code})`} ${(decision.confidence * 100).toFixed(1)} %`;
}
