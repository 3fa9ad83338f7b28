// The statistics under `/futures/data`: open interest, who is long and who short, taker volume and basis, one row for each period that ended.
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import type { VenueContext } from './context.ts';
import { bucketOpen, nextOpen } from './intervals.ts';
import { openInterestAt } from './market-answers.ts';
import { fixed, readLimit, readTime, withSymbol, type Answer, type Route, type Routes } from './routes.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { priceText, usdtText } from './text.ts';

const PERIODS: readonly string[] = ['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'];
const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;

interface Span {
  readonly period: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly newest: boolean;
}

/** Of the last thirty days; −1130 otherwise. */
function readSpan(parameters: URLSearchParams, now: number): Result<Span, VenueFault> {
  const period = parameters.get('period') ?? '';
  if (!PERIODS.includes(period)) return err({ code: -1130, message: "Data sent for parameter 'period' is not valid." });
  const limit = readLimit(parameters, { fallback: 30, maximum: 500 });
  if (!limit.ok) return limit;
  const start = readTime(parameters, 'startTime');
  if (!start.ok) return start;
  const end = readTime(parameters, 'endTime');
  if (!end.ok) return end;
  if (start.value !== null && start.value < now - MONTH_MS) return err({ code: -1130, message: "parameter 'startTime' is invalid." });
  return ok({ period, from: start.value ?? now - MONTH_MS, to: Math.min(end.value ?? now, now), limit: limit.value, newest: start.value === null });
}

/** A period that ended, and when. */
interface Ended {
  readonly candle: Candle;
  readonly time: number;
}

function endedPeriods(symbolMarket: SymbolMarket, span: Span, now: number): readonly Ended[] {
  const step = nextOpen(span.period, 0);
  const last = bucketOpen(span.period, span.to) - step;
  const request = { interval: span.period, from: span.from - step, to: last + step - 1, limit: span.limit, newest: span.newest };
  return symbolMarket.candles(request, now).map((candle) => ({ candle, time: candle.openTime + step }));
}

function data(named: 'symbol' | 'pair', describe: (symbolMarket: SymbolMarket, ended: Ended, span: Span) => unknown): Route {
  const answer = (context: VenueContext, parameters: URLSearchParams): Answer => {
    const span = readSpan(parameters, context.now());
    if (!span.ok) return span;
    const symbol = new URLSearchParams({ symbol: parameters.get(named) ?? '' });
    return withSymbol(context, symbol, (symbolMarket) =>
      ok(endedPeriods(symbolMarket, span.value, context.now()).flatMap((ended) => describe(symbolMarket, ended, span.value) ?? [])),
    );
  };
  return { security: 'none', weight: fixed(0), pool: 'data', answer };
}

/** The change of price over the day before `time`, as a fraction; 0 before the first day is over. */
function dayMove({ series }: SymbolMarket, { candle, time }: Ended): number {
  const index = series.lowerBound(time - DAY_MS) - 1;
  return index < 0 ? 0 : candle.close / series.at(index).close - 1;
}

/** How many of them are long when price stands still, and what a move of the whole price would change about it. */
interface Lean {
  readonly usual: number;
  readonly perMove: number;
}

/** Modelled: most accounts buy what fell and sell what rose, the largest positions go with the move. */
const ACCOUNTS: Lean = { usual: 0.58, perMove: -1.2 };
const TOP_ACCOUNTS: Lean = { usual: 0.54, perMove: -0.6 };
const TOP_POSITIONS: Lean = { usual: 0.51, perMove: 0.8 };

function ratioRoute(lean: Lean): Route {
  return data('symbol', (symbolMarket, ended) => {
    const long = Math.max(0.1, Math.min(0.9, lean.usual + lean.perMove * dayMove(symbolMarket, ended)));
    return {
      symbol: symbolMarket.instrument.symbol,
      longAccount: long.toFixed(4),
      longShortRatio: (long / (1 - long)).toFixed(4),
      shortAccount: (1 - long).toFixed(4),
      timestamp: ended.time,
    };
  });
}

/** The contract's price beside its index; null where the index is no longer known. */
function basisRow(symbolMarket: SymbolMarket, { candle, time }: Ended, { period }: Span): unknown {
  const request = { interval: period, from: candle.openTime, to: candle.openTime, limit: 1, newest: false };
  const index = symbolMarket.referenceCandles('index', request, time)[0];
  if (index === undefined) return null;
  const basis = candle.close - index.close;
  return {
    pair: symbolMarket.instrument.symbol,
    contractType: 'PERPETUAL',
    futuresPrice: priceText(symbolMarket.instrument, candle.close),
    indexPrice: usdtText(index.close),
    basis: usdtText(basis),
    basisRate: (basis / index.close).toFixed(4),
    annualizedBasisRate: '',
    timestamp: time,
  };
}

const BASIS_ROUTE = data('pair', basisRow);

export const DATA_ROUTES: Routes = {
  'GET /futures/data/openInterestHist': data('symbol', (symbolMarket, { candle, time }) => {
    const open = openInterestAt(symbolMarket, time);
    return {
      symbol: symbolMarket.instrument.symbol,
      sumOpenInterest: usdtText(open),
      sumOpenInterestValue: usdtText(open * candle.close),
      timestamp: time,
    };
  }),
  'GET /futures/data/globalLongShortAccountRatio': ratioRoute(ACCOUNTS),
  'GET /futures/data/topLongShortAccountRatio': ratioRoute(TOP_ACCOUNTS),
  'GET /futures/data/topLongShortPositionRatio': ratioRoute(TOP_POSITIONS),
  'GET /futures/data/takerlongshortRatio': data('symbol', ({ instrument }, { candle, time }) => {
    const bought = candle.takerBuyVolume;
    const sold = candle.volume - bought;
    return {
      buySellRatio: (sold === 0 ? 0 : bought / sold).toFixed(4),
      sellVol: sold.toFixed(instrument.quantityScale),
      buyVol: bought.toFixed(instrument.quantityScale),
      timestamp: time,
    };
  }),
  'GET /futures/data/basis': {
    ...BASIS_ROUTE,
    answer: (context, parameters) => {
      const type = parameters.get('contractType') ?? '';
      if (type !== 'PERPETUAL' && !/^(?:CURRENT|NEXT)_QUARTER$/.test(type))
        return err({ code: -1130, message: "Data sent for parameter 'contractType' is not valid." });
      return type === 'PERPETUAL' ? BASIS_ROUTE.answer(context, parameters) : ok([]);
    },
  },
  // Nothing is ever delivered here: all contracts are perpetual.
  'GET /futures/data/delivery-price': { security: 'none', weight: fixed(0), pool: 'data', answer: () => ok([]) },
};
