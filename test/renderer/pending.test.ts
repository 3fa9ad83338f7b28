// A resting entry before it is moved: the figures the person sees are the ones the risk manager will decide by.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { lots, money, moneyFromUsdt, ticks } from '../../src-shared/kernel/units.ts';
import { reviewAmendment, reviewPlan } from '../../src-main/core/risk/amendment.ts';
import { isMovableEntry, judgeEntry, judgePlan, type EntryWish } from '../../src-renderer/state/pending.ts';
import { groupOf } from '../../src-renderer/state/order-groups.ts';
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

describe('another stop or target for a resting entry, before it is sent', () => {
  const facts = {
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
    stopBefore: 58_400,
    order: { price: ticks(590_000), lots: lots(100), filledLots: lots(0) },
    hasPendingOrder: false,
  } as const;
  const planned = (level: 'stop' | 'target', at: number): ReturnType<typeof judgePlan> =>
    judgePlan({ order, position, level, at, market, equity: 10_000, settings });

  it.each([58_800, 58_600, 58_300, 58_200, 58_000, 57_000])('a stop at %i shows the loss, or the refusal, of the risk manager', (stop) => {
    const verdict = reviewPlan({ ...facts, stop, target: 61_000 });
    const shown = planned('stop', stop);
    if ('kind' in verdict && verdict.kind === 'approved') {
      expect(shown.problem).toBeNull();
      expect(shown.lossUsdt).toBeCloseTo(verdict.lossAtStopUsdt, 6);
    } else expect([shown.problem, verdict.kind]).toEqual(['too_large', 'too_large']);
  });

  it('a level on the wrong side of the entry will be refused, for stop and target', () => {
    expect([planned('stop', 59_100).problem, planned('target', 58_900).problem]).toEqual(['beyond_entry', 'beyond_entry']);
    for (const wish of [
      { stop: 59_100, target: 61_000 },
      { stop: 58_400, target: 58_900 },
    ])
      expect(reviewPlan({ ...facts, ...wish })).toMatchObject({ kind: 'denied', code: 'stop_wrong_side' });
  });

  it('a target shows what it would win and its ratio to the stop that stays', () => {
    const shown = planned('target', 60_200);
    expect([shown.problem, shown.rewardRisk, shown.winUsdt]).toEqual([null, 2, 120]);
    expect(shown.fromEntry).toBeCloseTo(1200 / 59_000, 9);
  });
});

describe('orders in their groups', () => {
  const withKind = (kind: string, status: string): Order => ({ status, intent: { kind, purpose: 'entry' } }) as unknown as Order;

  it('keeps stops and targets apart from what opens and closes, and what has ended apart from both', () => {
    expect(groupOf(withKind('limit', 'resting'))).toBe('orders');
    expect(groupOf(withKind('market', 'unknown'))).toBe('orders');
    expect(groupOf(withKind('stop_market', 'resting'))).toBe('conditional');
    expect(groupOf(withKind('take_profit_market', 'sent'))).toBe('conditional');
    for (const status of ['filled', 'canceled', 'expired', 'rejected']) expect(groupOf(withKind('stop_market', status))).toBe('ended');
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
