// The rows each network learns from, and what a trained network says of a moment.
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { SEQUENCE_WIDTH } from '../../src-main/core/learning/liquidity-sequence.ts';
import { REGIME_WIDTH } from '../../src-main/core/learning/regime-sequence.ts';
import { MARKET_CLASSES } from '../../src-main/core/structure/regime-forecast.ts';
import { STRUCTURE_CODE, STRUCTURE_WIDTH } from '../../src-main/core/learning/structure-window.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { CODE_LAYER, DISCOVERY_WIDTH } from './architectures.ts';
import type { LearnerRows } from './learner.ts';
import { runNetwork, type Network } from './network.ts';
import { MOVE_BARS, type DecisionSample } from './samples.ts';

const MOVE_MS = MOVE_BARS * 300_000;

interface RowSource {
  readonly time: number;
  readonly knownAt: number;
  readonly row: Float32Array;
  readonly targets: readonly number[];
  /** What is known without the network, as wide as the targets. */
  readonly baseline?: readonly number[];
}

function joinRows(sources: readonly RowSource[], width: number): LearnerRows {
  const targetWidth = sources[0]?.targets.length ?? 0;
  const rows = new Float32Array(sources.length * width);
  const targets = new Float32Array(sources.length * targetWidth);
  sources.forEach((source, index) => {
    rows.set(source.row, index * width);
    targets.set(source.targets, index * targetWidth);
  });
  const baseline =
    sources.every((source) => source.baseline !== undefined) && sources.length > 0
      ? Float32Array.from(sources.flatMap((source) => source.baseline ?? []))
      : null;
  return {
    ...(baseline === null ? {} : { baseline }),
    rows,
    targets,
    times: Float64Array.from(sources, (source) => source.time),
    knownAt: Float64Array.from(sources, (source) => source.knownAt),
  };
}

/** Every so many, so that at most `most` stay. */
function thin<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, index) => index % step === 0);
}

/** Windows of both sides: the mirror image of a market is a market too. */
export function structureRows(samples: readonly DecisionSample[], most: number): LearnerRows {
  return joinRows(
    thin(samples, most / 2).flatMap((sample) =>
      (['long', 'short'] as const).map((side) => ({ time: sample.decidedAt, knownAt: sample.decidedAt, row: sample.structure[side], targets: [] })),
    ),
    STRUCTURE_WIDTH,
  );
}

export interface StructureView {
  /** 16 numbers. */
  readonly code: Float32Array;
  /** Mean squared error of the reconstruction, in scaled units. */
  readonly error: number;
}

/** What the autoencoder says of each window. */
export function describeWindows(network: Network, windows: readonly Float32Array[]): readonly StructureView[] {
  const { centre, scale, limit } = network.scaling;
  const views: StructureView[] = [];
  const part = 512;
  for (let from = 0; from < windows.length; from += part) {
    const some = windows.slice(from, from + part);
    const rows = new Float32Array(some.length * STRUCTURE_WIDTH);
    some.forEach((window, index) => rows.set(window, index * STRUCTURE_WIDTH));
    const { trunk, heads } = runNetwork(network, rows, some.length);
    some.forEach((window, index) => {
      let error = 0;
      for (let at = 0; at < STRUCTURE_WIDTH; at += 1) {
        const scaled = Math.max(-limit, Math.min(limit, (window[at]! - centre[at]!) * scale[at]!));
        error += (heads[index * STRUCTURE_WIDTH + at]! - scaled) ** 2 / STRUCTURE_WIDTH;
      }
      views.push({ code: trunk[CODE_LAYER]!.slice(index * STRUCTURE_CODE, (index + 1) * STRUCTURE_CODE), error });
    });
  }
  return views;
}

/** Windows by sample and side, described once. */
export type StructureViews = ReadonlyMap<DecisionSample, Readonly<Record<Side, StructureView>>>;

export function describeSamples(network: Network, samples: readonly DecisionSample[]): StructureViews {
  const long = describeWindows(
    network,
    samples.map((sample) => sample.structure.long),
  );
  const short = describeWindows(
    network,
    samples.map((sample) => sample.structure.short),
  );
  return new Map(samples.map((sample, index) => [sample, { long: long[index]!, short: short[index]! }]));
}

/** Base features and structure code of one side. */
export function discoveryRow(features: Float32Array, code: Float32Array): Float32Array {
  const row = new Float32Array(DISCOVERY_WIDTH);
  row.set(features);
  row.set(code, FEATURE_COUNT);
  return row;
}

export function discoveryRows(samples: readonly DecisionSample[], views: StructureViews): LearnerRows {
  return joinRows(
    samples.flatMap((sample) =>
      sample.rows.map((row) => ({
        time: sample.decidedAt,
        knownAt: sample.decidedAt + MOVE_MS,
        row: discoveryRow(row.features, views.get(sample)![row.side].code),
        targets: [sample.moved[row.side]],
      })),
    ),
    DISCOVERY_WIDTH,
  );
}

export function liquidityRows(samples: readonly DecisionSample[], most: number): LearnerRows {
  return joinRows(
    thin(samples, most).map((sample) => ({ time: sample.decidedAt, knownAt: sample.knownAt, row: sample.sequence, targets: sample.liquidity })),
    SEQUENCE_WIDTH,
  );
}

export function regimeRows(samples: readonly DecisionSample[]): LearnerRows {
  return joinRows(
    samples
      .filter((sample) => sample.nextRegime >= 0)
      .map((sample) => ({
        time: sample.decidedAt,
        knownAt: sample.knownAt,
        row: sample.regimeInput,
        targets: MARKET_CLASSES.map((_, index) => (index === sample.nextRegime ? 1 : 0)),
        baseline: sample.ruleForecast,
      })),
    REGIME_WIDTH,
  );
}

export interface Members {
  readonly structure: Network;
  readonly discovery: Network;
  readonly liquidity: Network;
  readonly regime: Network;
  /** Median reconstruction error of the training windows. */
  readonly usualError: number;
}

export interface MemberAnswers {
  readonly discovery: number;
  readonly liquidityAgreement: number;
  readonly novelty: number;
  readonly regimeAhead: readonly [trending: number, ranging: number, volatile: number];
}

/** What all networks say of one sample and side. */
export function askMembers(members: Members, sample: DecisionSample, asked: { readonly side: Side; readonly features: Float32Array }): MemberAnswers {
  const { side, features } = asked;
  const [view] = describeWindows(members.structure, [sample.structure[side]]);
  if (view === undefined) throw new Error('broken invariant: one window in, one view out');
  const [discovery = 0.5] = runNetwork(members.discovery, discoveryRow(features, view.code), 1).heads;
  const liquidity = runNetwork(members.liquidity, sample.sequence, 1).heads;
  const [above = 0.5, below = 0.5] = liquidity.subarray(2);
  const [trending = 0, ranging = 0, volatile = 0] = runNetwork(members.regime, sample.regimeInput, 1).heads;
  return {
    discovery,
    liquidityAgreement: side === 'long' ? above - below : below - above,
    novelty: Math.log(Math.max(1e-9, view.error) / Math.max(1e-9, members.usualError)),
    regimeAhead: [trending, ranging, volatile],
  };
}
