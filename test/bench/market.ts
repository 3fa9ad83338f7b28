// A generated market for benchmarks: random walks with volatility clusters, the same for a seed on every machine.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

const FIVE_MINUTES = 300_000;

function createGenerator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` contiguous 5m candles from `from` (aligned). */
export function generateCandles(seed: number, count: number, from = 1_760_000_400_000): readonly Candle[] {
  const random = createGenerator(seed);
  const candles: Candle[] = [];
  let price = 10 + random() * 1000;
  let volatility = 0.0015;
  for (let index = 0; index < count; index += 1) {
    volatility = Math.max(0.0004, Math.min(0.006, volatility * (1 + (random() - 0.5) * 0.2)));
    const open = price;
    const drift = Math.sin(index / 180 + seed) * volatility * 0.35;
    let high = open;
    let low = open;
    for (let step = 0; step < 4; step += 1) {
      price *= Math.exp(drift / 4 + (random() + random() + random() - 1.5) * volatility);
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    const volume = 1000 * (0.5 + random()) * (1 + (Math.abs(price / open - 1) / volatility) * 0.8);
    candles.push({
      openTime: epochMs(from + index * FIVE_MINUTES),
      open,
      high,
      low,
      close: price,
      volume,
      quoteVolume: volume * price,
      trades: 100,
      takerBuyVolume: volume / 2,
    });
  }
  return candles;
}
