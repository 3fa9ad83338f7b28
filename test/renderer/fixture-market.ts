// A made-up market for the screen's own tests: 200 symbols, candles with structure, positions with a life. Never shipped.
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { MarketAnalysis, MarketInfo, MarketTick, PositionView, Snapshot } from '../../src-shared/contract/view.ts';
import type { ChartData } from '../../src-shared/contract/rpc.ts';
import { timeframeMs, type CandleColumns, type Timeframe } from '../../src-shared/domain/candle.ts';
import { LIFECYCLE_KINDS, type LifecycleEvent } from '../../src-shared/domain/position.ts';
import { FUNNEL_STEPS, type FunnelStep, type Side, type Signal } from '../../src-shared/domain/signal.ts';
import type { Regime, StructureSnapshot } from '../../src-shared/domain/structure.ts';
import { epochMs, lots, moneyFromUsdt, ticks } from '../../src-shared/kernel/units.ts';

export const FIXTURE_NOW = Date.UTC(2026, 10, 21, 12, 0);
const NAMES = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE', 'ADA', 'AVAX', 'LINK', 'TON'];
const REGIMES: readonly Regime[] = ['strong_trending', 'trending', 'ranging', 'choppy'];
const STOPS: readonly (readonly [FunnelStep, string, Readonly<Record<string, number>>])[] = [
  ['regime', 'regime.choppy', { adx: 14.2, needed: 25 }],
  ['bias', 'bias.none', { order: 1, slope: -1, structure: 0 }],
  ['setup', 'setup.zone_too_far', { distanceAtr: 2.4, reachAtr: 1 }],
  ['setup', 'setup.in_premium', { rangePosition: 0.71 }],
  ['trigger', 'trigger.zone_not_touched', { near: 100, price: 101 }],
  ['confidence', 'confidence.too_low', { confidence: 0.31, minimum: 0.35 }],
];

export function fixtureSymbols(): readonly string[] {
  return Array.from({ length: 200 }, (_, index) => `${NAMES[index] ?? `ALT${index}`}USDT`);
}

/** Price of a symbol at a time: slow waves, the same for every call. */
export function fixturePrice(symbol: string, time: number): number {
  const index = fixtureSymbols().indexOf(symbol);
  const base = index === 0 ? 68_000 : 3500 / (1 + index);
  const hours = time / 3_600_000;
  return base * (1 + 0.02 * Math.sin(hours / 9 + index) + 0.006 * Math.sin(hours / 1.7 + index * 3) + 0.0015 * Math.sin(hours * 7.3));
}

function market(symbol: string): MarketInfo {
  return { symbol, baseAsset: symbol.replace('USDT', ''), priceScale: 2, tickUnits: 1, quantityScale: 3, stepUnits: 1 };
}

export function fixtureTick(symbol: string, time: number): MarketTick {
  const price = Math.round(fixturePrice(symbol, time) * 100) / 100;
  const index = fixtureSymbols().indexOf(symbol);
  return {
    symbol,
    last: price,
    mark: price,
    change24h: 0.06 * Math.sin(index * 1.7),
    quoteVolume24h: 2.4e10 / (index + 1),
    fundingRate: 0.0001 * Math.cos(index),
    updatedAt: epochMs(time),
  };
}

function analysis(symbol: string, index: number): MarketAnalysis {
  const isSignal = index < 3;
  const [step, code, numbers] = STOPS[index % STOPS.length] ?? ['bias', 'bias.none', {}];
  const side: Side | null = index % 5 === 4 ? null : index % 2 === 0 ? 'long' : 'short';
  return {
    symbol,
    regimes: { '1h': REGIMES[index % 4] ?? 'unknown', '15m': REGIMES[(index + 1) % 4] ?? 'unknown', '5m': REGIMES[(index + 2) % 4] ?? 'unknown' },
    bias: side,
    progress: isSignal ? 1 : (FUNNEL_STEPS.indexOf(step) + 0.5) / 8,
    stoppedAt: isSignal ? null : step,
    stopCode: isSignal ? null : code,
    stopNumbers: isSignal ? {} : numbers,
    confidence: index < 40 ? 0.3 + (index % 9) * 0.05 : null,
    uncertainty: index < 40 ? 0.16 : null,
    modelProbability: index < 60 ? 0.28 + (index % 7) * 0.04 : null,
    signalId: isSignal ? `signal-${index}` : null,
    analysedAt: epochMs(FIXTURE_NOW),
  };
}

function signal(symbol: string, index: number, side: Side): Signal {
  const entry = fixturePrice(symbol, FIXTURE_NOW - 5_400_000);
  const away = entry * 0.008 * (side === 'long' ? 1 : -1);
  return {
    id: `signal-${index}`,
    symbol,
    side,
    decidedAt: epochMs(FIXTURE_NOW - 5_400_000),
    strategy: 'hybrid',
    confidence: 0.58,
    ictConfidence: 0.61,
    uncertainty: 0.14,
    quality: 0.66,
    plan: { side, entryKind: 'market', entry, stop: entry - away, target: entry + 2 * away, rewardRisk: 2, expiresAt: epochMs(FIXTURE_NOW + 36_000_000) },
    evidence: {
      regime: 'trending',
      subScores: { trendAlignment: 0.8, marketStructure: 0.62, pricePosition: 0.55, momentum: 0.4, volatility: 0.7 },
      trigger: 'CHOCH on 5m two bars after the touch',
      zone: {
        kind: 'order_block',
        id: 'ob-1',
        timeframe: '15m',
        top: entry * 1.001,
        bottom: entry * 0.997,
        strength: 0.74,
        tests: 1,
        originTime: epochMs(FIXTURE_NOW - 20_000_000),
        confirmedTime: epochMs(FIXTURE_NOW - 18_000_000),
      },
      facts: [
        { label: 'ADX 1h', value: 31.4 },
        { label: 'Range position', value: 0.32 },
        { label: 'Stop distance', value: 0.8, unit: '%' },
      ],
      opinions: [{ model: 'boosted-trees', version: '1', winProbability: 0.41, low: 0.36, high: 0.46, effect: 'unused' }],
      fallback: null,
    },
  };
}

function position(symbol: string, index: number, side: Side): PositionView {
  const why = signal(symbol, index, side);
  const { entry, stop, target } = why.plan;
  const sign = side === 'long' ? 1 : -1;
  const mark = fixturePrice(symbol, FIXTURE_NOW);
  const size = Math.max(1, Math.round((4000 / entry) * 1000));
  const id = `position-${index}`;
  const events = LIFECYCLE_KINDS.slice(0, 6).map((kind, at): LifecycleEvent => ({
    positionId: id,
    kind,
    time: epochMs(FIXTURE_NOW - 5_400_000 + at * 600_000),
    price: entry,
    pnlR: at * 0.1 - 0.1,
    reason: null,
  }));
  return {
    mark,
    unrealised: moneyFromUsdt((mark - entry) * sign * (size / 1000)),
    pnlR: ((mark - entry) * sign) / Math.abs(entry - stop),
    marginUsed: moneyFromUsdt(4000 / 7),
    events,
    position: {
      id,
      symbol,
      side,
      phase: 'open',
      origin: 'hybrid',
      control: 'auto',
      lots: lots(size),
      entryPrice: entry,
      leverage: 7,
      stop: ticks(Math.round(stop * 100)),
      target: ticks(Math.round(target * 100)),
      riskPerUnit: Math.abs(entry - stop),
      protection: index === 2 ? 'stop_only' : 'protected',
      nakedSince: null,
      openedAt: epochMs(FIXTURE_NOW - 5_400_000),
      closedAt: null,
      closeReason: null,
      exitPrice: null,
      realisedPnl: moneyFromUsdt(0),
      fees: moneyFromUsdt(1.6),
      funding: moneyFromUsdt(0),
      liquidationPrice: entry * (1 - sign * 0.13),
      maxPnlR: 0.8,
      minPnlR: -0.3,
      signal: why,
      sizing: {
        equity: moneyFromUsdt(10_000),
        confidenceFactor: 1.1,
        regimeMultiplier: 1,
        drawdownFactor: 1,
        marginFraction: 0.057,
        edge: 0.4,
        certainty: 0.7,
        calm: 0.8,
        leverageWanted: 8.2,
        leverage: 7,
        leverageLoweredBy: ['symbol cap'],
        lossAtStop: moneyFromUsdt(36),
        lossAtStopFraction: 0.0036,
        liquidationPrice: entry * (1 - sign * 0.13),
      },
    },
  };
}

export function fixtureSnapshot(): Snapshot {
  const symbols = fixtureSymbols();
  const bySymbol = <T>(make: (symbol: string, index: number) => T): Record<string, T> =>
    Object.fromEntries(symbols.map((symbol, index) => [symbol, make(symbol, index)]));
  const views = [position('BTCUSDT', 0, 'long'), position('ETHUSDT', 1, 'short'), position('SOLUSDT', 2, 'long')];
  const now = epochMs(FIXTURE_NOW);
  return {
    sequence: 1,
    engineTime: now,
    session: {
      mode: 'simulated',
      host: 'node',
      version: '0',
      startedAt: now,
      speed: 60,
      strategyMode: 'hybrid',
      automation: 'running',
      phase: 'streaming',
      phaseText: 'Streaming 200 markets',
    },
    account: {
      wallet: moneyFromUsdt(10_000),
      unrealised: moneyFromUsdt(24.5),
      equity: moneyFromUsdt(10_024.5),
      marginUsed: moneyFromUsdt(1714),
      available: moneyFromUsdt(8310),
      dayPnl: moneyFromUsdt(-83.2),
      hedgeMode: false,
      updatedAt: now,
    },
    guard: {
      state: 'active',
      reason: 'none',
      since: now,
      dayStartEquity: moneyFromUsdt(10_107),
      peakEquity: moneyFromUsdt(10_200),
      dailyLossFraction: 0.0082,
      drawdownFraction: 0.017,
    },
    markets: bySymbol(market),
    ticks: bySymbol((symbol) => fixtureTick(symbol, FIXTURE_NOW)),
    analysis: bySymbol(analysis),
    positions: Object.fromEntries(views.map((view) => [view.position.id, view])),
    orders: {},
    decisions: views.map(({ position: held }, index) => ({
      signal: held.signal ?? signal('BTCUSDT', 0, 'long'),
      outcome: index === 1 ? 'denied' : 'executed',
      code: index === 1 ? 'max_positions' : null,
      numbers: index === 1 ? { open: 3, maximum: 3 } : {},
    })),
    virtual: { open: 12, opened: 40, closed: 28, wins: 11, sumR: -1.4 },
    funnel: { cycle: 12, evaluated: 200, signals: 3, stopped: Object.fromEntries(FUNNEL_STEPS.map((step) => [step, 10])) as Record<FunnelStep, number> },
    health: {
      checks: [
        { id: 'clock', label: 'Clock', state: 'ok', detail: 'agrees within 4 ms.', advice: null },
        { id: 'model', label: 'Model', state: 'warn', detail: 'shows no edge.', advice: 'Train again with more history.' },
      ],
      breaker: 'normal',
      weightUsed: 214,
      weightLimit: 2400,
      clockOffsetMs: 4,
      restLatencyMs: 12,
      marketAgeMs: 310,
      userStream: 'connected',
      liveCycleMs: 41.2,
      virtualCycleMs: 1.1,
      liveOverruns: 0,
      nextCycleAt: epochMs(FIXTURE_NOW + 42_000),
      memoryMb: 212,
      workers: [{ id: 1, kind: 'inference', state: 'ready', restarts: 1, memoryMb: 88 }],
      model: { name: 'boosted-trees', version: '1', edge: false, note: 'AUC 0.507 [0.49, 0.52] out of sample.' },
    },
    log: [
      { id: 1, time: now, level: 'info', source: 'engine', message: 'The live loop ran.' },
      { id: 2, time: now, level: 'warn', source: 'workers', message: 'Inference worker 1 restarted.' },
    ],
    settings: defaultSettings(),
  };
}

/** Candles that end before `before` (or now), oldest first, and structure that lies inside them. */
export function fixtureChart(request: {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly limit: number;
  readonly before: number | null;
}): ChartData {
  const step = timeframeMs(request.timeframe);
  const end = request.before ?? Math.floor(FIXTURE_NOW / step) * step + step;
  const oldest = Math.floor(FIXTURE_NOW / step) * step - 1499 * step;
  const count = Math.max(0, Math.min(request.limit, (end - oldest) / step));
  const openTime = Array.from({ length: count }, (_, index) => end - (count - index) * step);
  const price = (time: number): number => fixturePrice(request.symbol, time);
  const spread = (time: number): number => price(time) * 0.0012 * (1 + Math.abs(Math.sin(time / 1e7)));
  const candles: CandleColumns = {
    openTime,
    open: openTime.map(price),
    close: openTime.map((time) => price(time + step)),
    high: openTime.map((time) => Math.max(price(time), price(time + step)) + spread(time)),
    low: openTime.map((time) => Math.min(price(time), price(time + step)) - spread(time)),
    volume: openTime.map((time) => 40 + 30 * Math.abs(Math.sin(time / 3e6))),
  };
  return { candles, structure: request.before === null ? structure(request.symbol, request.timeframe, openTime) : null, hasMore: end - count * step > oldest };
}

function structure(symbol: string, timeframe: Timeframe, times: readonly number[]): StructureSnapshot {
  const at = (fromEnd: number) => epochMs(times.at(-fromEnd) ?? FIXTURE_NOW);
  const price = (fromEnd: number): number => fixturePrice(symbol, at(fromEnd));
  const block = (fromEnd: number, tests: number, state: 'active' | 'breaker') => ({
    id: `ob-${fromEnd}`,
    direction: fromEnd % 2 === 0 ? ('bullish' as const) : ('bearish' as const),
    top: price(fromEnd) * 1.002,
    bottom: price(fromEnd) * 0.998,
    volumeRatio: 1.9,
    displacementAtr: 2.2,
    adjoinsGap: true,
    strength: 0.8 - tests * 0.2,
    tests,
    state,
    originTime: at(fromEnd),
    confirmedTime: at(fromEnd - 4),
    endedTime: null,
    endReason: null,
  });
  return {
    symbol,
    timeframe,
    asOf: epochMs(FIXTURE_NOW),
    regime: 'trending',
    trend: 'bullish',
    atr: price(1) * 0.004,
    swings: [90, 70, 44, 20].map((back, index) => ({
      kind: index % 2 === 0 ? ('high' as const) : ('low' as const),
      scale: 'swing' as const,
      price: price(back),
      brokenTime: null,
      originTime: at(back),
      confirmedTime: at(back - 5),
    })),
    breaks: [80, 52, 28].map((back, index) => ({
      kind: index === 1 ? ('choch' as const) : ('bos' as const),
      direction: index === 1 ? ('bearish' as const) : ('bullish' as const),
      scale: index === 2 ? ('internal' as const) : ('swing' as const),
      level: price(back),
      displacementAtr: 1.4,
      originTime: at(back),
      confirmedTime: at(back - 14),
    })),
    orderBlocks: [block(96, 0, 'active'), block(57, 1, 'active'), block(38, 2, 'breaker')],
    gaps: [
      {
        id: 'gap-1',
        direction: 'bullish',
        top: price(33) * 1.003,
        bottom: price(33),
        filledFraction: 0.3,
        halfFilledTime: null,
        filledTime: null,
        originTime: at(33),
        confirmedTime: at(32),
      },
    ],
    pools: [
      {
        id: 'pool-1',
        side: 'buy',
        price: price(60) * 1.01,
        touches: 3,
        weak: false,
        sweptTime: null,
        takenTime: null,
        originTime: at(75),
        confirmedTime: at(55),
      },
    ],
    range: {
      high: price(60) * 1.01,
      low: price(60) * 0.985,
      equilibrium: price(60) * 0.9975,
      direction: 'bullish',
      oteTop: price(60) * 0.9945,
      oteBottom: price(60) * 0.99,
      originTime: at(90),
      confirmedTime: at(60),
    },
  };
}
