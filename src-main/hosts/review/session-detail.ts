// One session as the Review layout shows it: statistics, curves, trades, what the hand was worth, notes.
import { defaultSettings, parseSettings, settingKeys } from '../../../src-shared/contract/settings.ts';
import type { ReviewTrade, SessionDetail, SessionNote, SessionRow } from '../../../src-shared/contract/review.ts';
import { moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import type { ClosedTrade } from '../../core/backtest/closed-trade.ts';
import { reviewedTrade } from '../../core/backtest/report.ts';
import { drawableSummary, orNull } from '../../core/review/figures.ts';
import { dailyEquityOf, summariseSession, summariseWithEquity } from '../../core/review/session-summary.ts';
import { overridesOf } from './overrides.ts';
import { sessionTrades, type SessionSource } from './session-source.ts';

const DAY_MS = 86_400_000;
const POINTS = 2000;

export function sessionDetail(source: SessionSource, row: SessionRow, notes: readonly SessionNote[]): SessionDetail {
  const { session, endedAt, records, header, equity } = source;
  const trades = sessionTrades(source);
  const reviewed = trades.map(reviewedTrade);
  const settings = settingsOf(session.settings);
  const hasEquity = equity.times.length > 1;
  const opening = equity.usdt[0] ?? Number(settings['defaultAccountBalance'] ?? Number.NaN);
  const time = { from: session.startedAt, to: Math.max(endedAt, session.startedAt + 1), opening };
  const summary = hasEquity ? summariseWithEquity(reviewed, equity) : summariseSession(reviewed, time);
  return {
    row,
    settings,
    changedSettings: changedOf(settings),
    models: (header?.models ?? []).map(({ name, version }) => ({ name, version })),
    candles: header === null ? 'candles.sqlite' : `${header.candles.file}: ${header.candles.source}`,
    opening,
    ...drawableSummary(summary),
    equity: hasEquity ? { ...thinned(equity), isExact: true } : { ...daily(dailyEquityOf(reviewed, time), time.from), isExact: false },
    trades: trades.map(reviewTrade),
    overrides: overridesOf(records, trades),
    notes,
    warnings: warningsOf(source),
    hash: null,
    sensitivity: {},
    findings: [],
  };
}

/** As it was written; where it is of another version, what can be read of it. */
function settingsOf(raw: unknown): Readonly<Record<string, unknown>> {
  const parsed = parseSettings(raw);
  return parsed.ok ? parsed.value : { ...(raw as Readonly<Record<string, unknown>>) };
}

export function changedOf(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const defaults = defaultSettings();
  return Object.fromEntries(settingKeys().flatMap((key) => (settings[key] === undefined || settings[key] === defaults[key] ? [] : [[key, settings[key]]])));
}

function warningsOf({ session, recording, header, equity }: SessionSource): readonly string[] {
  return [
    ...(session.endedAt === null ? ['This session has not ended by a stop: it still runs, or it crashed.'] : []),
    ...(recording === null ? ['This session has no recording: its decisions can be re-run, an exact replay is not possible.'] : []),
    ...(recording !== null && header === null ? ['The recording of this session cannot be read.'] : []),
    ...(equity.times.length > 1 ? [] : ['This session kept no equity: the curve is made of finished trades, one value a day.']),
  ];
}

export function reviewTrade(trade: ClosedTrade): ReviewTrade {
  const { id, symbol, side, openedAt, closedAt, entryPrice, exitPrice, quantity, leverage, reason, confidence, quality, regime } = trade;
  return {
    ...{ id, symbol, side, strategy: trade.origin, openedAt, closedAt, entryPrice, exitPrice, quantity, leverage },
    realised: moneyToUsdt(trade.realised),
    fees: moneyToUsdt(trade.fees),
    funding: moneyToUsdt(trade.funding),
    net: moneyToUsdt(trade.net),
    netR: orNull(trade.netR),
    maxR: orNull(trade.maxR),
    minR: orNull(trade.minR),
    ...{ reason, confidence, quality, regime },
  };
}

/** At most 2,000 points, the last of each stretch. */
export function thinned({ times, usdt }: { readonly times: readonly number[]; readonly usdt: readonly number[] }): {
  readonly times: readonly number[];
  readonly usdt: readonly number[];
} {
  const stride = Math.max(1, Math.ceil(times.length / POINTS));
  const kept = times.map((_, index) => index).filter((index) => index % stride === stride - 1 || index === times.length - 1 || index === 0);
  return { times: kept.map((index) => times[index]!), usdt: kept.map((index) => usdt[index]!) };
}

function daily(equity: readonly number[], from: number): { readonly times: readonly number[]; readonly usdt: readonly number[] } {
  const first = Math.floor(from / DAY_MS) * DAY_MS;
  return { times: equity.map((_, index) => first + index * DAY_MS), usdt: equity };
}
