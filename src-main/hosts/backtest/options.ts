// The flags of `npm run backtest`, parsed once: typed options or one sentence about the flag that is wrong.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { STRATEGY_MODES } from '../../../src-shared/domain/signal.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { moneyFromUsdt, type Money } from '../../../src-shared/kernel/units.ts';
import { describeWrongFlag } from '../../../src-shared/kernel/wrong-flag.ts';
import { combinationsOf, refuseGrid, type SweptParameter } from '../../core/backtest/parameter-grid.ts';
import { BAR_MS } from '../../core/backtest/price-history.ts';
import type { DataRequest } from './load-data.ts';
import type { BacktestCosts } from '../../core/backtest/run-types.ts';
import { applyCombination } from '../../core/backtest/sweep.ts';

export const BACKTEST_HELP = `Run the engine over recorded candles, with its orders filled by the venue in the same process.

Usage: npm run backtest -- --data DIR --from 2025-01-01 --to 2025-07-01 --strategy ict --json out.json

What
  --data DIR            folder (with sub-folders) of SYMBOL-5m.csv, .csv.gz, or SYMBOL-5m-YYYY-MM[-DD].zip of the exchange's public archive
  --symbols A,B         only these symbols (default: every symbol of the folder)
  --from, --to TIME     time of trading, UTC, date or date and time; --to is not included (default: all there is after the warm-up)
  --strategy NAME       ${STRATEGY_MODES.join(', ')} (default ict)
  --set NAME=VALUE      change a parameter, e.g. --set minConfidence=0.45; may be repeated
  --models DIR          models for hybrid and self_learning (default: the bundled ones; "none" for the fallback rules)
  --warm-up-days N      candles before --from that only teach (default 21)

Costs
  --balance USDT        opening balance (default 10000)
  --maker-bps, --taker-bps N   fees in hundredths of a percent (default 2 and 5)
  --funding-rate P      percent per 8 hours where no rate is recorded (default 0.01)
  --funding DIR         folder of SYMBOL-funding.csv(.gz) or SYMBOL-fundingRate-YYYY-MM.zip (default: the folder of --data)
  --book X              thickness of the order book, 1 is normal; less makes size dearer (default 1)
  --delay SECONDS       from the close of a candle to the decision and its orders, up to 90; price moves on meanwhile (default 0)
  --exchange-info FILE, --brackets FILE   contract rules as the exchange answers them (default: derived from the candles)
  --stay-halted         a daily-loss halt stays until the end; otherwise it is lifted at the next UTC midnight

How sure
  --prove N             re-run N times with the future hidden and N times with another future; the first diverging event is an alarm
  --sweep NAME=V1,V2    try every combination; may be repeated
  --out-of-sample SHARE share of the time at the end that a sweep may not look at (default 0.3)
  --walk-forward T:V    choose on T days, trade the next V days, move on
  --recording FILE      replay a recorded session exactly instead (sessions/MODE-N.recording): a new engine gets the same inputs and must give the
                        same outputs; prints the hash, ends with code 1 where they differ
  --session FILE        check a recorded session instead: replay its journal, re-run its time over the candles of --data with its settings, and
                        list every decision that differs, with the kind of difference; --session-id N takes another one than the newest, and
                        --candles FILE the session's own candle archive (candles.sqlite) instead of --data; with --set it is a what-if
  --jobs N              independent runs of a sweep or walk-forward side by side (default: one for each processor core)

Output
  --json FILE, --csv FILE (trades), --html FILE (printable report), --events FILE (journal lines); "-" writes JSON to the terminal
  --help                this text

Exit code: 0 done, 1 the books do not agree or a look-ahead was found, 2 the input or an option is wrong.
`;

export interface BacktestOptions {
  readonly data: DataRequest;
  readonly settings: Settings;
  /** What --set changes, as given. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly models: string | null;
  readonly deposit: Money;
  readonly costs: BacktestCosts;
  readonly resumesNextDay: boolean;
  readonly cuts: number;
  readonly sweep: readonly SweptParameter[];
  readonly outOfSample: number;
  readonly walkForward: { readonly trainDays: number; readonly testDays: number } | null;
  readonly jobs: number;
  /** A journal to check instead of a backtest. */
  /** A recording to replay exactly instead, or null. */
  readonly recording: string | null;
  readonly session: { readonly file: string; readonly id: number | null; readonly archive: string | null } | null;
  readonly output: { readonly json: string | null; readonly csv: string | null; readonly html: string | null; readonly events: string | null };
}

const TEXT = { type: 'string' } as const;
const LIST = { type: 'string', multiple: true } as const;
const FLAGS = {
  data: TEXT,
  symbols: TEXT,
  from: TEXT,
  to: TEXT,
  strategy: TEXT,
  set: LIST,
  models: TEXT,
  'warm-up-days': TEXT,
  balance: TEXT,
  'maker-bps': TEXT,
  'taker-bps': TEXT,
  'funding-rate': TEXT,
  funding: TEXT,
  book: TEXT,
  delay: TEXT,
  'exchange-info': TEXT,
  brackets: TEXT,
  'stay-halted': { type: 'boolean' },
  prove: TEXT,
  sweep: LIST,
  'out-of-sample': TEXT,
  'walk-forward': TEXT,
  jobs: TEXT,
  session: TEXT,
  recording: TEXT,
  'session-id': TEXT,
  candles: TEXT,
  json: TEXT,
  csv: TEXT,
  html: TEXT,
  events: TEXT,
} as const;

/** Thrown and caught inside this file only: the sentence about the first wrong flag. */
class WrongFlag extends Error {}

export function parseBacktestOptions(argv: readonly string[]): Result<BacktestOptions, string> {
  try {
    const { values } = parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: FLAGS });
    return ok(readOptions(values));
  } catch (failure) {
    return err(failure instanceof WrongFlag ? failure.message : describeWrongFlag(failure));
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values'];

function readOptions(values: Values): BacktestOptions {
  if (values.data === undefined && values.recording === undefined && (values.session === undefined || values.candles === undefined))
    throw new WrongFlag('--data is missing: name the folder of the candle files.');
  const number = (name: string, text: string | undefined, allowed: readonly [usual: number, low: number, high: number]): number => {
    const value = text === undefined ? allowed[0] : Number(text);
    if (text?.trim() === '' || !(value >= allowed[1] && value <= allowed[2]))
      throw new WrongFlag(`--${name} ${text ?? ''} must be a number from ${allowed[1]} to ${allowed[2]}.`);
    return value;
  };
  const whole = (name: string, text: string | undefined, allowed: readonly [number, number, number]): number => {
    const value = number(name, text, allowed);
    if (!Number.isInteger(value)) throw new WrongFlag(`--${name} ${text ?? ''} must be a whole number.`);
    return value;
  };
  const id = values['session-id'] === undefined ? null : whole('session-id', values['session-id'], [1, 1, 1e9]);
  const from = timeOf('from', values.from);
  const to = timeOf('to', values.to);
  if (from !== null && to !== null && from >= to) throw new WrongFlag(`--from ${values.from ?? ''} must come before --to ${values.to ?? ''}.`);
  const changes = readChanges(values.set ?? []);
  const settings = readSettings(values.strategy ?? 'ict', changes);
  const sweep = (values.sweep ?? []).map(readSwept);
  const refusal = refuseGrid(sweep);
  if (refusal !== null) throw new WrongFlag(`--sweep: ${refusal}`);
  for (const combination of combinationsOf(sweep)) {
    const applied = applyCombination(settings, combination);
    if (!applied.ok) throw new WrongFlag(`--sweep: ${applied.error}`);
  }
  return {
    data: {
      folder: values.data ?? '',
      symbols: values.symbols === undefined ? null : values.symbols.split(',').filter((symbol) => symbol !== ''),
      from,
      to,
      warmUpBars: Math.round((number('warm-up-days', values['warm-up-days'], [21, 0, 365]) * 86_400_000) / BAR_MS),
      fundingFolder: values.funding ?? null,
      exchangeInfo: values['exchange-info'] ?? null,
      brackets: values.brackets ?? null,
    },
    settings,
    changes,
    models: values.models ?? null,
    deposit: moneyFromUsdt(number('balance', values.balance, [10_000, 10, 10_000_000])),
    costs: {
      makerFeeBps: number('maker-bps', values['maker-bps'], [2, 0, 100]),
      takerFeeBps: number('taker-bps', values['taker-bps'], [5, 0, 100]),
      fundingRateE8: Math.round(number('funding-rate', values['funding-rate'], [0.01, -2, 2]) * 1e6),
      bookThickness: number('book', values.book, [1, 0.001, 1000]),
      delayMs: Math.round(number('delay', values.delay, [0, 0, 90]) * 1000),
    },
    resumesNextDay: values['stay-halted'] !== true,
    cuts: whole('prove', values.prove, [0, 0, 1000]),
    sweep,
    outOfSample: number('out-of-sample', values['out-of-sample'], [0.3, 0.05, 0.9]),
    walkForward: readWalk(values['walk-forward']),
    jobs: whole('jobs', values.jobs, [Math.min(64, availableParallelism()), 1, 64]),
    recording: values.recording ?? null,
    session: values.session === undefined ? null : { file: values.session, id, archive: values.candles ?? null },
    output: { json: values.json ?? null, csv: values.csv ?? null, html: values.html ?? null, events: values.events ?? null },
  };
}

function timeOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) || /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw new WrongFlag(`--${name} ${text} is not a time such as 2025-01-01 or 2025-01-01T12:00Z.`);
  if (time % BAR_MS !== 0) throw new WrongFlag(`--${name} ${text} must lie on a multiple of five minutes.`);
  return time;
}

function valueOf(text: string): number | boolean | string {
  return text === 'true' ? true : text === 'false' ? false : text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function readChanges(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new WrongFlag(`--set ${pair} is not NAME=VALUE.`);
    given[pair.slice(0, at)] = valueOf(pair.slice(at + 1));
  }
  return given;
}

function readSettings(strategy: string, changes: Readonly<Record<string, unknown>>): Settings {
  if (!STRATEGY_MODES.some((mode) => mode === strategy)) throw new WrongFlag(`--strategy is ${strategy}; it must be one of ${STRATEGY_MODES.join(', ')}.`);
  const parsed = parseSettings({ strategyMode: strategy, ...changes });
  if (!parsed.ok) throw new WrongFlag(parsed.error.map((problem) => problem.message).join('; '));
  return parsed.value;
}

function readSwept(pair: string): SweptParameter {
  const at = pair.indexOf('=');
  const values = pair
    .slice(at + 1)
    .split(',')
    .filter((text) => text !== '')
    .map(valueOf);
  if (at < 1 || values.length === 0) throw new WrongFlag(`--sweep ${pair} is not NAME=VALUE,VALUE.`);
  return { name: pair.slice(0, at), values };
}

function readWalk(text: string | undefined): BacktestOptions['walkForward'] {
  if (text === undefined) return null;
  const match = /^(\d+):(\d+)$/.exec(text);
  const trainDays = Number(match?.[1] ?? 0);
  const testDays = Number(match?.[2] ?? 0);
  if (trainDays < 1 || testDays < 1) throw new WrongFlag(`--walk-forward ${text} is not TRAIN:TEST in whole days, such as 90:30.`);
  return { trainDays, testDays };
}
