// A resting entry before it is moved: the figures the person sees are the ones the risk manager will decide by.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { lots, money, moneyFromUsdt, ticks } from '../../src-shared/kernel/units.ts';
import { reviewAmendment } from '../../src-main/core/risk/amendment.ts';
import { isMovableEntry, judgeEntry, type EntryWish } from '../../src-renderer/state/pending.ts';
import { judgeTicket } from '../../src-renderer/state/ticket.ts';
import { sampleInstrument, samplePosition } from '../support/samples.ts';

const market = sampleInstrument() as unknown as MarketInfo;
const settings = defaultSettings();
const position = samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, stop: ticks(584_000), target: ticks(610_000), leverage: 5 });
const order = {
  intent: { purpose: 'entry', kind: 'limit', price: ticks(590_000), lots: lots(100) },
  filledLots: lots(0),
  status: 'resting',
} as unknown as Order;

const judged = (price: number, change: Partial<EntryWish> = {}): ReturnType<typeof judgeEntry> =>
  judgeEntry({ order, position, price, mark: 60_000, market, equity: 10_000, settings, ...change });

describe('another price for a resting entry, before it is sent', () => {
  it.each([58_500, 58_800, 59_000, 59_300, 59_900])('at %i shows the size and loss the risk manager will approve', (price) => {
    const verdict = reviewAmendment({
      settings,
      mode: 'paper',
      tradingState: 'active',
      isFresh: true,
      breaker: 'normal',
      positions: [],
      equity: moneyFromUsdt(10_000),
      available: moneyFromUsdt(10_000),
      marginUsed: money(0),
      price: 60_000,
      instrument: sampleInstrument(),
      position,
      stop: 58_400,
      target: 61_000,
      order: { price: ticks(590_000), lots: lots(100), filledLots: lots(0) },
      wanted: ticks(price * 10),
      hasPendingOrder: false,
    });
    const shown = judged(price);
    if (verdict.kind === 'denied') expect(`${price} ${verdict.code}`).toBe('58500 stop_too_close');
    else {
      expect(shown.lotsAfter).toBe(verdict.approval.lots);
      expect(shown.lossUsdt).toBeCloseTo(verdict.approval.lossAtStopUsdt, 6);
    }
  });

  it.each([
    [58_300, 'beyond_stop'],
    [61_200, 'beyond_target'],
    [60_000, 'fills_at_once'],
    [59_500, null],
  ] as const)('at %i the problem is %s', (price, problem) => {
    expect(judged(price).problem).toBe(problem);
  });

  it('only a limit entry that rests may be moved', () => {
    expect(isMovableEntry(order)).toBe(true);
    expect(isMovableEntry({ ...order, status: 'filled' })).toBe(false);
    expect(isMovableEntry({ ...order, status: 'unknown' })).toBe(false);
    expect(isMovableEntry({ ...order, intent: { ...order.intent, purpose: 'target' } })).toBe(false);
    expect(isMovableEntry({ ...order, intent: { ...order.intent, kind: 'market', price: null } })).toBe(false);
  });
});

describe('a ticket with a limit', () => {
  const ticket = { side: 'long' as const, price: 60_000, stop: 58_400, target: null, settings };

  it('judges distance and reward from where it fills', () => {
    const view = judgeTicket({ ...ticket, limit: 59_000 });
    expect(view).toMatchObject({ problem: null });
    expect(view.distancePercent).toBeCloseTo((600 / 59_000) * 100, 6);
    expect(view.target).toBeCloseTo(59_000 + 600 * settings.rewardRiskRatio, 6);
  });

  it('is stopped where it would fill at once', () => {
    expect(judgeTicket({ ...ticket, limit: 60_100 }).problem).toBe('limit_fills_at_once');
    expect(judgeTicket({ ...ticket, side: 'short', stop: 61_000, limit: 59_900 }).problem).toBe('limit_fills_at_once');
  });
});
