// A whole training on a life longer than the candle archive: what can be learned is, what cannot is said, and nothing fails for it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { SymbolCandles } from '../../../src-worker/training/candidates.ts';
import { drawRandomEntries } from '../../../src-worker/training/comparison.ts';
import { mergeLived, readLived, type LivedRow } from '../../../src-worker/training/lived-samples.ts';
import { runPipeline, type PipelineResult } from '../../../src-worker/training/pipeline.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { writePlantedLife } from '../../support/planted-life.ts';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const FIVE_MINUTES = 300_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];

/** The newest day and a half of a random walk. */
function shortSeries(symbol: string, seed: number): SymbolCandles {
  const random = createRandom(seed);
  let price = 100;
  const candles = Array.from({ length: 432 }, (_, index): Candle => {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.004;
    const volume = 10 + random();
    return {
      openTime: epochMs(NOW - (432 - index) * FIVE_MINUTES),
      open,
      high: Math.max(open, price) * 1.0005,
      low: Math.min(open, price) * 0.9995,
      close: price,
      volume,
      quoteVolume: volume * price,
      trades: 10,
      takerBuyVolume: volume / 2,
    };
  });
  return { symbol, candles };
}

describe('a training on a life longer than the archive of candles', () => {
  const series = SYMBOLS.map((symbol, index) => shortSeries(symbol, index + 1));
  let folder: string;
  let lived: readonly LivedRow[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lived-'));
    const file = join(folder, 'learning.sqlite');
    writePlantedLife(file, { count: 700, seed: 5, symbols: SYMBOLS, until: NOW - 20 * 86_400_000, days: 100 });
    const read = readLived(file);
    if (!read.ok) throw new Error(read.error);
    lived = read.value;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const train = (models: Parameters<typeof runPipeline>[0]['models'], said: string[] = []): Promise<PipelineResult> =>
    runPipeline({
      series,
      lived,
      seed: 3,
      models,
      say: (line) => void said.push(line),
      onProgress: () => undefined,
      mayGoOn: () => Promise.resolve(true),
    });

  it('learns the trees from what was lived, and leaves the networks as they are with a sentence for each', async () => {
    const said: string[] = [];
    const result = await train(['boosted-trees', 'structure-autoencoder', 'feature-discovery', 'liquidity-predictor', 'regime-predictor'], said);
    if (result.kind !== 'trained') throw new Error(JSON.stringify(result));
    expect(result.artifacts.map(({ name, edge }) => ({ name, edge }))).toEqual([{ name: 'boosted-trees', edge: true }]);
    expect(result.trees?.leakagePassed).toBe(true);
    for (const name of ['structure-autoencoder', 'feature-discovery', 'liquidity-predictor', 'regime-predictor'])
      expect(said.some((line) => line.startsWith(`${name}: the candles do not reach far enough`))).toBe(true);
  });

  it('refuses in one sentence when nothing of what was asked can be learned', async () => {
    expect(await train(['regime-predictor'])).toMatchObject({ kind: 'refused', why: expect.stringContaining('Give more candles.') });
  });

  it('draws no random entries for trades that lie before the oldest candle', () => {
    const rows = mergeLived([], lived, series);
    expect(rows).toHaveLength(700);
    expect(drawRandomEntries(rows, series, 1)).toEqual([]);
  });
});
