// A changed setting takes effect without a restart: the candles in memory are read again, symbol by symbol.
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { ANALYSIS_SETTINGS } from '../../../src-main/core/structure/analysis-settings.ts';
import { createMarketState } from '../../../src-main/core/structure/market-state.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const candles = syntheticCandles({ seed: 12, count: 900, timeframe: '5m' });
const OTHER: Settings = { ...settings, emaFast: 9, atrPeriod: 21, internalSwingLength: 3, orderBlockMaxTestCount: 1, regimeTrendingAdx: 30 };

describe('settings of the analysis', () => {
  it('are all that indicators and detectors read, no more and no less', () => {
    const read = new Set<string>();
    const watched = new Proxy(settings, {
      get: (target, name) => {
        read.add(String(name));
        return target[name as keyof Settings];
      },
    });
    const state = new TimeframeState('5m', watched, 256);
    for (const candle of candles) state.append(candle);
    expect([...read].toSorted()).toEqual([...ANALYSIS_SETTINGS].toSorted());
  });

  it('take effect symbol by symbol, and then everything is as if it had always been read that way', () => {
    const changed = createMarketState(settings);
    const fresh = createMarketState(OTHER);
    for (const symbol of ['A', 'B', 'C']) {
      for (const candle of candles.slice(0, 800)) {
        changed.appendClosed5m(symbol, candle);
        fresh.appendClosed5m(symbol, candle);
      }
    }
    changed.applySettings(OTHER);
    expect(changed.structureSnapshot('C', '5m')).not.toEqual(fresh.structureSnapshot('C', '5m'));
    expect([changed.rebuildNext(2), changed.isOutdated('B'), changed.isOutdated('C')]).toEqual([['A', 'B'], false, true]);
    expect([changed.rebuildNext(2), changed.rebuildNext(2)]).toEqual([['C'], []]);
    for (const candle of candles.slice(800)) {
      changed.appendClosed5m('C', candle);
      fresh.appendClosed5m('C', candle);
    }
    for (const timeframe of TIMEFRAMES) {
      expect(changed.structureSnapshot('C', timeframe)).toEqual(fresh.structureSnapshot('C', timeframe));
      expect(changed.get('C')!.frames[timeframe].indicators.emaFast.value).toBe(fresh.get('C')!.frames[timeframe].indicators.emaFast.value);
    }
  });

  it('cost nothing when another setting changes, and a new symbol starts with the new ones', () => {
    const market = createMarketState(settings);
    for (const candle of candles.slice(0, 300)) market.appendClosed5m('A', candle);
    market.applySettings({ ...settings, minConfidence: 0.9, maxSignals: 1 });
    expect(market.isOutdated('A')).toBe(false);
    market.applySettings(OTHER);
    const fresh = createMarketState(OTHER);
    for (const candle of candles.slice(0, 300)) {
      market.appendClosed5m('NEW', candle);
      fresh.appendClosed5m('NEW', candle);
    }
    expect(market.isOutdated('NEW')).toBe(false);
    expect(market.structureSnapshot('NEW', '5m')).toEqual(fresh.structureSnapshot('NEW', '5m'));
  });

  it('a dropped symbol is not rebuilt', () => {
    const market = createMarketState(settings);
    for (const candle of candles.slice(0, 300)) market.appendClosed5m('A', candle);
    market.applySettings(OTHER);
    market.drop('A');
    expect(market.rebuildNext(5)).toEqual([]);
  });
});

describe('what was known at a time', () => {
  it('H1 is told from memory exactly as it was shown then', () => {
    const market = createMarketState(settings);
    for (const candle of candles.slice(0, 600)) market.appendClosed5m('A', candle);
    const then = market.structureSnapshot('A', '5m');
    const time = then!.asOf;
    for (const candle of candles.slice(600)) market.appendClosed5m('A', candle);
    expect(market.structureKnownAt('A', '5m', (time + 299_999) as EpochMs)).toEqual(then);
    expect([market.closedBy('A', '5m', time), market.closedBy('A', '5m', (time - 1) as EpochMs), market.closedBy('A', '5m', 0 as EpochMs)]).toEqual([
      600, 599, 0,
    ]);
    expect(market.closedBy('A', '5m', (time + 1e12) as EpochMs)).toBe(900);
  });
});
