// The count of rewrites that the screen publishes: 0 on real markets whatever the pace of comparing, and it bites when something is changed afterwards.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { HindsightAudit } from '../../../src-main/core/structure/hindsight.ts';
import { createMarketState, type MarketState } from '../../../src-main/core/structure/market-state.ts';
import { realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const NOW = 0 as EpochMs;

function synthetic(count: number): { readonly market: MarketState; readonly append: (from: number, to: number) => void } {
  const market = createMarketState(settings);
  const candles = syntheticCandles({ seed: 5, count, timeframe: '5m' });
  return { market, append: (from, to) => candles.slice(from, to).forEach((candle) => market.appendClosed5m('X', candle)) };
}

describe('the running audit', () => {
  it.each(['BTCUSDT', 'ZECUSDT'])('H1 counts 0 rewrites among all objects of %s, compared at every candle or now and then', (symbol) => {
    const candles = realCandles(symbol, '5m', { from: 2000, count: 800 }) ?? syntheticCandles({ seed: 3, count: 800, timeframe: '5m' });
    for (const pace of [1, 7]) {
      const market = createMarketState(settings);
      const audit = new HindsightAudit(market);
      candles.forEach((candle, index) => {
        market.appendClosed5m(symbol, candle);
        if (index % pace === 0) audit.check(3);
      });
      const view = audit.view(NOW);
      expect(view).toMatchObject({ rewriteCount: 0, rebuilt: 0, offence: null });
      expect(view.published).toBeGreaterThan(300);
    }
  });

  it('counts an object that changed its price, once for every comparison that shows it', () => {
    const { market, append } = synthetic(600);
    const audit = new HindsightAudit(market);
    append(0, 500);
    audit.check(10);
    const swing = market.get('X')!.frames['5m'].internalSwings.highs.at(3);
    swing.price *= 1.001;
    append(500, 501);
    audit.check(10);
    expect(audit.view(NOW)).toMatchObject({ rewriteCount: 1, offence: expect.stringContaining('X 5m: internal swing high') as string });
  });

  it('counts an object that comes to light backdated, and a fact that is taken back', () => {
    const { market, append } = synthetic(600);
    const audit = new HindsightAudit(market);
    append(0, 500);
    audit.check(10);
    const five = market.get('X')!.frames['5m'];
    const broken = Array.from({ length: five.internalSwings.highs.size }, (_, position) => five.internalSwings.highs.at(position)).find(
      (swing) => !Number.isNaN(swing.brokenTime),
    )!;
    broken.brokenTime = Number.NaN;
    append(500, 501);
    audit.check(10);
    expect(audit.view(NOW).rewriteCount).toBe(1);
    const gap = five.gaps.gaps.acquire();
    Object.assign(gap, { direction: 'bullish', top: 2, bottom: 1, originTime: 300_000, confirmedTime: 900_000, filledFraction: 0 });
    append(501, 502);
    audit.check(10);
    expect(audit.view(NOW).rewriteCount).toBe(2);
  });

  it('starts afresh with a timeframe that was read anew, and says how often that happened', () => {
    const { market, append } = synthetic(600);
    const audit = new HindsightAudit(market);
    append(0, 500);
    audit.check(10);
    market.applySettings({ ...settings, internalSwingLength: 8, minGapAtr: 0.3 });
    market.rebuildNext(1);
    audit.check(10);
    append(500, 600);
    audit.check(10);
    expect(audit.view(NOW)).toMatchObject({ rewriteCount: 0, rebuilt: 3 });
  });

  it('compares a few timeframes at a time, every one in its turn, and none that has no new candle', () => {
    const { market, append } = synthetic(100);
    const audit = new HindsightAudit(market);
    append(0, 100);
    expect([audit.check(2), audit.check(2), audit.check(2)]).toEqual([2, 1, 0]);
    market.drop('X');
    expect(audit.check(5)).toBe(0);
  });
});
