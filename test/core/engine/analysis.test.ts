// What the engine tells of its analysis: a reproducible inputs hash per symbol, settings that take effect while it runs, and the count of rewrites.
import { describe, expect, it } from 'vitest';
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { MarketAnalysis } from '../../../src-shared/contract/view.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { EngineOutput } from '../../../src-main/core/engine/messages.ts';
import { syntheticCandles } from '../support/candles.ts';
import { EngineBench, START } from './bench.ts';

const STEP = 300_000;
const COUNT = 700;
const candles = syntheticCandles({ seed: 8, count: COUNT + 50, timeframe: '5m', start: Math.floor(START / STEP) * STEP - COUNT * STEP });

function started(): EngineBench {
  const bench = new EngineBench({ settings: { strategyMode: 'ict' } }).warmUp();
  bench.send({ kind: 'market', event: { kind: 'history', symbol: 'BTCUSDT', timeframe: '5m', candles: candles.slice(0, COUNT) } });
  bench.send({ kind: 'market', event: { kind: 'symbol-ready', symbol: 'BTCUSDT' } });
  return bench;
}

function close(bench: EngineBench, candle: Candle): EngineOutput {
  bench.now = epochMs(candle.openTime + STEP);
  return bench.send({ kind: 'market', event: { kind: 'candle-closed', symbol: 'BTCUSDT', candle } as never });
}

function analysisOf(output: EngineOutput): readonly MarketAnalysis[] {
  return output.events.flatMap((event: EngineEventBody) => (event.kind === 'analysis' ? event.analysis : []));
}

describe('the analysis of a cycle', () => {
  it('H2 carries the hash of its inputs, and running the same inputs again gives the same hashes', () => {
    const run = (): readonly MarketAnalysis[] => {
      const bench = started();
      return candles.slice(COUNT, COUNT + 6).flatMap((candle) => {
        close(bench, candle);
        return analysisOf(bench.send({ kind: 'live-tick' }));
      });
    };
    const first = run();
    expect(first).toHaveLength(6);
    expect(new Set(first.map(({ inputsHash }) => inputsHash)).size).toBe(6);
    expect(run()).toEqual(first);
  });

  it('stops at the gate while the spread is too wide, and judges on when it is not or is unknown', () => {
    const bench = started();
    const stops = [0.01, 0.0001, null].map((spreadFraction, index) => {
      close(bench, candles[COUNT + index]!);
      const price = {
        symbol: 'BTCUSDT',
        last: 100,
        mark: 100,
        change24h: 0,
        quoteVolume24h: 1e10,
        fundingRate: 0,
        nextFundingTime: null,
        spreadFraction,
        time: bench.now,
      };
      bench.send({ kind: 'market', event: { kind: 'prices', prices: [price] } });
      return analysisOf(bench.send({ kind: 'live-tick' }))[0]?.stopCode;
    });
    expect(stops[0]).toBe('data.spread');
    expect(stops.slice(1).every((code) => code !== undefined && code !== 'data.spread')).toBe(true);
  });

  it('tells how far the nearest tradable zone is, or that there is none', () => {
    const bench = started();
    const distances = candles.slice(COUNT).flatMap((candle) => {
      close(bench, candle);
      return analysisOf(bench.send({ kind: 'live-tick' })).map(({ bias, zoneDistanceAtr }) => ({ bias, zoneDistanceAtr }));
    });
    expect(distances.some(({ zoneDistanceAtr }) => typeof zoneDistanceAtr === 'number')).toBe(true);
    for (const { bias, zoneDistanceAtr } of distances) expect(zoneDistanceAtr === null || (bias !== null && zoneDistanceAtr! >= 0)).toBe(true);
  });
});

describe('a changed analysis setting', () => {
  it('takes effect while the engine runs, and nothing is judged in between by the old ones', () => {
    const bench = started();
    bench.send({ kind: 'live-tick' });
    const before = bench.engine.structure('BTCUSDT', '5m')!;
    bench.command({ kind: 'update-settings', changes: { internalSwingLength: 9 } });
    close(bench, candles[COUNT]!);
    expect(analysisOf(bench.send({ kind: 'live-tick' }))).toEqual([]);
    bench.engine.watch([{ symbol: 'BTCUSDT', timeframe: '5m' }]);
    const pulse = bench.wait(250);
    expect(pulse.events.filter((event) => event.kind === 'candle')).toMatchObject([{ symbol: 'BTCUSDT', closed: true, structureChanged: true }]);
    expect(analysisOf(bench.send({ kind: 'live-tick' }))).toHaveLength(1);
    const after = bench.engine.structure('BTCUSDT', '5m')!;
    const internal = (snapshot: typeof after): number => snapshot.swings.filter((swing) => swing.scale === 'internal').length;
    expect(internal(after)).toBeLessThan(internal(before));
  });

  it('H1 starts the comparison afresh and keeps the count of rewrites at 0', () => {
    const bench = started();
    while (bench.engine.checkHindsight(5) > 0);
    bench.command({ kind: 'update-settings', changes: { minGapAtr: 0.5 } });
    bench.wait(250);
    for (const candle of candles.slice(COUNT)) {
      close(bench, candle);
      bench.engine.checkHindsight(5);
    }
    expect(bench.engine.hindsight(bench.now)).toMatchObject({ rewriteCount: 0, rebuilt: 3, offence: null });
    expect(bench.engine.hindsight(bench.now).published).toBeGreaterThan(100);
  });
});
