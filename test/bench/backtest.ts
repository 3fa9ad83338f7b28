// Backtests measured: the whole engine with the ICT strategy, a portfolio in one account, and one simple rule beside another backtester.
import { existsSync } from 'node:fs';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { deriveInstrument } from '../../src-main/core/backtest/derived-instrument.ts';
import { BAR_MS, historyOf, type PriceHistory } from '../../src-main/core/backtest/price-history.ts';
import { readCandleFiles } from '../../src-main/hosts/backtest/candle-files.ts';
import { runBacktest } from '../../src-main/hosts/backtest/run-backtest.ts';
import { USUAL_COSTS, type BacktestRequest, type BacktestResult } from '../../src-main/core/backtest/run-types.ts';
import { sharedPath } from '../support/shared.ts';
import { generateCandles } from './market.ts';
import { backtestOf, type RunBacktest } from './other-version.ts';
import { preparePeer, runOurs, type RuleTrade } from './simple-rule.ts';

const WARM_UP = 6048;
const PORTFOLIO = 20;
const YEAR_BARS = 105_120;
const ROUNDS = 4;
const PORTFOLIO_ROUNDS = 2;
const PEER_BARS = 60_000;
/** Both are compiled by then. */
const PEER_ROUNDS = 25;

export interface BacktestBench {
  readonly suite: 'backtest';
  readonly oneSymbol: EngineSpeed;
  readonly portfolio: EngineSpeed & { readonly symbols: number; readonly memoryMb: number };
  readonly peer: PeerComparison | null;
}

interface EngineSpeed {
  readonly data: string;
  readonly candles: number;
  /** Best of the rounds; the first one includes compilation. */
  readonly candlesPerCpuSecond: number;
  readonly rounds: readonly number[];
  /** Another checkout, round by round in turn with this one; null when none was given. */
  readonly base: { readonly candlesPerCpuSecond: number; readonly rounds: readonly number[]; readonly ratio: number; readonly isSameHash: boolean } | null;
  readonly trades: number;
  readonly booksAgree: boolean;
}

interface PeerComparison {
  readonly peer: 'grademark';
  readonly data: string;
  readonly candles: number;
  readonly ourTrades: number;
  readonly peerTrades: number;
  readonly sameEntries: number;
  readonly sameOutcome: number;
  /** Mean result per trade in percent of the entry price, before fees. */
  readonly ourMeanPercent: number;
  readonly peerMeanPercent: number;
  readonly differences: Readonly<Record<string, number>>;
  readonly ourCpuMs: number;
  readonly peerCpuMs: number;
  readonly ratio: number;
}

/** Runs the suite and prints what it measured. */
export async function runBacktestSuite(print: (line: string) => void, baseFolder: string | null): Promise<BacktestBench> {
  const base = baseFolder === null ? null : await backtestOf(baseFolder);
  const real = realHistory();
  const history = real ?? generated('AAAUSDT', 1, YEAR_BARS);
  const data = real === null ? 'generated' : 'BTCUSDT 5m, recorded';
  const oneSymbol = await measureEngine([history], { data, rounds: ROUNDS, base });
  print(
    `engine, ICT, one symbol (${data}): ${oneSymbol.candlesPerCpuSecond} candles per processor second, best of ${ROUNDS}; ${oneSymbol.trades} trades${describeBase(oneSymbol)}`,
  );
  const histories = Array.from({ length: PORTFOLIO }, (_, index) => generated(index === 0 ? 'BTCUSDT' : `S${index}USDT`, index + 1, YEAR_BARS));
  const measured = await measureEngine(histories, { data: 'generated', rounds: PORTFOLIO_ROUNDS, base });
  const portfolio = { ...measured, symbols: PORTFOLIO, memoryMb: Math.round(process.memoryUsage().rss / 2 ** 20) };
  print(
    `engine, ICT, a year of ${PORTFOLIO} symbols in one account: ${portfolio.candles} candles, ${portfolio.candlesPerCpuSecond} per processor second, ${portfolio.memoryMb} MB; ${portfolio.trades} trades${describeBase(portfolio)}`,
  );
  const peer = comparePeer(shorten(history, PEER_BARS), data);
  if (peer === null) print('grademark is not installed; no comparison');
  else {
    print(
      `EMA cross with stop and target, ${peer.candles} candles: ours ${peer.ourTrades} trades, mean ${peer.ourMeanPercent.toFixed(4)} %; grademark ${peer.peerTrades}, mean ${peer.peerMeanPercent.toFixed(4)} %`,
    );
    print(`same entries ${peer.sameEntries}, of these same outcome ${peer.sameOutcome}; differences ${JSON.stringify(peer.differences)}`);
    print(`ours ${peer.ourCpuMs.toFixed(1)} ms, grademark ${peer.peerCpuMs.toFixed(0)} ms of processor time: ratio ${peer.ratio.toFixed(1)}`);
  }
  return { suite: 'backtest', oneSymbol, portfolio, peer };
}

function realHistory(): PriceHistory | null {
  const path = sharedPath('data/klines/5m/BTCUSDT-5m.csv.gz');
  if (!existsSync(path)) return null;
  const read = readCandleFiles([path]);
  return read.ok ? historyOf(deriveInstrument('BTCUSDT', read.value), read.value) : null;
}

function generated(symbol: string, seed: number, count: number): PriceHistory {
  const candles = generateCandles(seed, count);
  return historyOf(deriveInstrument(symbol, candles), candles);
}

function shorten(history: PriceHistory, count: number): PriceHistory {
  const cut = (column: Float64Array): Float64Array => column.slice(0, count);
  return {
    ...history,
    openTime: cut(history.openTime),
    open: cut(history.open),
    high: cut(history.high),
    low: cut(history.low),
    close: cut(history.close),
    volume: cut(history.volume),
    quoteVolume: cut(history.quoteVolume),
    trades: cut(history.trades),
    takerBuyVolume: cut(history.takerBuyVolume),
  };
}

interface Measurement {
  readonly data: string;
  readonly rounds: number;
  readonly base: RunBacktest | null;
}

async function measureEngine(histories: readonly PriceHistory[], { data, rounds: count, base }: Measurement): Promise<EngineSpeed> {
  const first = Math.min(...histories.map((history) => history.openTime[0]!));
  const last = Math.max(...histories.map((history) => history.openTime.at(-1)!));
  const request = {
    histories,
    settings: { ...defaultSettings(), strategyMode: 'ict' as const },
    from: first + WARM_UP * BAR_MS,
    to: last + BAR_MS,
    warmUpBars: WARM_UP,
    deposit: moneyFromUsdt(10_000),
    costs: USUAL_COSTS,
    resumesNextDay: true,
    predictor: null,
  };
  const rounds: number[] = [];
  const baseRounds: number[] = [];
  let result: BacktestResult | null = null;
  let other: BacktestResult | null = null;
  for (let round = 0; round < count; round += 1) {
    if (base !== null) other = await timedRun(base, request, baseRounds);
    result = await timedRun(runBacktest, request, rounds);
  }
  const { counters, trades, audit, hash } = result!;
  const best = Math.max(...rounds);
  const baseBest = Math.max(...baseRounds);
  return {
    data,
    candles: counters.candles + counters.warmUpCandles,
    candlesPerCpuSecond: best,
    rounds,
    base: other === null ? null : { candlesPerCpuSecond: baseBest, rounds: baseRounds, ratio: best / baseBest, isSameHash: other.hash === hash },
    trades: trades.length,
    booksAgree: audit.agrees,
  };
}

/** One run; its candles per processor second go to `rounds`. */
async function timedRun(run: RunBacktest, request: BacktestRequest, rounds: number[]): Promise<BacktestResult> {
  const started = process.cpuUsage();
  const result = await run(request);
  const { user, system } = process.cpuUsage(started);
  rounds.push(Math.round((result.counters.candles + result.counters.warmUpCandles) / ((user + system) / 1e6)));
  return result;
}

function describeBase({ base }: EngineSpeed): string {
  if (base === null) return '';
  return `; the other version ${base.candlesPerCpuSecond}: ratio ${base.ratio.toFixed(2)}, ${base.isSameHash ? 'the same hash' : 'another hash'}`;
}

function comparePeer(history: PriceHistory, data: string): PeerComparison | null {
  const runPeer = preparePeer(history);
  if (runPeer === null) return null;
  const [ours, ourCpuMs] = timed(() => runOurs(history), PEER_ROUNDS);
  const [theirs, peerCpuMs] = timed(runPeer, PEER_ROUNDS);
  const byEntry = new Map(theirs.map((trade) => [trade.entryTime, trade]));
  const differences: Record<string, number> = {};
  const note = (why: string): void => void (differences[why] = (differences[why] ?? 0) + 1);
  let sameEntries = 0;
  let sameOutcome = 0;
  for (const trade of ours) {
    const other = byEntry.get(trade.entryTime);
    if (other === undefined) {
      note('crossed in the candle of an exit, in which the peer does not look');
      continue;
    }
    sameEntries += 1;
    if (other.reason === trade.reason) sameOutcome += 1;
    else if (trade.exitTime < trade.entryTime + BAR_MS) note('ended inside the entry candle, which the peer does not look at');
    else note('both levels in one candle: the peer takes the stop, we the nearer extreme');
  }
  const entries = new Set(ours.map((trade) => trade.entryTime));
  for (const trade of theirs) if (!entries.has(trade.entryTime)) note('entry of the peer while we still held another position, or after a hole in the data');
  return {
    peer: 'grademark',
    data,
    candles: history.close.length,
    ourTrades: ours.length,
    peerTrades: theirs.length,
    sameEntries,
    sameOutcome,
    ourMeanPercent: meanPercent(ours),
    peerMeanPercent: meanPercent(theirs),
    differences,
    ourCpuMs,
    peerCpuMs,
    ratio: peerCpuMs / ourCpuMs,
  };
}

/** The result and the least processor milliseconds of `repetitions` runs. */
function timed<T>(run: () => T, repetitions: number): readonly [T, number] {
  let best = Infinity;
  let result = run();
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const started = process.cpuUsage();
    result = run();
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1000);
  }
  return [result, best];
}

function meanPercent(trades: readonly RuleTrade[]): number {
  return (trades.reduce((sum, trade) => sum + trade.exitPrice / trade.entryPrice - 1, 0) / trades.length) * 100;
}
