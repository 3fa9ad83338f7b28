// Running and finished long work of a kind: progress, cancel, what came out in a sentence.
import { useState } from 'react';
import type { ReviewJob } from '../../src-shared/contract/review-requests.ts';
import type { ReviewJobView } from '../../src-shared/contract/review.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, type Translate } from '../i18n/translate.ts';
import { formatMoment } from '../ui/format.ts';
import { cancelJob, openSession, useReview } from './store.ts';

const SHOWN = 3;

export function JobList({ kinds }: { readonly kinds: readonly ReviewJob['kind'][] }): React.JSX.Element | null {
  const jobs = useReview((state) => state.jobs);
  const [hidden, setHidden] = useState<readonly number[]>([]);
  const own = jobs.filter((job) => kinds.includes(job.job.kind) && !hidden.includes(job.id)).slice(0, SHOWN);
  if (own.length === 0) return null;
  return (
    <ul className="jobs" data-testid="review-jobs">
      {own.map((job) => (
        <Job key={job.id} job={job} onHide={() => setHidden([...hidden, job.id])} />
      ))}
    </ul>
  );
}

function Job({ job, onHide }: { readonly job: ReviewJobView; readonly onHide: () => void }): React.JSX.Element {
  const t = useText();
  const isRunning = job.state === 'running';
  const { result } = job;
  return (
    <li
      data-state={job.state}
      role={isRunning ? 'progressbar' : 'status'}
      aria-label={titleOf(job, t)}
      aria-valuenow={percentOf(job)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span className="job-text">
        <strong>{titleOf(job, t)}</strong> {describeJob(job, t)}
      </span>
      {result?.kind === 'backtest'
        ? result.alarms.map((alarm) => (
            <span key={alarm} className="problem" role="alert">
              {inWords(alarm)}
            </span>
          ))
        : null}
      {isRunning ? (
        <span className="progress job-bar">
          <span style={{ width: `${percentOf(job)}%` }} />
        </span>
      ) : null}
      {result?.kind === 'backtest' ? (
        <button type="button" onClick={() => void openSession(result.key)}>
          {t('review.show')}
        </button>
      ) : null}
      {isRunning ? (
        <button type="button" onClick={() => void cancelJob(job.id)}>
          {t('review.cancel')}
        </button>
      ) : (
        <button type="button" aria-label={t('review.hide')} onClick={onHide}>
          ×
        </button>
      )}
    </li>
  );
}

/** A what-if that changes nothing is the check of live beside backtest. */
function titleOf({ job }: ReviewJobView, t: Translate): string {
  return job.kind === 'what-if' && Object.keys(job.changes).length === 0 ? t('review.job.check') : t(`review.job.${job.kind}`);
}

function percentOf(job: ReviewJobView): number {
  return Math.round((job.progress ?? 0) * 100);
}

function describeJob(job: ReviewJobView, t: Translate): string {
  switch (job.state) {
    case 'running':
      return job.progress === null ? t(`review.stage.${job.stage === 'data' || job.stage === 'proof' ? job.stage : 'start'}`) : `${percentOf(job)} %`;
    case 'cancelled':
      return t('review.cancelled');
    case 'failed':
      return inWords(job.problem ?? '');
    case 'done':
      break;
  }
  const { result } = job;
  if (result?.kind === 'what-if') {
    const { recorded, same, byCause } = result.decisions;
    const words = t('review.checked', { recorded, same, unexplained: byCause['unexplained'] ?? 0 });
    return Object.keys(result.changes).length === 0 ? `${words} ${inWords(result.journal.sentence)}` : t('review.done');
  }
  if (result?.kind !== 'verify') return t('review.done');
  const facts = { inputs: result.inputs, lines: result.journalLines, hash: result.hash.slice(0, 12) };
  const verdict =
    result.differsAt !== null
      ? t('review.differs', { ...facts, moment: formatMoment(result.differsAt) })
      : t(result.isWhole ? 'review.identical' : 'review.identicalCut', facts);
  return `${verdict}${t('sentence.end')}${inWords(result.build.sentence)}`;
}
