// On real markets of twelve symbols and three timeframes nothing published ever changes, and a prefix knows what the whole knew.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import { RewriteAudit } from '../../../src-main/core/structure/rewrite-audit.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { detectHistory } from '../../../src-main/hosts/cli/detection.ts';
import { realCandles } from '../support/candles.ts';

const settings = defaultSettings();
const SYMBOLS = ['1000PEPEUSDT', 'ADAUSDT', 'ASTERUSDT', 'AVAXUSDT', 'BNBUSDT', 'BTCUSDT', 'DOGEUSDT', 'ETHUSDT', 'LINKUSDT', 'SOLUSDT', 'TRXUSDT', 'ZECUSDT'];
const KEPT = 520;

/** The newest candles of each timeframe, all from the same real 5m candles. */
function framesOf(symbol: string): Readonly<Record<Timeframe, readonly Candle[]>> | null {
  const five = realCandles(symbol, '5m', { from: 1200, count: 6600 });
  if (five === null) return null;
  const state = new SymbolState(symbol, settings, 1024);
  for (const candle of five) state.appendClosed5m(candle);
  const of = (timeframe: Timeframe): readonly Candle[] => state.frames[timeframe].book.candles().slice(-KEPT);
  return { '5m': of('5m'), '15m': of('15m'), '1h': of('1h') };
}

/** A pool's name ends with the time its record began: at its second point it is confirmed anew, but it is the same pool. */
function bornBy(id: string, time: number): boolean {
  return Number(id.slice(id.lastIndexOf('-') + 1)) <= time;
}

describe.each(SYMBOLS)('%s', (symbol) => {
  const frames = framesOf(symbol);

  it.skipIf(frames === null).each(TIMEFRAMES)('H1 every object of %s is published at the close it was known at, and the rewrite count is 0', (timeframe) => {
    const candles = frames![timeframe];
    const state = new TimeframeState(timeframe, settings, 512);
    const audit = new RewriteAudit();
    for (const candle of candles) {
      state.append(candle);
      audit.observe(describeStructure(symbol, state));
    }
    const report = audit.report();
    expect(report).toMatchObject({ backdated: 0, rewritten: 0, takenBack: 0, offences: [] });
    expect(report.published).toBeGreaterThan(100);
  });

  it.skipIf(frames === null).each(TIMEFRAMES)('no look-ahead on %s: indicators, regime, trends and objects of a prefix are those of the whole', (timeframe) => {
    const candles = frames![timeframe];
    const whole = detectHistory(candles, { timeframe, settings, audit: false });
    for (const cut of [97, 260, 431]) {
      const prefix = detectHistory(candles.slice(0, cut), { timeframe, settings, audit: false });
      for (const [name, column] of Object.entries(prefix.indicators)) expect([name, column]).toEqual([name, whole.indicators[name as 'atr'].slice(0, cut)]);
      expect(prefix.regime).toEqual(whole.regime.slice(0, cut));
      expect(prefix.internalTrend).toEqual(whole.internalTrend.slice(0, cut));
      expect(prefix.swingTrend).toEqual(whole.swingTrend.slice(0, cut));
      const known = candles[cut - 1]!.openTime + (candles[1]!.openTime - candles[0]!.openTime);
      expect(prefix.structure.breaks).toEqual(whole.structure.breaks.filter((entry) => entry.confirmedTime <= known));
      expect(prefix.structure.ranges).toEqual(whole.structure.ranges.filter((range) => range.confirmedTime <= known));
      const drawn = (swing: (typeof whole.structure.swings)[number]): unknown => [swing.scale, swing.kind, swing.originTime, swing.confirmedTime, swing.price];
      expect(prefix.structure.swings.map(drawn)).toEqual(whole.structure.swings.filter((swing) => swing.confirmedTime <= known).map(drawn));
      const born = (pool: (typeof whole.structure.pools)[number]): unknown => pool.id;
      expect(new Set(prefix.structure.pools.map(born))).toEqual(new Set(whole.structure.pools.filter((pool) => bornBy(pool.id, known)).map(born)));
      const place = (gap: { readonly id: string; readonly top: number; readonly bottom: number }): unknown => [gap.id, gap.top, gap.bottom];
      expect(prefix.structure.gaps.map(place)).toEqual(whole.structure.gaps.filter((gap) => gap.confirmedTime <= known).map(place));
      expect(prefix.structure.orderBlocks.map(place)).toEqual(whole.structure.orderBlocks.filter((block) => block.confirmedTime <= known).map(place));
    }
  });
});

describe('the audit itself', () => {
  const candles = realCandles('LTCUSDT', '5m', { from: 0, count: 400 });

  it.skipIf(candles === null)('notices a backdated object, a moved price, a moved end and an end taken back', () => {
    const state = new TimeframeState('5m', settings, 512);
    for (const candle of candles!) state.append(candle);
    const honest = describeStructure('X', state);
    const seen = (...snapshots: readonly (typeof honest)[]): unknown => {
      const audit = new RewriteAudit();
      for (const snapshot of snapshots) audit.observe(snapshot);
      const { backdated, rewritten, takenBack } = audit.report();
      return { backdated, rewritten, takenBack };
    };
    const only = (swing: (typeof honest)['swings'][number]): typeof honest => ({
      ...honest,
      asOf: swing.confirmedTime,
      swings: [swing],
      breaks: [],
      orderBlocks: [],
      gaps: [],
      pools: [],
    });
    const swing = honest.swings.find((entry) => entry.brokenTime !== null)!;
    expect(seen(only(swing), only(swing))).toEqual({ backdated: 0, rewritten: 0, takenBack: 0 });
    expect(seen({ ...only(swing), asOf: honest.asOf })).toEqual({ backdated: 1, rewritten: 0, takenBack: 0 });
    expect(seen(only(swing), only({ ...swing, price: swing.price * 1.0001 }))).toEqual({ backdated: 0, rewritten: 1, takenBack: 0 });
    expect(seen(only(swing), only({ ...swing, brokenTime: null }))).toEqual({ backdated: 0, rewritten: 0, takenBack: 1 });
    expect(seen(only({ ...swing, brokenTime: null }), only(swing))).toEqual({ backdated: 0, rewritten: 0, takenBack: 0 });
  });
});
