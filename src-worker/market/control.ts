// The venue's own panel, outside the exchange's protocol: clock, account at a glance, and rehearsed faults.
import { z } from 'zod';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { checkKey } from './access.ts';
import { EMPTY_PLAN, parsePlan } from './chaos-plan.ts';
import type { ChaosRunner } from './chaos-runner.ts';
import { FOLLOWED_IDENTITY, followedPriceSchema, instrumentSchema } from './followed.ts';
import { withBrackets } from './instruments.ts';
import { readBody, type HttpCall } from './http.ts';
import { moneyText } from './text.ts';

export interface ControlOptions {
  readonly seed: number;
  readonly identity: string;
  readonly runner: ChaosRunner;
  readonly framesSent: () => number;
  readonly connections: () => number;
}

const clockSchema = z.strictObject({
  speed: z.number().min(0.1).max(1000).optional(),
  paused: z.boolean().optional(),
  stepMs: z.number().min(0).max(86_400_000).optional(),
});

const addSchema = z.strictObject({ rule: z.unknown(), seconds: z.number().positive().nullable() });

/** `/venue/…`; everything but reading the clock and the load needs the API key. */
export async function answerControl(call: HttpCall, options: ControlOptions): Promise<void> {
  const { request, response, context, credentials } = call;
  const reply = (status: number, value: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8' });
    response.end(JSON.stringify(value));
  };
  const path = (request.url ?? '').split('?')[0];
  const method = request.method ?? 'GET';
  const describeClock = (): unknown => ({
    serverTime: Math.floor(context.now()),
    wallTime: context.wallNow(),
    speed: context.clock.speed,
    paused: context.clock.isPaused,
    seed: options.seed,
    source: options.identity,
  });
  if (path === '/venue/clock' && method === 'GET') return reply(200, describeClock());
  if (path === '/venue/load' && method === 'GET')
    return reply(200, {
      memoryBytes: process.memoryUsage().rss,
      priceSteps: context.market.priceSteps,
      framesSent: options.framesSent(),
      connections: options.connections(),
      refusals: context.refusals.describe(),
    });
  const key = request.headers['x-mbx-apikey'];
  const keyFault = checkKey(typeof key === 'string' ? key : null, credentials);
  if (keyFault !== null) return reply(401, { code: keyFault.code, msg: keyFault.message });
  const body = method === 'GET' ? null : parseJson(await readBody(request));
  switch (`${method} ${path}`) {
    case 'GET /venue/account':
      return reply(200, describeAccount(context.exchange, context.limits));
    case 'POST /venue/clock': {
      const wanted = clockSchema.safeParse(body);
      if (!wanted.success) return reply(400, { msg: 'Send {speed: 0.1 to 1000}, {paused: true or false} or {stepMs: milliseconds}.' });
      const { speed, paused, stepMs } = wanted.data;
      if (speed !== undefined) context.clock.setSpeed(speed);
      if (paused !== undefined) context.clock.setPaused(paused);
      if (stepMs !== undefined) context.clock.step(stepMs);
      return reply(200, describeClock());
    }
    case 'PUT /venue/instruments': {
      const instruments = z.array(instrumentSchema).safeParse(body);
      if (!instruments.success || options.identity !== FOLLOWED_IDENTITY)
        return reply(400, { msg: 'Send contracts to a venue that was started with --follow.' });
      for (const instrument of instruments.data) context.market.list(withBrackets(instrument));
      return reply(200, { listed: instruments.data.length });
    }
    case 'POST /venue/prices': {
      const prices = z.array(followedPriceSchema).safeParse(body);
      if (!prices.success || options.identity !== FOLLOWED_IDENTITY) return reply(400, { msg: 'Send prices to a venue that was started with --follow.' });
      const followed = prices.data.filter((price) => context.market.follow(price)).length;
      call.afterCall();
      return reply(200, { followed });
    }
    case 'GET /venue/chaos':
      return reply(200, { plan: context.chaos.plan, counts: context.chaos.counts(), log: context.chaos.log });
    case 'PUT /venue/chaos': {
      const plan = parsePlan(body);
      if (!plan.ok) return reply(400, { msg: plan.error });
      context.chaos.replace(plan.value);
      return reply(200, { rules: plan.value.rules.length });
    }
    case 'DELETE /venue/chaos':
      context.chaos.replace(EMPTY_PLAN);
      return reply(200, { rules: 0 });
    case 'POST /venue/chaos/rules': {
      const wanted = addSchema.safeParse(body);
      const plan = wanted.success ? parsePlan({ rules: [wanted.data.rule] }) : null;
      const [rule] = plan?.ok === true ? plan.value.rules : [];
      if (!wanted.success || rule === undefined)
        return reply(400, { msg: plan?.ok === false ? plan.error : 'Send {rule: one rule, seconds: how long it lasts, or null}.' });
      return reply(200, { id: context.chaos.add(rule, wanted.data.seconds) });
    }
    case 'DELETE /venue/chaos/rules': {
      const id = Number(new URL(request.url ?? '/', 'http://venue').searchParams.get('id'));
      return context.chaos.remove(id) ? reply(200, { removed: id }) : reply(404, { msg: 'There is no such rule.' });
    }
    case 'POST /venue/chaos/now': {
      const plan = parsePlan({ rules: [body] });
      const [rule] = plan.ok ? plan.value.rules : [];
      if (rule === undefined) return reply(400, { msg: plan.ok ? 'Send one rule.' : plan.error });
      const done = options.runner.strike(rule, context.now());
      call.afterCall();
      return done ? reply(200, { done: rule.kind }) : reply(400, { msg: `${rule.kind} strikes requests or frames; put it into a plan.` });
    }
    default:
      return reply(404, { msg: `${path ?? ''} is not a control of this venue.` });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function describeAccount(exchange: Exchange, limits: { readonly refused: number; readonly peakWeight: number }): unknown {
  const state = exchange.state();
  return {
    wallet: moneyText(exchange.wallet),
    refusedForWeight: limits.refused,
    peakWeight: limits.peakWeight,
    positions: exchange.holdings().map((holding) => ({ symbol: holding.symbol, positionSide: holding.positionSide, lots: holding.lots })),
    orders: state.orders.map((order) => ({
      symbol: order.symbol,
      clientOrderId: order.clientOrderId,
      orderId: order.orderId,
      status: order.status,
      lots: order.lots,
      filled: order.filled,
      price: order.price,
    })),
    algos: state.algos.map((algo) => ({
      symbol: algo.symbol,
      clientAlgoId: algo.clientAlgoId,
      type: algo.type,
      status: algo.status,
      lots: algo.lots,
      closePosition: algo.closePosition,
    })),
    trades: state.trades.map((trade) => ({
      symbol: trade.symbol,
      tradeId: trade.tradeId,
      clientOrderId: trade.clientOrderId,
      lots: trade.lots,
      side: trade.side,
    })),
  };
}
