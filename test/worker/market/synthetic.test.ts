// The synthetic market: the same to the last bit on every machine, and like a market in what matters for training.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exactExp, exactGrowth, exactLog, exactSqrt } from '../../../src-worker/market/exact-math.ts';
import { HOUR_MS, MarkProcess, fundingFromPremium } from '../../../src-worker/market/funding.ts';
import { Market } from '../../../src-worker/market/market.ts';
import { reportSynthetic, type MarketReport } from '../../../src-worker/market/statistics-report.ts';
import { median } from '../../../src-worker/market/statistics.ts';
import { createSyntheticMarket } from '../../../src-worker/market/synthetic.ts';
import { PROJECT_ROOT } from '../../support/terminal.ts';

const START = Date.UTC(2026, 0, 22);

function fingerprint(seed: number): string {
  const market = createSyntheticMarket({ seed, symbols: 5, liveFrom: START });
  const hash = createHash('sha256');
  for (const { symbol } of market.instruments) {
    const process = new MarkProcess();
    for (let index = 0; index < 2000; index += 1) {
      const made = market.candleAt(symbol, market.firstOpenTime(symbol) + index * 300_000);
      if (made === null || made.premiums === null) throw new Error('a hole in the synthetic market');
      const { open, high, low, close, volume, quoteVolume, trades, takerBuyVolume } = made.candle;
      const { marks, indexes } = process.follow(made);
      hash.update(
        Float64Array.from([open, high, low, close, volume, quoteVolume, trades, takerBuyVolume, ...made.points, ...made.premiums, ...marks, ...indexes]),
      );
      if (index % 96 === 95) hash.update(Float64Array.of(process.settle(null)));
    }
  }
  return hash.digest('hex');
}

describe('the same seed', () => {
  it('gives the same market on every machine, to the last bit', () => {
    expect(fingerprint(7)).toBe('1bcf99ed131cfabc0d7805da9c3fb2eb7ac437527f0e50e9b71c6bf25ad45411');
    expect(fingerprint(8)).not.toBe(fingerprint(7));
  });

  it('holds because nothing that makes prices uses a function the language leaves to the machine', () => {
    const folder = join(PROJECT_ROOT, 'src-worker', 'market');
    const makers = ['exact-math.ts', 'random.ts', 'volatility.ts', 'synthetic-symbol.ts', 'synthetic.ts', 'funding.ts', 'symbol-market.ts', 'instruments.ts'];
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(makers));
    for (const file of makers)
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(
        /Math\.(?:exp|expm1|log|log1p|log2|log10|pow|sqrt|cbrt|hypot|a?sinh?|a?cosh?|a?tanh?|atan2|random)\b/,
      );
  });

  it('gives the same marks and funding however often the clock looks', () => {
    const run = (stepMs: number): readonly unknown[] => {
      const market = new Market(createSyntheticMarket({ seed: 4, symbols: 2, liveFrom: START }), START);
      for (let time = START + stepMs; time <= START + 16 * HOUR_MS; time += stepMs) market.advance(time);
      const entry = market.symbols.get('BTCUSDT');
      return [entry?.mark, entry?.index, entry?.last, entry?.fundings.slice(-2)];
    };
    expect(run(300_000)).toEqual(run(25_000));
    expect(run(300_000)).toEqual(run(3_600_000));
  });
});

describe('exact arithmetic', () => {
  it('agrees with the functions of the language far beyond what a price needs', () => {
    for (let x = -30; x <= 30; x += 0.37) expect(exactExp(x) / Math.exp(x)).toBeCloseTo(1, 12);
    for (let x = 1e-6; x < 1e7; x *= 1.7) expect(exactLog(x)).toBeCloseTo(Math.log(x), 12);
    for (let x = 1e-9; x < 1e9; x *= 3.1) expect(exactSqrt(x) / Math.sqrt(x)).toBeCloseTo(1, 12);
    for (let x = -0.08; x <= 0.08; x += 0.003) expect(exactGrowth(x)).toBeCloseTo(Math.exp(x), 11);
  });
});

describe('statistics over 90 days and 14 symbols', () => {
  const report: MarketReport = reportSynthetic(3);
  const middle = (read: (row: MarketReport['series'][number]) => number): number => median(report.series.map(read));

  it('returns have fat tails and no memory', () => {
    expect(middle((row) => row.excessKurtosis)).toBeGreaterThan(5);
    expect(middle((row) => row.trimmedKurtosis)).toBeGreaterThan(3);
    expect(middle((row) => row.beyondFourSigma)).toBeGreaterThan(2);
    expect(Math.abs(middle((row) => row.returnMemory))).toBeLessThan(0.05);
  });

  it('volatility comes in clusters that fade over hours and days', () => {
    const [minutes, hour, day] = [0, 1, 2].map((lag) => middle((row) => row.volatilityMemory[lag] ?? 0)) as [number, number, number];
    expect(minutes).toBeGreaterThan(0.15);
    expect(hour).toBeGreaterThan(0.1);
    expect(hour).toBeLessThan(minutes);
    expect(day).toBeGreaterThan(0.01);
    expect(day).toBeLessThan(hour);
  });

  it('symbols move together, volume goes with range, the day has its hours', () => {
    expect(report.crossCorrelation).toBeGreaterThan(0.4);
    expect(report.crossCorrelation).toBeLessThan(0.75);
    expect(middle((row) => row.volumeRange)).toBeGreaterThan(0.6);
    expect(middle((row) => row.volumeRange)).toBeLessThan(0.9);
    expect(middle((row) => row.seasonality)).toBeGreaterThan(1.3);
  });

  it('funding follows the premium by the formula of the exchange, both signs occur, and the gap is that of the real market', () => {
    expect(fundingFromPremium(0)).toBeCloseTo(0.0001, 12);
    expect(fundingFromPremium(0.0005)).toBeCloseTo(0.0001, 12);
    expect(fundingFromPremium(0.002)).toBeCloseTo(0.0015, 12);
    expect(fundingFromPremium(-0.002)).toBeCloseTo(-0.0015, 12);
    expect(fundingFromPremium(0.5)).toBe(0.0075);
    expect(fundingFromPremium(0.002, 4), 'half of it, twice as often').toBeCloseTo(0.00075, 12);
    expect(report.funding?.negative).toBeGreaterThan(0.1);
    expect(report.funding?.negative).toBeLessThan(0.8);
    expect(report.funding?.premiumGap).toBeGreaterThan(0.0002);
    expect(report.funding?.premiumGap).toBeLessThan(0.001);
  });
});

describe('stop runs', () => {
  /** Share of candles whose successor goes against them: those that took the extreme of the last four hours, and all others. */
  function reversals(seed: number): { readonly after: number; readonly otherwise: number; readonly runs: number } {
    const market = createSyntheticMarket({ seed, symbols: 6, liveFrom: START });
    const counts = { runs: 0, turned: 0, others: 0, othersTurned: 0 };
    for (const { symbol } of market.instruments) {
      const first = market.firstOpenTime(symbol);
      const candles = Array.from({ length: 20 * 288 }, (_, index) => market.candleAt(symbol, first + index * 300_000)?.candle).filter(
        (candle) => candle !== undefined,
      );
      for (let at = 49; at < candles.length - 1; at += 1) {
        const [candle, next] = [candles[at]!, candles[at + 1]!];
        const before = candles.slice(at - 48, at);
        const isAbove = candle.high > Math.max(...before.map(({ high }) => high));
        const isBelow = candle.low < Math.min(...before.map(({ low }) => low));
        const move = next.close - candle.close;
        if (isAbove !== isBelow) {
          counts.runs += 1;
          if (isAbove ? move < 0 : move > 0) counts.turned += 1;
        } else if (candle.close !== candle.open) {
          counts.others += 1;
          if (candle.close > candle.open ? move < 0 : move > 0) counts.othersTurned += 1;
        }
      }
    }
    return { after: counts.turned / counts.runs, otherwise: counts.othersTurned / counts.others, runs: counts.runs };
  }

  it('go through the obvious highs and lows of four hours and turn back more often than other moves do', () => {
    for (const seed of [1, 2]) {
      const { after, otherwise, runs } = reversals(seed);
      expect(runs).toBeGreaterThan(2000);
      expect(after).toBeGreaterThan(0.54);
      expect(after - otherwise).toBeGreaterThan(0.03);
    }
  });
});
