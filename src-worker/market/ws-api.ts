// Orders over WebSocket: `{id, method, params}` in, `{id, status, result | error, rateLimits}` out. Source: websocket-api pages.
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { err } from '../../src-shared/kernel/result.ts';
import { missingParameter } from '../../src-main/core/venue/faults.ts';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { checkKey, checkTimestamp, isSignedBy, WRONG_SIGNATURE, type Credentials } from './access.ts';
import { timeOf, type VenueContext } from './context.ts';
import { findRoute } from './rest.ts';
import { cancelAlgoAnswer, placeAlgoAnswer } from './rest-conditional.ts';
import { amendOrderAnswer, cancelOrderAnswer, placeOrderAnswer, queryOrderAnswer } from './rest-orders.ts';
import { ONE_ORDER, type Answer, type OrderCost, type Security } from './routes.ts';

const requestSchema = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

interface Method {
  readonly weight: number;
  readonly orders: OrderCost | null;
  readonly security: Security;
  readonly answer: (context: VenueContext, parameters: URLSearchParams) => Answer;
}

const viaRest =
  (verb: string, name: string) =>
  (context: VenueContext, parameters: URLSearchParams): Answer =>
    findRoute(verb, name)?.answer(context, parameters) ?? err({ code: -1099, message: 'Not found, unauthenticated, or unauthorized.' });
const order = (answer: Method['answer'], orders: OrderCost | null, weight: number): Method => ({ weight, orders, security: 'signed', answer });
const read = (path: string, weight: number, security: Security): Method => ({ weight, orders: null, security, answer: viaRest('GET', path) });
const stream = (verb: string, weight: number): Method => ({ weight, orders: null, security: 'key', answer: viaRest(verb, '/fapi/v1/listenKey') });

const METHODS: Readonly<Record<string, Method>> = {
  'order.place': order(placeOrderAnswer, ONE_ORDER, 0),
  'order.modify': order(amendOrderAnswer, ONE_ORDER, 0),
  'order.cancel': order(cancelOrderAnswer, null, 1),
  'order.status': order(queryOrderAnswer, null, 1),
  'algoOrder.place': order(placeAlgoAnswer, ONE_ORDER, 0),
  'algoOrder.cancel': order(cancelAlgoAnswer, null, 1),
  'account.position': read('/fapi/v2/positionRisk', 5, 'signed'),
  'v2/account.position': read('/fapi/v3/positionRisk', 5, 'signed'),
  'account.balance': read('/fapi/v2/balance', 5, 'signed'),
  'v2/account.balance': read('/fapi/v3/balance', 5, 'signed'),
  'account.status': read('/fapi/v2/account', 5, 'signed'),
  'v2/account.status': read('/fapi/v3/account', 5, 'signed'),
  depth: read('/fapi/v1/depth', 5, 'none'),
  'ticker.price': read('/fapi/v2/ticker/price', 1, 'none'),
  'ticker.book': read('/fapi/v1/ticker/bookTicker', 2, 'none'),
  ping: read('/fapi/v1/ping', 1, 'none'),
  time: read('/fapi/v1/time', 1, 'none'),
  'userDataStream.start': stream('POST', 5),
  'userDataStream.ping': stream('PUT', 1),
  'userDataStream.stop': stream('DELETE', 1),
};

/** What concerns the connection itself: who it belongs to since when. */
const SESSION: ReadonlySet<string> = new Set(['session.logon', 'session.status', 'session.logout']);
const SESSION_WEIGHT = 2;

export interface WsApiOptions {
  readonly credentials: Credentials;
  /** After a call that may have changed the account. */
  readonly afterCall: () => void;
}

/** Serves one connection. Logon is for Ed25519 keys only; with an HMAC key every request is signed. */
export function serveWsApi(socket: WebSocket, context: VenueContext, options: WsApiOptions): void {
  const weights = context.socketLimits;
  weights.count(5, null, context.wallNow());
  const connectedSince = context.wallNow();
  let authorizedSince: number | null = null;
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
      authorizedSince = context.wallNow();
    } else if (name === 'session.logout') authorizedSince = null;
    if (SESSION.has(name)) {
      weights.count(SESSION_WEIGHT, null, context.wallNow());
      const apiKey = authorizedSince === null ? null : options.credentials.key;
      return reply(id, 200, { result: { apiKey, authorizedSince, connectedSince, returnRateLimits: true, serverTime: timeOf(context) } }, false);
    }
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (method === undefined) return refuse(id, { code: -1000, message: `Unknown method ${name}.` });
    const weightVerdict = weights.count(method.weight, null, context.wallNow());
    const orderVerdict = method.orders === null ? weightVerdict : context.limits.count(0, method.orders, context.wallNow());
    const limited = weightVerdict.fault ?? orderVerdict.fault;
    if (limited !== null) return refuse(id, limited, weightVerdict.fault === null ? orderVerdict.status : weightVerdict.status);
    const accessFault = authorizedSince !== null ? null : checkAccess(method.security, { params, context, credentials: options.credentials });
    if (accessFault !== null) return refuse(id, accessFault, accessFault.code === -2015 || accessFault.code === -2014 ? 401 : 400);
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

function checkAccess(
  security: Security,
  call: { readonly params: Parameters; readonly context: VenueContext; readonly credentials: Credentials },
): VenueFault | null {
  if (security === 'none') return null;
  return security === 'key' ? checkKey(keyIn(call.params), call.credentials) : checkSigned(call.params, call.context, call.credentials);
}

function keyIn(params: Parameters): string | null {
  return typeof params['apiKey'] === 'string' ? params['apiKey'] : null;
}

function checkSigned(params: Parameters, context: VenueContext, credentials: Credentials): VenueFault | null {
  const keyFault = checkKey(keyIn(params), credentials);
  if (keyFault !== null) return keyFault;
  if (typeof params['signature'] !== 'string') return missingParameter('signature');
  return isSignedBy(credentials, payloadOf(params), params['signature']) ? checkTime(params, context) : WRONG_SIGNATURE;
}

function checkLogon(params: Parameters, context: VenueContext, credentials: Credentials): VenueFault | null {
  const keyFault = checkKey(keyIn(params), credentials);
  if (keyFault !== null) return keyFault;
  const signature = String(params['signature'] ?? '');
  const isHmac = credentials.ed25519PublicKey === undefined || /^[0-9a-fA-F]{64}$/.test(signature);
  if (isHmac) return { code: -4056, message: 'HMAC_SHA256 API key is not supported.' };
  return isSignedBy(credentials, payloadOf(params), signature) ? checkTime(params, context) : WRONG_SIGNATURE;
}
