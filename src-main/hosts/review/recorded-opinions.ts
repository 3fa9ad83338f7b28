// What the models said in a recorded session, served again: a re-run asks the same market and gets the same opinions.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { PredictionBatch, PredictionFailure, PredictionResult, Predictor } from '../../core/ports.ts';
import { readRecording } from './recording-replay.ts';

interface Opinion {
  readonly answer: PredictionResult;
  readonly row: number;
}

/**
 * Opinions depend on the market alone, so they hold for other stops, targets, leverage and thresholds too. A question the session did not
 * ask has no answer, and the rules decide alone. Null when the session never had an answer.
 */
export function openOpinions(recording: string): Predictor | null {
  const opinions = new Map<string, Opinion>();
  for (const line of readRecording(recording)) {
    if (line.kind !== 'input' || line.input.kind !== 'prediction' || !line.input.result.ok) continue;
    const answer = line.input.result.value;
    for (const [row, key] of answer.keys.entries()) opinions.set(`${line.input.cycle} ${key}`, { answer, row });
  }
  if (opinions.size === 0) return null;
  return {
    predict: (batch) => Promise.resolve(answerFrom(opinions, batch)),
    models: [],
    workers: () => [],
    onWorkersChanged: () => () => undefined,
    stop: () => Promise.resolve(),
  };
}

function answerFrom(opinions: ReadonlyMap<string, Opinion>, { cycle, keys }: PredictionBatch): Result<PredictionResult, PredictionFailure> {
  const found = keys.flatMap((key) => {
    const opinion = opinions.get(`${cycle} ${key}`);
    return opinion === undefined ? [] : [{ key, opinion }];
  });
  const [first] = found;
  if (first === undefined) return err({ code: 'no_model', uiMessage: 'The session had no opinion of its models at this moment.' });
  const { outputWidth } = first.opinion.answer;
  const values = new Float32Array(found.length * outputWidth);
  for (const [index, { opinion }] of found.entries())
    values.set(opinion.answer.values.subarray(opinion.row * outputWidth, (opinion.row + 1) * outputWidth), index * outputWidth);
  return ok({ ...first.opinion.answer, cycle, keys: found.map(({ key }) => key), values });
}
