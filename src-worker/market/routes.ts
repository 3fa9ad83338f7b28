// What an endpoint is: its security, its price in weight and orders, and a function from parameters to an answer.
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { fault, missingParameter } from '../../src-main/core/venue/faults.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import type { VenueContext } from './context.ts';
import type { SymbolMarket } from './symbol-market.ts';

export type Security = 'none' | 'key' | 'signed';
export type Answer = Result<unknown, VenueFault>;

/** Orders counted in the windows of ten seconds and of a minute. */
export interface OrderCost {
  readonly tenSeconds: number;
  readonly minute: number;
}

export interface Route {
  readonly security: Security;
  readonly weight: (parameters: URLSearchParams) => number;
  readonly orders?: OrderCost;
  /** Counted apart from the weight, in windows of five minutes. */
  readonly pool?: CallPool;
  readonly answer: (context: VenueContext, parameters: URLSearchParams) => Answer;
}

/** Calls that are counted apart: those for funding, and those for the statistics under `/futures/data`. */
export type CallPool = 'funding' | 'data';

export type Routes = Readonly<Record<string, Route>>;

export const ONE_ORDER: OrderCost = { tenSeconds: 1, minute: 1 };
export const BATCH_ORDERS: OrderCost = { tenSeconds: 5, minute: 1 };

export const fixed = (weight: number) => (): number => weight;
export const perSymbol =
  (one: number, all: number) =>
  (parameters: URLSearchParams): number =>
    parameters.get('symbol') === null ? all : one;

export function withSymbol(context: VenueContext, parameters: URLSearchParams, answer: (symbolMarket: SymbolMarket, instrument: Instrument) => Answer): Answer {
  const symbol = parameters.get('symbol');
  if (symbol === null || symbol === '') return err(missingParameter('symbol'));
  const symbolMarket = context.market.symbols.get(symbol);
  return symbolMarket === undefined ? err(fault(-1121)) : answer(symbolMarket, symbolMarket.instrument);
}

/** One object with `symbol`, else a list of all. */
export function oneOrAll(context: VenueContext, parameters: URLSearchParams, describe: (symbolMarket: SymbolMarket) => unknown): Answer {
  if (parameters.get('symbol') !== null) return withSymbol(context, parameters, (symbolMarket) => ok(describe(symbolMarket)));
  return ok([...context.market.symbols.values()].map(describe));
}

export function idOf(text: string | null): number | null {
  return text === null || text === '' ? null : Number(text);
}

/** `limit` as a whole number in range; −1130 otherwise. */
export function readLimit(parameters: URLSearchParams, range: { readonly fallback: number; readonly maximum: number }): Result<number, VenueFault> {
  const text = parameters.get('limit');
  const limit = Number(text ?? range.fallback);
  return Number.isInteger(limit) && limit >= 1 && limit <= range.maximum
    ? ok(limit)
    : err({ code: -1130, message: "Data sent for parameter 'limit' is not valid." });
}

/** A time in milliseconds, or null when it was not sent; −1130 otherwise. */
export function readTime(parameters: URLSearchParams, name: string): Result<number | null, VenueFault> {
  const text = parameters.get(name);
  if (text === null || text === '') return ok(null);
  return /^\d{1,16}$/.test(text) ? ok(Number(text)) : err({ code: -1130, message: `Data sent for parameter '${name}' is not valid.` });
}

const SEVEN_DAYS = 7 * 86_400_000;

export interface TimeRange {
  readonly from: number;
  readonly to: number;
  /** True when the caller named a start, so that pages go forward from it. */
  readonly isForward: boolean;
}

/**
 * `startTime` and `endTime` of account histories: the last seven days when neither is given. A `longest` window bounds both (−1127) and ends a
 * page that has only a start; without one a start reaches to now.
 */
export function readWindow(parameters: URLSearchParams, now: number, longest: number | null = SEVEN_DAYS): Result<TimeRange, VenueFault> {
  const start = readTime(parameters, 'startTime');
  if (!start.ok) return start;
  const end = readTime(parameters, 'endTime');
  if (!end.ok) return end;
  return windowOf({ start: start.value, end: end.value, now, longest });
}

interface WindowInput {
  readonly start: number | null;
  readonly end: number | null;
  readonly now: number;
  readonly longest: number | null;
}

function windowOf({ start, end, now, longest }: WindowInput): Result<TimeRange, VenueFault> {
  if (start !== null && end !== null && end < start) return err({ code: -1023, message: 'Start time is greater than end time.' });
  if (start !== null && end !== null && longest !== null && end - start > longest) return err(fault(-1127));
  const to = end ?? (start === null || longest === null ? now : start + longest);
  return ok({ from: start ?? to - SEVEN_DAYS, to, isForward: start !== null });
}

/** The page of rows the exchange gives: from the start forward when a start was named, else the newest. */
export function pageOf<Row>(rows: readonly Row[], limit: number, isForward: boolean): readonly Row[] {
  return isForward ? rows.slice(0, limit) : rows.slice(-limit);
}
