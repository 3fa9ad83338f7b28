// The host's side of reviewing: a reading process that is started when somebody asks, one process per job, and the list of jobs.
import { reviewRequestSchema, type ReviewJob, type ReviewKind } from '../../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers, ReviewJobView } from '../../../src-shared/contract/review.ts';
import { CallError } from '../../../src-shared/contract/rpc.ts';
import type { WorkerLauncher, WorkerProcess } from '../../core/ports.ts';
import type { ReadRequest } from './answer.ts';
import type { ReviewQuestion, ReviewReply } from './process.ts';

const MEMORY_MB = 4096;
const RUNNING_AT_ONCE = 2;
const KEPT = 20;
/** A reading process that nobody asked for this long is ended. */
const IDLE_MS = 5 * 60_000;

export interface ReviewServiceParts {
  readonly launcher: WorkerLauncher;
  readonly dataDir: string;
  readonly now: () => number;
  /** Folder of the models that serve now; null for those the program brings along. */
  readonly models: string | null;
}

interface Waiting {
  readonly resolve: (value: ReviewAnswers[ReviewKind]) => void;
  readonly reject: (failure: CallError) => void;
}

export class ReviewService {
  readonly #parts: ReviewServiceParts;
  readonly #waiting = new Map<number, Waiting>();
  readonly #processes = new Map<number, WorkerProcess>();
  #reader: WorkerProcess | null = null;
  #idle: NodeJS.Timeout | null = null;
  #jobs: readonly ReviewJobView[] = [];
  #nextId = 1;

  constructor(parts: ReviewServiceParts) {
    this.#parts = parts;
  }

  /** Parses and answers one request of a screen. Rejects with a {@link CallError} in words. */
  ask(raw: unknown): Promise<ReviewAnswers[ReviewKind]> {
    const parsed = reviewRequestSchema.safeParse(raw);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      return Promise.reject(new CallError('rpc.parameters', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`));
    }
    const request = parsed.data;
    if (request.kind === 'jobs') return Promise.resolve(this.#jobs);
    if (request.kind === 'start-job') return this.#start(request.job);
    if (request.kind === 'cancel-job') return Promise.resolve(this.#cancel(request.id));
    return this.#readFrom(request);
  }

  stop(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#reader?.kill();
    for (const process of this.#processes.values()) process.kill();
    this.#processes.clear();
    this.#failReaders();
  }

  #readFrom(request: ReadRequest): Promise<ReviewAnswers[ReviewKind]> {
    const reader = this.#openReader();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      reader.post({ kind: 'read', id, request } satisfies ReviewQuestion);
    });
  }

  #openReader(): WorkerProcess {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#reader?.kill(), IDLE_MS);
    this.#idle.unref();
    if (this.#reader !== null) return this.#reader;
    const reader = this.#launch();
    reader.onMessage((raw) => {
      const reply = raw as ReviewReply;
      if (reply.kind !== 'answer') return;
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.result.ok) waiting?.resolve(reply.result.value as ReviewAnswers[ReviewKind]);
      else waiting?.reject(new CallError('review.refused', reply.result.error));
    });
    reader.onExit(() => {
      if (this.#reader === reader) this.#reader = null;
      this.#failReaders();
    });
    this.#reader = reader;
    return reader;
  }

  #failReaders(): void {
    for (const { reject } of this.#waiting.values()) reject(new CallError('review.stopped', 'The review process ended before it could answer. Ask again.'));
    this.#waiting.clear();
  }

  #launch(): WorkerProcess {
    return this.#parts.launcher.launch('review', { memoryLimitMb: MEMORY_MB, argv: [this.#parts.dataDir] });
  }

  #start(job: ReviewJob): Promise<ReviewJobView> {
    if (this.#processes.size >= RUNNING_AT_ONCE)
      return Promise.reject(new CallError('review.busy', `${RUNNING_AT_ONCE} jobs are running already. Wait for one, or cancel it.`));
    const id = this.#nextId++;
    const view: ReviewJobView = { id, job, startedAt: this.#parts.now(), state: 'running', progress: null, stage: 'start', result: null, problem: null };
    this.#jobs = [view, ...this.#jobs].slice(0, KEPT);
    const process = this.#launch();
    this.#processes.set(id, process);
    process.onMessage((raw) => {
      const reply = raw as ReviewReply;
      if (reply.kind === 'progress') this.#update(id, { progress: reply.share, stage: reply.stage });
      else if (reply.kind === 'finished') {
        const { result } = reply;
        this.#update(id, result.ok ? { state: 'done', progress: 1, result: result.value } : { state: 'failed', problem: result.error });
        this.#end(id);
      }
    });
    process.onExit(() => {
      if (!this.#processes.delete(id)) return;
      this.#update(id, { state: 'failed', problem: 'The process ended before the work was done; it may have needed more memory than it was given.' });
    });
    process.post({ kind: 'job', id, job, models: this.#parts.models } satisfies ReviewQuestion);
    return Promise.resolve(view);
  }

  #cancel(id: number): readonly ReviewJobView[] {
    if (this.#processes.has(id)) {
      this.#update(id, { state: 'cancelled' });
      this.#end(id);
    }
    return this.#jobs;
  }

  #end(id: number): void {
    const process = this.#processes.get(id);
    this.#processes.delete(id);
    process?.kill();
  }

  #update(id: number, change: Partial<ReviewJobView>): void {
    this.#jobs = this.#jobs.map((job) => (job.id === id ? { ...job, ...change } : job));
  }
}
