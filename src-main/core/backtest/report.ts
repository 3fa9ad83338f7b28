// The result of a backtest as one plain object: what was run on what, under which assumptions, and what came out.
import { defaultSettings, settingKeys, type Settings } from '../../../src-shared/contract/settings.ts';
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { summarise, type Summary } from '../review/summary.ts';
import type { ReviewedTrade } from '../review/trade-statistics.ts';
import type { SymbolSource } from './run-types.ts';
import type { LookAheadProof } from './look-ahead-proof.ts';
import type { BacktestCosts, BacktestResult } from './run-types.ts';
import { booksAgree } from './books-agree.ts';
import type { SweepReport } from './sweep.ts';
import type { WalkForwardReport } from './walk-forward.ts';

export const ASSUMPTIONS: readonly string[] = [
  'Decisions are made when a 5m candle has closed; an order made then meets the open of the next candle, or with a delay the price that the path has reached by then.',
  'Inside a candle price goes open → nearer extreme → other extreme → close and trades at every price on the way; triggers, limits and liquidation are met at their own price, a gap between two candles is jumped.',
  'Takers walk a finite book around the price: half a basis point of spread on each side, levels of 1 bp, sizes from the 24 h volume. Limit orders wait in a queue.',
  'The mark price is the traded price. Funding is paid every 8 hours at the recorded rate where there is one, else at the flat rate.',
  'The account is one account: all symbols share its margin and its limits, so a run uses one core. Independent runs of a sweep may run side by side.',
  'Trailing and break-even rules look at price four times a candle. The one-minute volatility breaker needs finer data than 5m and never trips.',
  'What is open at the end, or on a symbol without candles for an hour, is closed at the last price.',
];

export interface ReportInput {
  readonly settings: Settings;
  readonly costs: BacktestCosts;
  readonly warmUpBars: number;
  readonly resumesNextDay: boolean;
  readonly sources: readonly SymbolSource[];
  readonly result: BacktestResult;
  readonly proof: LookAheadProof | null;
  readonly sweep: SweepReport | null;
  readonly walkForward: WalkForwardReport | null;
  readonly speed: BacktestSpeed;
  readonly warnings: readonly string[];
  /** Models that were asked; absent in reports of earlier builds. */
  readonly models?: readonly { readonly name: string; readonly version: string }[];
}

export interface BacktestSpeed {
  readonly candles: number;
  /** Processor seconds of the run itself, without reading files. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly candlesPerCpuSecond: number;
  readonly peakMemoryMb: number;
}

export interface BacktestReport extends Omit<ReportInput, 'settings' | 'result'> {
  readonly strategy: Settings['strategyMode'];
  /** Settings that differ from their defaults. */
  readonly changedSettings: Readonly<Record<string, unknown>>;
  readonly assumptions: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly deposit: number;
  readonly wallet: number;
  readonly hash: string;
  readonly endState: string;
  readonly wasCancelled: boolean;
  readonly accounting: {
    readonly agrees: boolean;
    readonly tradesAgree: boolean;
    readonly audit: BacktestResult['audit'];
    /** Funding the venue paid that no trade carries: payments on cross margin name no position. USDT. */ readonly unattributedFunding: number;
  };
  readonly counters: BacktestResult['counters'];
  readonly summary: Summary;
  readonly equity: {
    readonly times: readonly number[];
    readonly usdt: readonly number[];
    readonly days: readonly number[];
    readonly dailyUsdt: readonly number[];
  };
  readonly trades: readonly ReportedTrade[];
}

export type ReportedTrade = Omit<ClosedTrade, 'realised' | 'fees' | 'funding' | 'net'> & {
  /** The same as `origin`. */
  readonly strategy: string;
  readonly realised: number;
  readonly fees: number;
  readonly funding: number;
  readonly net: number;
};

export function buildReport(input: ReportInput): BacktestReport {
  const { settings, result, ...rest } = input;
  const { equity, trades } = result;
  const defaults = defaultSettings();
  const dailyUsdt = equity.daily.map(moneyToUsdt);
  return {
    ...rest,
    strategy: settings.strategyMode,
    changedSettings: Object.fromEntries(settingKeys().flatMap((key) => (settings[key] === defaults[key] ? [] : [[key, settings[key]]]))),
    assumptions: ASSUMPTIONS,
    from: result.from,
    to: result.to,
    deposit: moneyToUsdt(result.deposit),
    wallet: moneyToUsdt(result.wallet),
    hash: result.hash,
    endState: result.endState,
    wasCancelled: result.wasCancelled,
    accounting: {
      agrees: result.audit.agrees,
      tradesAgree: booksAgree(result),
      audit: result.audit,
      unattributedFunding: (result.audit.funding - result.tradeTotals.funding) / 1e8,
    },
    counters: result.counters,
    summary: summarise({
      trades: trades.map(reviewedTrade),
      dailyEquity: dailyUsdt,
      maxDrawdown: equity.maxDrawdown,
      ...(input.sweep === null ? {} : { trials: input.sweep.dailySharpes }),
    }),
    equity: { times: equity.hours, usdt: equity.hourly.map(moneyToUsdt), days: equity.days, dailyUsdt },
    trades: trades.map(reportedTrade),
  };
}

/** The engine's own trades, with the funding the venue paid, add up to the change of the venue's wallet. */
export function reviewedTrade(trade: ClosedTrade): ReviewedTrade {
  const { symbol, side, openedAt, closedAt, netR, maxR, minR, reason, regime } = trade;
  const amounts = { net: moneyToUsdt(trade.net), fees: moneyToUsdt(trade.fees), funding: moneyToUsdt(trade.funding) };
  return { symbol, side, openedAt, closedAt, ...amounts, netR, maxR, minR, reason, regime, strategy: trade.origin };
}

function reportedTrade(trade: ClosedTrade): ReportedTrade {
  const { realised, fees, funding, net } = trade;
  return { ...trade, strategy: trade.origin, realised: moneyToUsdt(realised), fees: moneyToUsdt(fees), funding: moneyToUsdt(funding), net: moneyToUsdt(net) };
}
