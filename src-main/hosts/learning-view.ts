// The models view put together: what the folder holds, what serves, what the reports measured, and which rule stands in.
import type { ModelDrift, ModelsView, ModelVersion, ModelView } from '../../src-shared/contract/models.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import type { ModelStore } from '../adapters/models/model-store.ts';
import type { ManifestEntry } from '../adapters/models/registry.ts';
import { readReport } from '../adapters/models/reports.ts';
import { isModelName, MODEL_NAMES, type ModelName } from '../core/learning/model-inputs.ts';
import type { Predictor } from '../core/ports.ts';

/** What stands in for each model when it is missing, broken or has shown no skill. */
const FALLBACK_RULES: Readonly<Record<ModelName, string>> = {
  'boosted-trees': 'ICT confidence decides alone.',
  'structure-autoencoder': 'Sixteen statistics of the window describe it.',
  'feature-discovery': 'Thirty-two base features stand in, and the probability is one half.',
  'liquidity-predictor': 'Volume-profile nodes and a random walk say where liquidity lies.',
  'regime-predictor': 'The rule over ADX, DI, Bollinger width and ATR forecasts the regime.',
  'strategy-evolver': 'The fixed hybrid mix plays at full size.',
  ensemble: 'The boosted trees speak alone.',
};

/** Models whose answers act only when they are better than the rule they would replace. */
const NEEDS_SKILL: ReadonlySet<ModelName> = new Set(['regime-predictor', 'strategy-evolver', 'ensemble']);
/** Models whose answers are win probabilities of a side. */
const OPINIONS: ReadonlySet<ModelName> = new Set(['boosted-trees', 'ensemble']);

export interface ModelsInput {
  readonly folder: string;
  readonly store: ModelStore;
  readonly served: Predictor['models'];
  readonly problems: readonly string[];
  /** Drift of the models that are watched, by name. */
  readonly drift: ReadonlyMap<string, ModelDrift>;
  readonly driftProblem: string | null;
  /** Whether INT8 forms may serve at all (ENABLE_QUANTIZATION). */
  readonly isInt8On: boolean;
}

/** Every model the product knows, whether it serves or not. */
export function viewModels(input: ModelsInput): ModelsView['models'] {
  return MODEL_NAMES.map((name) => viewModel(name, input));
}

function viewModel(name: ModelName, input: ModelsInput): ModelView {
  const { folder, store, served, drift, driftProblem } = input;
  const versions = store.versionsOf(name);
  const { champion, challenger, previous } = versions.ok ? versions.value : { champion: null, challenger: null, previous: [] };
  const why = whyNot(name, champion, input);
  const report = champion === null ? null : readReport(folder, champion);
  const serving = served.find((model) => model.name === name);
  return {
    name,
    purpose: report?.purpose ?? '',
    state: why === null ? 'serving' : 'fallback',
    fallback: { rule: FALLBACK_RULES[name], why: why ?? null },
    authority: !OPINIONS.has(name) ? 'informs' : champion?.edge === true ? 'may_raise' : 'may_lower',
    champion: champion === null ? null : versionOf(champion),
    challenger: challenger === null ? null : { ...versionOf(challenger), gate: challenger.gate ?? null },
    previous: previous.map(versionOf),
    serving: servedForm(serving?.precision ?? null, champion, input.isInt8On),
    figures: report?.figures ?? [],
    calibration: report?.calibration ?? [],
    importance: report?.importance ?? [],
    leakage: report?.leakage ?? null,
    drift: drift.get(name) ?? null,
    driftProblem: drift.has(name) ? null : name === 'boosted-trees' ? driftProblem : 'Its inputs are not watched; those of the boosted trees are.',
  };
}

/** Why the rule stands in now, or null while the model serves. */
function whyNot(name: ModelName, champion: ManifestEntry | null, { served, problems }: ModelsInput): string | null {
  if (!served.some((model) => model.name === name)) {
    const known = problems.find((problem) => problem.includes(` ${name} `)) ?? problems[0];
    return known ?? `There is no model named ${name}.`;
  }
  if (NEEDS_SKILL.has(name) && champion?.edge !== true) return `It has shown no skill out of sample. ${champion?.note ?? ''}`.trim();
  return null;
}

function servedForm(precision: string | null, champion: ManifestEntry | null, isInt8On: boolean): string {
  if (precision !== null) return precision;
  if (champion?.quantised !== undefined && !isInt8On) return 'fp32; INT8 is switched off (ENABLE_QUANTIZATION).';
  return champion?.quantised === undefined ? 'fp32; there is no other form of it.' : 'fp32 until both forms are measured.';
}

function versionOf({ version, trainedUntil, edge, note }: ManifestEntry): ModelVersion {
  return { version, trainedUntil: trainedUntil === undefined ? null : epochMs(trainedUntil), edge, note };
}

/** Names of a training request that are no models. */
export function unknownModels(names: readonly string[]): readonly string[] {
  return names.filter((name) => !isModelName(name));
}
