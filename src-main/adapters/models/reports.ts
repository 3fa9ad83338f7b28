// What a model's report says, for the models view: figures with their counts, calibration, importance and leakage. Reports are JSON of a training.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { CalibrationPoint, FeatureImportance, ModelFigure, ModelView } from '../../../src-shared/contract/models.ts';
import type { ManifestEntry } from './registry.ts';

export interface ReportView extends Pick<ModelView, 'figures' | 'calibration' | 'importance' | 'leakage'> {
  /** What the model reads and answers, one sentence. */
  readonly purpose: string;
}

const NOTHING: ReportView = { purpose: '', figures: [], calibration: [], importance: [], leakage: null };
const IMPORTANCES_SHOWN = 20;

const numberOrNull = z.number().nullable();
const intervalSchema = z.object({ value: numberOrNull, low: numberOrNull, high: numberOrNull });
const metricsSchema = z.object({
  count: z.number(),
  logLoss: numberOrNull,
  baseLogLoss: numberOrNull,
  logLossGain: intervalSchema,
  brier: numberOrNull,
  auc: numberOrNull,
  calibrationZ: numberOrNull,
  expectancyAll: intervalSchema,
  taken: z.number(),
  precision: numberOrNull,
  expectancyTaken: intervalSchema,
  calibration: z.array(z.object({ predicted: z.number(), observed: z.number(), count: z.number() })),
});
const leakageSchema = z.object({
  shuffledAuc: numberOrNull,
  suspiciousFeatures: z.array(z.string()).optional(),
  constantFeatures: z.array(z.string()).optional(),
  sharedRows: numberOrNull.optional(),
  windowsOverlap: z.boolean(),
  passed: z.boolean(),
});
const treesSchema = z.object({
  walkForward: metricsSchema,
  holdOut: metricsSchema,
  importance: z.array(z.object({ feature: z.string(), share: z.number() })),
  leakage: leakageSchema,
});
const figureSchema = z.object({
  name: z.string(),
  value: numberOrNull,
  low: numberOrNull.optional(),
  high: numberOrNull.optional(),
  baseline: numberOrNull.optional(),
  count: z.number(),
});
const memberSchema = z.object({
  what: z.string(),
  figures: z.array(figureSchema),
  leakage: leakageSchema,
  metrics: z.object({ calibration: metricsSchema.shape.calibration }).optional(),
});

type Metrics = z.infer<typeof metricsSchema>;
/** Bins of the calibration stand in the plot; as figures they would be said twice. */
const BIN_FIGURE = 'observed where it says';

/** The report of one version. A report that is missing or of another shape shows nothing; the verdict stands in the manifest. */
export function readReport(folder: string, entry: Pick<ManifestEntry, 'report'>): ReportView {
  if (basename(entry.report) !== entry.report) return NOTHING;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(folder, entry.report.replace(/\.md$/, '.json')), 'utf8'));
  } catch {
    return NOTHING;
  }
  const trees = treesSchema.safeParse(content);
  if (trees.success) return treesView(trees.data);
  const member = memberSchema.safeParse(content);
  return member.success ? memberView(member.data) : NOTHING;
}

function treesView({ walkForward, holdOut, importance, leakage }: z.infer<typeof treesSchema>): ReportView {
  return {
    purpose: 'Features of one side of a set-up give the probability that its plan reaches the target first, with a band.',
    figures: [...figuresOf('hold-out', holdOut), ...figuresOf('walk-forward', walkForward)],
    calibration: pointsOf(holdOut.calibration),
    importance: importance.slice(0, IMPORTANCES_SHOWN).map(({ feature, share }): FeatureImportance => ({ feature, share })),
    leakage: describeLeakage(leakage),
  };
}

function memberView({ what, figures, leakage, metrics }: z.infer<typeof memberSchema>): ReportView {
  return {
    purpose: what,
    figures: figures
      .filter(({ name }) => !name.startsWith(BIN_FIGURE))
      .map(({ name, value, low, high, baseline, count }): ModelFigure => ({
        name,
        value,
        low: low ?? null,
        high: high ?? null,
        baseline: baseline ?? null,
        count,
      })),
    calibration: pointsOf(metrics?.calibration ?? []),
    importance: [],
    leakage: describeLeakage(leakage),
  };
}

function figuresOf(where: string, metrics: Metrics): readonly ModelFigure[] {
  const { count, taken } = metrics;
  const plain = (name: string, value: number | null, baseline: number | null): ModelFigure => ({
    name: `${where}: ${name}`,
    value,
    low: null,
    high: null,
    baseline,
    count,
  });
  const bounded = (name: string, interval: Metrics['logLossGain'], of: number): ModelFigure => ({
    name: `${where}: ${name}`,
    ...interval,
    baseline: 0,
    count: of,
  });
  return [
    plain('AUC', metrics.auc, 0.5),
    plain('log loss', metrics.logLoss, metrics.baseLogLoss),
    bounded('log-loss gain', metrics.logLossGain, count),
    plain('Brier score', metrics.brier, null),
    plain('calibration, deviations from what it states', metrics.calibrationZ, 0),
    bounded('expectancy of all, R after costs', metrics.expectancyAll, count),
    bounded('expectancy of taken, R after costs', metrics.expectancyTaken, taken),
    { ...plain('precision of taken', metrics.precision, null), count: taken },
  ];
}

function pointsOf(points: Metrics['calibration']): readonly CalibrationPoint[] {
  return points.map(({ predicted, observed, count }) => ({ predicted, observed, count }));
}

function describeLeakage({
  shuffledAuc,
  suspiciousFeatures,
  constantFeatures,
  sharedRows,
  windowsOverlap,
  passed,
}: z.infer<typeof leakageSchema>): ModelView['leakage'] {
  const parts = [
    shuffledAuc === null ? 'no outcome to shuffle' : `with all outcomes shuffled it scores AUC ${shuffledAuc.toFixed(3)}`,
    `inputs that tell the outcome alone: ${(suspiciousFeatures ?? []).join(', ') || 'none'}`,
    ...(constantFeatures === undefined ? [] : [`constant inputs: ${constantFeatures.join(', ') || 'none'}`]),
    ...(sharedRows === undefined || sharedRows === null ? [] : [`rows on both sides of the split: ${(sharedRows * 100).toFixed(2)} %`]),
    `training outcomes after the first row judged: ${windowsOverlap ? 'yes' : 'none'}`,
  ];
  return { passed, text: `${parts.join('; ')}.` };
}
