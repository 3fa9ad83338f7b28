// Every way a position ends, through the whole engine and the venue's account: its reason, the last event, and nothing left behind.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { CloseReason, LifecycleEvent, Position } from '../../../src-shared/domain/position.ts';
import { epochMs, lots, ticks } from '../../../src-shared/kernel/units.ts';
import { EngineAtVenue } from './engine-at-venue.ts';

function opened(settings: Partial<Settings> = {}): EngineAtVenue {
  const terminal = new EngineAtVenue(settings).start();
  expect(terminal.open('long', 0.02)).toBe('opened');
  expect(terminal.openPositions()[0]).toMatchObject({ protection: 'protected' });
  return terminal;
}

function lifecycle(terminal: EngineAtVenue): readonly LifecycleEvent[] {
  return terminal.records.filter(({ kind }) => kind === 'lifecycle').map(({ data }) => data as LifecycleEvent);
}

/** Ended for this reason: told as the last event of its life, flat at the venue, no order left. */
function expectEnded(terminal: EngineAtVenue, reason: CloseReason): void {
  terminal.wait(5);
  expect(terminal.openPositions()).toEqual([]);
  expect(terminal.heldAtVenue).toBe(0);
  const events = lifecycle(terminal);
  expect(events.at(-1)).toMatchObject({ kind: 'closed', reason });
  const { desk } = terminal.engine.state() as { readonly desk: { readonly positions: readonly { readonly position: Position }[] } };
  expect(desk.positions.at(-1)?.position).toMatchObject({ phase: 'closed', closeReason: reason, lots: 0, protection: 'none_needed', nakedSince: null });
  const own = [...terminal.exchange.openAlgos(null), ...terminal.exchange.openOrders(null)].map((order) =>
    'clientAlgoId' in order ? order.clientAlgoId : order.clientOrderId,
  );
  expect(
    own.filter((id) => id.startsWith('pt')),
    'L5 nothing is left behind',
  ).toEqual([]);
}

function foreignOrder(
  terminal: EngineAtVenue,
  side: 'BUY' | 'SELL',
  { amount, reduceOnly = false }: { readonly amount: number; readonly reduceOnly?: boolean },
): void {
  const request = {
    symbol: 'BTCUSDT',
    side,
    positionSide: 'BOTH',
    type: 'MARKET',
    lots: lots(amount),
    price: null,
    timeInForce: 'GTC',
    reduceOnly,
    clientOrderId: 'web_1',
  } as const;
  const placed = terminal.exchange.place(request, terminal.now);
  if (!placed.ok) throw new Error(placed.error.message);
  terminal.wait(1);
}

describe('a position ends', () => {
  it('target: at its target', () => {
    const terminal = opened();
    terminal.driftTo(63_000);
    expectEnded(terminal, 'target');
    expect(lifecycle(terminal).map(({ kind }) => kind)).toContain('tp_triggered');
  });

  it('stop: at its stop', () => {
    const terminal = opened();
    terminal.driftTo(58_000);
    expectEnded(terminal, 'stop');
    expect(lifecycle(terminal).map(({ kind }) => kind)).toContain('sl_triggered');
  });

  it('expired: after TIME_EXIT_HOURS, when automation has it', () => {
    const terminal = opened({ timeExitHours: 1 });
    const [position] = terminal.openPositions();
    if (position === undefined) throw new Error('no position');
    terminal.wait(3660);
    expect(terminal.openPositions(), 'a person’s position is not timed').toHaveLength(1);
    terminal.command({ kind: 'hand-back', positionId: position.id });
    terminal.wait(30);
    expectEnded(terminal, 'expired');
    expect(lifecycle(terminal).map(({ kind }) => kind)).toContain('expired');
  });

  it('manual: closed by a person', () => {
    const terminal = opened();
    expect(terminal.close()).toBe(true);
    expectEnded(terminal, 'manual');
    expect(lifecycle(terminal).map(({ kind }) => kind)).toContain('manual_close');
  });

  it.each([{ kind: 'flatten-all' }, { kind: 'flatten-symbol', symbol: 'BTCUSDT' }] as const)('flatten: by $kind', (command) => {
    const terminal = opened();
    expect(terminal.command(command).ok).toBe(true);
    expectEnded(terminal, 'flatten');
  });

  it('external: by somebody else’s order at the venue', () => {
    const terminal = opened();
    foreignOrder(terminal, 'SELL', { amount: terminal.heldAtVenue, reduceOnly: true });
    expectEnded(terminal, 'external');
  });

  it('external: at the venue while nobody ran', () => {
    const terminal = opened();
    const before = terminal.now;
    terminal.exchange.place(
      {
        symbol: 'BTCUSDT',
        side: 'SELL',
        positionSide: 'BOTH',
        type: 'MARKET',
        lots: lots(terminal.heldAtVenue),
        price: null,
        timeInForce: 'GTC',
        reduceOnly: true,
        clientOrderId: 'web_2',
      },
      epochMs(before + 60_000),
    );
    terminal.exchange.drainEvents();
    terminal.now = epochMs(before + 600_000);
    const next = new EngineAtVenue({}, terminal).start();
    expectEnded(next, 'external');
  });

  it('liquidation: by the venue, of a position that is only shown and has no stop', () => {
    const terminal = new EngineAtVenue({ adoptUnknownPositions: 'show' }).start();
    terminal.exchange.setIsolated('BTCUSDT', true);
    terminal.exchange.setLeverage('BTCUSDT', 20, terminal.now);
    foreignOrder(terminal, 'BUY', { amount: 100 });
    terminal.wait(5);
    expect(terminal.openPositions()).toHaveLength(1);
    terminal.driftTo(56_000);
    expectEnded(terminal, 'liquidation');
  });

  it('unprotected: when the venue takes no stop for UNPROTECTED_CLOSE_SECONDS', () => {
    const terminal = new EngineAtVenue({ unprotectedCloseSeconds: 10 }).start();
    // Other people's conditionals fill the account's allowance of 200 and lock its margin type.
    terminal.exchange.setIsolated('BTCUSDT', true);
    for (let index = 0; index < 200; index += 1) {
      const placed = terminal.exchange.placeAlgo(
        {
          symbol: 'BTCUSDT',
          side: 'SELL',
          positionSide: 'BOTH',
          type: 'STOP_MARKET',
          lots: lots(10),
          price: null,
          trigger: ticks(500_000),
          workingType: 'CONTRACT_PRICE',
          closePosition: false,
          reduceOnly: false,
          timeInForce: 'GTC',
          clientAlgoId: `web_${index}`,
        },
        terminal.now,
      );
      if (!placed.ok) throw new Error(placed.error.message);
    }
    expect(terminal.open('long', 0.02)).toBe('opened');
    expect(terminal.openPositions()[0]).toMatchObject({ protection: 'naked' });
    for (let pulses = 0; pulses < 36; pulses += 1) terminal.pulse();
    expect(terminal.heldAtVenue, 'not before').toBeGreaterThan(0);
    for (let pulses = 0; pulses < 8; pulses += 1) terminal.pulse();
    expectEnded(terminal, 'unprotected');
    expect(terminal.notices).toContain('BTCUSDT unprotected');
  });
});
