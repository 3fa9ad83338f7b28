// Trains the four networks one after another, each on what was known before the boundary, and packs each with its report.
import { REGIME_SCHEMA } from '../../src-main/core/learning/regime-sequence.ts';
import { SEQUENCE_SCHEMA, LIQUIDITY_OUTPUTS } from '../../src-main/core/learning/liquidity-sequence.ts';
import { STRUCTURE_SCHEMA } from '../../src-main/core/learning/structure-window.ts';
import { exportNetwork, outputWidthOf, type NetworkExport } from '../onnx/export-network.ts';
import { quantise } from './quantise-network.ts';
import { CODE_LAYER, DISCOVERY_SPEC, LIQUIDITY_SPEC, NETWORK_OPTIONS, REGIME_SPEC, STRUCTURE_SPEC } from './architectures.ts';
import { MODEL_INPUTS, type ModelName } from '../../src-main/core/learning/model-inputs.ts';
import type { TrainingEpoch } from '../../src-shared/contract/worker.ts';
import { versionOf, type ModelArtifact } from './artifact.ts';
import { fitLearner, hasAllSides, type LearnerResult, type LearnerRows } from './learner.ts';
import { describeMember, type MemberReport } from './member-report.ts';
import { describeSamples, discoveryRows, liquidityRows, regimeRows, structureRows, type Members, type StructureViews } from './members.ts';
import { describeInterval } from './metrics.ts';
import type { Network, NetworkSpec } from './network.ts';
import type { DecisionSample } from './samples.ts';
import type { TrainingOptions } from './train-network.ts';

const STRUCTURE_WINDOWS = 16_000;
const LIQUIDITY_SEQUENCES = 9000;

export interface MembersRequest {
  /** The discovery network needs the autoencoder beside it. */
  readonly wanted: readonly ModelName[];
  readonly samples: readonly DecisionSample[];
  readonly boundary: number;
  readonly seed: number;
  readonly dataHash: string;
  readonly say: (line: string) => void;
  readonly onProgress: (stage: string, fraction: number) => void;
  readonly onEpoch: (epoch: TrainingEpoch) => void;
  readonly mayGoOn: () => Promise<boolean>;
}

interface PlanRequest extends MembersRequest {
  readonly needs: ModelArtifact['needs'];
}

export interface TrainedMembers {
  readonly members: Members | null;
  readonly artifacts: readonly ModelArtifact[];
  /** Of every network trained: what stands on one that failed has no authority either. */
  readonly leakagePassed: boolean;
}

interface Plan {
  readonly name: ModelName;
  readonly spec: NetworkSpec;
  readonly columns: NetworkExport['columns'];
  readonly schemaHash: string;
  readonly outcomes: readonly string[];
  readonly options: Omit<TrainingOptions, 'seed'>;
  readonly what: string;
  readonly isAutoencoder?: boolean;
}

const PLANS: Readonly<Record<'structure' | 'discovery' | 'liquidity' | 'regime', Plan>> = {
  structure: {
    name: 'structure-autoencoder',
    spec: STRUCTURE_SPEC,
    columns: { kind: 'code+error', layer: CODE_LAYER },
    schemaHash: STRUCTURE_SCHEMA,
    outcomes: ['window'],
    options: NETWORK_OPTIONS.structure,
    what: '64 closed 15m candles as offsets in ATR and volume ratios, described with 16 numbers and rebuilt from them; the error of the rebuilding says how unusual a window is. Judged by the share of the squares around the training mean that it explains in later windows. It states no outcome and has no edge of its own.',
    isAutoencoder: true,
  },
  discovery: {
    name: 'feature-discovery',
    spec: DISCOVERY_SPEC,
    columns: { kind: 'trunk+heads' },
    schemaHash: MODEL_INPUTS['feature-discovery'].schemaHash,
    outcomes: ['moves its way within the hour'],
    options: NETWORK_OPTIONS.discovery,
    what: 'The base features of one side and the 16 structure numbers give 32 features and the probability that price, entered at the next open, stands beyond the costs on that side twelve 5m candles later.',
  },
  liquidity: {
    name: 'liquidity-predictor',
    spec: LIQUIDITY_SPEC,
    columns: { kind: 'heads' },
    schemaHash: SEQUENCE_SCHEMA,
    outcomes: LIQUIDITY_OUTPUTS,
    options: NETWORK_OPTIONS.liquidity,
    what: '48 closed 15m candles of 8 measures; for the nearest pool of each side: the probability that price trades beyond it within 24 bars of 15m, and its distance in ATR if it does. The pool itself is not among the inputs.',
  },
  regime: {
    name: 'regime-predictor',
    spec: REGIME_SPEC,
    columns: { kind: 'heads' },
    schemaHash: REGIME_SCHEMA,
    outcomes: ['class ten hours ahead'],
    options: NETWORK_OPTIONS.regime,
    what: 'Ten closed 1h candles of 12 measures; whether the market will be trending, ranging or volatile ten 1h candles on, by the same definition as the rule. It is judged against the rule that serves without it, not against the base rate.',
  },
};

/** The wanted networks, those without a need of others first; null when it was cancelled. `members` only when all four were wanted. */
export async function trainMembers(request: MembersRequest): Promise<TrainedMembers | null> {
  const { samples, wanted } = request;
  const results = new Map<Plan, LearnerResult>();
  const artifacts: ModelArtifact[] = [];
  let views: StructureViews = new Map();
  const dataOf: Readonly<Record<keyof typeof PLANS, () => LearnerRows>> = {
    structure: () => structureRows(samples, STRUCTURE_WINDOWS),
    discovery: () => discoveryRows(samples, views),
    regime: () => regimeRows(samples),
    liquidity: () => liquidityRows(samples, LIQUIDITY_SEQUENCES),
  };
  for (const key of ['structure', 'discovery', 'regime', 'liquidity'] as const) {
    const plan = PLANS[key];
    if (!wanted.includes(plan.name)) continue;
    const needs = artifacts.filter(({ name }) => name === 'structure-autoencoder').map(({ name, version }) => ({ name, version }));
    const data = dataOf[key]();
    if (!hasAllSides(data, request.boundary)) {
      request.say(`${plan.name}: the candles do not reach far enough to both sides of the training boundary; it stays as it is.`);
      continue;
    }
    const fitted = await fitPlan(plan, data, { ...request, needs });
    if (fitted === null) return null;
    results.set(plan, fitted.result);
    if (key === 'structure') views = describeSamples(fitted.result.network, samples);
    artifacts.push(key === 'structure' ? { ...fitted.artifact, usualError: usualErrorOf(views, request.boundary) } : fitted.artifact);
  }
  const networkOf = (plan: Plan): Network | null => results.get(plan)?.network ?? null;
  const structure = networkOf(PLANS.structure);
  const discovery = networkOf(PLANS.discovery);
  const liquidity = networkOf(PLANS.liquidity);
  const regime = networkOf(PLANS.regime);
  const isComplete = structure !== null && discovery !== null && liquidity !== null && regime !== null;
  return {
    members: isComplete ? { structure, discovery, liquidity, regime, usualError: usualErrorOf(views, request.boundary) } : null,
    artifacts,
    leakagePassed: [...results.values()].every(({ leakage }) => leakage.passed),
  };
}

/** Median reconstruction error of the windows before the boundary. */
function usualErrorOf(views: StructureViews, boundary: number): number {
  const known = [...views].filter(([sample]) => sample.decidedAt < boundary).flatMap(([, view]) => [view.long.error, view.short.error]);
  return known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 1;
}

async function fitPlan(
  plan: Plan,
  data: LearnerRows,
  request: PlanRequest,
): Promise<{ readonly artifact: ModelArtifact; readonly result: LearnerResult } | null> {
  const { seed, boundary, say, onProgress, mayGoOn, dataHash } = request;
  const started = performance.now();
  const options = { ...plan.options, seed };
  const result = await fitLearner({
    spec: plan.spec,
    names: plan.outcomes,
    data,
    boundary,
    options,
    isAutoencoder: plan.isAutoencoder ?? false,
    mayGoOn,
    onEpoch: ({ epoch, epochs, trainLoss, validationLoss }) => {
      onProgress(plan.name, epoch / epochs);
      request.onEpoch({ number: epoch, of: epochs, trainLoss, laterLoss: validationLoss });
      say(`${plan.name}: epoch ${epoch} of at most ${epochs}, loss ${trainLoss.toFixed(4)}, on later rows ${validationLoss.toFixed(4)}`);
    },
  });
  if (result.isCancelled) return null;
  say(`${plan.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const exported = { name: plan.name, schemaHash: plan.schemaHash, network: result.network, columns: plan.columns };
  const bytes = exportNetwork(exported);
  const quantised = await quantise(exported, result.trainingRows, result.validation);
  const rise = ((quantised.lossInt8 - quantised.lossFp32) / Math.abs(quantised.lossFp32)) * 100;
  const { version, sha256 } = versionOf(boundary, bytes);
  const { suspiciousInputs, ...leakage } = result.leakage;
  const report: MemberReport = {
    name: plan.name,
    version,
    verdict: verdictOf(plan, result),
    hasSkill: result.hasSkill,
    what: `${plan.what}${suspiciousInputs.length > 0 ? ` Inputs that tell the outcome alone: ${suspiciousInputs.join(', ')}.` : ''}`,
    seed,
    schemaHash: plan.schemaHash,
    dataHash,
    trainedUntil: new Date(boundary).toISOString().slice(0, 10),
    counts: result.counts,
    figures: result.figures,
    leakage,
    hyperparameters: { ...options, spec: plan.spec.trunk },
    serving: `fp32, or INT8 (${quantised.bytes.length} of ${bytes.length} bytes, validation loss ${rise >= 0 ? '+' : ''}${rise.toFixed(2)} %) where that is within 0.5 % and measures faster on the machine that serves.`,
  };
  return {
    result,
    artifact: {
      name: plan.name,
      version,
      bytes,
      sha256,
      schemaHash: plan.schemaHash,
      inputWidth: plan.spec.inputWidth,
      outputWidth: outputWidthOf({ network: result.network, columns: plan.columns }),
      trainedUntil: boundary,
      quantised,
      needs: plan.name === 'feature-discovery' ? request.needs : [],
      edge: result.hasSkill && plan.isAutoencoder !== true,
      note: report.verdict,
      report,
      reportText: describeMember(report),
    },
  };
}

function verdictOf(plan: Plan, { gain, hasSkill, counts, leakage }: LearnerResult): string {
  const interval = describeInterval(gain, 4);
  const shown = plan.isAutoencoder === true ? `explains ${interval} of the squares` : `log-loss gain ${interval}`;
  const on = `${shown} on ${counts.judged} later rows`;
  if (!leakage.passed) return `No skill to rely on: its leakage checks failed; ${on}.`;
  if (!hasSkill) return `No skill out of sample: ${on}.`;
  return plan.isAutoencoder === true
    ? `Describes later windows: ${on}. It predicts nothing by itself.`
    : `Skill out of sample: ${on}. Skill in this is not yet a trading edge.`;
}
