// What the Review layout looks at: the list, the chosen session, the moment of the scrubber, running jobs. Kept while panels come and go.
import { create } from 'zustand';
import type { ReviewJob } from '../../src-shared/contract/review-requests.ts';
import type { ReviewJobView, SessionDetail, SessionRow, SessionTimeline } from '../../src-shared/contract/review.ts';
import { askReview, sendSessionFile, sentenceOf } from './ask.ts';

interface ReviewState {
  readonly rows: readonly SessionRow[] | null;
  readonly key: string | null;
  readonly detail: SessionDetail | null;
  readonly timeline: SessionTimeline | null;
  /** The session beside which the chosen one is compared. */
  readonly otherKey: string | null;
  /** Moment of the scrubber; engine time. */
  readonly moment: number;
  readonly symbol: string | null;
  readonly jobs: readonly ReviewJobView[];
  readonly problem: string | null;
  /** Why a job could not be started. */
  readonly jobProblem: string | null;
}

export const useReview = create<ReviewState>(() => ({
  rows: null,
  key: null,
  detail: null,
  timeline: null,
  otherKey: null,
  moment: 0,
  symbol: null,
  jobs: [],
  problem: null,
  jobProblem: null,
}));

const note = (failure: unknown): void => useReview.setState({ problem: sentenceOf(failure) });

export async function loadSessions(): Promise<void> {
  try {
    const rows = await askReview({ kind: 'sessions' });
    useReview.setState({ rows, problem: null });
    const first = rows.find((row) => row.trades > 0) ?? rows[0];
    if (useReview.getState().key === null && first !== undefined) await openSession(first.key);
  } catch (failure) {
    note(failure);
  }
}

/** The list anew, and the chosen session as it stands by now: one that still runs has gone on. The scrubber stays where it is. */
export async function refreshSessions(): Promise<void> {
  await loadSessions();
  const { key, detail: before } = useReview.getState();
  if (key === null || before === null) return;
  try {
    const detail = await askReview({ kind: 'session', key });
    const timeline = detail.row.mode === 'backtest' ? null : await askReview({ kind: 'timeline', key });
    if (useReview.getState().key === key) useReview.setState({ detail, timeline });
  } catch (failure) {
    note(failure);
  }
}

/** Shows a session: its statistics, and where it has a journal its course from the beginning. */
export async function openSession(key: string): Promise<void> {
  useReview.setState({ key, detail: null, timeline: null, symbol: null, moment: 0, problem: null });
  try {
    const detail = await askReview({ kind: 'session', key });
    if (useReview.getState().key !== key) return;
    useReview.setState({ detail });
    if (detail.row.mode === 'backtest') return;
    const timeline = await askReview({ kind: 'timeline', key });
    if (useReview.getState().key !== key) return;
    const symbol = detail.trades[0]?.symbol ?? timeline.symbols[0] ?? null;
    useReview.setState({ timeline, symbol, moment: detail.trades[0]?.openedAt ?? timeline.from });
  } catch (failure) {
    note(failure);
  }
}

/** Keeps a note on the chosen session (`trade` null) or one of its trades. */
export async function annotate(trade: string | null, text: string, tags: readonly string[]): Promise<void> {
  const { key } = useReview.getState();
  if (key === null) return;
  try {
    const notes = await askReview({ kind: 'annotate', key, trade, text, tags: [...tags] });
    useReview.setState((state) => (state.key === key && state.detail !== null ? { detail: { ...state.detail, notes } } : {}));
    useReview.setState({ rows: await askReview({ kind: 'sessions' }) });
  } catch (failure) {
    note(failure);
  }
}

/** Adds a session file of another terminal and shows it. */
export async function addSessionFile(file: File): Promise<void> {
  try {
    const key = await sendSessionFile(file);
    useReview.setState({ rows: await askReview({ kind: 'sessions' }) });
    if (key !== null) await openSession(key);
  } catch (failure) {
    note(failure);
  }
}

/** Removes an imported session or a kept backtest from the list and from the disk. */
export async function removeSession(key: string): Promise<void> {
  try {
    const rows = await askReview({ kind: 'remove', key });
    const { key: chosen, otherKey } = useReview.getState();
    useReview.setState({ rows, otherKey: otherKey === key ? null : otherKey, problem: null });
    if (chosen === key) useReview.setState({ key: null, detail: null, timeline: null, symbol: null, moment: 0 });
  } catch (failure) {
    note(failure);
  }
}

const POLL_MS = 500;
let poll: ReturnType<typeof setTimeout> | null = null;

/** Asks for the jobs until none runs. */
export async function followJobs(): Promise<void> {
  if (poll !== null) clearTimeout(poll);
  poll = null;
  try {
    const before = useReview.getState().jobs;
    const jobs = await askReview({ kind: 'jobs' });
    useReview.setState({ jobs });
    const hasNewBacktest = jobs.some((job) => job.result?.kind === 'backtest' && isNew(before, job));
    if (hasNewBacktest) useReview.setState({ rows: await askReview({ kind: 'sessions' }) });
    if (jobs.some((job) => job.state === 'running')) poll = setTimeout(() => void followJobs(), POLL_MS);
  } catch (failure) {
    note(failure);
  }
}

function isNew(before: readonly ReviewJobView[], job: ReviewJobView): boolean {
  return before.find((known) => known.id === job.id)?.state !== job.state;
}

export async function startJob(job: ReviewJob): Promise<void> {
  try {
    await askReview({ kind: 'start-job', job });
    useReview.setState({ jobProblem: null });
    await followJobs();
  } catch (failure) {
    useReview.setState({ jobProblem: sentenceOf(failure) });
  }
}

export async function cancelJob(id: number): Promise<void> {
  try {
    useReview.setState({ jobs: await askReview({ kind: 'cancel-job', id }) });
  } catch (failure) {
    note(failure);
  }
}
