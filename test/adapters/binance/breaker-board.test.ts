// One breaker for each class of endpoint: the worse of orders and account queries is told, candles never hold an order back.
import { describe, expect, it } from 'vitest';
import { BreakerBoard } from '../../../src-main/adapters/binance/breaker-board.ts';
import type { CallPriority, ExchangeError } from '../../../src-main/core/ports.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';

const AWAY: ExchangeError = { code: 'unavailable', outcome: 'not_executed', venueCode: null, detail: '503', uiMessage: 'The exchange is away.' };
const REFUSED: ExchangeError = { ...AWAY, code: 'rejected', venueCode: -2019 };

const call = (priority: CallPriority, isMutation: boolean) => ({ name: `${priority} call`, priority, isMutation });
const ORDER = call('trade', true);
const QUERY = call('trade', false);
const CANDLES = call('data', false);

function open(): BreakerBoard {
  return new BreakerBoard(
    () => defaultSettings(),
    () => 0,
  );
}

/** Failures in a row of a class. */
function fail(board: BreakerBoard, of: typeof ORDER, times: number): void {
  for (let failure = 0; failure < times; failure += 1) board.settle(of, AWAY);
}

describe('the board of breakers', () => {
  it.each([
    ['orders', ORDER, QUERY],
    ['account queries', QUERY, ORDER],
  ] as const)('trouble with %s alone is told as the grade, and does not hold the others back', async (_, troubled, healthy) => {
    const board = open();
    const grades = [0, 2, 2, 1].map((more) => {
      fail(board, troubled, more);
      return board.grade;
    });
    expect(grades).toEqual(['normal', 'warning', 'throttled', 'blocked']);
    expect(await board.admit(troubled)).toMatchObject({ code: 'breaker', detail: 'trade call held back after 503' });
    expect(await board.admit(healthy)).toBeNull();
  });

  it('of two troubled classes the worse is told, whichever it is', () => {
    for (const [worse, better] of [
      [ORDER, QUERY],
      [QUERY, ORDER],
    ] as const) {
      const board = open();
      fail(board, worse, 5);
      fail(board, better, 2);
      expect(board.grade).toBe('blocked');
    }
  });

  it('trouble with candles holds candles back and is no grade of trading', async () => {
    const board = open();
    fail(board, CANDLES, 5);
    expect(board.grade).toBe('normal');
    expect(await board.admit(ORDER)).toBeNull();
    expect(await board.admit(CANDLES)).toMatchObject({ code: 'breaker' });
    expect(await board.admit(call('backfill', false))).toMatchObject({ code: 'breaker' });
  });

  it('an answer, also a refusal of our own request, ends a row of failures; what says nothing neither ends nor adds to it', () => {
    for (const [answer, after] of [
      [null, 'normal'],
      [REFUSED, 'normal'],
      [{ ...AWAY, code: 'rate_limited' }, 'warning'],
    ] as const) {
      const board = open();
      fail(board, ORDER, 3);
      board.settle(ORDER, answer);
      expect(board.grade, String(answer?.code)).toBe(after);
    }
  });

  it('a probe that says nothing about the exchange makes room for the next', async () => {
    let now = 0;
    const board = new BreakerBoard(
      () => defaultSettings(),
      () => now,
    );
    fail(board, ORDER, 5);
    now = defaultSettings().breakerProbeSeconds * 1000;
    expect(await board.admit(ORDER)).toBeNull();
    expect(await board.admit(ORDER)).toMatchObject({ code: 'breaker' });
    board.settle(ORDER, { ...AWAY, code: 'rate_limited' });
    expect(await board.admit(ORDER)).toBeNull();
  });

  it('a throttled call waits out the seconds of the setting', async () => {
    const settings = { ...defaultSettings(), breakerThrottleSeconds: 0.05 };
    const board = new BreakerBoard(
      () => settings,
      () => performance.now(),
    );
    fail(board, ORDER, 4);
    expect(await board.admit(ORDER)).toBeNull();
    const asked = performance.now();
    expect(await board.admit(ORDER)).toBeNull();
    expect(performance.now() - asked).toBeGreaterThanOrEqual(45);
  });

  it('what protects, closes and asks passes a blocked breaker', async () => {
    const board = open();
    fail(board, ORDER, 5);
    fail(board, QUERY, 5);
    const passing = await Promise.all(
      (['protect', 'close', 'reconcile'] as const).flatMap((priority) => [true, false].map((isMutation) => board.admit(call(priority, isMutation)))),
    );
    expect(passing).toEqual(passing.map(() => null));
  });
});
