// Entry of an inference worker process: loads models once, then answers batches of rows until it is told to stop.
import { parentPort as threadPort } from 'node:worker_threads';
import type { InferencePart, InferenceReply, InferenceRequest } from '../src-shared/contract/worker.ts';
import { assertNever, err, ok, type Result } from '../src-shared/kernel/result.ts';
import type { LoadedModel } from './onnx/session.ts';
import { openSession } from './onnx/session.ts';
import { runStack } from './onnx/stack.ts';

const models = new Map<string, LoadedModel>();
const BYTES_PER_MB = 1_048_576;

/** The parent's channel: `process.send` of a forked Node process, the message port of an Electron utility process, or that of a thread. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', handler: (event: { readonly data: unknown }) => void): void;
}

const parentPort = (process as { readonly parentPort?: ParentPort }).parentPort;

function reply(message: InferenceReply): void {
  if (threadPort !== null) threadPort.postMessage(message);
  else if (parentPort !== undefined) parentPort.postMessage(message);
  else process.send?.(message);
}

async function load(request: Extract<InferenceRequest, { kind: 'load' }>): Promise<void> {
  const answers: { readonly name: string; readonly version: string; readonly problem: string | null }[] = [];
  for (const file of request.models) {
    const opened = await openSession(file);
    const previous = models.get(file.name);
    if (opened.ok) models.set(file.name, opened.value);
    if (opened.ok && previous !== undefined) await previous.close();
    answers.push({ name: file.name, version: file.version, problem: opened.ok ? null : opened.error });
  }
  reply({ kind: 'loaded', models: answers });
}

async function compute(part: InferencePart): Promise<Result<{ readonly values: Float32Array; readonly outputWidth: number }, string>> {
  const { rows, rowCount, width } = part;
  const model = models.get(part.model);
  if (model === undefined) return err(`The model ${part.model} is not loaded.`);
  const { inputWidth, outputWidth } = model.file;
  if (width !== inputWidth || rows.length !== rowCount * width)
    return err(`The model ${part.model} takes rows of ${inputWidth} values; ${rowCount} rows of ${width} came in ${rows.length} values.`);
  if (rowCount === 0) return ok({ values: new Float32Array(0), outputWidth });
  try {
    return ok({ values: await model.run(rows, rowCount), outputWidth });
  } catch (failure) {
    return err(`The model ${part.model} failed: ${failure instanceof Error ? failure.message : String(failure)}`);
  }
}

async function predict(request: Extract<InferenceRequest, { kind: 'predict' }>): Promise<void> {
  const { id } = request;
  const startedAt = performance.now();
  const computed = await compute(request);
  if (!computed.ok) return reply({ kind: 'failed', id, problem: computed.error });
  reply({ kind: 'predicted', id, ...computed.value, computeMs: performance.now() - startedAt });
}

async function predictAll({ id, parts }: Extract<InferenceRequest, { kind: 'predict-all' }>): Promise<void> {
  const startedAt = performance.now();
  const answers: { readonly values: Float32Array; readonly outputWidth: number }[] = [];
  for (const part of parts) {
    const computed = await compute(part);
    if (!computed.ok) return reply({ kind: 'failed', id, problem: computed.error });
    answers.push(computed.value);
  }
  reply({ kind: 'predicted-all', id, answers, computeMs: performance.now() - startedAt });
}

async function predictStack(request: Extract<InferenceRequest, { kind: 'predict-stack' }>): Promise<void> {
  const startedAt = performance.now();
  const computed = await runStack(models, request, request.models);
  reply({ kind: 'predicted-stack', id: request.id, ...computed, computeMs: performance.now() - startedAt });
}

async function answer(request: InferenceRequest): Promise<void> {
  switch (request.kind) {
    case 'load':
      return load(request);
    case 'predict':
      return predict(request);
    case 'predict-all':
      return predictAll(request);
    case 'predict-stack':
      return predictStack(request);
    case 'ping':
      return reply({ kind: 'pong', id: request.id, memoryMb: Math.ceil(process.memoryUsage.rss() / BYTES_PER_MB) });
    case 'stop':
      return process.exit(0);
    default:
      return assertNever(request);
  }
}

// A rejection cannot happen in `answer`; if it does, the process ends and the pool replaces it.
if (threadPort !== null) threadPort.on('message', (message) => void answer(message as InferenceRequest));
else if (parentPort !== undefined) parentPort.on('message', (event) => void answer(event.data as InferenceRequest));
else process.on('message', (message) => void answer(message as InferenceRequest));
process.on('disconnect', () => process.exit(0));
// A message to a parent that was killed meanwhile.
process.on('error', () => process.exit(0));
// Ctrl+C in a terminal, or the end of a session, reaches the whole group; the parent decides when a worker ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
