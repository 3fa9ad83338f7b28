// Which combinations of parameters a sweep tries, and into which stretches a walk-forward cuts time.

const DAY_MS = 86_400_000;

export interface SweptParameter {
  readonly name: string;
  readonly values: readonly (number | boolean | string)[];
}

export type Combination = Readonly<Record<string, number | boolean | string>>;

/** More than that take days, and choosing among so many finds luck. */
export const MOST_COMBINATIONS = 1000;

export function combinationCount(parameters: readonly SweptParameter[]): number {
  return parameters.reduce((product, { values }) => product * values.length, 1);
}

/** Why the combinations of these are not tried, or null. */
export function refuseGrid(parameters: readonly SweptParameter[]): string | null {
  const count = combinationCount(parameters);
  return count <= MOST_COMBINATIONS ? null : `${count} combinations are too many; ${MOST_COMBINATIONS} are tried at most.`;
}

/** Every combination, the last parameter fastest; one empty combination without parameters. */
export function combinationsOf(parameters: readonly SweptParameter[]): readonly Combination[] {
  let combinations: readonly Combination[] = [{}];
  for (const { name, values } of parameters) combinations = combinations.flatMap((known) => values.map((value) => ({ ...known, [name]: value })));
  return combinations;
}

/** `minConfidence 0.4, rewardRiskRatio 2`; the settings as they are where nothing is changed. */
export function describeCombination(combination: Combination): string {
  const parts = Object.entries(combination).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? 'settings as they are' : parts.join(', ');
}

export interface Fold {
  readonly trainFrom: number;
  readonly trainTo: number;
  readonly testTo: number;
}

/** Consecutive folds: train on `trainDays`, test on the `testDays` after them, move on by `testDays`. The last one may be cut short. */
export function foldsOf(from: number, to: number, days: { readonly trainDays: number; readonly testDays: number }): readonly Fold[] {
  const folds: Fold[] = [];
  const train = days.trainDays * DAY_MS;
  const test = days.testDays * DAY_MS;
  for (let start = from; start + train < to; start += test)
    folds.push({ trainFrom: start, trainTo: start + train, testTo: Math.min(to, start + train + test) });
  return folds;
}
