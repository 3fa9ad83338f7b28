// The look-ahead proof passes for the engine and catches runs that peek, even by a single candle.
import { beforeAll, describe, expect, test } from 'vitest';
import { BAR_MS, type PriceHistory } from '../../../src-main/core/backtest/price-history.ts';
import { chooseCuts, proveNoLookAhead, type RunBacktest } from '../../../src-main/core/backtest/look-ahead-proof.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import type { BacktestRequest } from '../../../src-main/core/backtest/run-types.ts';
import { sampleHistory, sampleRequest } from './sample-market.ts';

let request: BacktestRequest;
let cuts: readonly number[];

beforeAll(() => {
  request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: 5000 }), sampleHistory('CCCUSDT', 4, { count: 5000 })]);
  cuts = chooseCuts(request.from, request.to, 3);
});

/** A run whose candles were changed before the engine saw them. */
function peeking(change: (history: PriceHistory) => PriceHistory): RunBacktest {
  return (asked) => runBacktest({ ...asked, histories: asked.histories.map(change) });
}

describe('look-ahead proof', () => {
  test('the engine decides the same with the future hidden and with another future', async () => {
    const proof = await proveNoLookAhead(request, cuts, runBacktest);
    expect(proof.divergence).toBeNull();
    expect(proof.compared).toBeGreaterThan(6000);
  });

  test('cuts lie inside the time of trading, on the grid, and not all on the hour', () => {
    expect(cuts).toHaveLength(3);
    for (const cut of cuts) {
      expect(cut).toBeGreaterThan(request.from);
      expect(cut).toBeLessThan(request.to);
      expect(cut % BAR_MS).toBe(0);
    }
  });

  test('a peek at the next close is caught at the candle of the cut, with both lines', async () => {
    const run = peeking((history) => {
      const close = history.close.map((value, index) => history.close[index + 1] ?? value);
      return {
        ...history,
        close,
        high: history.high.map((value, index) => Math.max(value, close[index]!)),
        low: history.low.map((value, index) => Math.min(value, close[index]!)),
      };
    });
    const { divergence } = await proveNoLookAhead(request, cuts, run);
    expect(divergence?.cut).toBe(cuts[0]);
    expect(divergence?.knowing?.time).toBe(cuts[0]);
    expect(divergence?.unknowing?.time).toBe(cuts[0]);
    expect(JSON.stringify(divergence?.knowing)).not.toBe(JSON.stringify(divergence?.unknowing));
  });

  test('an average that looks to both sides is caught', async () => {
    const run = peeking((history) => ({
      ...history,
      volume: history.volume.map((value, index) => ((history.volume[index - 1] ?? value) + value + (history.volume[index + 1] ?? value)) / 3),
      close: history.close.map((value, index) =>
        Math.min(history.high[index]!, Math.max(history.low[index]!, (value + (history.close[index + 1] ?? value)) / 2)),
      ),
    }));
    expect((await proveNoLookAhead(request, cuts, run)).divergence).not.toBeNull();
  });

  test('a parameter chosen on the whole time is caught', async () => {
    const run: RunBacktest = (asked) => {
      const gain = asked.histories.reduce((sum, history) => sum + Math.log(history.close.at(-1)! / history.open[0]!), 0);
      return runBacktest({ ...asked, settings: { ...asked.settings, emaSlow: 40 + Math.round(Math.abs(gain) * 1000) } });
    };
    const { divergence } = await proveNoLookAhead(request, cuts, run);
    expect(divergence?.knowing?.data).not.toEqual(divergence?.unknowing?.data);
  });
});
