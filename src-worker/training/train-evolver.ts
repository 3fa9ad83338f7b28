// Trains the strategy evolver on past set-ups, judges it on later ones, and packs it with its report.
import { EVOLVER_ACTIONS, EVOLVER_SCHEMA, EVOLVER_STATE_WIDTH } from '../../src-main/core/learning/evolver-policy.ts';
import { exportNetwork } from '../onnx/export-network.ts';
import { versionOf, type ModelArtifact } from './artifact.ts';
import { evolverWorld, judgeEvolver, type EvolverDecision, type EvolverJudgement } from './evolver.ts';
import { describeMember, type MemberReport } from './member-report.ts';
import { describeInterval } from './metrics.ts';
import type { Network } from './network.ts';
import { EVOLVER_OPTIONS, learnValues } from './q-learning.ts';

export interface EvolverRequest {
  /** Models whose answers are used. */
  readonly others: ModelArtifact['needs'];
  /** Whether the leakage checks of all models whose answers it learned from passed. */
  readonly leakagePassed: boolean;
  /** Outcomes known until here were learned from. */
  readonly boundary: number;
  readonly seed: number;
  readonly dataHash: string;
  readonly say: (line: string) => void;
  readonly onProgress: (stage: string, fraction: number) => void;
  readonly mayGoOn: () => Promise<boolean>;
}

/** Null when it was cancelled. `past` was known when the networks stopped learning, `later` came after. */
export async function trainEvolver(
  request: EvolverRequest,
  past: readonly EvolverDecision[],
  later: readonly EvolverDecision[],
): Promise<{ readonly network: Network; readonly artifact: ModelArtifact } | null> {
  const { seed, boundary, say, onProgress, mayGoOn, dataHash } = request;
  const options = { ...EVOLVER_OPTIONS, seed };
  const started = performance.now();
  const learned = await learnValues({
    environment: evolverWorld(past),
    options,
    mayGoOn,
    onProgress: ({ step, steps, epsilon, loss }) => {
      onProgress('strategy-evolver', step / steps);
      if (step % 5000 === 0) say(`strategy-evolver: step ${step} of ${steps}, ε ${epsilon.toFixed(3)}, loss ${loss.toFixed(4)}`);
    },
  });
  if (learned.isCancelled) return null;
  say(`strategy-evolver: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const { network } = learned;
  const judgement = judgeEvolver(network, past, later, seed);
  const bytes = exportNetwork({ name: 'strategy-evolver', schemaHash: EVOLVER_SCHEMA, network, columns: { kind: 'heads' } });
  const { version, sha256 } = versionOf(boundary, bytes);
  const from = later[0]?.row.decidedAt ?? Infinity;
  const windowsOverlap = past.some(({ row }) => row.labelledAt > from);
  const passed = request.leakagePassed && !windowsOverlap;
  const { verdict, hasSkill } = judgeAuthority(judgement, passed, later.length);
  const report: MemberReport = {
    name: 'strategy-evolver',
    version,
    verdict,
    hasSkill,
    what: 'Double Q-learning over past set-ups: 24 measures of the moment, nine actions (four ways to decide at half or full size, and standing aside), each rewarded with what it would have earned in R after costs. The networks had seen part of the time it learned from; all figures are from later set-ups.',
    seed,
    schemaHash: EVOLVER_SCHEMA,
    dataHash,
    trainedUntil: new Date(boundary).toISOString().slice(0, 10),
    counts: { train: past.length, judged: later.length },
    figures: judgement.results.map(({ name, count, traded, mean: result }) => ({
      name: `${name}, R a decision (traded ${traded})`,
      count,
      ...result,
      baseline: 0,
    })),
    leakage: { shuffledAuc: null, sharedRows: null, windowsOverlap, passed },
    hyperparameters: options,
    serving: 'fp32.',
  };
  return {
    network,
    artifact: {
      name: 'strategy-evolver',
      version,
      bytes,
      sha256,
      schemaHash: EVOLVER_SCHEMA,
      inputWidth: EVOLVER_STATE_WIDTH,
      outputWidth: EVOLVER_ACTIONS.length,
      trainedUntil: boundary,
      needs: request.others,
      quantised: null,
      edge: hasSkill,
      note: report.verdict,
      report,
      reportText: describeMember(report),
    },
  };
}

/** Skill that a leak made is none: the evolver learns from what the other models say. */
export function judgeAuthority(
  judgement: Pick<EvolverJudgement, 'gain' | 'hasSkill'>,
  leakagePassed: boolean,
  count: number,
): { readonly verdict: string; readonly hasSkill: boolean } {
  const shown = `${describeInterval(judgement.gain, 4)} R a decision over the best fixed action on ${count} later set-ups`;
  if (!leakagePassed) return { hasSkill: false, verdict: `No edge to rely on: the leakage checks of what it stands on failed; ${shown}. The fixed mix plays.` };
  if (!judgement.hasSkill) return { hasSkill: false, verdict: `No edge out of sample: ${shown}. The fixed mix plays.` };
  return { hasSkill: true, verdict: `Edge out of sample: ${shown}.` };
}
