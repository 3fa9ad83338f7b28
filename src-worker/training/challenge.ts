// Champion and challenger on the same later set-ups: the served trees through ONNX Runtime, the new ones as they judged themselves.
import type { ModelFile, PromotionReply } from '../../src-shared/contract/worker.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../src-main/core/features/schema.ts';
import { judgePromotion, type ShadowedTrade } from '../../src-main/core/learning/promotion.ts';
import { openSession } from '../onnx/session.ts';
import type { Judged } from './fit.ts';
import { createRandom } from './random.ts';

export interface ChallengeRequest {
  readonly champion: { readonly file: ModelFile; readonly trainedUntil: number };
  /** Set-ups after everything the challenger learned from. */
  readonly holdOut: readonly Judged[];
  readonly trainedUntil: number;
  readonly leakagePassed: boolean;
  readonly seed: number;
}

/** Only set-ups later than what either model knew count. A champion that cannot be opened, or reads other features, gives way. */
export async function judgeChallenger(request: ChallengeRequest): Promise<PromotionReply> {
  const { champion, holdOut, leakagePassed, seed } = request;
  const trainedUntil = Math.max(champion.trainedUntil, request.trainedUntil);
  const later = holdOut.filter(({ row }) => row.decidedAt >= trainedUntil);
  if (!leakagePassed) return { kind: 'keep', why: 'leakage', count: later.length };
  if (champion.file.schemaHash !== FEATURE_SCHEMA_HASH) return { kind: 'promote', why: 'the model that serves reads other features', count: later.length };
  const opened = await openSession(champion.file);
  if (!opened.ok) return { kind: 'promote', why: 'the model that serves cannot be opened', count: later.length };
  const rows = new Float32Array(later.length * FEATURE_COUNT);
  later.forEach(({ row }, index) => rows.set(row.features, index * FEATURE_COUNT));
  const values = later.length === 0 ? new Float32Array(0) : await opened.value.run(rows, later.length);
  await opened.value.close();
  const trades = later.map(({ row, scored }, index): ShadowedTrade => {
    const { decidedAt, label, resultR, breakEven } = row;
    return { decidedAt, label, resultR, breakEven, champion: values[index * champion.file.outputWidth] ?? 0.5, challenger: scored.probability };
  });
  const verdict = judgePromotion({ trades, trainedUntil, leakagePassed, random: createRandom(seed + 17) });
  return { kind: verdict.kind, why: verdict.kind === 'keep' ? verdict.why : null, count: verdict.count };
}
