// Account endpoints: balances, positions, leverage, margin type and mode, fees, limits, listen key.
import { err, ok } from '../../src-shared/kernel/result.ts';
import { moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { fault, missingParameter } from '../../src-main/core/venue/faults.ts';
import {
  describeAccount,
  describeAccountConfiguration,
  describeBalance,
  describeDeleveraging,
  describePositionsOf,
  describeSymbolConfiguration,
  maximumNotional,
} from './account-payloads.ts';
import { timeOf, type VenueContext } from './context.ts';
import { describeMarginChange } from './payloads.ts';
import { fixed, idOf, perSymbol, readLimit, withSymbol, type Answer, type Routes } from './routes.ts';

const SUCCESS = { code: 200, msg: 'success' };

function flag(parameters: URLSearchParams, name: string): boolean | null {
  const text = parameters.get(name)?.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** v3 lists symbols with a position or open orders, v2 all of them. */
function account(context: VenueContext, isOld: boolean): Answer {
  const { exchange, market } = context;
  const positions = [...market.symbols.values()].flatMap(({ instrument }) =>
    describePositionsOf(exchange, instrument, { answer: isOld ? 'account-v2' : 'account-v3', withEmpty: isOld || hasOrders(context, instrument.symbol) }),
  );
  return ok(describeAccount(exchange, { time: timeOf(context), positions, isOld }));
}

function hasOrders({ exchange }: VenueContext, symbol: string): boolean {
  return exchange.openOrders(symbol).length > 0;
}

function positions(context: VenueContext, parameters: URLSearchParams, isOld: boolean): Answer {
  const { exchange, market } = context;
  const wanted = parameters.get('symbol');
  if (wanted !== null && !market.symbols.has(wanted)) return err(fault(-1121));
  const listed = [...market.symbols.values()].filter(({ instrument }) => wanted === null || instrument.symbol === wanted);
  return ok(
    listed.flatMap(({ instrument }) =>
      describePositionsOf(exchange, instrument, { answer: isOld ? 'risk-v2' : 'risk-v3', withEmpty: isOld || hasOrders(context, instrument.symbol) }),
    ),
  );
}

function setLeverage(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const text = parameters.get('leverage') ?? '';
    if (!/^-?\d+$/.test(text)) return err(missingParameter('leverage'));
    const leverage = Number(text);
    const refused = context.exchange.setLeverage(instrument.symbol, leverage, timeOf(context));
    return refused === null ? ok({ leverage, maxNotionalValue: maximumNotional(instrument, leverage), symbol: instrument.symbol }) : err(refused);
  });
}

function setMarginType(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const type = parameters.get('marginType');
    if (type !== 'ISOLATED' && type !== 'CROSSED') return err(missingParameter('marginType'));
    const refused = context.exchange.setIsolated(symbol, type === 'ISOLATED');
    return refused === null ? ok(SUCCESS) : err(refused);
  });
}

function changeMargin(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const type = Number(parameters.get('type'));
    const amount = Number(parameters.get('amount') ?? Number.NaN);
    const positionSide = parameters.get('positionSide') ?? 'BOTH';
    if (type !== 1 && type !== 2) return err(missingParameter('type'));
    if (!Number.isFinite(amount) || Math.abs(amount) > 1e7) return err(missingParameter('amount'));
    if (positionSide !== 'BOTH' && positionSide !== 'LONG' && positionSide !== 'SHORT') return err(fault(-4060));
    const change = { symbol, positionSide, direction: type === 1 ? 1 : -1, amount: moneyFromUsdt(amount) } as const;
    const refused = context.exchange.changePositionMargin(change, timeOf(context));
    return refused === null ? ok({ amount, code: 200, msg: 'Successfully modify position margin.', type }) : err(refused);
  });
}

function marginHistory(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const limit = readLimit(parameters, { fallback: 500, maximum: 1000 });
    if (!limit.ok) return limit;
    const type = idOf(parameters.get('type'));
    const found = context.exchange.marginChanges.filter((change) => change.symbol === symbol && (type === null || (change.direction === 1 ? 1 : 2) === type));
    return ok(found.slice(-limit.value).map(describeMarginChange));
  });
}

export const ACCOUNT_ROUTES: Routes = {
  'POST /fapi/v1/leverage': { security: 'signed', weight: fixed(1), answer: setLeverage },
  'POST /fapi/v1/marginType': { security: 'signed', weight: fixed(1), answer: setMarginType },
  'POST /fapi/v1/positionMargin': { security: 'signed', weight: fixed(1), answer: changeMargin },
  'GET /fapi/v1/positionMargin/history': { security: 'signed', weight: fixed(1), answer: marginHistory },
  'GET /fapi/v1/positionSide/dual': { security: 'signed', weight: fixed(30), answer: ({ exchange }) => ok({ dualSidePosition: exchange.hedgeMode }) },
  'POST /fapi/v1/positionSide/dual': {
    security: 'signed',
    weight: fixed(1),
    answer: (context, parameters) => {
      const hedge = flag(parameters, 'dualSidePosition');
      if (hedge === null) return err(missingParameter('dualSidePosition'));
      const refused = context.exchange.setHedgeMode(hedge);
      return refused === null ? ok(SUCCESS) : err(refused);
    },
  },
  'GET /fapi/v1/multiAssetsMargin': { security: 'signed', weight: fixed(30), answer: () => ok({ multiAssetsMargin: false }) },
  'POST /fapi/v1/multiAssetsMargin': {
    security: 'signed',
    weight: fixed(1),
    answer: (_, parameters) =>
      flag(parameters, 'multiAssetsMargin') === false
        ? err({ code: -4171, message: 'No need to change Joint Margin.' })
        : err({ code: -1020, message: 'This operation is not supported.' }),
  },
  'GET /fapi/v1/accountConfig': { security: 'signed', weight: fixed(5), answer: ({ exchange }) => ok(describeAccountConfiguration(exchange)) },
  'GET /fapi/v1/symbolConfig': {
    security: 'signed',
    weight: fixed(5),
    answer: ({ exchange, market }, parameters) => {
      const wanted = parameters.get('symbol');
      if (wanted !== null && !market.symbols.has(wanted)) return err(fault(-1121));
      const listed = [...market.symbols.values()].filter(({ instrument }) => wanted === null || instrument.symbol === wanted);
      return ok(listed.map(({ instrument }) => describeSymbolConfiguration(exchange, instrument)));
    },
  },
  'GET /fapi/v1/adlQuantile': {
    security: 'signed',
    weight: fixed(5),
    answer: ({ exchange }, parameters) => {
      const wanted = parameters.get('symbol');
      const held = [...new Set(exchange.holdings().map((holding) => holding.symbol))];
      if (wanted !== null) return ok(describeDeleveraging(exchange, wanted));
      return ok(held.map((symbol) => describeDeleveraging(exchange, symbol)));
    },
  },
  'GET /fapi/v3/account': { security: 'signed', weight: fixed(5), answer: (context) => account(context, false) },
  'GET /fapi/v2/account': { security: 'signed', weight: fixed(5), answer: (context) => account(context, true) },
  'GET /fapi/v3/balance': { security: 'signed', weight: fixed(5), answer: (context) => ok([describeBalance(context.exchange, timeOf(context))]) },
  'GET /fapi/v2/balance': { security: 'signed', weight: fixed(5), answer: (context) => ok([describeBalance(context.exchange, timeOf(context))]) },
  'GET /fapi/v3/positionRisk': { security: 'signed', weight: fixed(5), answer: (context, parameters) => positions(context, parameters, false) },
  'GET /fapi/v2/positionRisk': { security: 'signed', weight: fixed(5), answer: (context, parameters) => positions(context, parameters, true) },
  'GET /fapi/v1/commissionRate': {
    security: 'signed',
    weight: fixed(20),
    answer: (context, parameters) =>
      withSymbol(context, parameters, (_, { symbol }) =>
        ok({
          symbol,
          makerCommissionRate: (context.exchange.rules.makerFeeBps / 10_000).toFixed(6),
          takerCommissionRate: (context.exchange.rules.takerFeeBps / 10_000).toFixed(6),
        }),
      ),
  },
  'GET /fapi/v1/feeBurn': { security: 'signed', weight: fixed(30), answer: ({ exchange }) => ok({ feeBurn: exchange.feeBurn }) },
  'POST /fapi/v1/feeBurn': {
    security: 'signed',
    weight: fixed(1),
    answer: ({ exchange }, parameters) => {
      const on = flag(parameters, 'feeBurn');
      if (on === null) return err(missingParameter('feeBurn'));
      exchange.setFeeBurn(on);
      return ok(SUCCESS);
    },
  },
  'GET /fapi/v1/rateLimit/order': { security: 'signed', weight: fixed(1), answer: ({ limits }) => ok(limits.describeOrderLimits()) },
  'GET /fapi/v1/apiTradingStatus': {
    security: 'signed',
    weight: perSymbol(1, 10),
    answer: (context) => ok({ indicators: {}, updateTime: timeOf(context) }),
  },
  'POST /fapi/v1/stock/contract': { security: 'signed', weight: fixed(50), answer: () => ok(SUCCESS) },
  'POST /fapi/v1/listenKey': { security: 'key', weight: fixed(1), answer: ({ listenKeys, wallNow }) => ok({ listenKey: listenKeys.obtain(wallNow()) }) },
  'PUT /fapi/v1/listenKey': {
    security: 'key',
    weight: fixed(1),
    answer: ({ listenKeys, wallNow }) => (listenKeys.extend(wallNow()) ? ok({ listenKey: listenKeys.obtain(wallNow()) }) : err(fault(-1125))),
  },
  'DELETE /fapi/v1/listenKey': {
    security: 'key',
    weight: fixed(1),
    answer: ({ listenKeys }) => {
      listenKeys.drop();
      return ok({});
    },
  },
};
