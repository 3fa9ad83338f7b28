// Drift, schedule, promotion and conformal bands: each alarms when it must and stays silent when it must.
import { describe, expect, it } from 'vitest';
import { DriftMonitor } from '../../../src-main/core/learning/drift-monitor.ts';
import { conformalHalfWidth } from '../../../src-main/core/learning/conformal.ts';
import { LOSS_RULES, measureDrift, PAGE_HINKLEY_START, pageHinkley, profileFeature, stabilityIndex } from '../../../src-main/core/learning/drift.ts';
import { judgePromotion, PROMOTION_TRADES, type ShadowedTrade } from '../../../src-main/core/learning/promotion.ts';
import { MODEL_NAMES } from '../../../src-main/core/learning/model-inputs.ts';
import { scheduledModels, trainingNeed, type TrainingHistory } from '../../../src-main/core/learning/schedule.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { randomOf } from '../support/candles.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function normals(count: number, seed: number, mean = 0): Float64Array {
  const random = randomOf(seed);
  return Float64Array.from({ length: count }, () => random() + random() + random() + random() - 2 + mean);
}

describe('population stability index', () => {
  const profile = profileFeature(normals(5000, 1));

  it('is about zero on the same distribution, above 0.25 after a shift, and silent on too few rows', () => {
    expect(stabilityIndex(profile, normals(2000, 2))!).toBeLessThan(0.02);
    expect(stabilityIndex(profile, normals(2000, 3, 0.5))!).toBeGreaterThan(0.25);
    expect(stabilityIndex(profile, normals(199, 3, 0.5))).toBeNull();
  });

  it('matches the definition, computed by hand on two bins', () => {
    const half = { edges: [0], shares: [0.5, 0.5] };
    const values = Float64Array.from({ length: 1000 }, (_, at) => (at < 800 ? -1 : 1));
    expect(stabilityIndex(half, values)).toBeCloseTo(0.3 * Math.log(0.8 / 0.5) - 0.3 * Math.log(0.2 / 0.5), 12);
  });

  it('names the features that moved, most first, and discounts confidence', () => {
    const width = 4;
    const profiles = [0, 1, 2, 3].map((feature) => profileFeature(normals(4000, 10 + feature)));
    const columns = [normals(600, 20), normals(600, 21, 0.9), normals(600, 22, 0.22), normals(600, 23)];
    const rows = Float32Array.from({ length: 600 * width }, (_, at) => columns[at % width]![Math.floor(at / width)]!);
    const report = measureDrift(profiles, ['a', 'b', 'c', 'd'], rows);
    expect(report.moved.map(({ name, grade }) => `${name} ${grade}`)).toEqual(['b act', 'c warn']);
    expect(report).toMatchObject({ action: 'act', rows: 600, discount: 0.5 });
    // One of ten acts: half way from no discount to the full one at a fifth.
    const ten = Array.from({ length: 10 }, () => profiles[0]!);
    const tenRows = Float32Array.from({ length: 6000 }, (_, at) => (at % 10 === 4 ? columns[1]! : columns[0]!)[Math.floor(at / 10)]!);
    const one = measureDrift(ten, [], tenRows);
    expect(one).toMatchObject({ moved: [{ name: 'column 4', grade: 'act' }], rows: 600 });
    expect(one.discount).toBeCloseTo(0.75, 12);
    const unmoved = [30, 31, 32, 33].map((seed) => normals(600, seed));
    const calm = Float32Array.from({ length: 600 * width }, (_, at) => unmoved[at % width]![Math.floor(at / width)]!);
    expect(measureDrift(profiles, ['a', 'b', 'c', 'd'], calm)).toEqual({ moved: [], rows: 600, action: 'none', discount: 1 });
  });

  it('a value that filled nearly all of training and is gone is found, from both ends and in the middle; so is a column that never moved and does', () => {
    const column = (...parts: readonly (readonly [value: number, count: number])[]): Float64Array =>
      Float64Array.from(parts.flatMap(([value, count]) => Array.from({ length: count }, () => value)));
    const moved = (trained: Float64Array, value: number): number => stabilityIndex(profileFeature(trained), column([value, 300]))!;
    expect(moved(column([0, 950], [1, 50]), 1)).toBeGreaterThan(0.25);
    expect(moved(column([0, 50], [1, 950]), 0)).toBeGreaterThan(0.25);
    expect(moved(column([-1, 40], [0, 920], [1, 40]), -1)).toBeGreaterThan(0.25);
    expect(moved(column([-1, 40], [0, 920], [1, 40]), 1)).toBeGreaterThan(0.25);
    for (const value of [0, 1, -1]) expect(moved(column([3, 1000]), value)).toBeGreaterThan(0.25);
    expect(moved(column([3, 1000]), 4)).toBeGreaterThan(0.25);
    expect(moved(column([3, 1000]), 3)).toBe(0);
    expect(stabilityIndex(profileFeature(column([0, 50], [1, 950])), column([0, 15], [1, 285]))!).toBeLessThan(0.01);
    expect(profileFeature(column([-1, 40], [0, 920], [1, 40]))).toEqual({ edges: [-1, 0], shares: [0.04, 0.92, 0.04] });
  });

  it('a flag that flips for good is found', () => {
    const flag = profileFeature(Float64Array.from({ length: 1000 }, (_, at) => (at % 10 === 0 ? 1 : 0)));
    expect(stabilityIndex(flag, new Float64Array(300).fill(1))!).toBeGreaterThan(0.25);
  });
});

describe('Page–Hinkley on the log loss', () => {
  const run = (losses: readonly number[]): number => {
    let state = PAGE_HINKLEY_START;
    return losses.findIndex((loss) => {
      const next = pageHinkley(state, loss, LOSS_RULES);
      state = next.state;
      return next.isDrifting;
    });
  };
  const losses = (count: number, mean: number, seed: number): readonly number[] => [...normals(count, seed)].map((value) => mean + 0.5 * value);

  it('stays silent for 3,000 trades of a loss that does not change', () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(run(losses(3000, 0.65, seed))).toBe(-1);
  });

  it('finds a lasting rise of 0.15 within 200 trades of it', () => {
    for (const seed of [1, 2, 3]) {
      const at = run([...losses(500, 0.65, seed), ...losses(400, 0.8, seed + 10)]);
      expect(at).toBeGreaterThan(500);
      expect(at).toBeLessThan(700);
    }
  });

  it('follows the definition step by step, and alarms only above the threshold and from the least count on', () => {
    const rules = { tolerance: 0.1, threshold: 1.4, leastCount: 3 };
    const first = pageHinkley(PAGE_HINKLEY_START, 1, rules);
    expect(first).toEqual({ state: { count: 1, mean: 1, sum: -0.1, least: -0.1 }, isDrifting: false });
    // Mean 2, sum −0.1 + 3 − 2 − 0.1 = 0.8; the distance from the least is 0.9.
    const second = pageHinkley(first.state, 3, rules);
    expect(second.state).toEqual({ count: 2, mean: 2, sum: expect.closeTo(0.8, 12) as number, least: -0.1 });
    expect(second.isDrifting).toBe(false);
    const third = pageHinkley(second.state, 3, rules);
    expect(third.state.sum - third.state.least).toBeCloseTo(0.9 + 3 - 7 / 3 - 0.1, 12);
    expect(third.isDrifting).toBe(true);
    expect(pageHinkley(second.state, 3, { ...rules, threshold: third.state.sum - third.state.least }).isDrifting).toBe(false);
    expect(pageHinkley(second.state, 3, { ...rules, leastCount: 4 }).isDrifting).toBe(false);
    expect(pageHinkley(first.state, 3, { ...rules, threshold: 0.5 }).isDrifting).toBe(false);
  });

  it('a falling loss is no alarm', () => {
    expect(run([...losses(500, 0.8, 1), ...losses(1000, 0.5, 2)])).toBe(-1);
  });
});

describe('training schedule', () => {
  const settings = defaultSettings();
  const calm: TrainingHistory = { samples: 500, newSamples: 0, lastStartedAt: 0, isRunning: false, drift: 'none' };
  const need = (change: Partial<TrainingHistory>, now = 10 * HOUR): string => {
    const answer = trainingNeed({ ...calm, ...change }, settings, now);
    return `${answer.kind} ${answer.why}`;
  };

  it('starts on 50 new samples, on drift, or after a day with ten; the defaults of the settings', () => {
    expect(need({ newSamples: 49 })).toBe('not_due nothing_new');
    expect(need({ newSamples: 50 })).toBe('due new_samples');
    expect(need({ drift: 'act', newSamples: 10 })).toBe('due drift');
    expect(need({ drift: 'act', newSamples: 9 })).toBe('not_due nothing_new');
    expect(need({ drift: 'warn' })).toBe('not_due nothing_new');
    expect(need({ newSamples: 10 }, 23 * HOUR)).toBe('not_due nothing_new');
    expect(need({ newSamples: 10 }, 24 * HOUR)).toBe('due hours');
    expect(need({ newSamples: 9 }, 100 * HOUR)).toBe('not_due nothing_new');
  });

  it('by itself it trains what is switched on; the ensemble only with all it stands on, the evolver not before its interval', () => {
    const settings = defaultSettings();
    expect(scheduledModels(settings, Infinity)).toEqual(MODEL_NAMES);
    expect(scheduledModels({ ...settings, strategyEvolutionIntervalSeconds: 7200 }, 3_600_000)).toEqual(
      MODEL_NAMES.filter((name) => name !== 'strategy-evolver' && name !== 'ensemble'),
    );
    expect(scheduledModels({ ...settings, autoencoderTrainingEnabled: false, reinforcementLearningEnabled: false }, Infinity)).toEqual([
      'boosted-trees',
      'liquidity-predictor',
      'regime-predictor',
    ]);
    expect(scheduledModels({ ...settings, featureDiscoveryEnabled: false }, Infinity)).toContain('structure-autoencoder');
  });

  it('never runs twice at once, nor within the hour, nor on fewer than 100 samples', () => {
    expect(need({ newSamples: 90, isRunning: true })).toBe('not_due running');
    expect(need({ newSamples: 90 }, HOUR - 1)).toBe('not_due just_tried');
    expect(need({ samples: 99, newSamples: 99, lastStartedAt: null })).toBe('not_due too_few_samples');
    expect(need({ samples: 100, newSamples: 100, lastStartedAt: null })).toBe('due new_samples');
  });
});

describe('promotion gate', () => {
  const trades = (skill: { readonly champion: number; readonly challenger: number }, seed: number, count = 400): readonly ShadowedTrade[] => {
    const random = randomOf(seed);
    return Array.from({ length: count }, (_, index): ShadowedTrade => {
      const truth = random() < 0.5 ? 0.2 : 0.6;
      const label = random() < truth ? 1 : 0;
      const stated = (share: number): number => 0.4 + share * (truth - 0.4);
      return {
        decidedAt: index * DAY,
        label,
        resultR: label === 1 ? 1.9 : -1.1,
        breakEven: 0.37,
        champion: stated(skill.champion),
        challenger: stated(skill.challenger),
      };
    });
  };
  const judge = (
    list: readonly ShadowedTrade[],
    change: { readonly trainedUntil?: number; readonly leakagePassed?: boolean } = {},
  ): ReturnType<typeof judgePromotion> => judgePromotion({ trades: list, trainedUntil: 0, leakagePassed: true, random: randomOf(7), ...change });

  it('promotes a challenger that knows what the champion does not', () => {
    const verdict = judge(trades({ champion: 0, challenger: 1 }, 1));
    expect(verdict.kind).toBe('promote');
    expect(verdict.logLossGain!.low).toBeGreaterThan(0);
    expect(verdict.expectancyGain!.low).toBeGreaterThan(0);
  });

  it('keeps the champion when the challenger is no better, or worse', () => {
    expect(judge(trades({ champion: 0.9, challenger: 0.9 }, 2))).toMatchObject({ kind: 'keep', why: 'log_loss', count: 400 });
    expect(judge(trades({ champion: 1, challenger: 0 }, 3))).toMatchObject({ kind: 'keep', why: 'log_loss' });
  });

  it('a better log loss alone is not enough: both would take the same trades', () => {
    expect(judge(trades({ champion: 0.5, challenger: 1 }, 4))).toMatchObject({ kind: 'keep', why: 'expectancy' });
  });

  it('refuses a leak, trades from inside the training time, and too few trades, whatever the figures', () => {
    const good = trades({ champion: 0, challenger: 1 }, 5);
    expect(judge(good, { leakagePassed: false })).toMatchObject({ kind: 'keep', why: 'leakage' });
    expect(judge(good, { trainedUntil: DAY })).toMatchObject({ kind: 'keep', why: 'overlap' });
    expect(judge(good.slice(0, PROMOTION_TRADES - 1))).toMatchObject({ kind: 'keep', why: 'too_few' });
  });
});

describe('promotion, to the trade', () => {
  const splendid = (count: number): readonly ShadowedTrade[] =>
    Array.from({ length: count }, (_, at): ShadowedTrade => {
      const label = at % 2 === 0 ? 1 : 0;
      return {
        decidedAt: 5 * DAY + at * DAY,
        label,
        resultR: label === 1 ? 1.9 : -1.1,
        breakEven: 0.37,
        champion: 0.5 + 0.001 * (at % 3),
        challenger: label === 1 ? 0.6 + 0.001 * (at % 5) : 0.3,
      };
    });
  const judge = (trades: readonly ShadowedTrade[], trainedUntil = 0): ReturnType<typeof judgePromotion> =>
    judgePromotion({ trades, trainedUntil, leakagePassed: true, random: randomOf(7) });

  it('sixty trades are enough and one fewer is not; a decision at the very end of the training time is later', () => {
    expect(judge(splendid(60)).kind).toBe('promote');
    expect(judge(splendid(59))).toMatchObject({ why: 'too_few', count: 59 });
    expect(judge(splendid(60), 5 * DAY).kind).toBe('promote');
    expect(judge(splendid(60), 5 * DAY + 1)).toMatchObject({ why: 'overlap' });
  });

  it('the gains are what was lost less by the challenger, and what it earned more by taking and leaving above each plan’s break-even', () => {
    const verdict = judge(splendid(60));
    const trades = splendid(60);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const loss = (probability: number, label: 0 | 1): number => -Math.log(label === 1 ? probability : 1 - probability);
    expect(verdict.logLossGain!.value).toBeCloseTo(mean(trades.map((trade) => loss(trade.champion, trade.label) - loss(trade.challenger, trade.label))), 12);
    // The champion takes every trade, the challenger the winners alone: it earns 1.1 R more on every loser.
    expect(verdict.expectancyGain!.value).toBeCloseTo(0.55, 12);
    const atBreakEven = judge(trades.map((trade) => ({ ...trade, champion: 0.37 })));
    expect(atBreakEven.expectancyGain!.value).toBeCloseTo(0.95, 12);
  });

  it('a champion that was sure and wrong costs much and not infinitely', () => {
    const verdict = judge(splendid(60).map((trade) => ({ ...trade, champion: trade.label === 1 ? 0 : 1 })));
    expect(verdict.logLossGain!.value).toBeLessThan(25);
    expect(verdict.logLossGain!.value).toBeGreaterThan(18);
  });
});

describe('conformal band', () => {
  const points = (count: number, bias: number, seed: number): readonly { readonly probability: number; readonly label: 0 | 1 }[] => {
    const random = randomOf(seed);
    return Array.from({ length: count }, () => {
      const probability = 0.2 + 0.5 * random();
      return { probability, label: random() < probability + bias ? 1 : 0 };
    });
  };

  it('covers nine groups in ten of later outcomes', () => {
    const half = conformalHalfWidth(points(2000, 0, 1), 0.9);
    const later = points(5000, 0, 2).toSorted((a, b) => a.probability - b.probability);
    let inside = 0;
    for (let start = 0; start < 5000; start += 25) {
      const group = later.slice(start, start + 25);
      const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      if (Math.abs(mean(group.map((point) => point.probability)) - mean(group.map((point) => point.label))) <= half) inside += 1;
    }
    expect(inside / 200).toBeGreaterThan(0.84);
    expect(half).toBeLessThan(0.25);
  });

  it('widens when the model is wrong', () => {
    expect(conformalHalfWidth(points(2000, 0.25, 3), 0.9)).toBeGreaterThan(conformalHalfWidth(points(2000, 0, 3), 0.9) + 0.15);
  });

  it('promises nine in ten only from nine groups on: fewer know nothing', () => {
    expect(conformalHalfWidth(points(8 * 25 + 24, 0, 4), 0.9)).toBe(0.5);
    expect(conformalHalfWidth(points(9 * 25, 0, 4), 0.9)).toBeLessThan(0.4);
    expect(conformalHalfWidth(points(4 * 25, 0, 4), 0.8)).toBeLessThan(0.4);
    expect(conformalHalfWidth([], 0.9)).toBe(0.5);
  });

  it('is the ⌈(n + 1)·coverage⌉-th smallest residual of groups of 25, computed by hand', () => {
    // Group k states what it wins less k hundredths.
    const list = Array.from({ length: 9 }, (_, group) => {
      const wins = group + 8;
      const stated = wins / 25 - (group + 1) / 100;
      return Array.from({ length: 25 }, (_, at) => ({ probability: stated, label: (at < wins ? 1 : 0) as 0 | 1 }));
    }).flat();
    expect(conformalHalfWidth(list, 0.9)).toBeCloseTo(0.09, 12);
    expect(conformalHalfWidth(list, 0.8)).toBeCloseTo(0.08, 12);
    expect(conformalHalfWidth(list, 0.71)).toBeCloseTo(0.08, 12);
    expect(conformalHalfWidth(list, 0.7)).toBeCloseTo(0.07, 12);
    // Groups are made of similar probabilities, in whatever order the rows come.
    const mixed = list.map((point, at) => ({ point, at: (at * 89) % list.length })).toSorted((a, b) => a.at - b.at);
    expect(
      conformalHalfWidth(
        mixed.map(({ point }) => point),
        0.7,
      ),
    ).toBeCloseTo(0.07, 12);
    // A model that is always wrong knows nothing; no band is wider than that.
    const wrong = Array.from({ length: 400 }, () => ({ probability: 0.9, label: 0 as const }));
    expect(conformalHalfWidth(wrong, 0.9)).toBe(0.5);
  });
});

describe('drift monitor', () => {
  const served = { names: ['a', 'b'], profiles: [profileFeature(normals(4000, 1)), profileFeature(normals(4000, 2))] };
  const rows = (count: number, seed: number, shift: number): Float32Array => {
    const [a, b] = [normals(count, seed), normals(count, seed + 1, shift)];
    return Float32Array.from({ length: count * 2 }, (_, at) => (at % 2 === 0 ? a : b)[Math.floor(at / 2)]!);
  };

  it('is silent while what is served looks like training, acts when a feature moves, and forgets once it is back', () => {
    const monitor = new DriftMonitor(served);
    monitor.observeRows(rows(800, 3, 0));
    expect(monitor.state()).toMatchObject({ action: 'none', discount: 1, isLossDrifting: false });
    monitor.observeRows(rows(2000, 5, 0.9));
    expect(monitor.state().features.moved.map(({ name }) => name)).toEqual(['b']);
    expect(monitor.state()).toMatchObject({ action: 'act', discount: 0.5 });
    monitor.observeRows(rows(2000, 7, 0));
    expect(monitor.state()).toMatchObject({ action: 'none', discount: 1 });
  });

  it('compares the newest two thousand rows and no older one', () => {
    const monitor = new DriftMonitor(served);
    monitor.observeRows(rows(1999, 3, 0.9));
    monitor.observeRows(rows(2000, 5, 0));
    expect(monitor.state().features).toMatchObject({ rows: 2000, moved: [] });
    monitor.observeRows(rows(1000, 9, 3).subarray(0, 999));
    expect(monitor.state().features.rows).toBe(2000);
  });

  it('acts when the loss of finished trades has risen, and says on how many trades', () => {
    const monitor = new DriftMonitor(served);
    const random = randomOf(4);
    for (let trade = 0; trade < 400; trade += 1) monitor.observeOutcome(0.7, random() < 0.7 ? 1 : 0);
    expect(monitor.state().isLossDrifting).toBe(false);
    for (let trade = 0; trade < 300; trade += 1) monitor.observeOutcome(0.7, random() < 0.3 ? 1 : 0);
    expect(monitor.state()).toMatchObject({ isLossDrifting: true, trades: 700, action: 'act', discount: 0.7 });
  });
});
