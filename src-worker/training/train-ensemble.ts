// Trains the evolver and the ensemble on what the other models say of set-ups they were not trained on, and packs both with their reports.
import { conformalHalfWidth } from '../../src-main/core/learning/conformal.ts';
import { buildStackRow, STACK_INPUTS, STACK_SCHEMA, STACK_WIDTH } from '../../src-main/core/learning/stack-row.ts';
import { OUTPUT_WIDTH } from '../onnx/export.ts';
import { DISAGREEMENT_SHARE, exportStack } from '../onnx/export-stack.ts';
import { versionOf, type ModelArtifact } from './artifact.ts';
import { chooseCalibration } from './calibrate.ts';
import type { SymbolCandles } from './candidates.ts';
import { compareDeciders, describeDeciders, describeSlices, monthOf, sliceBy, type JudgedSetUp } from './comparison.ts';
import { advantageOf, buildDecisions, type EvolverDecision, type MemberView } from './evolver.ts';
import { showsEdge, type Judged } from './fit.ts';
import { describeMember, type MemberReport } from './member-report.ts';
import { askMembers, type Members } from './members.ts';
import { describeInterval, mean, scoreModel, type Metrics } from './metrics.ts';
import type { Network } from './network.ts';
import type { DecisionSample } from './samples.ts';
import { EMBARGO_MS } from './split.ts';
import { fitStack, stackMargin } from './stack.ts';
import { trainEvolver, type EvolverRequest } from './train-evolver.ts';
import { calibrate } from './tree.ts';

const LEAST_STACK_ROWS = 200;
const FIT_SHARE = 0.6;
const COVERAGE = 0.9;

export interface EnsembleRequest extends EvolverRequest {
  readonly members: Members;
  readonly samples: readonly DecisionSample[];
  /** Set-ups judged by trees that never saw them, in the order of time. */
  readonly judged: readonly Judged[];
  readonly treesBand: number;
  readonly hasTreeEdge: boolean;
  /** Trees and the ensemble knew outcomes until here; set-ups from here on are judged. */
  readonly holdOutFrom: number;
  readonly series: readonly SymbolCandles[];
}

/** What every member says of a judged set-up. */
interface JudgedView extends MemberView {
  readonly judged: Judged;
}

/** Null when it was cancelled or there are too few set-ups to say anything; the reason was said. */
export async function trainEnsemble(request: EnsembleRequest): Promise<readonly ModelArtifact[] | null> {
  const { say } = request;
  const views = viewsOf(request);
  const decisions = buildDecisions(views, request.hasTreeEdge);
  const past = decisions.filter(({ row }) => row.labelledAt <= request.boundary);
  const later = decisions.filter(({ row }) => row.decidedAt >= request.boundary + EMBARGO_MS);
  if (past.length < LEAST_STACK_ROWS || later.length < LEAST_STACK_ROWS) {
    say(`evolver and ensemble: only ${past.length} set-ups before and ${later.length} after the boundary; ${LEAST_STACK_ROWS} of each are needed.`);
    return null;
  }
  const evolver = await trainEvolver(request, past, later);
  if (evolver === null) return null;
  const ensemble = stackMembers({ ...request, views, evolverVersion: { name: 'strategy-evolver', version: evolver.artifact.version } }, evolver.network, later);
  return ensemble === null ? [evolver.artifact] : [evolver.artifact, ensemble];
}

/** Set-ups with what every member says of them; those without a full window are left out. */
function viewsOf({ judged, samples, members, treesBand }: EnsembleRequest): readonly JudgedView[] {
  const byMoment = new Map(samples.map((sample) => [`${sample.symbol} ${sample.decidedAt}`, sample]));
  return judged.flatMap((entry) => {
    const { row } = entry;
    const sample = byMoment.get(`${row.symbol} ${row.decidedAt}`);
    if (sample === undefined) return [];
    const setUp: JudgedSetUp = { row, probability: entry.scored.probability, band: treesBand };
    return [{ judged: entry, setUp, moment: { regime: sample.regime, ...askMembers(members, sample, row) } }];
  });
}

interface StackRequest extends EnsembleRequest {
  readonly views: readonly JudgedView[];
  readonly evolverVersion: ModelArtifact['needs'][number];
}

interface StackSample {
  readonly view: JudgedView;
  readonly row: Float32Array;
}

/** Weights from the older part of the time after the networks' boundary, calibration and band from the newer part, judged on the hold-out. */
function stackMembers(request: StackRequest, evolver: Network, later: readonly EvolverDecision[]): ModelArtifact | null {
  const { boundary, holdOutFrom, seed, say } = request;
  const states = new Map(later.map((decision) => [decision.row, decision.state]));
  const stacked = request.views.flatMap((view): readonly StackSample[] => {
    const state = states.get(view.setUp.row);
    if (state === undefined) return [];
    const { discovery, liquidityAgreement, novelty } = view.moment;
    const opinions = {
      boostedTrees: view.setUp.probability,
      discovery,
      evolverAdvantage: advantageOf(evolver, state),
      liquidityAgreement,
      novelty,
      ictConfidence: view.setUp.row.ictConfidence,
    };
    return [{ view, row: buildStackRow(opinions) }];
  });
  const known = stacked.filter(({ view }) => view.setUp.row.labelledAt <= holdOutFrom);
  const cut = known[Math.floor(known.length * FIT_SHARE)]?.view.setUp.row.decidedAt ?? 0;
  const fitting = known.filter(({ view }) => view.setUp.row.labelledAt <= cut);
  const calibrating = known.filter(({ view }) => view.setUp.row.decidedAt >= cut + EMBARGO_MS);
  const judged = stacked.filter(({ view }) => view.setUp.row.decidedAt >= holdOutFrom + EMBARGO_MS);
  if (fitting.length < LEAST_STACK_ROWS || calibrating.length < LEAST_STACK_ROWS / 2 || judged.length < LEAST_STACK_ROWS / 2) {
    say(`ensemble: only ${fitting.length} set-ups to fit, ${calibrating.length} to calibrate and ${judged.length} to judge; too few.`);
    return null;
  }
  const labelsOf = (list: readonly StackSample[]): readonly number[] => list.map(({ view }) => view.setUp.row.label);
  const stack = fitStack({ rows: join(fitting), labels: labelsOf(fitting), width: STACK_WIDTH });
  const marginOf = ({ row }: StackSample): number => stackMargin(stack, row, 0);
  const calibration = chooseCalibration(calibrating.map(marginOf), labelsOf(calibrating));
  const probabilityOf = (sample: StackSample): number => calibrate(marginOf(sample), calibration);
  const band = conformalHalfWidth(
    calibrating.map((sample) => ({ probability: probabilityOf(sample), label: sample.view.setUp.row.label })),
    COVERAGE,
  );
  const baseRate = mean(labelsOf([...fitting, ...calibrating]));
  const metrics = scoreModel(
    judged.map((sample) => ({ ...sample.view.judged.scored, baseRate, probability: probabilityOf(sample) })),
    seed,
  );
  const setUps = judged.map((sample): JudgedSetUp => {
    const probability = probabilityOf(sample);
    return { row: sample.view.setUp.row, probability, band: band + DISAGREEMENT_SHARE * Math.abs(probability - sample.view.setUp.probability) };
  });
  const from = judged[0]?.view.setUp.row.decidedAt ?? Infinity;
  const windowsOverlap = [...fitting, ...calibrating].some(({ view }) => view.setUp.row.decidedAt < boundary || view.setUp.row.labelledAt > from);
  const leakagePassed = request.leakagePassed && !windowsOverlap;
  const edge = showsEdge(metrics) && leakagePassed;
  const bytes = exportStack({ name: 'ensemble', schemaHash: STACK_SCHEMA, stack, calibration, bandHalfWidth: band });
  const { version, sha256 } = versionOf(holdOutFrom, bytes);
  const report: MemberReport = {
    name: 'ensemble',
    version,
    verdict: describeVerdict(metrics, leakagePassed),
    hasSkill: edge,
    what: `Logistic stacking of ${STACK_INPUTS.join(', ')}; weights ${stack.weights.map((weight) => weight.toFixed(4)).join(', ')}, intercept ${stack.intercept.toFixed(4)}; ${calibration.isotonic === undefined ? 'Platt' : 'isotonic'} calibration; conformal half width ${band.toFixed(3)} (90 %), wider where the ensemble and the trees disagree.`,
    seed,
    schemaHash: STACK_SCHEMA,
    dataHash: request.dataHash,
    trainedUntil: new Date(holdOutFrom).toISOString().slice(0, 10),
    counts: { fitting: fitting.length, calibrating: calibrating.length, judged: judged.length },
    figures: figuresOf(metrics),
    leakage: { shuffledAuc: null, sharedRows: null, windowsOverlap, passed: leakagePassed },
    hyperparameters: { fitShare: FIT_SHARE, coverage: COVERAGE },
    serving: 'fp32.',
  };
  const deciders = compareDeciders({ setUps, series: request.series, hasEdge: edge, seed });
  const reportText = [
    describeMember(report),
    '## Who decides (hold-out)',
    '',
    ...describeDeciders(deciders),
    '',
    '## By symbol (hold-out)',
    '',
    ...describeSlices(
      'symbol',
      sliceBy(setUps, (row) => row.symbol, seed),
    ),
    '',
    '## By month (hold-out)',
    '',
    ...describeSlices('month', sliceBy(setUps, monthOf, seed)),
    '',
  ].join('\n');
  return {
    name: 'ensemble',
    version,
    bytes,
    sha256,
    schemaHash: STACK_SCHEMA,
    inputWidth: STACK_WIDTH,
    outputWidth: OUTPUT_WIDTH,
    trainedUntil: holdOutFrom,
    needs: [...request.others, request.evolverVersion],
    quantised: null,
    edge,
    note: report.verdict,
    report: { ...report, metrics, deciders },
    reportText,
  };
}

function join(list: readonly StackSample[]): Float32Array {
  const rows = new Float32Array(list.length * STACK_WIDTH);
  list.forEach(({ row }, index) => rows.set(row, index * STACK_WIDTH));
  return rows;
}

function figuresOf(metrics: Metrics): MemberReport['figures'] {
  const { count } = metrics;
  return [
    { name: 'log loss', count, value: metrics.logLoss, baseline: metrics.baseLogLoss },
    { name: 'log-loss gain', count, ...metrics.logLossGain, baseline: 0 },
    { name: 'Brier score', count, value: metrics.brier },
    { name: 'calibration, deviations from what it states', count, value: metrics.calibrationZ, baseline: 0 },
    { name: 'AUC', count, value: metrics.auc, baseline: 0.5 },
    { name: 'expectancy of all, R', count, ...metrics.expectancyAll },
    { name: 'expectancy of what it takes, R', count: metrics.taken, ...metrics.expectancyTaken, baseline: metrics.expectancyAll.value },
    ...metrics.calibration.map((bin) => ({ name: `observed where it says ${bin.predicted.toFixed(3)}`, count: bin.count, value: bin.observed })),
  ];
}

/** One sentence. Figures that a leak made are no edge, however good they look. */
export function describeVerdict(metrics: Metrics, leakagePassed: boolean): string {
  const { logLossGain: gain, auc, count, taken, expectancyTaken } = metrics;
  const shown = `hold-out AUC ${auc.toFixed(3)} on ${count} set-ups, log-loss gain ${describeInterval(gain, 4)}`;
  const earns = taken === 0 ? 'it would take none of them' : `expectancy of what it takes ${describeInterval(expectancyTaken, 3)} R (${taken} trades)`;
  if (!leakagePassed) return `No edge to rely on: the leakage checks of what it stands on failed; ${shown}, ${earns}. Hybrid leans on ICT.`;
  return showsEdge(metrics) ? `Edge out of sample: ${shown}, ${earns}.` : `No edge out of sample: ${shown}, ${earns}. Hybrid leans on ICT.`;
}
