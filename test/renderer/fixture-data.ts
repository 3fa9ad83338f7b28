// A generated engine state for looking at the screen without an engine: 200 markets, two positions, one order each, decisions and structure.
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { ChartData } from '../../src-shared/contract/rpc.ts';
import type { DecisionView, MarketAnalysis, MarketInfo, MarketTick, PositionView, Snapshot } from '../../src-shared/contract/view.ts';
import { timeframeMs, type Timeframe } from '../../src-shared/domain/candle.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { FUNNEL_STEPS, type FunnelStep, type Side, type Signal } from '../../src-shared/domain/signal.ts';
import type { OrderBlock, StructureSnapshot } from '../../src-shared/domain/structure.ts';
import { epochMs, lots, money, ticks } from '../../src-shared/kernel/units.ts';

export const MARKET_COUNT = 200;
const NAMES = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE', 'ADA', 'AVAX', 'LINK', 'SUI', 'LTC', 'DOT', '1000PEPE'];
const STOPS: readonly (readonly [FunnelStep, string, Readonly<Record<string, number>>])[] = [
  ['bias', 'bias.none', { order: 1, slope: -1, structure: 0 }], ['setup', 'setup.in_premium', { rangePosition: 0.64 }], ['setup', 'setup.no_zone', {}], ['setup', 'setup.zone_too_far', { distanceAtr: 2.4 }],
  ['trigger', 'trigger.none', {}], ['confidence', 'confidence.too_low', { confidence: 0.31, minimum: 0.35 }],
];

export function basePrice(index: number): number {
  return index === 0 ? 96_400 : Number((3200 / (index * index)).toPrecision(5));
}

export function symbolAt(index: number): string {
  return `${NAMES[index] ?? `COIN${index}`}USDT`;
}

export function marketAt(index: number): MarketInfo {
  const priceScale = index === 0 ? 1 : basePrice(index) > 100 ? 2 : 5;
  return { symbol: symbolAt(index), baseAsset: symbolAt(index).replace('USDT', ''), priceScale, tickUnits: 1, quantityScale: index === 0 ? 3 : 1, stepUnits: 1 };
}

export function tickAt(index: number, now: number): MarketTick {
  const last = basePrice(index) * (1 + 0.004 * Math.sin(now / 9000 + index));
  return { symbol: symbolAt(index), last, mark: last * 1.0001, change24h: 0.06 * Math.sin(index * 1.7), quoteVolume24h: 9e9 / (index + 1) ** 1.2, fundingRate: 0.0001, updatedAt: epochMs(now) };
}

function analysisAt(index: number, now: number): MarketAnalysis {
  const [step, code, numbers] = STOPS[index % STOPS.length] ?? (['data', 'data.missing', {}] as const);
  return {
    symbol: symbolAt(index), regimes: { '1h': index % 3 === 0 ? 'strong_trending' : 'trending', '15m': 'ranging', '5m': index % 4 === 0 ? 'choppy' : 'trending' }, bias: code === 'bias.none' ? null : index % 2 === 0 ? 'long' : 'short',
    progress: (FUNNEL_STEPS.indexOf(step) + 0.4) / FUNNEL_STEPS.length, stoppedAt: step, stopCode: code, stopNumbers: numbers, confidence: step === 'confidence' ? 0.31 : null, uncertainty: null, modelProbability: index % 5 === 0 ? 0.41 : null, signalId: null, analysedAt: epochMs(now),
  };
}

export function signalAt(index: number, side: Side, now: number): Signal {
  const entry = basePrice(index);
  const sign = side === 'long' ? 1 : -1;
  return {
    id: `signal-${index}`, symbol: symbolAt(index), side, decidedAt: epochMs(now - 3_600_000), strategy: 'hybrid', confidence: 0.58, ictConfidence: 0.61, uncertainty: 0.12, quality: 0.66,
    plan: { side, entryKind: 'market', entry, stop: entry * (1 - sign * 0.01), target: entry * (1 + sign * 0.02), rewardRisk: 2, expiresAt: epochMs(now + 3_600_000) },
    evidence: {
      regime: 'trending', subScores: { trendAlignment: 0.8, marketStructure: 0.7, pricePosition: 0.55, momentum: 0.4, volatility: 0.6 }, trigger: 'Sweep of the 5m low, then a bullish CHOCH',
      zone: { kind: 'order_block', id: 'ob-1', timeframe: '15m', top: entry * 1.001, bottom: entry * 0.998, strength: 0.72, tests: 1, originTime: epochMs(now - 9_000_000), confirmedTime: epochMs(now - 8_100_000) },
      facts: [{ label: 'ADX on 15m', value: 27.4 }, { label: 'Stop distance', value: 1, unit: '%' }], opinions: [{ model: 'boosted trees', version: '1', winProbability: 0.42, low: 0.36, high: 0.48, effect: 'unused' }], fallback: 'The model has no proven edge; ICT decides.',
    },
  };
}

function positionAt(index: number, side: Side, now: number): PositionView {
  const market = marketAt(index);
  const entry = basePrice(index);
  const sign = side === 'long' ? 1 : -1;
  const toTicks = (price: number): number => Math.round(price * 10 ** market.priceScale);
  const signal = signalAt(index, side, now);
  const id = `position-${index}`;
  const at = epochMs(now - 3_590_000);
  return {
    mark: entry * (1 + sign * 0.004), unrealised: money(12_40000000), pnlR: 0.38, marginUsed: money(310_00000000),
    events: [{ positionId: id, kind: 'created', time: at, price: entry, pnlR: -0.05, reason: null }, { positionId: id, kind: 'max_pnl_updated', time: epochMs(now - 600_000), price: entry * 1.005, pnlR: 0.45, reason: null }],
    position: {
      id, symbol: market.symbol, side, phase: 'open', origin: 'hybrid', control: 'auto', lots: lots(Math.round((3100 / entry) * 10 ** market.quantityScale)), entryPrice: entry, leverage: 10, stop: ticks(toTicks(signal.plan.stop)), target: ticks(toTicks(signal.plan.target)),
      riskPerUnit: entry * 0.01, protection: 'protected', nakedSince: null, openedAt: at, closedAt: null, closeReason: null, exitPrice: null, realisedPnl: money(0), fees: money(1_55000000), funding: money(0), liquidationPrice: entry * (1 - sign * 0.095), maxPnlR: 0.45, minPnlR: -0.12, signal,
      sizing: { equity: money(10_000_00000000), confidenceFactor: 0.83, regimeMultiplier: 1, drawdownFactor: 1, marginFraction: 0.031, edge: 0.4, certainty: 0.88, calm: 0.7, leverageWanted: 12.4, leverage: 10, leverageLoweredBy: ['risk_per_trade'], lossAtStop: money(34_50000000), lossAtStopFraction: 0.00345, liquidationPrice: entry * (1 - sign * 0.095) },
    },
  };
}

function stopOrderOf({ position }: PositionView): Order {
  return {
    intent: { clientOrderId: `${position.id}-S`, positionId: position.id, symbol: position.symbol, purpose: 'stop', kind: 'stop_market', side: position.side === 'long' ? 'SELL' : 'BUY', positionSide: 'BOTH', lots: lots(0), price: null, trigger: position.stop, triggerBy: 'mark', reduceOnly: false, closePosition: true, timeInForce: 'GTC', leverage: null, createdAt: position.openedAt },
    status: 'resting', venueOrderId: '1', triggeredOrderId: null, filledLots: lots(0), averagePrice: 0, fee: money(0), updatedAt: position.openedAt, reason: null,
  };
}

export function fixtureSnapshot(now: number): Snapshot {
  const indexes = Array.from({ length: MARKET_COUNT }, (_, index) => index);
  const bySymbol = <T extends { readonly symbol: string }>(rows: readonly T[]): Record<string, T> => Object.fromEntries(rows.map((row) => [row.symbol, row]));
  const open = [positionAt(0, 'long', now), positionAt(1, 'short', now)];
  const decisions: readonly DecisionView[] = [
    { signal: signalAt(0, 'long', now), outcome: 'executed', code: null, numbers: {} }, { signal: signalAt(3, 'short', now), outcome: 'denied', code: 'symbol_cooldown', numbers: { sinceMinutes: 12, cooldownMinutes: 60 } }, { signal: signalAt(5, 'long', now), outcome: 'vetoed', code: 'model.veto', numbers: { winProbability: 0.21, needed: 0.25 } },
  ];
  return {
    sequence: 1, engineTime: epochMs(now), account: { wallet: money(10_012_00000000), unrealised: money(24_80000000), equity: money(10_036_80000000), marginUsed: money(620_00000000), available: money(9_416_80000000), dayPnl: money(36_80000000), hedgeMode: false, updatedAt: epochMs(now) },
    session: { mode: 'simulated', host: 'node', version: '0.1.0', startedAt: epochMs(now - 7_200_000), speed: 1, strategyMode: 'hybrid', automation: 'running', phase: 'streaming', phaseText: '200 markets are live.' },
    guard: { state: 'active', reason: 'none', since: epochMs(now - 7_200_000), dayStartEquity: money(10_000_00000000), peakEquity: money(10_050_00000000), dailyLossFraction: 0.004, drawdownFraction: 0.0013 },
    markets: bySymbol(indexes.map(marketAt)), ticks: bySymbol(indexes.map((index) => tickAt(index, now))), analysis: bySymbol(indexes.map((index) => analysisAt(index, now))),
    positions: Object.fromEntries(open.map((view) => [view.position.id, view])), orders: Object.fromEntries(open.map(stopOrderOf).map((order) => [order.intent.clientOrderId, order])), decisions, virtual: { open: 3, opened: 41, closed: 38, wins: 15, sumR: -1.4 },
    funnel: { cycle: 12, evaluated: 200, signals: 0, stopped: Object.fromEntries(FUNNEL_STEPS.map((step) => [step, 0])) as Record<FunnelStep, number> },
    health: {
      checks: [{ id: 'market', label: 'Market data', state: 'ok', detail: '200 of 200 fresh.', advice: null }, { id: 'clock', label: 'Clock', state: 'warn', detail: '640 ms behind the exchange.', advice: 'Check the time service.' }], breaker: 'normal', weightUsed: 210, weightLimit: 2400, clockOffsetMs: 640, restLatencyMs: 84, marketAgeMs: 300,
      userStream: 'connected', liveCycleMs: 41.2, virtualCycleMs: 3.1, liveOverruns: 0, nextCycleAt: epochMs(now + 42_000), memoryMb: 410, workers: [{ id: 1, kind: 'inference', state: 'ready', restarts: 1, memoryMb: 96 }], model: { name: 'boosted trees', version: '1', edge: false, note: 'A generated fixture, not a measurement.' },
    },
    log: [{ id: 1, time: epochMs(now), level: 'info', source: 'fixture', message: 'This is a generated engine for looking at the screen.' }], settings: defaultSettings(),
  };
}

/** Candles on a fixed wave that end at `before` (exclusive) or `now`. */
export function fixtureChart(request: { readonly index: number; readonly timeframe: Timeframe; readonly limit: number; readonly end: number }): ChartData {
  const { index, timeframe, limit, end } = request;
  const step = timeframeMs(timeframe);
  const last = Math.floor((end - 1) / step);
  const wave = (bar: number): number => basePrice(index) * (1 + 0.02 * Math.sin(bar / 37) + 0.008 * Math.sin(bar / 9) + 0.002 * Math.sin(bar * 1.9));
  const bars = Array.from({ length: limit }, (_, offset) => last - limit + 1 + offset);
  const open = bars.map((bar) => wave(bar));
  const close = bars.map((bar) => wave(bar + 1));
  const pad = basePrice(index) * 0.0015;
  const high = bars.map((_, at) => Math.max(open[at] ?? 0, close[at] ?? 0) + pad);
  const low = bars.map((_, at) => Math.min(open[at] ?? 0, close[at] ?? 0) - pad);
  return { candles: { openTime: bars.map((bar) => bar * step), open, high, low, close, volume: bars.map((bar) => 900 + 500 * Math.abs(Math.sin(bar / 5))) }, structure: structureOf(request, last), hasMore: true };
}

function structureOf({ index, timeframe, end }: { readonly index: number; readonly timeframe: Timeframe; readonly end: number }, last: number): StructureSnapshot {
  const step = timeframeMs(timeframe);
  const price = basePrice(index);
  const known = (barsAgo: number): { readonly originTime: OrderBlock['originTime']; readonly confirmedTime: OrderBlock['confirmedTime'] } => ({ originTime: epochMs((last - barsAgo) * step), confirmedTime: epochMs((last - barsAgo + 3) * step) });
  return {
    symbol: symbolAt(index), timeframe, asOf: epochMs(end), regime: 'trending', trend: 'bullish', atr: price * 0.004,
    swings: [{ kind: 'high', scale: 'swing', price: price * 1.02, brokenTime: null, ...known(40) }, { kind: 'low', scale: 'swing', price: price * 0.982, brokenTime: null, ...known(70) }],
    breaks: [{ kind: 'bos', direction: 'bullish', scale: 'swing', level: price * 1.008, displacementAtr: 1.8, ...known(30) }, { kind: 'choch', direction: 'bearish', scale: 'internal', level: price * 0.995, displacementAtr: 1.1, ...known(14) }],
    orderBlocks: [
      { id: 'ob-1', direction: 'bullish', top: price * 0.993, bottom: price * 0.989, volumeRatio: 1.7, displacementAtr: 2.1, adjoinsGap: true, strength: 0.72, tests: 1, state: 'active', endedTime: null, endReason: null, ...known(60) },
      { id: 'ob-2', direction: 'bearish', top: price * 1.017, bottom: price * 1.013, volumeRatio: 1.3, displacementAtr: 1.6, adjoinsGap: false, strength: 0.41, tests: 2, state: 'breaker', endedTime: null, endReason: null, ...known(36) },
    ],
    gaps: [{ id: 'gap-1', direction: 'bullish', top: price * 1.0, bottom: price * 0.997, filledFraction: 0.3, halfFilledTime: null, filledTime: null, ...known(22) }],
    pools: [{ id: 'pool-1', side: 'buy', price: price * 1.022, touches: 3, weak: false, sweptTime: null, takenTime: null, ...known(45) }],
    range: { high: price * 1.02, low: price * 0.982, equilibrium: price * 1.001, direction: 'bullish', oteTop: price * 0.9965, oteBottom: price * 0.99, ...known(70) },
  };
}
