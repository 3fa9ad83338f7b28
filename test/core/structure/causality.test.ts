// No look-ahead, no rewriting, symmetry and restart: what holds for every detector on every market.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import { HistoryRecorder } from '../../../src-main/core/structure/history.ts';
import { RewriteAudit } from '../../../src-main/core/structure/rewrite-audit.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { MIRROR_SCALE, mirrorCandles, realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const MARKETS: readonly (readonly [string, Candle[] | null])[] = [
  ['synthetic seed 1', syntheticCandles({ seed: 1, count: 2500, timeframe: '15m' })],
  ['synthetic seed 2', syntheticCandles({ seed: 2, count: 2500, timeframe: '15m' })],
  ...['BTCUSDT', 'ETHUSDT', 'XRPUSDT', '1000SHIBUSDT'].map(
    (symbol) => [`real ${symbol} 15m`, realCandles(symbol, '15m', { from: 1000, count: 2500 })] as const,
  ),
];

function fresh(): TimeframeState {
  return new TimeframeState('15m', settings, 512);
}

function namesOf(snapshot: StructureSnapshot): string[] {
  return [
    ...snapshot.swings.map((swing) => `swing ${swing.scale} ${swing.kind} ${swing.originTime}`),
    ...snapshot.breaks.map((entry) => `break ${entry.scale} ${entry.confirmedTime}`),
    ...[...snapshot.orderBlocks, ...snapshot.gaps, ...snapshot.pools].map((object) => object.id),
  ];
}

describe.each(MARKETS)('%s', (_name, market) => {
  it.skipIf(market === null)('what was known after a prefix is the same when the whole is run', () => {
    const candles = market!;
    const cuts = new Set([60, 137, 600, 1201, 1999, candles.length]);
    const whole = fresh();
    const seen = new Map<number, StructureSnapshot>();
    candles.forEach((candle, index) => {
      whole.append(candle);
      if (cuts.has(index + 1)) seen.set(index + 1, describeStructure('X', whole));
    });
    for (const cut of cuts) {
      const prefix = fresh();
      for (const candle of candles.slice(0, cut)) prefix.append(candle);
      expect(describeStructure('X', prefix)).toEqual(seen.get(cut));
    }
  });

  it.skipIf(market === null)('H1 an object appears at the very close it says it was confirmed at, and its place and price never change afterwards', () => {
    const state = fresh();
    const audit = new RewriteAudit();
    for (const candle of market!.slice(0, 900)) {
      state.append(candle);
      audit.observe(describeStructure('X', state));
    }
    expect(audit.report()).toMatchObject({ backdated: 0, rewritten: 0, takenBack: 0, offences: [] });
    expect(audit.report().published).toBeGreaterThan(100);
  });

  it.skipIf(market === null).each([
    [false, 'closes break'],
    [true, 'wicks break'],
  ])('L15 the mirrored market has exactly the mirrored objects (wicksBreakStructure %s: %s)', (wicksBreakStructure) => {
    const run = (candles: readonly Candle[]): StructureSnapshot[] => {
      const state = new TimeframeState('15m', { ...settings, wicksBreakStructure }, 512);
      const snapshots: StructureSnapshot[] = [];
      candles.forEach((candle, index) => {
        state.append(candle);
        if (index % 50 === 49) snapshots.push(describeStructure('X', state));
      });
      return snapshots;
    };
    const original = run(market!);
    const mirrored = run(mirrorCandles(market!)).map(mirrorSnapshot);
    expect(mirrored.flatMap((snapshot, index) => differences(snapshot, original[index], `snapshot ${index}`))).toEqual([]);
  });

  it.skipIf(market === null)('zones obey their life: strength and fill stay in [0, 1], tests only grow, the end is final, the living are bounded', () => {
    const state = fresh();
    const tests = new Map<string, number>();
    const fills = new Map<string, number>();
    const ended = new Set<string>();
    const broken: string[] = [];
    const demand = (holds: boolean, rule: string): void => {
      if (!holds) broken.push(rule);
    };
    for (const candle of market!.slice(0, 1200)) {
      state.append(candle);
      const snapshot = describeStructure('X', state);
      for (const block of snapshot.orderBlocks) {
        demand(block.strength >= 0 && block.strength <= 1, `${block.id} strength ${block.strength}`);
        demand(block.tests >= (tests.get(block.id) ?? 0), `${block.id} lost a test`);
        demand(!ended.has(block.id) || block.state === 'ended', `${block.id} came back`);
        demand((block.state === 'ended') === (block.endedTime !== null && block.endReason !== null), `${block.id} ended without a reason`);
        if (block.state === 'ended') ended.add(block.id);
        tests.set(block.id, block.tests);
      }
      for (const gap of snapshot.gaps) {
        demand(gap.filledFraction >= (fills.get(gap.id) ?? 0) && gap.filledFraction <= 1, `${gap.id} fill ${gap.filledFraction}`);
        demand((gap.filledTime !== null) === (gap.filledFraction === 1), `${gap.id} filled without a time`);
        demand(gap.halfFilledTime === null || gap.filledFraction >= 0.5, `${gap.id} half filled too early`);
        fills.set(gap.id, gap.filledFraction);
      }
      demand(state.orderBlocks.blocks.alive.length <= settings.orderBlockMaxHistory, 'too many blocks alive');
    }
    expect(broken).toEqual([]);
    expect(ended.size).toBeGreaterThan(5);
  });

  it.skipIf(market === null)('a recorded history holds every object the live states ever showed', () => {
    const recorder = new HistoryRecorder('15m', settings, 512);
    const shown = new Set<string>();
    market!.slice(0, 1500).forEach((candle, index) => {
      recorder.append(candle);
      if (index % 5 === 0) for (const name of namesOf(describeStructure('X', recorder.state))) shown.add(name);
    });
    for (const name of namesOf(describeStructure('X', recorder.state))) shown.add(name);
    const history = recorder.finish();
    const recorded = new Set(namesOf({ ...describeStructure('X', recorder.state), ...history }));
    expect([...shown].filter((name) => !recorded.has(name))).toEqual([]);
    expect(recorded.size).toBeGreaterThanOrEqual(shown.size);
  });
});

/** Paths where two snapshots differ by more than 1e-9 (K/p rounds in the last bits). Lists are compared by time and kind, ids not at all. */
function differences(a: unknown, b: unknown, path: string): string[] {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a)) || (Number.isNaN(a) && Number.isNaN(b)) ? [] : [`${path}: ${a} against ${b}`];
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return [`${path}: ${a.length} against ${b.length} entries`];
    const [left, right] = [ordered(a), ordered(b)];
    return left.flatMap((entry, index) => differences(entry, right[index], `${path}[${index}]`));
  }
  if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
    return Object.entries(a).flatMap(([key, value]) =>
      key === 'id' || key === 'atr' ? [] : differences(value, (b as Record<string, unknown>)[key], `${path}.${key}`),
    );
  }
  return a === b ? [] : [`${path}: ${String(a)} against ${String(b)}`];
}

function ordered(list: readonly unknown[]): unknown[] {
  const keyOf = (entry: unknown): string => {
    const { originTime, confirmedTime, scale, kind, direction, side, top } = entry as Record<string, unknown>;
    return JSON.stringify([originTime, confirmedTime, scale, kind, direction, side, typeof top === 'number' ? top.toPrecision(6) : null]);
  };
  return list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function mirrorSnapshot(snapshot: StructureSnapshot): StructureSnapshot {
  const price = (value: number): number => MIRROR_SCALE / value;
  const flip = (direction: 'bullish' | 'bearish'): 'bullish' | 'bearish' => (direction === 'bullish' ? 'bearish' : 'bullish');
  const zone = <T extends { readonly top: number; readonly bottom: number; readonly direction: 'bullish' | 'bearish' }>(entry: T): T => ({
    ...entry,
    top: price(entry.bottom),
    bottom: price(entry.top),
    direction: flip(entry.direction),
  });
  const { range } = snapshot;
  return {
    ...snapshot,
    swings: snapshot.swings.map((swing) => ({ ...swing, kind: swing.kind === 'high' ? 'low' : 'high', price: price(swing.price) })),
    breaks: snapshot.breaks.map((entry) => ({ ...entry, direction: flip(entry.direction), level: price(entry.level) })),
    orderBlocks: snapshot.orderBlocks.map(zone),
    gaps: snapshot.gaps.map(zone),
    pools: snapshot.pools.map((pool) => ({ ...pool, side: pool.side === 'buy' ? 'sell' : 'buy', price: price(pool.price) })),
    range:
      range === null
        ? null
        : {
            ...range,
            high: price(range.low),
            low: price(range.high),
            equilibrium: price(range.equilibrium),
            oteTop: price(range.oteBottom),
            oteBottom: price(range.oteTop),
            direction: flip(range.direction),
          },
    trend: snapshot.trend === null ? null : flip(snapshot.trend),
  };
}
