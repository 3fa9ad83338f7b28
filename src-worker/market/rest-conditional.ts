// Conditional-order endpoints: the algo service since 2025-12-09.
import { err, ok } from '../../src-shared/kernel/result.ts';
import { fault, missingParameter } from '../../src-main/core/venue/faults.ts';
import type { AlgoKey, AlgoOrder } from '../../src-main/core/venue/types.ts';
import { timeOf, type VenueContext } from './context.ts';
import { readAlgo } from './parameters.ts';
import { describeAlgo } from './payloads.ts';
import { fixed, idOf, ONE_ORDER, pageOf, perSymbol, readLimit, readWindow, withSymbol, type Answer, type Routes } from './routes.ts';

function keyOf(parameters: URLSearchParams): AlgoKey | null {
  const key = { algoId: idOf(parameters.get('algoId')), clientAlgoId: parameters.get('clientAlgoId') };
  return key.algoId === null && key.clientAlgoId === null ? null : key;
}

function describeAll(context: VenueContext, algos: readonly AlgoOrder[]): readonly unknown[] {
  return algos.flatMap((algo) => {
    const instrument = context.exchange.instrument(algo.symbol);
    return instrument === null ? [] : [describeAlgo(algo, instrument, 'list')];
  });
}

export function placeAlgoAnswer(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, instrument) => {
    const request = readAlgo(instrument, parameters, context.makeClientId);
    if (!request.ok) return request;
    const placed = context.exchange.placeAlgo(request.value, timeOf(context));
    if (!placed.ok) return placed;
    if (context.chaos.roll('vanish-conditional', placed.value.clientAlgoId) !== null) context.exchange.vanishAlgo(placed.value.algoId);
    return ok(describeAlgo(placed.value, instrument, 'placed'));
  });
}

export function cancelAlgoAnswer(context: VenueContext, parameters: URLSearchParams): Answer {
  const key = keyOf(parameters);
  if (key === null) return err(missingParameter('algoId'));
  const canceled = context.exchange.cancelAlgo(key, timeOf(context));
  return canceled.ok ? ok({ algoId: canceled.value.algoId, clientAlgoId: canceled.value.clientAlgoId, code: '200', msg: 'success' }) : canceled;
}

function query(context: VenueContext, parameters: URLSearchParams): Answer {
  const key = keyOf(parameters);
  if (key === null) return err(missingParameter('algoId'));
  const algo = context.exchange.findAlgo(key);
  const instrument = algo === null ? null : context.exchange.instrument(algo.symbol);
  return algo === null || instrument === null ? err(fault(-2013)) : ok(describeAlgo(algo, instrument, 'query'));
}

function listOpen(context: VenueContext, parameters: URLSearchParams): Answer {
  const wanted = parameters.get('symbol');
  if (wanted !== null && !context.market.symbols.has(wanted)) return err(fault(-1121));
  return ok(describeAll(context, context.exchange.openAlgos(wanted)));
}

function listAll(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    const limit = readLimit(parameters, { fallback: 500, maximum: 1000 });
    if (!limit.ok) return limit;
    const window = readWindow(parameters, context.now());
    if (!window.ok) return window;
    const found = context.exchange.allAlgos(symbol).filter((algo) => algo.time >= window.value.from && algo.time <= window.value.to);
    return ok(describeAll(context, pageOf(found, limit.value, window.value.isForward)));
  });
}

function cancelAll(context: VenueContext, parameters: URLSearchParams): Answer {
  return withSymbol(context, parameters, (_, { symbol }) => {
    for (const algo of context.exchange.openAlgos(symbol)) context.exchange.cancelAlgo({ algoId: algo.algoId, clientAlgoId: null }, timeOf(context));
    return ok({ code: 200, msg: 'The operation of cancel all open order is done.' });
  });
}

export const CONDITIONAL_ROUTES: Routes = {
  'POST /fapi/v1/algoOrder': { security: 'signed', weight: fixed(0), orders: ONE_ORDER, answer: placeAlgoAnswer },
  'GET /fapi/v1/algoOrder': { security: 'signed', weight: fixed(1), answer: query },
  'DELETE /fapi/v1/algoOrder': { security: 'signed', weight: fixed(1), answer: cancelAlgoAnswer },
  'GET /fapi/v1/openAlgoOrders': { security: 'signed', weight: perSymbol(1, 40), answer: listOpen },
  'GET /fapi/v1/allAlgoOrders': { security: 'signed', weight: fixed(5), answer: listAll },
  'DELETE /fapi/v1/algoOpenOrders': { security: 'signed', weight: fixed(1), answer: cancelAll },
};
