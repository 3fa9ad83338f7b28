// The same set-ups under different deciders: everything, ICT alone, hybrid, the model alone, and random entries with the same exits.
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { labelTrade } from '../../src-main/core/learning/triple-barrier.ts';
import { ROUND_TRIP_COST } from '../../src-main/core/strategies/break-even.ts';
import { blendOpinion } from '../../src-main/core/strategies/confidence.ts';
import type { SymbolCandles, TrainingRow } from './candidates.ts';
import { areaUnderCurve, bootstrapMean, describeInterval, mean, type Interval } from './metrics.ts';
import { createRandom } from './random.ts';

/** A set-up with what a model that never saw its outcome says of it. */
export interface JudgedSetUp {
  readonly row: TrainingRow;
  readonly probability: number;
  /** Half width of the band around it. */
  readonly band: number;
}

export interface DeciderResult {
  readonly name: string;
  readonly count: number;
  readonly winRate: number;
  /** Mean costs of a trade in R: what a tight stop pays for. */
  readonly costR: number;
  readonly expectancy: Interval;
}

/** Random entries drawn for each set-up. */
const DRAWS = 5;
/** A random entry comes from within this time of the set-up, so that it lives in the same market. */
const NEAR_MS = 14 * 86_400_000;
const FIVE_MINUTES = 300_000;

/** Whether hybrid with default settings would trade this complete signal, given the model's opinion. */
export function hybridTakes(setUp: JudgedSetUp, hasEdge: boolean): boolean {
  const settings = defaultSettings();
  const { row, probability, band } = setUp;
  if (!row.isSignal) return false;
  const opinion = {
    model: 'judged',
    version: '',
    winProbability: probability,
    low: Math.max(0, probability - band),
    high: Math.min(1, probability + band),
    effect: 'unused' as const,
  };
  const blend = blendOpinion(row.ictConfidence, opinion, {
    modelWeight: settings.hybridModelWeight,
    vetoProbability: settings.hybridVetoProbability,
    rewardRisk: row.exits.target / row.exits.stop,
    hasEdge,
  });
  return blend.effect !== 'vetoed' && blend.confidence >= settings.minConfidence;
}

export interface ComparisonRequest {
  readonly setUps: readonly JudgedSetUp[];
  readonly series: readonly SymbolCandles[];
  readonly hasEdge: boolean;
  readonly seed: number;
}

/** Each decider's trades with expectancy in R after costs and its 90 % block bootstrap interval. */
export function compareDeciders({ setUps, series, hasEdge, seed }: ComparisonRequest): readonly DeciderResult[] {
  const resultOf = (name: string, trades: readonly TrainingRow[]): DeciderResult => ({
    name,
    count: trades.length,
    winRate: mean(trades.map((row) => row.label)),
    costR: mean(trades.map((row) => ROUND_TRIP_COST / row.exits.stop)),
    expectancy: bootstrapMean(
      trades.map((row) => ({ value: row.resultR, time: row.decidedAt })),
      seed,
    ),
  });
  const rowsOf = (isTaken: (setUp: JudgedSetUp) => boolean): readonly TrainingRow[] => setUps.filter(isTaken).map((setUp) => setUp.row);
  const drawn = drawRandomEntries(
    setUps.map((setUp) => setUp.row),
    series,
    seed,
  );
  return [
    resultOf(
      'every set-up',
      rowsOf(() => true),
    ),
    resultOf(
      'ICT alone (complete signals)',
      rowsOf(({ row }) => row.isSignal),
    ),
    resultOf(
      'hybrid (signals the model lets pass)',
      rowsOf((setUp) => hybridTakes(setUp, hasEdge)),
    ),
    resultOf(
      'model alone (above break-even)',
      rowsOf(({ row, probability }) => probability > row.breakEven),
    ),
    {
      name: 'random entries, same exits',
      count: drawn.length,
      winRate: mean(drawn.map((entry) => entry.label)),
      costR: mean(drawn.map((entry) => entry.costR)),
      expectancy: bootstrapMean(
        drawn.map((entry) => ({ value: entry.resultR, time: entry.time })),
        seed,
      ),
    },
  ];
}

interface RandomEntry {
  readonly label: number;
  readonly costR: number;
  readonly resultR: number;
  readonly time: number;
}

/** For each set-up: same symbol, stop, target and horizon, entered at a random candle of the weeks around it on a random side. */
export function drawRandomEntries(rows: readonly TrainingRow[], series: readonly SymbolCandles[], seed: number): readonly RandomEntry[] {
  const random = createRandom(seed + 77);
  const bySymbol = new Map(series.map((entry) => [entry.symbol, entry.candles]));
  const entries: RandomEntry[] = [];
  for (const row of rows) {
    const candles = bySymbol.get(row.symbol);
    if (candles === undefined) continue;
    // Lived before the oldest candle: there are no weeks around it to draw from.
    if (Math.abs((candles[row.next]?.openTime ?? Infinity) - row.decidedAt) > NEAR_MS) continue;
    const reach = Math.floor(NEAR_MS / FIVE_MINUTES);
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const next = row.next + Math.floor((random() * 2 - 1) * reach);
      const side = random() < 0.5 ? 'long' : 'short';
      const first = candles[next];
      if (first === undefined || next < 1) continue;
      const sign = side === 'long' ? 1 : -1;
      const plan = {
        side,
        entryKind: 'market' as const,
        entry: first.open,
        stop: first.open * (1 - sign * row.exits.stop),
        target: first.open * (1 + sign * row.exits.target),
        rewardRisk: row.exits.target / row.exits.stop,
        expiresAt: epochMs(first.openTime + row.exits.horizonMs),
      } as const;
      const label = labelTrade(plan, candles, next);
      if (label !== null) entries.push({ label: label.won ? 1 : 0, costR: ROUND_TRIP_COST / row.exits.stop, resultR: label.resultR, time: first.openTime });
    }
  }
  return entries;
}

export interface Slice {
  readonly key: string;
  readonly count: number;
  readonly winRate: number;
  /** NaN when only wins or only losses are in it. */
  readonly auc: number;
  readonly brier: number;
  readonly expectancy: Interval;
  readonly taken: number;
  readonly expectancyTaken: Interval;
}

/** The figures of the model by symbol or by month. */
export function sliceBy(setUps: readonly JudgedSetUp[], keyOf: (row: TrainingRow) => string, seed: number): readonly Slice[] {
  const groups = new Map<string, JudgedSetUp[]>();
  for (const setUp of setUps) {
    const key = keyOf(setUp.row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [setUp]);
    else group.push(setUp);
  }
  const timed = (list: readonly JudgedSetUp[]): Interval =>
    bootstrapMean(
      list.map(({ row }) => ({ value: row.resultR, time: row.decidedAt })),
      seed,
    );
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const taken = group.filter(({ row, probability }) => probability > row.breakEven);
      return {
        key,
        count: group.length,
        winRate: mean(group.map(({ row }) => row.label)),
        auc: areaUnderCurve(group.map(({ row, probability }) => ({ probability, label: row.label }))),
        brier: mean(group.map(({ row, probability }) => (probability - row.label) ** 2)),
        expectancy: timed(group),
        taken: taken.length,
        expectancyTaken: timed(taken),
      };
    });
}

export function monthOf(row: TrainingRow): string {
  return new Date(row.decidedAt).toISOString().slice(0, 7);
}

/** Markdown table of deciders. */
export function describeDeciders(results: readonly DeciderResult[]): readonly string[] {
  return [
    '| decider | trades | win rate | costs, R a trade | expectancy after costs, R (90 %) |',
    '|---|---|---|---|---|',
    ...results.map(({ name, count, winRate, costR, expectancy }) => {
      const known = count === 0 ? ['none', 'none'] : [winRate.toFixed(3), costR.toFixed(3)];
      return `| ${[name, count, ...known, describeInterval(expectancy, 3)].join(' | ')} |`;
    }),
  ];
}

/** Markdown table of slices. */
export function describeSlices(title: string, slices: readonly Slice[]): readonly string[] {
  return [
    `| ${title} | set-ups | win rate | AUC | Brier | expectancy of all, R (90 %) | taken | expectancy of taken, R (90 %) |`,
    '|---|---|---|---|---|---|---|---|',
    ...slices.map(
      ({ key, count, winRate, auc, brier, expectancy, taken, expectancyTaken }) =>
        `| ${key} | ${count} | ${winRate.toFixed(3)} | ${Number.isNaN(auc) ? '–' : auc.toFixed(3)} | ${brier.toFixed(3)} | ${describeInterval(expectancy, 3)} | ${taken} | ${describeInterval(expectancyTaken, 3)} |`,
    ),
  ];
}
