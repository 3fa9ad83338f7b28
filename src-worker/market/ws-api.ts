// Orders over WebSocket: `{id, method, params}` in, `{id, status, result | error, rateLimits}` out. Source: websocket-api pages.
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { err } from '../../src-shared/kernel/result.ts';
import { missingParameter } from '../../src-main/core/venue/faults.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { checkKey, checkTimestamp, UsageLimits, type Credentials } from './access.ts';
import type { VenueContext } from './context.ts';
import { findRoute } from './rest.ts';
import { cancelAlgoAnswer, placeAlgoAnswer } from './rest-conditional.ts';
import { amendOrderAnswer, cancelOrderAnswer, placeOrderAnswer, queryOrderAnswer } from './rest-orders.ts';
import { ONE_ORDER, type Answer, type OrderCost } from './routes.ts';

const requestSchema = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

interface Method {
  readonly weight: number;
  readonly orders: OrderCost | null;
  readonly isSigned: boolean;
  readonly answer: (context: VenueContext, parameters: URLSearchParams) => Answer;
}

const viaRest =
  (name: string) =>
  (context: VenueContext, parameters: URLSearchParams): Answer =>
    findRoute('GET', name)?.answer(context, parameters) ?? err({ code: -1099, message: 'Not found, unauthenticated, or unauthorized.' });
const order = (answer: Method['answer'], orders: OrderCost | null, weight: number): Method => ({ weight, orders, isSigned: true, answer });
const read = (path: string, weight: number, isSigned: boolean): Method => ({ weight, orders: null, isSigned, answer: viaRest(path) });

const METHODS: Readonly<Record<string, Method>> = {
  'order.place': order(placeOrderAnswer, ONE_ORDER, 0),
  'order.modify': order(amendOrderAnswer, ONE_ORDER, 1),
  'order.cancel': order(cancelOrderAnswer, null, 1),
  'order.status': order(queryOrderAnswer, null, 1),
  'algoOrder.place': order(placeAlgoAnswer, ONE_ORDER, 0),
  'algoOrder.cancel': order(cancelAlgoAnswer, null, 1),
  'account.position': read('/fapi/v2/positionRisk', 5, true),
  'v2/account.position': read('/fapi/v3/positionRisk', 5, true),
  'account.balance': read('/fapi/v2/balance', 5, true),
  'v2/account.balance': read('/fapi/v3/balance', 5, true),
  'account.status': read('/fapi/v2/account', 5, true),
  'v2/account.status': read('/fapi/v3/account', 5, true),
  depth: read('/fapi/v1/depth', 5, false),
  'ticker.price': read('/fapi/v2/ticker/price', 1, false),
  'ticker.book': read('/fapi/v1/ticker/bookTicker', 2, false),
  ping: read('/fapi/v1/ping', 1, false),
  time: read('/fapi/v1/time', 1, false),
};

export interface WsApiOptions {
  readonly credentials: Credentials;
  /** After a call that may have changed the account. */
  readonly afterCall: () => void;
}

/** Serves one connection. Logon is for Ed25519 keys only; with an HMAC key every request is signed. */
export function serveWsApi(socket: WebSocket, context: VenueContext, options: WsApiOptions): void {
  const weights = new UsageLimits();
  weights.count(5, null, context.wallNow());
  let isLoggedOn = false;
  const reply = (id: unknown, status: number, body: Readonly<Record<string, unknown>>, withOrders: boolean): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify({ id: id ?? null, status, ...body, rateLimits: (withOrders ? context.limits : weights).describeUsage(withOrders) }));
  };
  const refuse = (id: unknown, fault: VenueFault, status = 400): void => {
    context.refusals.count(String(fault.code));
    reply(id, status, { error: { code: fault.code, msg: fault.message } }, false);
  };
  socket.on('message', (data) => {
    let raw: unknown = null;
    try {
      raw = JSON.parse(String(data));
    } catch {
      return refuse(null, { code: -1100, message: 'Illegal characters found in a parameter.' });
    }
    const parsed = requestSchema.safeParse(raw);
    if (!parsed.success) return refuse(null, missingParameter('method'));
    const { id, method: name, params = {} } = parsed.data;
    if (name === 'session.logon') {
      const fault = checkLogon(params, context, options.credentials);
      if (fault !== null) return refuse(id, fault, 401);
      isLoggedOn = true;
      return reply(id, 200, { result: { apiKey: options.credentials.key, authorizedSince: context.wallNow(), connectedSince: context.wallNow() } }, false);
    }
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (method === undefined) return refuse(id, { code: -1000, message: `Unknown method ${name}.` });
    const weightVerdict = weights.count(method.weight, null, context.wallNow());
    const orderVerdict = method.orders === null ? weightVerdict : context.limits.count(0, method.orders, context.wallNow());
    const limited = weightVerdict.fault ?? orderVerdict.fault;
    if (limited !== null) return refuse(id, limited, weightVerdict.fault === null ? orderVerdict.status : weightVerdict.status);
    const accessFault = method.isSigned && !isLoggedOn ? checkSigned(params, context, options.credentials) : null;
    if (accessFault !== null) return refuse(id, accessFault, accessFault.code === -2015 ? 401 : 400);
    const fields = Object.entries(params).flatMap(([key, value]): [string, string][] => (value === null ? [] : [[key, String(value)]]));
    const answer = method.answer(context, new URLSearchParams(fields));
    if (answer.ok) reply(id, 200, { result: answer.value }, method.orders !== null);
    else refuse(id, answer.error);
    options.afterCall();
  });
}

type Parameters = Readonly<Record<string, string | number | boolean | null>>;

/** Parameters sorted by name, joined as a query, without the signature. */
function payloadOf(params: Parameters): string {
  return Object.keys(params)
    .filter((name) => name !== 'signature')
    .toSorted()
    .map((name) => `${name}=${String(params[name])}`)
    .join('&');
}

function checkTime(params: Parameters, context: VenueContext): VenueFault | null {
  const clock = {
    serverTime: context.now(),
    wallTime: context.wallNow(),
    speed: context.clock.speed,
    skewMs: context.chaos.active('clock-skew')?.milliseconds ?? 0,
  };
  return checkTimestamp(clock, Number(params['timestamp'] ?? Number.NaN), Number(params['recvWindow'] ?? 5000));
}

function checkSigned(params: Parameters, context: VenueContext, credentials: Credentials): VenueFault | null {
  const keyFault = checkKey(typeof params['apiKey'] === 'string' ? params['apiKey'] : null, credentials);
  if (keyFault !== null) return keyFault;
  if (typeof params['signature'] !== 'string') return missingParameter('signature');
  const expected = createHmac('sha256', credentials.secret).update(payloadOf(params)).digest();
  const given = Buffer.from(params['signature'], 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { code: -1022, message: 'Signature for this request is not valid.' };
  return checkTime(params, context);
}

function checkLogon(params: Parameters, context: VenueContext, credentials: Credentials): VenueFault | null {
  const keyFault = checkKey(typeof params['apiKey'] === 'string' ? params['apiKey'] : null, credentials);
  if (keyFault !== null) return keyFault;
  if (credentials.ed25519PublicKey === undefined) return { code: -4056, message: 'HMAC_SHA256 API key is not supported.' };
  const signature = Buffer.from(String(params['signature'] ?? ''), 'base64');
  const isGenuine = verify(null, Buffer.from(payloadOf(params)), createPublicKey(credentials.ed25519PublicKey), signature);
  return isGenuine ? checkTime(params, context) : { code: -1022, message: 'Signature for this request is not valid.' };
}
