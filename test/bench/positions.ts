// Virtual positions in bulk: price updates of the whole universe, and the 10 s tick, beside a loop over one object a position.
import { epochMs, type EpochMs } from '../../src-shared/kernel/units.ts';
import type { Side, Signal } from '../../src-shared/domain/signal.ts';
import { VirtualBook } from '../../src-main/core/virtual/virtual-book.ts';
import { sampleSignal } from '../support/samples.ts';
import { describe, measure, ratio, type Measurement } from './measure.ts';

const SYMBOLS = 200;
const COUNTS = [1000, 100_000] as const;
const ROUNDS = 600;
const START = epochMs(1_760_000_000_000);
const ROUND_MS = 250;
const PRICE = 100;

export interface PositionsReport {
  readonly suite: 'positions';
  readonly measurements: readonly Measurement[];
  /** Position updates a second: every price of a symbol is an update of each of its positions. */
  readonly updatesPerSecond: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly bytesPerPosition: number;
  readonly lifecycleEvents: Readonly<Record<string, number>>;
}

/** Mulberry32. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function signalsOf(count: number): readonly Signal[] {
  const chance = createChance(5);
  return Array.from({ length: count }, (_, index) => {
    const side: Side = index % 2 === 0 ? 'long' : 'short';
    const sign = side === 'long' ? 1 : -1;
    const entry = PRICE * (1 + (chance() - 0.5) * 0.01);
    const risk = entry * (0.01 + 0.02 * chance());
    const plan = {
      side,
      entryKind: 'market' as const,
      entry,
      stop: entry - sign * risk,
      target: entry + 2 * sign * risk,
      rewardRisk: 2,
      expiresAt: epochMs(START + 96 * 3_600_000),
    };
    return { ...sampleSignal(), id: `v${index}`, symbol: `S${index % SYMBOLS}USDT`, side, decidedAt: START, plan };
  });
}

/** What a book of plain objects does on every price: walk all, update profit and extremes, look at both barriers. */
class NaiveBook {
  positions: {
    readonly signal: Signal;
    last: number;
    pnlR: number;
    maximum: number;
    minimum: number;
    isNearTarget: boolean;
    isNearStop: boolean;
    isOpen: boolean;
  }[] = [];
  closed = 0;

  open(signal: Signal): void {
    this.positions.push({ signal, last: signal.plan.entry, pnlR: 0, maximum: 0, minimum: 0, isNearTarget: false, isNearStop: false, isOpen: true });
  }

  onPrice(symbol: string, price: number): void {
    for (const position of this.positions) {
      const { plan } = position.signal;
      if (!position.isOpen || position.signal.symbol !== symbol) continue;
      const sign = plan.side === 'long' ? 1 : -1;
      position.last = price;
      position.pnlR = ((price - plan.entry) * sign) / Math.abs(plan.entry - plan.stop);
      if (position.pnlR > position.maximum) position.maximum = position.pnlR;
      if (position.pnlR < position.minimum) position.minimum = position.pnlR;
      const progress = (price - plan.entry) / (plan.target - plan.entry);
      position.isNearTarget = progress >= 0.8;
      position.isNearStop = (price - plan.entry) / (plan.stop - plan.entry) >= 0.8;
      if ((price - plan.stop) * sign <= 0 || (price - plan.target) * sign >= 0) {
        position.isOpen = false;
        this.closed += 1;
      }
    }
  }
}

/** A price of every symbol, round after round; the same walk for both books. */
function* walk(): Generator<Float64Array, never> {
  const chance = createChance(9);
  const prices = new Float64Array(SYMBOLS).fill(PRICE);
  for (;;) {
    for (let index = 0; index < SYMBOLS; index += 1) prices[index] = (prices[index] ?? PRICE) * (1 + (chance() - 0.5) * 0.0004);
    yield prices;
  }
}

const NAMES = Array.from({ length: SYMBOLS }, (_, index) => `S${index}USDT`);

/** Runs the suite and prints what it measured. */
export async function runPositionsSuite(print: (line: string) => void): Promise<PositionsReport> {
  const measurements: Measurement[] = [];
  const updatesPerSecond: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const events: Record<string, number> = {};
  let bytesPerPosition = Number.NaN;
  for (const count of COUNTS) {
    const signals = signalsOf(count);
    globalThis.gc?.();
    const before = process.memoryUsage();
    const book = new VirtualBook(() => 1_000_000);
    for (const signal of signals) book.open(signal, 'traded', START);
    globalThis.gc?.();
    const after = process.memoryUsage();
    if (count === COUNTS[1]) bytesPerPosition = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / count;
    let now: EpochMs = START;
    const prices = walk();
    const round = (): void => {
      now = epochMs(now + ROUND_MS);
      const next = prices.next().value;
      for (let index = 0; index < SYMBOLS; index += 1) {
        for (const record of book.onPrice(NAMES[index] ?? '', next[index] ?? PRICE, now).records) events[record.kind] = (events[record.kind] ?? 0) + 1;
      }
    };
    const open = book.openCount;
    const ours = await measure(`${count} positions, a price of each of ${SYMBOLS} symbols`, round, { warmUp: 100, repetitions: ROUNDS });
    const tick = await measure(`${count} positions, the 10 s tick`, () => book.onTick(now), { warmUp: 3, repetitions: 30 });
    const naive = new NaiveBook();
    for (const signal of signals) naive.open(signal);
    const naivePrices = walk();
    const naiveRound = (): void => {
      const next = naivePrices.next().value;
      for (let index = 0; index < SYMBOLS; index += 1) naive.onPrice(NAMES[index] ?? '', next[index] ?? PRICE);
    };
    const baseline = await measure(`${count} positions, naive loop over objects`, naiveRound, { warmUp: 1, repetitions: count > 10_000 ? 6 : 60 });
    measurements.push(ours, tick, baseline);
    updatesPerSecond[`${count}`] = Math.round((open * 1000) / ours.p50);
    ratios[`${count} against the naive loop`] = ratio(ours, baseline);
    for (const measurement of [ours, tick, baseline]) print(describe(measurement));
    print(
      `${count}: ${(updatesPerSecond[`${count}`] ?? 0).toLocaleString('en-US')} position updates/s, ${ratio(ours, baseline).toFixed(0)}× the naive loop, ${book.openCount} of ${open} still open`,
    );
  }
  print(`${bytesPerPosition.toFixed(0)} bytes a position beyond its signal; journalled: ${JSON.stringify(events)}`);
  return { suite: 'positions', measurements, updatesPerSecond, ratios, bytesPerPosition, lifecycleEvents: events };
}
