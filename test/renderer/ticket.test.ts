// The ticket before anything is sent: a size in a person's own unit, the command it stands for, and what the risk manager's answer means.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenApproved } from '../../src-shared/contract/trade-calls.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { lossFractionAt } from '../../src-shared/domain/loss-at-stop.ts';
import { translate } from '../../src-renderer/i18n/translate.ts';
import { factsOf } from '../../src-renderer/state/ticket-facts.ts';
import { wishedLots, type SizeWish } from '../../src-renderer/state/ticket.ts';
import { commandOf, typedPrice, type TicketDraft } from '../../src-renderer/state/ticket-draft.ts';
import { EngineBench } from '../core/engine/bench.ts';

const BTC: MarketInfo = { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 };
const WISH: SizeWish = { unit: 'risk', amount: 0.5, price: 60_000, stop: 59_400, leverage: 3, equity: 10_000, market: BTC, maxSlippagePercent: 0.2 };
const DRAFT: TicketDraft = { symbol: 'BTCUSDT', side: 'long', stop: '59400', target: '', limit: '', unit: 'most', amount: '', postOnly: false };

describe('a size in the unit a person thinks in', () => {
  it('as risk is the most lots whose stop costs no more than that, costs included', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 2, noNaN: true }), fc.double({ min: 0.5, max: 5, noNaN: true }), (percent, distance) => {
        const stop = 60_000 * (1 - distance / 100);
        const lots = wishedLots({ ...WISH, amount: percent, stop }) ?? Number.NaN;
        const lossOf = (count: number): number => (count / 1000) * 60_000 * lossFractionAt({ price: 60_000, stop, maxSlippagePercent: 0.2 });
        expect(lossOf(lots)).toBeLessThanOrEqual(100 * percent + 1e-6);
        expect(lossOf(lots + 1)).toBeGreaterThan(100 * percent - 1e-6);
      }),
    );
  });

  it('as margin or quantity is whole steps and never more than asked for', () => {
    expect(wishedLots({ ...WISH, unit: 'margin', amount: 500 })).toBe(25);
    expect(wishedLots({ ...WISH, unit: 'quantity', amount: 0.0129 })).toBe(12);
    expect(wishedLots({ ...WISH, unit: 'quantity', amount: 0.3 })).toBe(300);
  });

  it('is left to the limits, or is nothing where it is less than a step or no number', () => {
    expect(wishedLots({ ...WISH, unit: 'most' })).toBeUndefined();
    expect([0, Number.NaN, -1, 0.0004].map((amount) => wishedLots({ ...WISH, unit: 'quantity', amount }))).toEqual([0, 0, 0, 0]);
    expect(wishedLots({ ...WISH, stop: Number.NaN })).toBe(0);
  });
});

describe('the command that a ticket stands for', () => {
  it('has its prices on the tick, and post-only only with a limit', () => {
    const open = { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null, limit: null };
    expect(commandOf(DRAFT, BTC, undefined)).toEqual(open);
    expect(commandOf({ ...DRAFT, postOnly: true }, BTC, 7)).toEqual({ ...open, mostLots: 7 });
    expect(commandOf({ ...DRAFT, limit: '59800.04', target: '61000', postOnly: true }, BTC, undefined)).toEqual({
      ...open,
      limit: 598_000,
      target: 610_000,
      postOnly: true,
    });
  });

  it('is none while a price is missing or no number', () => {
    expect(
      [{ stop: '' }, { stop: '0' }, { stop: '-5' }, { limit: 'x' }, { target: '0.00001' }].map((change) => commandOf({ ...DRAFT, ...change }, BTC, 1)),
    ).toEqual([null, null, null, null, null]);
    expect([typedPrice(''), typedPrice('12.5'), typedPrice('0')]).toEqual([null, 12.5, Number.NaN]);
  });
});

describe('what the answer of the risk manager means', () => {
  const ask = (side: 'long' | 'short', stop: number): OpenApproved => {
    const bench = new EngineBench().warmUp();
    const preview = bench.engine.previewOpen({ kind: 'open-position', symbol: 'BTCUSDT', side, stop, target: null }, bench.now);
    if (preview.kind === 'denied') throw new Error(preview.code);
    return preview;
  };

  it.each([
    ['long', 594_000],
    ['short', 606_000],
  ] as const)('for a %s: the win after fees, its ratio to the whole loss, who pays funding, and how far liquidation is', (side, stop) => {
    const preview = ask(side, stop);
    const facts = factsOf(preview, { side, market: BTC, fundingRate: 0.0001 });
    const quantity = preview.lots / 1000;
    expect(facts.winUsdt).toBeCloseTo(1200 * quantity - preview.feesUsdt, 6);
    // Costs make the ratio worse than the plain 2 : 1, never better.
    expect(facts.netRewardRisk).toBeCloseTo(facts.winUsdt / (preview.factors.lossAtStop / 1e8), 9);
    expect(facts.netRewardRisk).toBeLessThan(2);
    expect(facts.fundingUsdt).toBeCloseTo((side === 'long' ? -1 : 1) * 0.0001 * preview.notionalUsdt, 9);
    const { liquidation } = facts;
    if (liquidation === null) throw new Error('no liquidation price');
    expect(Math.sign(liquidation.price - preview.price)).toBe(side === 'long' ? -1 : 1);
    expect(liquidation.stopMultiple).toBeCloseTo((liquidation.distance * preview.price) / 600, 6);
    expect(liquidation.stopMultiple).toBeGreaterThan(2);
  });

  it('names every reason that can lower the leverage in all three languages', () => {
    const reasons = ['losses', 'drawdown', 'volatility spike', 'bracket', 'hard cap', 'risk per trade', 'liquidation distance'] as const;
    for (const language of ['en', 'zh-CN', 'zh-TW'] as const)
      expect(reasons.map((reason) => translate(`loweredBy.${reason}`, {}, language)).every((text) => text.length > 1)).toBe(true);
  });
});
