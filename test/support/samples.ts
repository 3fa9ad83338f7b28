// Plain, valid domain objects for tests to vary.
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { Position } from '../../src-shared/domain/position.ts';
import type { Signal } from '../../src-shared/domain/signal.ts';
import { epochMs, lots, money, ticks, ZERO_MONEY } from '../../src-shared/kernel/units.ts';

/** BTCUSDT with the filters of the recorded mainnet rules: tick 0.10, step 0.001. */
export function sampleInstrument(overrides: Partial<Instrument> = {}): Instrument {
  return {
    symbol: 'BTCUSDT',
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    onboardTime: epochMs(1_569_398_400_000),
    priceScale: 1,
    tickUnits: 1,
    quantityScale: 3,
    stepUnits: 1,
    minPrice: ticks(5565),
    maxPrice: ticks(45_298_640),
    minLots: lots(1),
    maxLots: lots(1_000_000),
    marketMinLots: lots(1),
    marketMaxLots: lots(120_000),
    marketStepLots: 1,
    minNotional: money(100 * 1e8),
    multiplierUp: 1.05,
    multiplierDown: 0.95,
    triggerProtect: 0.05,
    liquidationFee: 0.0125,
    marketTakeBound: 0.05,
    brackets: [
      { bracket: 1, initialLeverage: 125, notionalFloor: 0, notionalCap: 50_000, maintenanceMarginRatio: 0.004, cumulative: 0 },
      { bracket: 2, initialLeverage: 100, notionalFloor: 50_000, notionalCap: 600_000, maintenanceMarginRatio: 0.005, cumulative: 50 },
      { bracket: 3, initialLeverage: 75, notionalFloor: 600_000, notionalCap: 3_000_000, maintenanceMarginRatio: 0.0065, cumulative: 950 },
      { bracket: 4, initialLeverage: 20, notionalFloor: 3_000_000, notionalCap: 1e12, maintenanceMarginRatio: 0.02, cumulative: 41_450 },
    ],
    ...overrides,
  };
}

/** A long BTCUSDT signal: entry 60,000, stop 59,400, target 61,200. */
export function sampleSignal(overrides: Partial<Signal> = {}): Signal {
  const decidedAt = epochMs(1_760_000_100_000);
  return {
    id: 'BTCUSDT-long-1760000100000',
    symbol: 'BTCUSDT',
    side: 'long',
    decidedAt,
    strategy: 'ict',
    plan: { side: 'long', entryKind: 'market', entry: 60_000, stop: 59_400, target: 61_200, rewardRisk: 2, expiresAt: epochMs(decidedAt + 96 * 3_600_000) },
    confidence: 0.7,
    ictConfidence: 0.7,
    uncertainty: 0.2,
    quality: 0.8,
    evidence: {
      regime: 'trending',
      subScores: { trendAlignment: 0.8, marketStructure: 0.7, pricePosition: 0.6, momentum: 0.5, volatility: 0.6 },
      zone: null,
      trigger: 'choch',
      facts: [{ label: 'ADX 1h', value: 24 }],
      opinions: [],
      fallback: null,
    },
    ...overrides,
  };
}

/** An open, protected long of the sample contract, opened by hand. */
export function samplePosition(overrides: Partial<Position> = {}): Position {
  return {
    id: 'ptk7x1',
    symbol: 'BTCUSDT',
    side: 'long',
    phase: 'open',
    origin: 'manual',
    control: 'mine',
    lots: lots(40),
    entryPrice: 60_000,
    leverage: 5,
    stop: ticks(594_000),
    target: ticks(612_000),
    riskPerUnit: 600,
    protection: 'protected',
    nakedSince: null,
    openedAt: epochMs(1_760_000_100_000),
    closedAt: null,
    closeReason: null,
    exitPrice: null,
    realisedPnl: ZERO_MONEY,
    fees: ZERO_MONEY,
    funding: ZERO_MONEY,
    liquidationPrice: null,
    maxPnlR: 0,
    minPnlR: 0,
    signal: null,
    sizing: null,
    ...overrides,
  };
}
