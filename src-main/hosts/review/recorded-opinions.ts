// What the models said in a recorded session, served again: a re-run asks the same market and gets the same opinions.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { BAR_MS } from '../../core/backtest/price-history.ts';
import type { RunPredictor } from '../../core/backtest/run-types.ts';
import type { PredictionBatch, PredictionFailure, PredictionResult } from '../../core/ports.ts';
import { readRecording } from './recording-replay.ts';

interface Opinion {
  readonly answer: PredictionResult;
  readonly row: number;
}

/**
 * Opinions depend on the market alone, so they hold for other stops, targets, leverage and thresholds too. A question belongs to the 5m
 * candle that had closed when it was asked; one the session did not ask has no answer, and the rules decide alone. Null when the session
 * never had an answer.
 */
export function openOpinions(recording: string): RunPredictor | null {
  const opinions = new Map<string, Opinion>();
  let askedAt = 0;
  for (const line of readRecording(recording)) {
    if (line.kind !== 'input') continue;
    const { input } = line;
    if (input.kind === 'live-tick') askedAt = input.at;
    if (input.kind !== 'prediction' || !input.result.ok) continue;
    const answer = input.result.value;
    for (const [row, key] of answer.keys.entries()) opinions.set(nameOf(askedAt, key), { answer, row });
  }
  return opinions.size === 0 ? null : { predict: (batch, at) => Promise.resolve(answerFrom(opinions, batch, at)) };
}

function nameOf(time: number, key: string): string {
  return `${Math.floor(time / BAR_MS)} ${key}`;
}

function answerFrom(opinions: ReadonlyMap<string, Opinion>, { cycle, keys }: PredictionBatch, at: number): Result<PredictionResult, PredictionFailure> {
  const found = keys.flatMap((key) => {
    const opinion = opinions.get(nameOf(at, key));
    return opinion === undefined ? [] : [{ key, opinion }];
  });
  const [first] = found;
  if (first === undefined) return err({ code: 'no_model', uiMessage: 'The session had no opinion of its models at this moment.' });
  const { answer } = first.opinion;
  // Symbols that were asked about in another cycle may have another stack beside them; one without it leaves it out for all.
  const stack = answer.stack !== undefined && found.every(({ opinion }) => opinion.answer.stack !== undefined) ? answer.stack : undefined;
  const gather = (read: (result: PredictionResult) => Float32Array): Float32Array => {
    const width = read(answer).length / answer.keys.length;
    const values = new Float32Array(found.length * width);
    for (const [index, { opinion }] of found.entries())
      values.set(read(opinion.answer).subarray(opinion.row * width, (opinion.row + 1) * width), index * width);
    return values;
  };
  const { stack: _stack, ...rest } = answer;
  return ok({
    ...rest,
    cycle,
    keys: found.map(({ key }) => key),
    values: gather((result) => result.values),
    ...(stack === undefined ? {} : { stack: { ...stack, values: gather((result) => result.stack?.values ?? new Float32Array(0)) } }),
  });
}
