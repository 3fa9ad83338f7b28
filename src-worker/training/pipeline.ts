// From candles to models: what every training does, whoever asked for it (the command line or the terminal).
import { createHash } from 'node:crypto';
import type { TrainingEpoch } from '../../src-shared/contract/worker.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH, FEATURES } from '../../src-main/core/features/schema.ts';
import { profileFeature, type FeatureProfile } from '../../src-main/core/learning/drift.ts';
import { exportEnsemble, OUTPUT_WIDTH } from '../onnx/export.ts';
import { MODEL_NAMES, type ModelName } from '../../src-main/core/learning/model-inputs.ts';
import { versionOf, type ModelArtifact } from './artifact.ts';
import type { SymbolCandles, TrainingRow } from './candidates.ts';
import { boostedSteps, type FitResult, type Judged } from './fit.ts';
import { mergeLived, type LivedRow } from './lived-samples.ts';
import { describeReport, summarise } from './report.ts';
import { sampleSteps, type CollectedSamples } from './samples.ts';
import { timeAtShare } from './split.ts';
import { driveSteps } from './steps.ts';
import { trainEnsemble } from './train-ensemble.ts';
import { trainMembers } from './train-members.ts';

export interface PipelineRequest {
  readonly series: readonly SymbolCandles[];
  /** What was lived outweighs what the candles alone would give. */
  readonly lived?: readonly LivedRow[];
  readonly seed: number;
  /** Which models are wanted; what they need to serve is trained along. */
  readonly models: readonly ModelName[];
  readonly say: (line: string) => void;
  readonly onProgress: (stage: string, fraction: number) => void;
  /** After every epoch of a network. */
  readonly onEpoch?: (epoch: TrainingEpoch) => void;
  /** Awaited between small steps; false cancels. */
  readonly mayGoOn: () => Promise<boolean>;
}

export type PipelineResult =
  | {
      readonly kind: 'trained';
      readonly artifacts: readonly ModelArtifact[];
      /** What the promotion gate needs to know of the new trees; null when they were not asked for. */
      readonly trees: { readonly holdOut: readonly Judged[]; readonly trainedUntil: number; readonly leakagePassed: boolean } | null;
    }
  | { readonly kind: 'cancelled' }
  /** Too little data for an honest verdict; one sentence. */
  | { readonly kind: 'refused'; readonly why: string };

/** Fewer set-ups than this give no honest walk-forward verdict. */
const LEAST_SET_UPS = 500;
/** Networks learn from the older part; evolver and ensemble from what they say of the newer. */
const NETWORKS_UNTIL = 0.64;
const CANCELLED: PipelineResult = { kind: 'cancelled' };

/** Same candles and seed, same bytes. */
export async function runPipeline(request: PipelineRequest): Promise<PipelineResult> {
  const { series, seed, say, onProgress, mayGoOn } = request;
  const models = withNeeds(request.models);
  const drive = (stage: string): { readonly onProgress: (fraction: number) => void; readonly mayGoOn: () => Promise<boolean> } => ({
    onProgress: (fraction) => onProgress(stage, fraction),
    mayGoOn,
  });
  const found = await driveSteps(sampleSteps(series), drive('finding set-ups'));
  if (found.kind === 'cancelled') return CANCELLED;
  const { samples } = found.value;
  const lived = request.lived ?? [];
  const rows = mergeLived(found.value.rows, lived, series);
  const setUps = rows.filter((row) => row.kind === 'set-up');
  say(
    `${setUps.length} labelled set-ups, ${setUps.filter((row) => row.isSignal).length} of them complete signals; ${rows.length - setUps.length} archive rows`,
  );
  if (setUps.length < LEAST_SET_UPS)
    return {
      kind: 'refused',
      why: `Only ${setUps.length} set-ups were found; ${LEAST_SET_UPS} are needed for an honest walk-forward verdict. Give more candles.`,
    };
  if (lived.length > 0) say(`${lived.length} lived samples among them`);
  const dataHash = hashOf(series, lived);
  const artifacts: ModelArtifact[] = [];
  const wantsEnsemble = models.includes('strategy-evolver') || models.includes('ensemble');
  let fit: FitResult | null = null;
  if (models.includes('boosted-trees') || wantsEnsemble) {
    const started = performance.now();
    const driven = await driveSteps(boostedSteps(rows, seed, say), drive('boosted-trees'));
    if (driven.kind === 'cancelled') return CANCELLED;
    fit = driven.value;
    say(`boosted-trees: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    artifacts.push(packTrees({ fit, rows, series, seed, dataHash }));
  }
  if (models.some((name) => name !== 'boosted-trees')) {
    // Networks see candles only: what was lived before the oldest candle must not pull their boundary before it.
    const oldest = Math.min(...series.map(({ candles }) => candles[0]?.openTime ?? Infinity));
    const boundary = timeAtShare(
      setUps.filter(({ decidedAt }) => decidedAt >= oldest),
      NETWORKS_UNTIL,
    );
    const trained = await trainMembers({
      wanted: models,
      samples,
      boundary,
      seed,
      dataHash,
      say,
      onProgress,
      mayGoOn,
      onEpoch: request.onEpoch ?? ((): void => undefined),
    });
    if (trained === null) return CANCELLED;
    artifacts.push(...trained.artifacts);
    if (fit !== null && trained.members !== null && wantsEnsemble) {
      const ensemble = await trainEnsemble({
        members: trained.members,
        others: artifacts.map(({ name, version }) => ({ name, version })),
        samples,
        judged: [...fit.judged.outOfFold, ...fit.judged.holdOut],
        treesBand: fit.band,
        hasTreeEdge: fit.edge,
        leakagePassed: fit.leakage.passed && trained.leakagePassed,
        boundary,
        holdOutFrom: fit.trainedUntil,
        series,
        seed,
        dataHash,
        say,
        onProgress,
        mayGoOn,
      });
      if (ensemble === null && !(await mayGoOn())) return CANCELLED;
      artifacts.push(...(ensemble ?? []));
    }
  }
  if (artifacts.length === 0) return { kind: 'refused', why: 'The candles do not reach far enough to both sides of the training boundary. Give more candles.' };
  const trees = fit === null ? null : { holdOut: fit.judged.holdOut, trainedUntil: fit.trainedUntil, leakagePassed: fit.leakage.passed };
  return { kind: 'trained', artifacts: artifacts.filter((artifact) => models.includes(artifact.name)), trees: models.includes('boosted-trees') ? trees : null };
}

/** Evolver and ensemble stand on all the others, the discovery network on the autoencoder. */
function withNeeds(models: readonly ModelName[]): readonly ModelName[] {
  if (models.includes('strategy-evolver') || models.includes('ensemble')) return MODEL_NAMES;
  return models.includes('feature-discovery') ? [...models, 'structure-autoencoder'] : models;
}

interface TreesInput {
  readonly fit: FitResult;
  readonly rows: CollectedSamples['rows'];
  readonly series: readonly SymbolCandles[];
  readonly seed: number;
  readonly dataHash: string;
}

function packTrees({ fit, rows, series, seed, dataHash }: TreesInput): ModelArtifact {
  const name = 'boosted-trees';
  const bytes = exportEnsemble({ name, schemaHash: FEATURE_SCHEMA_HASH, ensemble: fit.model, calibration: fit.calibration, bandHalfWidth: fit.band });
  const { version, sha256 } = versionOf(fit.trainedUntil, bytes);
  const report = summarise({ name, version, rows, series, fit, seed, schemaHash: FEATURE_SCHEMA_HASH, dataHash });
  return {
    name,
    version,
    bytes,
    sha256,
    schemaHash: FEATURE_SCHEMA_HASH,
    inputWidth: FEATURE_COUNT,
    outputWidth: OUTPUT_WIDTH,
    trainedUntil: fit.trainedUntil,
    needs: [],
    quantised: null,
    edge: fit.edge,
    edgeAlone: fit.edgeAlone,
    note: report.verdict,
    report: { ...report, profiles: profilesOf(rows.filter((row) => row.kind === 'set-up' && row.labelledAt <= fit.trainedUntil)) },
    reportText: describeReport(report),
  };
}

/** How each feature lay in training, for the drift check of the served rows. */
function profilesOf(rows: readonly TrainingRow[]): readonly (FeatureProfile & { readonly feature: string })[] {
  return FEATURES.map((feature, index) => ({
    feature: `${feature.group}.${feature.name}`,
    ...profileFeature(Float32Array.from(rows, (row) => row.features[index] ?? 0)),
  }));
}

/** Names the data by its content: another price anywhere is another name. */
function hashOf(series: readonly SymbolCandles[], lived: readonly LivedRow[]): string {
  const hash = createHash('sha256');
  for (const { symbol, candles } of series) {
    hash.update(symbol);
    hash.update(Float64Array.from(candles.flatMap(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume])));
  }
  for (const { symbol, side, decidedAt, resultR, features } of lived) hash.update(`${symbol} ${side} ${decidedAt} ${resultR}`).update(features);
  return hash.digest('hex').slice(0, 8);
}
