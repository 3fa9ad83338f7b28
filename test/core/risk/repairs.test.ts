// Limits at their edges: the new position counts in the exposure, minimums are met only where the risk fits, nonsense never becomes an order.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { lots, money, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { review } from '../../../src-main/core/risk/manager.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';
import { approve, riskRequest } from '../execution/support.ts';

describe('limits at their edges', () => {
  it('counts the new position in gross, net and cluster exposure', () => {
    const held = (percent: number, correlation: number, side: 'long' | 'short' = 'long') => [
      { symbol: 'ETHUSDT', side, notionalUsdt: percent * 100, correlation },
    ];
    const value = (positions: ReturnType<typeof held>): number => lotsToQuantity(sampleInstrument(), approve({ positions }).lots) * 60_000;
    expect(value([])).toBeGreaterThan(2000);
    expect(value(held(190, 0.9))).toBeLessThanOrEqual(1000);
    expect(value(held(295, 0.1))).toBeLessThanOrEqual(500);
    expect(value(held(495, 0.1, 'short'))).toBeLessThanOrEqual(500);
    expect(review(riskRequest({ positions: held(199.5, 0.9) }))).toMatchObject({ code: 'cluster_exposure' });
  });

  it('L9 rounds up to the minimum value only where risk and margin still fit, else skips', () => {
    const wide = {
      instrument: sampleInstrument({ minNotional: money(5 * 1e8) }),
      settings: { ...defaultSettings(), minNotionalUsdt: 100, riskPerTradePercent: 1, baseMarginPercent: 3, maxMarginPercent: 13 },
    };
    const cautious = sampleSignal({ confidence: 0.4 });
    const fits = review(riskRequest({ ...wide, signal: cautious, equity: moneyFromUsdt(1000), available: moneyFromUsdt(1000) }));
    expect(fits.kind).toBe('approved');
    if (fits.kind === 'approved') expect(lotsToQuantity(sampleInstrument(), fits.approval.lots) * 60_000).toBeGreaterThanOrEqual(100);
    expect(review(riskRequest({ ...wide, signal: cautious, equity: moneyFromUsdt(150), available: moneyFromUsdt(150) }))).toMatchObject({ kind: 'denied' });
  });

  it('L10 checks the minimum after the market step, and sends whole market steps', () => {
    const stepped = sampleInstrument({ marketStepLots: 7, marketMinLots: lots(7) });
    const approval = approve({ instrument: stepped });
    expect(approval.lots % 7).toBe(0);
    expect(approval.lots).toBeGreaterThanOrEqual(7);
    expect(review(riskRequest({ instrument: sampleInstrument({ marketStepLots: 1000 }) })).kind).toBe('denied');
  });

  it('L23 denies instead of computing with a price, a plan or a confidence that is not a number', () => {
    const signal = sampleSignal();
    for (const change of [
      { price: Number.NaN },
      { price: 0 },
      { signal: { ...signal, confidence: Number.NaN } },
      { signal: { ...signal, plan: { ...signal.plan, stop: Number.NaN } } },
      { equity: money(0) },
    ]) {
      expect(review(riskRequest(change))).toMatchObject({ kind: 'denied', code: 'data_stale' });
    }
  });

  it('L29 never exceeds twenty times leverage whatever the settings say', () => {
    const settings = { ...defaultSettings(), baseLeverage: 100, maxLeverage: 125, riskPerTradePercent: 100, liquidationDistanceMultiple: 0.1 };
    expect(approve({ settings, signal: sampleSignal({ confidence: 1, uncertainty: 0 }) }).leverage).toBe(20);
  });
});
