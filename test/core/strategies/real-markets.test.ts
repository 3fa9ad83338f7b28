// The ICT strategy on real candles of twenty symbols: both sides, most symbols, and a reason for everything it did not do.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Timeframe } from '../../../src-shared/domain/candle.ts';
import { relabel, replay } from '../../bench/replay.ts';
import type { Market } from '../../bench/replay.ts';
import { realCandles } from '../support/candles.ts';

const FIVE = ['1000PEPE', 'ADA', 'ASTER', 'AVAX', 'BNB', 'BTC', 'DOGE', 'ETH', 'LINK', 'LTC', 'SOL', 'TRX', 'XRP', 'ZEC'];
/** No 5m candles of these exist here: their 15m candles are judged by the same rules one scale up. */
const QUARTER = ['1000SHIB', 'APT', 'FIL', 'GIGGLE', 'PAXG', 'PUMP'];

function load(name: string, timeframe: Timeframe): Market | null {
  const candles = realCandles(`${name}USDT`, timeframe, { from: 0, count: 6000 });
  return candles === null ? null : { symbol: `${name}USDT`, candles: timeframe === '5m' ? candles : relabel(candles, timeframe) };
}

const markets = [...FIVE.map((name) => load(name, '5m')), ...QUARTER.map((name) => load(name, '15m'))].filter((market) => market !== null);

describe.skipIf(markets.length === 0)('L14 twenty real symbols (shared data)', () => {
  const report = replay(markets, { ...defaultSettings(), strategyMode: 'ict' });

  it('signals come on both sides and on most symbols', () => {
    expect(markets).toHaveLength(20);
    expect(report.long).toBeGreaterThan(20);
    expect(report.short).toBeGreaterThan(20);
    expect(report.symbolsWithSignals).toBeGreaterThanOrEqual(15);
  });

  it('every decision is a signal or stopped at one step, and no step stops everything', () => {
    const stopped = Object.values(report.stopped).reduce((sum, count) => sum + count, 0);
    expect(stopped + report.long + report.short).toBe(report.evaluated);
    for (const count of Object.values(report.stopped)) expect(count).toBeLessThan(0.9 * report.evaluated);
    for (const step of ['regime', 'bias', 'setup', 'trigger'] as const) expect(report.stopped[step]).toBeGreaterThan(0);
  });

  it('every set-up has a fate: traded, or the code of what stopped it last', () => {
    const { traded, ...failed } = report.setUps;
    expect(traded).toBeGreaterThan(50);
    expect(Object.keys(failed).every((code) => /^(trigger|confidence|plan|quality)\./.test(code))).toBe(true);
    expect(Object.values(failed).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(50);
  });

  it('every signal came to an end that could be counted', () => {
    expect(report.wins + report.losses + report.expired).toBe(report.long + report.short);
    expect(report.wins).toBeGreaterThan(0);
    expect(report.losses).toBeGreaterThan(0);
  });
});
