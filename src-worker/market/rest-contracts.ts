// What the exchange tells about a contract besides its prices: how near it is to auto-deleveraging, and what its index is made of.
import { err, ok } from '../../src-shared/kernel/result.ts';
import { fault } from '../../src-main/core/venue/faults.ts';
import { fixed, oneOrAll, withSymbol, type Routes } from './routes.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { usdtText } from './text.ts';

const HOUR_MS = 3_600_000;
/** The exchange rates its contracts this often. */
const RATED_EVERY_MS = HOUR_MS / 2;
const HIGH_RANGE = 0.06;
const MEDIUM_RANGE = 0.03;

/** By the range of the hour before the rating: where price ran far, positions are liquidated and the insurance fund is drawn on. */
function deleveragingRisk(symbolMarket: SymbolMarket, now: number): Readonly<Record<string, unknown>> {
  const updateTime = Math.floor(now / RATED_EVERY_MS) * RATED_EVERY_MS;
  const { series } = symbolMarket;
  let high = 0;
  let low = Infinity;
  for (let index = series.lowerBound(updateTime - HOUR_MS); index < series.lowerBound(updateTime); index += 1) {
    const candle = series.at(index);
    high = Math.max(high, candle.high);
    low = Math.min(low, candle.low);
  }
  const range = high === 0 ? 0 : high / low - 1;
  return { symbol: symbolMarket.instrument.symbol, adlRisk: range > HIGH_RANGE ? 'high' : range > MEDIUM_RANGE ? 'medium' : 'low', updateTime };
}

export const CONTRACT_ROUTES: Routes = {
  'GET /fapi/v1/symbolAdlRisk': {
    security: 'none',
    weight: fixed(1),
    answer: (context, parameters) => oneOrAll(context, parameters, (symbolMarket) => deleveragingRisk(symbolMarket, context.now())),
  },
  // The venue's index is its own: one constituent.
  'GET /fapi/v1/constituents': {
    security: 'none',
    weight: fixed(2),
    answer: (context, parameters) =>
      withSymbol(context, parameters, ({ index }, { symbol }) =>
        ok({ symbol, time: Math.floor(context.now()), constituents: [{ exchange: 'venue', symbol, price: usdtText(index), weight: '1.00000000' }] }),
      ),
  },
  // Only stocks have trading hours, and none is listed here.
  'GET /fapi/v1/tradingSchedule': {
    security: 'none',
    weight: fixed(5),
    answer: (context) => ok({ updateTime: Math.floor(context.now()), marketSchedules: {} }),
  },
  // No contract here is on a composite index.
  'GET /fapi/v1/indexInfo': {
    security: 'none',
    weight: fixed(1),
    answer: ({ market }, parameters) => {
      const wanted = parameters.get('symbol');
      return wanted !== null && !market.symbols.has(wanted) ? err(fault(-1121)) : ok([]);
    },
  },
};
