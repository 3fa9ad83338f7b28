// Entry of the review process: reads sessions and does long work beside the host, so that neither ever delays a decision.
import { constants, setPriority } from 'node:os';
import { parentPort as threadPort } from 'node:worker_threads';
import type { ReviewJob } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewJobResult } from '../../../src-shared/contract/review.ts';
import { err, type Result } from '../../../src-shared/kernel/result.ts';
import type { FileWork } from '../session-file-thread.ts';
import { exportSession } from '../session-file.ts';
import { importSession } from './imported-sessions.ts';
import { ReviewReader, type ReadRequest } from './answer.ts';
import { runJob } from './run-job.ts';

export type ReviewQuestion =
  | { readonly kind: 'read'; readonly id: number; readonly request: ReadRequest }
  | { readonly kind: 'job'; readonly id: number; readonly job: ReviewJob; readonly models: string | null }
  | { readonly kind: 'file'; readonly id: number; readonly work: FileWork };

export type ReviewReply =
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown, string> }
  | { readonly kind: 'progress'; readonly id: number; readonly share: number | null; readonly stage: string }
  | { readonly kind: 'finished'; readonly id: number; readonly result: Result<ReviewJobResult, string> };

/** The parent's channel: `process.send` of a forked Node process, the message port of an Electron utility process, or that of a thread. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', handler: (event: { readonly data: unknown }) => void): void;
}

const PROGRESS_EVERY_MS = 100;
const parentPort = (process as { readonly parentPort?: ParentPort }).parentPort;
const dataDir = process.argv.at(-1) ?? '';
// Nobody trades on what a review says: whatever it computes, the engine goes first. A thread shares its process, and with it the priority.
if (threadPort === null) setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const reader = new ReviewReader(dataDir, Date.now);

function reply(message: ReviewReply): void {
  if (threadPort !== null) threadPort.postMessage(message);
  else if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}

function carryOut(work: FileWork): Result<{ readonly file: string }, string> {
  return work.kind === 'export' ? exportSession(work.journal, work.folder, null) : importSession(work.path, dataDir);
}

async function handle(question: ReviewQuestion): Promise<void> {
  const { id } = question;
  try {
    if (question.kind === 'read') return reply({ kind: 'answer', id, result: reader.answer(question.request) });
    if (question.kind === 'file') return reply({ kind: 'answer', id, result: carryOut(question.work) });
    let toldAt = 0;
    const result = await runJob({ dataDir, models: question.models }, question.job, ({ share, stage }) => {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      reply({ kind: 'progress', id, share, stage });
    });
    reply({ kind: 'finished', id, result });
  } catch (failure) {
    const result = err(failure instanceof Error ? failure.message : String(failure));
    reply(question.kind === 'job' ? { kind: 'finished', id, result } : { kind: 'answer', id, result });
  }
}

if (threadPort !== null) threadPort.on('message', (message) => void handle(message as ReviewQuestion));
else if (parentPort !== undefined) parentPort.on('message', (event) => void handle(event.data as ReviewQuestion));
else process.on('message', (message) => void handle(message as ReviewQuestion));
process.once('disconnect', () => process.exit(0));
// A message to a parent that was killed meanwhile.
process.on('error', () => process.exit(0));
// Ctrl+C in a terminal, or the end of a session, reaches the whole group; the parent decides when a worker ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
