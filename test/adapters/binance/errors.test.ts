// What each failure of the exchange means: executed, not executed or unknown, and a sentence a trader can act on.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ExchangeError } from '../../../src-main/core/ports.ts';
import { countsAgainstBreaker, describeFailure, isWorthRepeating, type RawFailure } from '../../../src-main/adapters/binance/errors.ts';
import { readThrown } from '../../../src-main/adapters/binance/thrown.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';

function failure(parts: Partial<RawFailure>): RawFailure {
  return { status: null, venueCode: null, message: 'no text', systemCode: null, retryAfterMs: null, ...parts };
}

type Expected = readonly [code: ExchangeError['code'], outcome: ExchangeError['outcome']];

const GEO = 'Service unavailable from a restricted location according to b. Eligibility in https://www.binance.com/en/terms.';
const CASES: readonly (readonly [name: string, raw: Partial<RawFailure>, order: Expected])[] = [
  ['429', { status: 429, venueCode: -1003, message: 'Too many requests', retryAfterMs: 7000 }, ['rate_limited', 'not_executed']],
  [
    '418 with a ban',
    { status: 418, venueCode: -1003, message: 'Way too many requests; IP banned until 1.', retryAfterMs: 120_000 },
    ['banned', 'not_executed'],
  ],
  ['-1003 that speaks of a ban', { status: 429, venueCode: -1003, message: 'Way too many requests; IP banned until 1.' }, ['banned', 'not_executed']],
  ['403 page of the firewall', { status: 403, message: 'ERROR: The request could not be satisfied' }, ['banned', 'not_executed']],
  ['403 with the restriction text', { status: 403, message: GEO }, ['geo_blocked', 'not_executed']],
  ['451', { status: 451, venueCode: 0, message: GEO }, ['geo_blocked', 'not_executed']],
  ['-4402 region of the account', { status: 400, venueCode: -4402, message: 'region' }, ['geo_blocked', 'not_executed']],
  ['-4403 region of the account', { status: 400, venueCode: -4403, message: 'region' }, ['geo_blocked', 'not_executed']],
  ['503 unknown error', { status: 503, message: 'Unknown error, please check your request or try again later.' }, ['timeout', 'unknown']],
  ['503 service unavailable', { status: 503, message: 'Service Unavailable.' }, ['unavailable', 'not_executed']],
  ['503 page of a gateway', { status: 503, message: '503 Service Temporarily Unavailable nginx' }, ['unavailable', 'unknown']],
  ['503 page of a proxy', { status: 503, message: '503 Service Unavailable No server is available to handle this request.' }, ['unavailable', 'unknown']],
  ['503 without a text', { status: 503, message: 'Request failed with status code 503' }, ['unavailable', 'unknown']],
  ['503 throttled, -1008', { status: 503, venueCode: -1008, message: 'Request throttled by system-level protection.' }, ['unavailable', 'not_executed']],
  ['-1001', { status: 400, venueCode: -1001, message: 'Internal error; unable to process your request.' }, ['unavailable', 'not_executed']],
  ['-1000', { status: 400, venueCode: -1000, message: 'An unknown error occured while processing the request.' }, ['timeout', 'unknown']],
  ['-1006', { status: 400, venueCode: -1006, message: 'Unexpected response from the message bus. Execution status unknown.' }, ['timeout', 'unknown']],
  ['-1007', { status: 408, venueCode: -1007, message: 'Timeout waiting for response from backend server.' }, ['timeout', 'unknown']],
  ['-1007 at status 400', { status: 400, venueCode: -1007, message: 'Timeout waiting for response from backend server.' }, ['timeout', 'unknown']],
  ['"Request occur unknown error."', { status: 400, message: 'Request occur unknown error.' }, ['timeout', 'unknown']],
  ['408', { status: 408, message: 'Request Timeout' }, ['timeout', 'unknown']],
  ['500', { status: 500, message: 'Internal Server Error' }, ['unavailable', 'unknown']],
  ['502', { status: 502, message: 'Bad Gateway' }, ['unavailable', 'unknown']],
  ['504', { status: 504, message: 'Gateway Timeout' }, ['unavailable', 'unknown']],
  ['no answer in time', { systemCode: 'ECONNABORTED', message: 'timeout of 8000ms exceeded' }, ['timeout', 'unknown']],
  ['connection reset', { systemCode: 'ECONNRESET', message: 'socket hang up' }, ['unreachable', 'unknown']],
  ['broken pipe', { systemCode: 'EPIPE', message: 'write EPIPE' }, ['unreachable', 'unknown']],
  ['refused connection', { systemCode: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, ['unreachable', 'not_executed']],
  ['no such host', { systemCode: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND' }, ['unreachable', 'not_executed']],
  ['a foreign certificate', { systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT', message: 'self-signed certificate' }, ['unreachable', 'not_executed']],
  ['proxy wants credentials', { status: 407, message: 'Proxy Authentication Required' }, ['unreachable', 'not_executed']],
  ['SOCKS wants credentials', { message: 'Received invalid Socks5 initial handshake (no accepted authentication type)' }, ['unreachable', 'not_executed']],
  ['SOCKS refuses the way', { message: 'Socks5 proxy rejected connection - NotAllowed' }, ['unreachable', 'not_executed']],
  ['SOCKS credentials refused', { message: 'Socks5 Authentication failed' }, ['unreachable', 'not_executed']],
  ['maintenance -1016', { status: 503, venueCode: -1016, message: 'This service is no longer available.' }, ['unavailable', 'not_executed']],
  ['maintenance -1109', { status: 400, venueCode: -1109, message: 'Invalid account.' }, ['unavailable', 'not_executed']],
  ['maintenance 239999', { status: 400, venueCode: 239_999, message: 'system maintenance' }, ['unavailable', 'not_executed']],
  ['too many orders -1015', { status: 429, venueCode: -1015, message: 'Too many new orders.' }, ['rate_limited', 'not_executed']],
  ['clock -1021', { status: 400, venueCode: -1021, message: 'Timestamp for this request is outside of the recvWindow.' }, ['timestamp', 'not_executed']],
  ['signature -1022', { status: 400, venueCode: -1022, message: 'Signature for this request is not valid.' }, ['unauthorised', 'not_executed']],
  ['key -2014', { status: 401, venueCode: -2014, message: 'API-key format invalid.' }, ['unauthorised', 'not_executed']],
  ['key -2015', { status: 401, venueCode: -2015, message: 'Invalid API-key, IP, or permissions for action.' }, ['unauthorised', 'not_executed']],
  ['margin -2019', { status: 400, venueCode: -2019, message: 'Margin is insufficient.' }, ['rejected', 'not_executed']],
  ['quantity -4003', { status: 400, venueCode: -4003, message: 'Quantity less than or equal to zero.' }, ['rejected', 'not_executed']],
  ['duplicate client id -4116', { status: 400, venueCode: -4116, message: 'ClientOrderId is duplicated.' }, ['rejected', 'unknown']],
  ['undocumented -5047', { status: 400, venueCode: -5047, message: '?' }, ['rejected', 'unknown']],
];

it('L31 a wrong key, a wrong secret and a key for other addresses are told apart, with the address to allow', () => {
  const say = (venueCode: number, message: string): string => describeFailure(failure({ status: 401, venueCode, message }), true).uiMessage;
  expect(say(-2014, 'API-key format invalid.')).toMatch(/does not know this as an API key/);
  expect(say(-1022, 'Signature for this request is not valid.')).toMatch(/the API secret does not belong to the key/);
  expect(say(-2015, 'Invalid API-key, IP, or permissions for action, request ip: 203.0.113.7.')).toMatch(
    /other addresses \(it sees this terminal at 203\.0\.113\.7\)/,
  );
  expect(say(-2015, 'Invalid API-key, IP, or permissions for action, request ip: 2001:db8::7')).toMatch(/\(it sees this terminal at 2001:db8::7\)/);
  expect(say(-2015, 'Invalid API-key, IP, or permissions for action.')).not.toMatch(/sees this terminal/);
});

describe('the meaning of a failed order', () => {
  it.each(CASES)('%s', (_name, raw, [code, outcome]) => {
    const error = describeFailure(failure(raw), true);
    expect([error.code, error.outcome]).toEqual([code, outcome]);
    expect(error.uiMessage).toMatch(/^[A-Z].*\.$/);
    expect(error.uiMessage.length).toBeGreaterThan(30);
  });

  it('a failed query changes nothing, so its outcome is never unknown', () => {
    for (const [name, raw] of CASES) expect([name, describeFailure(failure(raw), false).outcome]).toEqual([name, 'not_executed']);
  });

  it('L1 a timeout, a reset and every "status unknown" answer stay unknown: none of them is called rejected', () => {
    const unknown = CASES.filter(([, , [, outcome]]) => outcome === 'unknown').map(([, raw]) => describeFailure(failure(raw), true));
    expect(unknown.length).toBeGreaterThanOrEqual(14);
    for (const error of unknown) expect(error.uiMessage).toMatch(/being checked; nothing is sent again/);
  });

  it('L13 our own mistakes, refusals of the key, the clock, the budget and the location do not count against the exchange', () => {
    const counted = CASES.filter(([, raw]) => countsAgainstBreaker(describeFailure(failure(raw), true))).map(([, , [code]]) => code);
    expect([...new Set(counted)].toSorted()).toEqual(['timeout', 'unavailable', 'unreachable']);
    for (const venueCode of [-2019, -4003, -1111, -4164, -2022, -1121, -1021, -2015])
      expect(countsAgainstBreaker(describeFailure(failure({ status: 400, venueCode, message: 'x' }), true))).toBe(false);
  });

  it('a question may be asked again after any 503: it changed nothing', () => {
    const page = failure({ status: 503, message: '503 Service Temporarily Unavailable nginx' });
    expect(describeFailure(page, false)).toMatchObject({ code: 'unavailable', outcome: 'not_executed' });
    expect(isWorthRepeating(describeFailure(page, false))).toBe(true);
  });

  it('repeats only what certainly failed and passes in a moment', () => {
    const repeated = CASES.filter(([, raw]) => isWorthRepeating(describeFailure(failure(raw), true))).map(([name]) => name);
    expect(repeated).toEqual(['503 service unavailable', '503 throttled, -1008', '-1001']);
  });

  it('L31 the location sentence says what happened, that nothing was lost and what to do, and does not promise another way out', () => {
    expect(describeFailure(failure({ status: 451, venueCode: 0, message: GEO }), true).uiMessage).toBe(
      'Binance refuses this location. Nothing was sent. Check that the VPN or proxy leaves from an allowed region; the terminal does not look for another way out.',
    );
  });
});

describe('reading what was thrown', () => {
  it('an HTTP error with a JSON body', () => {
    const thrown = {
      message: 'Request failed',
      code: 'ERR_BAD_REQUEST',
      response: { status: 429, data: { code: -1003, msg: 'Too many requests' }, headers: { 'retry-after': '17' } },
    };
    expect(readThrown(thrown)).toEqual({ status: 429, venueCode: -1003, message: 'Too many requests', systemCode: 'ERR_BAD_REQUEST', retryAfterMs: 17_000 });
  });

  it('an HTML page: its words, shortened and without tags and scripts', () => {
    const page = `<html><head><style>p{}</style><script>x()</script></head><body><h1>403 ERROR</h1><p>The request could not be satisfied.</p>${'y'.repeat(900)}</body></html>`;
    const read = readThrown({ message: 'Request failed with status code 403', response: { status: 403, data: page, headers: {} } });
    expect(read.message).toMatch(/^403 ERROR The request could not be satisfied\. y+$/);
    expect(read.message).toHaveLength(200);
    expect(read.venueCode).toBeNull();
  });

  it('another 2xx status, which the SDK throws as the response itself', () => {
    expect(readThrown({ status: 202, data: { code: -1007, msg: 'Timeout' }, headers: {} })).toMatchObject({
      status: 202,
      venueCode: -1007,
      message: 'Timeout',
    });
  });

  it('the end of a ban from its text when Retry-After is missing', () => {
    const headers = { date: 'Sat, 21 Nov 2026 08:00:00 GMT' };
    const until = Date.parse(headers.date) + 90_000;
    const read = readThrown({ response: { status: 418, data: { code: -1003, msg: `Way too many requests; IP banned until ${until}.` }, headers } });
    expect(read.retryAfterMs).toBe(90_000);
  });

  it.each([
    undefined,
    null,
    7,
    'boom',
    new Error('x'),
    [],
    { response: 5 },
    { response: { status: '200', data: 7 } },
    { response: { data: { code: '-1', msg: 4 } } },
  ])('never throws: %j', (thrown) => {
    const read = readThrown(thrown);
    expect(typeof read.message).toBe('string');
    expect(read.status).toBeNull();
  });

  it('hides signatures and proxy passwords in the detail', () => {
    const error = describeFailure(failure({ message: 'GET http://user:hunter2@proxy:1/?x=1&signature=abcdef failed' }), false);
    expect(error.detail).not.toMatch(/hunter2|abcdef/);
  });
});

describe.skipIf(!hasSharedData())('every documented error code (shared data)', () => {
  const codes = hasSharedData()
    ? z
        .array(z.object({ code: z.number(), name: z.string(), msgs: z.array(z.string()) }))
        .parse(JSON.parse(readFileSync(sharedPath('data/binance/doc_examples/error_codes.json'), 'utf8')))
    : [];

  it('gets a meaning and a sentence', () => {
    expect(codes.length).toBeGreaterThan(100);
    for (const { code, msgs } of codes)
      for (const message of msgs.length === 0 ? [''] : msgs) {
        const error = describeFailure(failure({ status: 400, venueCode: code, message }), true);
        expect(error.venueCode).toBe(code);
        expect(error.uiMessage).toMatch(/^[A-Z]/);
      }
  });

  it('only the codes that say so are unknown for an order', () => {
    const unknown = codes.filter(
      ({ code, msgs }) => describeFailure(failure({ status: 400, venueCode: code, message: msgs[0] ?? '' }), true).outcome === 'unknown',
    );
    expect(unknown.map(({ code }) => code).toSorted((a, b) => b - a)).toEqual([-1000, -1006, -1007, -4116]);
  });
});
