// Calls that were not let out: each says which budget or pause held it, for how long, and that nothing was executed.
import { expect, it } from 'vitest';
import { describeFailure } from '../../../src-main/adapters/binance/errors.ts';
import { heldByBreaker, heldByLimiter, notUnderstood } from '../../../src-main/adapters/binance/held-back.ts';

it.each([
  ['blocked', 'rate_limited', 'rate_limited', 'The exchange asked for a pause of another 13 s; entry was not sent, because it would leave too late.'],
  ['blocked', 'banned', 'banned', 'Binance has banned this address for another 13 s; entry was not sent, because it would leave too late.'],
  ['orders', 'banned', 'rate_limited', 'The order budget of this minute is used up; entry was not sent, because it would leave too late.'],
  ['budget', 'banned', 'rate_limited', 'The request budget of this minute is used up; entry was not sent, because it would leave too late.'],
] as const)('held by %s with a %s block is %s', (why, reason, code, sentence) => {
  const error = heldByLimiter('entry', { kind: 'refused', why, waitMs: 12_400 }, reason);
  expect(error).toMatchObject({ code, outcome: 'not_executed', venueCode: null, uiMessage: sentence, detail: `entry held back: ${why}, 12400 ms` });
});

it('held by the breaker names the failure that closed it and when it is tried again', () => {
  const cause = describeFailure({ status: 502, venueCode: null, message: 'Bad Gateway', systemCode: null, retryAfterMs: null }, false);
  expect(heldByBreaker('entry', 4200, cause)).toMatchObject({ code: 'breaker', outcome: 'not_executed', detail: 'entry held back after 502  Bad Gateway' });
  expect(heldByBreaker('entry', 4200, cause).uiMessage).toContain(cause.uiMessage.slice(0, 30));
  expect(heldByBreaker('entry', 4200, null)).toMatchObject({ detail: 'entry held back' });
  expect(heldByBreaker('entry', 4200, null).uiMessage).toContain('5 s');
});

it('an answer that was not understood leaves a change unknown and a question unanswered', () => {
  expect([notUnderstood('entry', 'orderId', true).outcome, notUnderstood('query', 'orderId', false).outcome]).toEqual(['unknown', 'not_executed']);
});

it('-1015 is the order budget, whatever status it comes with: calls that place no order go on', () => {
  for (const status of [429, 400]) {
    const error = describeFailure({ status, venueCode: -1015, message: 'Too many new orders.', systemCode: null, retryAfterMs: 10_000 }, true);
    expect(error).toMatchObject({ code: 'rate_limited', outcome: 'not_executed', said: { code: 'exchange.orderBudget' } });
    expect(error.uiMessage).toContain('orders wait 10 s');
  }
});

it('a pause without a length is a while; one with a length is told in whole seconds', () => {
  const said = (retryAfterMs: number | null): string =>
    describeFailure({ status: 429, venueCode: -1003, message: 'Too many requests.', systemCode: null, retryAfterMs }, false).uiMessage;
  expect(said(null)).toContain('a pause of a while');
  expect(said(12_100)).toContain('a pause of 13 s');
});
