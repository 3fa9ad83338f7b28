// Step 1 by hand: what must be there before a symbol is judged at all, and how near each refusal was.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { NoSignal } from '../../../src-shared/domain/signal.ts';
import { bareContext, refuse } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext } from '../../../src-main/core/strategies/context.ts';
import { checkGates } from '../../../src-main/core/strategies/gates.ts';
import type { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { FIVE_MINUTES, NOW, hourFrame, ictSettings, type HourNumbers } from './support.ts';

interface Given {
  readonly hour?: HourNumbers;
  readonly warm?: readonly [five: boolean, fifteen: boolean];
  readonly gap?: SymbolState['gap'];
  readonly candles?: number;
  readonly settings?: Partial<Settings>;
  readonly context?: Partial<DecisionContext>;
}

function gate(given: Given = {}): NoSignal | null {
  const { hour = {}, warm = [true, true], gap = null, candles = 1000, settings = {}, context = {} } = given;
  const state = {
    symbol: 'X',
    gap,
    frames: {
      '5m': { isWarm: warm[0], book: { count: candles, lastCloseTime: NOW, stepMs: FIVE_MINUTES } },
      '15m': { isWarm: warm[1] },
      '1h': hourFrame(hour),
    },
  } as unknown as SymbolState;
  return checkGates(state, { ...ictSettings, ...settings }, { ...bareContext(NOW), ...context });
}

/** The step's share of the funnel: ten steps come before rank and risk, data is the first of nine. */
const closeness = (refusal: NoSignal | null, step: number): number => refusal!.progress * 9 - step;

describe('the data gate', () => {
  it('lets a fresh, warm market in a trend pass', () => {
    expect(gate()).toBeNull();
  });

  it('wants candles, none missing, and every timeframe warm', () => {
    expect(gate({ candles: 0 })).toMatchObject({ step: 'data', code: 'data.none', side: null, symbol: 'X', decidedAt: NOW, progress: 0 });
    const hole = { timeframe: '5m', from: 1, to: 2 } as SymbolState['gap'];
    const missing = gate({ gap: hole });
    expect(missing).toMatchObject({ code: 'data.gap', numbers: { from: 1, to: 2 } });
    expect(closeness(missing, 0)).toBeCloseTo(0.5, 12);
    const cold: readonly [Given, number][] = [
      [{ warm: [false, true] }, 1],
      [{ warm: [true, false] }, 1],
      [{ hour: { isWarm: false } }, 1],
      [{ warm: [false, false], hour: { isWarm: false } }, 3],
    ];
    for (const [given, timeframesCold] of cold) {
      expect(gate(given)).toMatchObject({ code: 'data.warming_up', numbers: { timeframesCold } });
      expect(closeness(gate(given), 0)).toBeCloseTo((3 - timeframesCold) / 3, 12);
    }
  });

  it('data are stale one candle and the set seconds after the last close, not before', () => {
    const late = (ms: number): NoSignal | null => gate({ settings: { staleDataSeconds: 30 }, context: { now: (NOW + 330_000 + ms) as typeof NOW } });
    expect(late(0)).toBeNull();
    expect(late(1)).toMatchObject({ code: 'data.stale', numbers: { ageSeconds: 330.001, allowedSeconds: 330 } });
    expect(closeness(late(1), 0)).toBeCloseTo(0.5, 12);
  });

  it('a spread wider than the slippage bound stops it, an unknown one does not', () => {
    const at = (spreadFraction: number | null): NoSignal | null => gate({ settings: { maxSlippagePercent: 0.25 }, context: { spreadFraction } });
    expect([at(null), at(0.0025)]).toEqual([null, null]);
    expect(at(0.005)).toMatchObject({ code: 'data.spread', numbers: { spreadPercent: 0.5, allowedPercent: 0.25 } });
    expect(closeness(at(0.005), 0)).toBeCloseTo(0.5, 12);
  });

  it('an hour with less than a tenth of its usual volume is too thin', () => {
    expect(gate({ hour: { volumeRatio: 0.1 } })).toBeNull();
    expect(gate({ hour: { volumeRatio: 0.05 } })).toMatchObject({ code: 'data.volume', numbers: { volumeRatio: 0.05, minimum: 0.1 } });
    expect(closeness(gate({ hour: { volumeRatio: 0.05 } }), 0)).toBeCloseTo(0.5, 12);
  });
});

describe('the regime gate', () => {
  it('stops regimes whose multiplier is 0, and says how near ADX is to a trend', () => {
    expect(gate({ hour: { adx: 20 } })).toBeNull();
    const ranging = gate({ hour: { adx: 16 } });
    expect(ranging).toEqual({
      symbol: 'X',
      decidedAt: NOW,
      step: 'regime',
      code: 'regime.ranging',
      side: null,
      numbers: { adx: 16, needed: 20 },
      progress: expect.closeTo((1 + 0.8) / 9, 12),
    });
    expect(gate({ hour: { adx: 10 } })).toMatchObject({ code: 'regime.choppy' });
    expect(gate({ hour: { adx: 16 }, settings: { regimeRangingMultiplier: 0.5 } })).toBeNull();
  });

  it('a forecast that closed the gate is named with its probability of a trend', () => {
    const regimeForecast = { now: 'trending', probabilities: { trending: 0.1, ranging: 0.85, volatile: 0.05 } } as const;
    const stopped = gate({ hour: { adx: 21 }, settings: { enableMarketRegimePrediction: true }, context: { regimeForecast } });
    expect(stopped).toMatchObject({ code: 'regime.ranging', numbers: { adx: 21, needed: 20, trendingProbability: 0.1 } });
    expect(closeness(stopped, 1)).toBe(1);
  });
});

describe('a refusal', () => {
  it('counts closeness within its own step only, and an unknown closeness as none', () => {
    const progress = (closenessGiven: number): number =>
      refuse({ symbol: 'X', now: NOW, step: 'bias', code: 'bias.none', numbers: {}, side: null, closeness: closenessGiven }).progress;
    expect([-1, 0, 0.5, 1, 2, Number.NaN].map(progress)).toEqual([2, 2, 2.5, 3, 3, 2].map((steps) => expect.closeTo(steps / 9, 12)));
  });
});
