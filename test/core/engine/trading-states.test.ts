// Every trading state through the whole engine and the venue's account: what leads to it, what it denies, what stays possible, what ends it.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { err } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { candleOf } from '../support/candles.ts';
import { EngineAtVenue, NOON } from './engine-at-venue.ts';

const DAY_MS = 86_400_000;
/** Positions large enough that a few percent of price are a few percent of equity. */
const LARGE: Partial<Settings> = { riskPerTradePercent: 5, minMarginPercent: 40, baseMarginPercent: 40, maxMarginPercent: 50 };

/** A terminal with an open long of some 8,000 USDT. */
function invested(settings: Partial<Settings> = {}): EngineAtVenue {
  const terminal = new EngineAtVenue({ ...LARGE, ...settings }).start();
  expect(terminal.tradingState).toBe('active none');
  expect(terminal.open()).toBe('opened');
  expect(terminal.heldAtVenue).toBeGreaterThan(100);
  return terminal;
}

/** Nothing may be opened, with this code; the open position can be closed. */
function expectOnlyClosing(terminal: EngineAtVenue, code: 'trading_reducing' | 'trading_halted'): void {
  expect(terminal.open()).toBe(`open.${code}`);
  expect(terminal.close()).toBe(true);
  expect(terminal.heldAtVenue).toBe(0);
  expect(terminal.open()).toBe(`open.${code}`);
}

function expectActive(terminal: EngineAtVenue): void {
  expect(terminal.tradingState).toBe('active none');
  if (terminal.heldAtVenue === 0) expect(terminal.open()).toBe('opened');
}

describe('the daily loss limit', () => {
  /** A realised loss and an unrealised one, each within the limit of 1 %, together beyond it. */
  function lost(): EngineAtVenue {
    const terminal = invested({ dailyLossLimitPercent: 1, maxDrawdownPercent: 50 });
    terminal.driftTo(59_700);
    terminal.close();
    terminal.wait(1);
    const realised = terminal.guard.dailyLossFraction;
    expect(realised).toBeGreaterThan(0.003);
    expect(terminal.tradingState).toBe('active none');
    expect(terminal.open()).toBe('opened');
    terminal.driftTo(59_500);
    expect(terminal.tradingState).toBe('active none');
    terminal.driftTo(59_300);
    expect(terminal.guard.dailyLossFraction - realised, 'what is not realised').toBeLessThan(0.01);
    return terminal;
  }

  it('counts realised and unrealised losses together: neither alone reaches it, both do, and nothing may be opened', () => {
    const terminal = lost();
    expect(terminal.heldAtVenue, 'the loss is not realised').toBeGreaterThan(0);
    expect(terminal.guard.dailyLossFraction).toBeGreaterThanOrEqual(0.01);
    expect(terminal.tradingState).toBe('halted daily_loss');
    expect(terminal.notices).toContain('Trading halted');
    expectOnlyClosing(terminal, 'trading_halted');
  });

  it('stays when the price comes back', () => {
    const terminal = lost();
    terminal.driftTo(60_500);
    expect(terminal.guard.dailyLossFraction).toBe(0);
    expect(terminal.tradingState).toBe('halted daily_loss');
  });

  it('survives a restart from the journal, with the position still open', () => {
    const terminal = lost();
    const next = new EngineAtVenue({ ...LARGE, dailyLossLimitPercent: 1, maxDrawdownPercent: 50 }, terminal).start();
    expect(next.tradingState).toBe('halted daily_loss');
    expect(next.guard.dayStartEquity).toBe(terminal.guard.dayStartEquity);
    expectOnlyClosing(next, 'trading_halted');
  });

  it('measures the next day from its own start; coming back is a person’s decision, also after midnight and a restart', () => {
    const terminal = lost();
    terminal.close();
    terminal.now = epochMs(NOON + DAY_MS / 2 + 60_000);
    terminal.wait(60);
    expect(terminal.guard.dailyLossFraction, 'a new day').toBeLessThan(0.0001);
    expect(terminal.tradingState).toBe('halted daily_loss');
    const next = new EngineAtVenue({ ...LARGE, dailyLossLimitPercent: 1, maxDrawdownPercent: 50 }, terminal).start();
    expect(next.open()).toBe('open.trading_halted');
    expect(next.command({ kind: 'set-trading-state', state: 'active' }).ok).toBe(true);
    next.wait(1);
    expectActive(next);
    next.driftTo(58_000);
    expect(next.tradingState, 'the limit holds again').toBe('halted daily_loss');
  });

  it('a person who resumes on the same day starts its measurement anew', () => {
    const terminal = lost();
    terminal.command({ kind: 'set-trading-state', state: 'active' });
    terminal.wait(1);
    expect(terminal.tradingState).toBe('active none');
    expect(terminal.guard.dailyLossFraction).toBeLessThan(0.0001);
  });
});

describe('the drawdown limit', () => {
  it('halts at its distance from the peak, which an open profit has raised; a person brings trading back', () => {
    const terminal = invested({ dailyLossLimitPercent: 50, maxDrawdownPercent: 2 });
    terminal.driftTo(61_000);
    const peak = terminal.guard.peakEquity;
    expect(peak).toBeGreaterThan(10_100e8);
    terminal.driftTo(60_200);
    expect(terminal.tradingState).toBe('active none');
    terminal.driftTo(59_400);
    expect(terminal.guard.drawdownFraction).toBeGreaterThanOrEqual(0.02);
    expect(terminal.tradingState).toBe('halted drawdown');
    const next = new EngineAtVenue({ ...LARGE, dailyLossLimitPercent: 50, maxDrawdownPercent: 2 }, terminal).start();
    expect([next.tradingState, next.guard.peakEquity]).toEqual(['halted drawdown', peak]);
    expectOnlyClosing(next, 'trading_halted');
    next.command({ kind: 'set-trading-state', state: 'active' });
    next.wait(1);
    expectActive(next);
  });
});

describe('the volatility breaker', () => {
  it('only reduces when BTC moves too far within a minute, and ends by itself a quarter of an hour later', () => {
    const terminal = invested();
    terminal.wait(30);
    terminal.moveTo(61_300);
    expect(terminal.tradingState).toBe('reducing volatility');
    expectOnlyClosing(terminal, 'trading_reducing');
    terminal.wait(14 * 60);
    expect(terminal.tradingState).toBe('reducing volatility');
    terminal.wait(3 * 60);
    expectActive(terminal);
  });

  it('only reduces while the ATR of the universe is a multiple of its mean, and ends when it has calmed', () => {
    const terminal = invested();
    const HOUR = 3_600_000;
    const first = Math.floor(terminal.now / HOUR) * HOUR - 300 * HOUR;
    const hours = (count: number, wide: number): void => {
      const candles = Array.from({ length: count }, (_, index) => {
        const spread = index === wide ? 0.12 : 0.002;
        return candleOf({ openTime: first + index * HOUR, open: 60_000, high: 60_000 * (1 + spread), low: 60_000 * (1 - spread), close: 60_000, volume: 100 });
      });
      terminal.market({ kind: 'history', symbol: 'BTCUSDT', timeframe: '1h', candles });
      terminal.market({ kind: 'symbol-ready', symbol: 'BTCUSDT' });
      terminal.pulse();
    };
    hours(200, 199);
    expect(terminal.tradingState).toBe('reducing volatility');
    expectOnlyClosing(terminal, 'trading_reducing');
    terminal.wait(20 * 60);
    expect(terminal.tradingState, 'it is still wild').toBe('reducing volatility');
    hours(290, 199);
    terminal.wait(16 * 60);
    expectActive(terminal);
  });

  it('can be switched off', () => {
    const terminal = invested({ volatilityBreakerEnabled: false });
    terminal.moveTo(62_000);
    expect(terminal.tradingState).toBe('active none');
  });
});

describe('what only reduces and ends by itself', () => {
  it.each([
    ['stale data', 'stale_data', (terminal: EngineAtVenue) => terminal.feed('stale'), (terminal: EngineAtVenue) => terminal.feed('streaming')],
    ['a feed that is down', 'stale_data', (terminal: EngineAtVenue) => terminal.feed('down'), (terminal: EngineAtVenue) => terminal.feed('streaming')],
    ['a refused location', 'geo_blocked', (terminal: EngineAtVenue) => terminal.feed('geo_blocked'), (terminal: EngineAtVenue) => terminal.feed('streaming')],
    [
      'a clock that is ten seconds behind',
      'clock_skew',
      (terminal: EngineAtVenue) => terminal.client({ clockOffsetMs: 10_001 }),
      (terminal: EngineAtVenue) => terminal.client({ clockOffsetMs: 900 }),
    ],
    [
      'a clock that is ten seconds ahead',
      'clock_skew',
      (terminal: EngineAtVenue) => terminal.client({ clockOffsetMs: -10_001 }),
      (terminal: EngineAtVenue) => terminal.client({}),
    ],
    [
      'a journal that cannot be written',
      'disk_full',
      (terminal: EngineAtVenue) => {
        terminal.feedInput({ kind: 'journal-failed', at: terminal.now, code: 'disk_full', uiMessage: 'The disk is full.' });
        terminal.pulse();
      },
      (terminal: EngineAtVenue) => {
        terminal.feedInput({ kind: 'journal-restored', at: terminal.now });
        terminal.pulse();
      },
    ],
    [
      'a venue that does not answer',
      'venue_unreachable',
      (terminal: EngineAtVenue) => {
        const error = { code: 'unreachable', outcome: 'not_executed', venueCode: null, detail: '', uiMessage: 'No way.' } as const;
        const request = { scope: 'account', symbols: [], fillsSince: terminal.now } as const;
        terminal.feedInput({ kind: 'reconciled', at: terminal.now, request, result: err(error) });
        terminal.pulse();
      },
      (terminal: EngineAtVenue) => terminal.wait(70),
    ],
  ] as const)('%s', (_name, reason, happens, ends) => {
    const terminal = invested();
    happens(terminal);
    expect(terminal.tradingState).toBe(`reducing ${reason}`);
    expectOnlyClosing(terminal, 'trading_reducing');
    ends(terminal);
    terminal.wait(1);
    expectActive(terminal);
  });
});

describe('a person’s word', () => {
  it.each(['reducing', 'halted'] as const)('%s holds at once, over a restart, and until the person takes it back', (state) => {
    const terminal = invested();
    terminal.command({ kind: 'set-trading-state', state });
    expect(terminal.open()).toBe(`open.trading_${state}`);
    expect(terminal.tradingState).toBe(`${state} user`);
    const next = new EngineAtVenue(LARGE, terminal).start();
    expect(next.tradingState).toBe(`${state} user`);
    expectOnlyClosing(next, `trading_${state}`);
    next.command({ kind: 'set-trading-state', state: 'active' });
    next.wait(1);
    expectActive(next);
  });
});

describe('a key that may not trade', () => {
  it.each([
    ['of an order', { kind: 'submitted', clientOrderId: 'pt-any' }],
    ['of leverage and margin type', { kind: 'prepared', positionId: 'pt-any' }],
  ] as const)('L31 opens nothing more from the first refusal %s on, until a person has seen to it; a restart tries anew', (_what, input) => {
    const terminal = invested();
    const error = { code: 'unauthorised', outcome: 'not_executed', venueCode: -2015, detail: '', uiMessage: 'The exchange refused the API key.' } as const;
    terminal.feedInput({ ...input, at: terminal.now, result: err(error) });
    terminal.pulse();
    expect(terminal.tradingState).toBe('reducing key_refused');
    const next = new EngineAtVenue(LARGE, terminal).start();
    expect(next.tradingState).toBe('active none');
    expectOnlyClosing(terminal, 'trading_reducing');
    terminal.command({ kind: 'set-trading-state', state: 'active' });
    terminal.wait(1);
    expectActive(terminal);
  });
});

describe('a start', () => {
  it('is halted until the books agree with the venue, and active afterwards', () => {
    const terminal = new EngineAtVenue();
    expect(terminal.open()).toMatch(/^open\.(?:unknown_symbol|trading_halted)$/);
    terminal.start();
    expectActive(terminal);
  });
});

it.each([
  [-86_400_000, 'Reason: clock skew. The clock of this computer is 24.0 h ahead of that of the exchange.'],
  [86_400_000, 'Reason: clock skew. The clock of this computer is 24.0 h behind that of the exchange.'],
])('a clock of this computer that is wrong by %i ms is named, also where every price looks a day old for it', (clockOffsetMs, sentence) => {
  const terminal = invested();
  terminal.client({ clockOffsetMs });
  terminal.feed('stale');
  expect(terminal.tradingState).toBe('reducing clock_skew');
  expect(terminal.noticeTexts.at(-1)).toBe(`${sentence} Switch network time on; until it is right no position is opened. Stops and targets stay in force.`);
  terminal.feed('streaming');
  terminal.client({});
  terminal.wait(1);
  expectActive(terminal);
});
