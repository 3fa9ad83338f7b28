// One HTTP request from first byte to answer: limits, access, the endpoint, and the faults that may strike on the way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VenueFault } from '../../src-main/core/venue/types.ts';
import { checkKey, checkSignature, TOO_MUCH_WEIGHT, type Credentials } from './access.ts';
import type { RuleOf } from './chaos-plan.ts';
import type { VenueContext } from './context.ts';
import { findRoute } from './rest.ts';

const LARGEST_BODY = 1_000_000;
/** How long an answer that never comes keeps its connection. */
const TIMEOUT_HOLD_MS = 120_000;

export interface HttpCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: VenueContext;
  readonly credentials: Credentials;
  readonly afterCall: () => void;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers a request for the exchange's own protocol. */
export async function answerExchange(call: HttpCall): Promise<void> {
  const { request, response, context } = call;
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const label = `${request.method ?? 'GET'} ${path}`;
  const body = await readBody(request);
  await wait(context.chaos.latency('before', label));
  const isExempt = isProtective(request.method, `${query}&${body}`);
  const error = context.chaos.roll('error', label, (rule) => !(isExempt && (rule.error === '503-throttled' || rule.error === 'quantitative-rules')));
  if (error !== null) return send(response, faultReply(error, context));
  const unknown = isMutation(request.method) ? context.chaos.roll('unknown-outcome', label) : null;
  if (unknown !== null && !unknown.executed) return sendUnknown(call, unknown);
  const reply = execute(call, { path, query, body });
  call.afterCall();
  await wait(context.chaos.latency('after', label));
  if (unknown !== null) return sendUnknown(call, unknown);
  send(response, reply);
}

async function wait(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await new Promise((resume) => setTimeout(resume, milliseconds));
}

/** System-level protection lets cancels, reductions and closing orders through. */
function isProtective(method: string | undefined, parameters: string): boolean {
  return method === 'DELETE' || /(?:^|&)(?:reduceOnly|closePosition)=true(?:&|$)/i.test(parameters);
}

function isMutation(method: string | undefined): boolean {
  return method === 'POST' || method === 'PUT' || method === 'DELETE';
}

function execute(call: HttpCall, { path, query, body }: { readonly path: string; readonly query: string; readonly body: string }): Reply {
  const { request, context, credentials } = call;
  const route = findRoute(request.method ?? 'GET', path);
  const refusal = (status: number, fault: VenueFault, headers: Readonly<Record<string, string>> = {}): Reply => {
    context.refusals.count(String(fault.code));
    return { status, body: { code: fault.code, msg: fault.message }, headers };
  };
  if (route === null) return refusal(404, { code: -5000, message: `Path ${path}, Method ${request.method ?? ''} is invalid` });
  const parameters = new URLSearchParams(body === '' ? query : query === '' ? body : `${query}&${body}`);
  const wallTime = context.wallNow();
  const verdict = context.limits.count(route.weight(parameters), route.orders ?? null, wallTime);
  if (verdict.fault !== null) return refusal(verdict.status, verdict.fault, verdict.headers);
  const poolFault = route.pool === undefined ? null : context.limits.countPool(route.pool, wallTime);
  if (poolFault !== null) return refusal(429, poolFault, { ...verdict.headers, 'Retry-After': '300' });
  const header = request.headers['x-mbx-apikey'];
  const apiKey = typeof header === 'string' ? header : null;
  const skewMs = context.chaos.active('clock-skew')?.milliseconds ?? 0;
  const signed = { apiKey, payload: query + body, serverTime: context.now(), wallTime, speed: context.clock.speed, skewMs };
  const accessFault = route.security === 'none' ? null : route.security === 'key' ? checkKey(apiKey, credentials) : checkSignature(signed, credentials);
  if (accessFault !== null) return refusal(accessFault.code === -2014 || accessFault.code === -2015 ? 401 : 400, accessFault, verdict.headers);
  const result = route.answer(context, parameters);
  return result.ok ? { status: 200, body: result.value, headers: verdict.headers } : refusal(400, result.error, verdict.headers);
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  if (response.destroyed) return;
  const isText = typeof body === 'string';
  response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json;charset=UTF-8', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

function sendUnknown({ request, response }: HttpCall, rule: RuleOf<'unknown-outcome'>): void {
  if (rule.reply === 'reset') {
    request.socket.destroy();
    return;
  }
  if (rule.reply === '503')
    return send(response, { status: 503, body: { code: -1000, msg: 'Unknown error, please check your request or try again later.' }, headers: {} });
  if (rule.reply === 'timeout-code')
    return send(response, {
      status: 408,
      body: { code: -1007, msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.' },
      headers: {},
    });
  setTimeout(() => request.socket.destroy(), TIMEOUT_HOLD_MS).unref();
}

const FORBIDDEN = '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center></body></html>';

function faultReply(rule: RuleOf<'error'>, context: VenueContext): Reply {
  const reply = (status: number, code: number, msg: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
    status,
    body: { code, msg },
    headers,
  });
  switch (rule.error) {
    case '429':
      return reply(429, TOO_MUCH_WEIGHT.code, TOO_MUCH_WEIGHT.message, { 'Retry-After': String(rule.seconds) });
    case '418':
      context.limits.ban(context.wallNow(), rule.seconds * 1000);
      return reply(418, -1003, `Way too many requests; IP banned until ${context.wallNow() + rule.seconds * 1000}.`, { 'Retry-After': String(rule.seconds) });
    case '403':
      return { status: 403, body: FORBIDDEN, headers: {} };
    case '451':
      return reply(451, 0, "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms.");
    case '500':
      return { status: 500, body: '<html><body>Internal Server Error</body></html>', headers: {} };
    case '502':
      return { status: 502, body: '<html><body>Bad Gateway</body></html>', headers: {} };
    case '503-unavailable':
      return reply(503, -1000, 'Service Unavailable.');
    case '503-throttled':
      return reply(503, -1008, 'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.');
    case 'internal':
      return reply(400, -1001, 'Internal error; unable to process your request. Please try again.');
    case 'maintenance':
      return reply(400, -1016, 'This service is no longer available.');
    case 'key-refused':
      return reply(401, -2015, 'Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1');
    case 'liquidating':
      return reply(400, -2023, 'User in liquidation mode now.');
    case 'quantitative-rules':
      return reply(400, -4400, 'Futures Trading Quantitative Rules violated, only reduceOnly order is allowed, please try again later.');
    case 'region':
      return reply(
        400,
        -4402,
        'Dear user, as per our Terms of Use and compliance with local regulations, this feature is currently not available in your region.',
      );
    case 'unknown-code':
      return reply(400, -5047, 'An error this client has never heard of.');
  }
}

/** The body as text; empty when it is larger than anything the exchange would read. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((done) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      if (text.length <= LARGEST_BODY) text += chunk;
    });
    request.on('end', () => done(text.length > LARGEST_BODY ? '' : text));
    request.on('error', () => done(''));
    request.on('close', () => done(text));
  });
}
