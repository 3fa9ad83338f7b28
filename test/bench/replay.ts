// Replays real candles of many symbols in time order through the strategy and follows what became of every set-up and signal.
import type { Candle, Timeframe } from '../../src-shared/domain/candle.ts';
import { timeframeMs } from '../../src-shared/domain/candle.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { FunnelStep, Signal } from '../../src-shared/domain/signal.ts';
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import { DynamicFeatureGenerator } from '../../src-main/core/features/dynamic-features.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { createStrategy, SignalMemory } from '../../src-main/core/strategies/strategy.ts';
import type { Strategy } from '../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../src-main/core/structure/symbol-state.ts';

const STEP_MS = 300_000;
/** Taker fee on both ends, as a fraction of price. */
const ROUND_TRIP_COST = 0.001;

export interface Market {
  readonly symbol: string;
  readonly candles: readonly Candle[];
}

/**
 * Candles of a larger timeframe told to be 5m candles: the rules measure in ATR and logarithms, so the same rules run on 15m / 45m / 3h or
 * 1h / 3h / 12h candles. Only the clock (decay, sessions, expiry) and the fixed percentages of the stop feel the difference.
 */
export function relabel(candles: readonly Candle[], timeframe: Timeframe): readonly Candle[] {
  const first = candles[0]?.openTime ?? 0;
  const step = timeframeMs(timeframe);
  const start = Math.ceil(first / 3_600_000) * 3_600_000;
  return candles.map((candle) => ({ ...candle, openTime: (start + ((candle.openTime - first) / step) * STEP_MS) as EpochMs }));
}

export interface ReplayReport {
  readonly symbols: number;
  readonly evaluated: number;
  /** Evaluations by the step they stopped at. */
  readonly stopped: Readonly<Record<FunnelStep, number>>;
  /** Set-ups (one zone and visit on one symbol) by the last step that stopped them; `traded` became signals. */
  readonly setUps: Readonly<Record<string, number>>;
  readonly long: number;
  readonly short: number;
  readonly symbolsWithSignals: number;
  readonly wins: number;
  readonly losses: number;
  readonly expired: number;
  /** Mean result per signal in R, after costs. */
  readonly meanR: number;
  readonly sizedUp: number;
  readonly hunted: number;
}

interface Watched {
  readonly market: Market;
  state: SymbolState;
  readonly strategy: Strategy;
  readonly memory: SignalMemory;
  next: number;
}

/** Runs every symbol in step. A missing stretch starts the symbol anew. */
export function replay(markets: readonly Market[], settings: Settings): ReplayReport {
  const watched = markets.map((market): Watched => {
    const memory = new SignalMemory();
    return { market, state: new SymbolState(market.symbol, settings, 1024), strategy: createStrategy('ict', settings, memory), memory, next: 0 };
  });
  const tally = new Tally();
  const generator = settings.enableDynamicFeatures ? new DynamicFeatureGenerator(settings) : null;
  for (let time = nextTime(watched); time !== Infinity; time = nextTime(watched)) {
    const due = watched.filter((entry) => entry.market.candles[entry.next]?.openTime === time);
    for (const entry of due) {
      append(entry);
      generator?.observe(entry.state);
    }
    for (const entry of due) judge(entry, { generator, tally, now: (time + STEP_MS) as EpochMs });
  }
  return tally.report(markets.length);
}

function nextTime(watched: readonly Watched[]): number {
  return watched.reduce((earliest, entry) => Math.min(earliest, entry.market.candles[entry.next]?.openTime ?? Infinity), Infinity);
}

function append(entry: Watched): void {
  const candle = entry.market.candles[entry.next]!;
  const { book } = entry.state.frames['5m'];
  if (book.count > 0 && candle.openTime !== book.lastCloseTime) entry.state.reset();
  entry.state.appendClosed5m(candle);
  entry.next += 1;
}

function judge(entry: Watched, moment: { readonly generator: DynamicFeatureGenerator | null; readonly tally: Tally; readonly now: EpochMs }): void {
  const { generator, tally, now } = moment;
  const dynamicScore = generator?.score(entry.state);
  const context = dynamicScore === undefined ? bareContext(now) : { ...bareContext(now), dynamicScore };
  const evaluation = entry.strategy.evaluate(entry.state, context);
  if (evaluation.kind === 'signal') {
    entry.memory.remember(evaluation.signal.id);
    tally.signal(evaluation.signal, followUp(evaluation.signal, entry.market.candles, entry.next));
  } else tally.refusal(evaluation.noSignal, evaluation.candidate);
}

type Outcome = { readonly kind: 'win' | 'loss' | 'expired'; readonly r: number };

/** First of stop and target to be touched; both in one candle count as the stop. */
function followUp(signal: Signal, candles: readonly Candle[], from: number): Outcome {
  const { plan } = signal;
  const risk = Math.abs(plan.entry - plan.stop);
  const cost = (ROUND_TRIP_COST * plan.entry) / risk;
  const isLong = plan.side === 'long';
  let last = plan.entry;
  for (let index = from; index < candles.length; index += 1) {
    const candle = candles[index]!;
    if (candle.openTime >= plan.expiresAt) break;
    if (isLong ? candle.low <= plan.stop : candle.high >= plan.stop) return { kind: 'loss', r: -1 - cost };
    if (isLong ? candle.high >= plan.target : candle.low <= plan.target) return { kind: 'win', r: plan.rewardRisk - cost };
    last = candle.close;
  }
  return { kind: 'expired', r: ((isLong ? 1 : -1) * (last - plan.entry)) / risk - cost };
}

class Tally {
  private evaluated = 0;
  private readonly stopped = Object.fromEntries(FUNNEL_STEPS.map((step) => [step, 0])) as Record<FunnelStep, number>;
  private readonly fates = new Map<string, string>();
  private readonly symbols = new Set<string>();
  private readonly outcomes: Outcome[] = [];
  private long = 0;
  private short = 0;
  private sizedUp = 0;
  private hunted = 0;

  signal(signal: Signal, outcome: Outcome): void {
    this.evaluated += 1;
    this.symbols.add(signal.symbol);
    this.fates.set(setUpOf(signal), 'traded');
    this.outcomes.push(outcome);
    if (signal.side === 'long') this.long += 1;
    else this.short += 1;
    if (signal.evidence.facts.some((fact) => fact.label.startsWith('forecast:'))) this.sizedUp += 1;
    if (signal.evidence.trigger.startsWith('liquidity hunter')) this.hunted += 1;
  }

  refusal(noSignal: { readonly step: FunnelStep; readonly code: string }, candidate: Signal | null): void {
    this.evaluated += 1;
    this.stopped[noSignal.step] += 1;
    if (candidate === null) return;
    const setUp = setUpOf(candidate);
    if (this.fates.get(setUp) !== 'traded') this.fates.set(setUp, noSignal.code);
  }

  report(symbols: number): ReplayReport {
    const count = (kind: Outcome['kind']): number => this.outcomes.filter((outcome) => outcome.kind === kind).length;
    const setUps: Record<string, number> = {};
    for (const fate of this.fates.values()) setUps[fate] = (setUps[fate] ?? 0) + 1;
    return {
      symbols,
      evaluated: this.evaluated,
      stopped: this.stopped,
      setUps,
      long: this.long,
      short: this.short,
      symbolsWithSignals: this.symbols.size,
      wins: count('win'),
      losses: count('loss'),
      expired: count('expired'),
      meanR: this.outcomes.length === 0 ? Number.NaN : this.outcomes.reduce((sum, outcome) => sum + outcome.r, 0) / this.outcomes.length,
      sizedUp: this.sizedUp,
      hunted: this.hunted,
    };
  }
}

/** One zone and one visit to it is one set-up; a hunted sweep is its own. */
function setUpOf(signal: Signal): string {
  const { zone } = signal.evidence;
  return zone === null ? signal.id : `${signal.symbol} ${zone.id} ${zone.tests}`;
}
