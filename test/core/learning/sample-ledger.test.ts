// Samples follow from the journal and from nothing else.
import { describe, expect, it } from 'vitest';
import { SampleLedger } from '../../../src-main/core/learning/sample-ledger.ts';
import { trainingNeed } from '../../../src-main/core/learning/schedule.ts';
import type { StoredRecord } from '../../../src-main/core/ports.ts';
import { VirtualBook } from '../../../src-main/core/virtual/virtual-book.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';

function closed(id: number, change: Readonly<Record<string, unknown>> = {}): StoredRecord {
  const data = { id: `S${id}`, symbol: 'AUSDT', openedAt: id, closedAt: id + 100, verdict: 'traded', pnlR: 1, ...change };
  return { id, session: 1, time: epochMs(id), kind: 'virtual-closed', positionId: null, symbol: 'AUSDT', summary: '', data };
}

describe('sample ledger', () => {
  it('L17 counts what the journal says: after a restart, in pieces or twice, the count is the same', () => {
    const records = Array.from({ length: 60 }, (_, index) => closed(index + 1));
    const whole = new SampleLedger();
    whole.follow(records);
    const pieces = new SampleLedger();
    pieces.follow(records.slice(0, 20));
    pieces.follow(records.slice(10, 45));
    pieces.follow(records);
    expect([whole.count, pieces.count, pieces.lastId]).toEqual([60, 60, 60]);
    expect(whole.countSince(140)).toBe(20);
  });

  it('L17 pairs by id: two positions of one symbol are two samples, a second end of one is none', () => {
    const ledger = new SampleLedger();
    ledger.follow([closed(1), closed(2), closed(3, { id: 'S1', pnlR: -1 })]);
    expect(ledger.count).toBe(2);
    expect(ledger.byVerdict()).toEqual([{ verdict: 'traded', count: 2, wins: 2, meanR: 1 }]);
  });

  it('says what the veto saved or cost, and how each verdict ended', () => {
    const ledger = new SampleLedger();
    ledger.follow([
      closed(1, { verdict: 'model.veto', pnlR: -1.1 }),
      closed(2, { verdict: 'model.veto', pnlR: 1.9 }),
      closed(3, { verdict: 'model.veto', pnlR: -1.1 }),
      closed(4, { verdict: 'confidence.too_low', pnlR: 1.9 }),
      closed(5),
    ]);
    expect(ledger.vetoWorth()).toEqual({ count: 3, savedR: expect.closeTo(0.3, 9) as unknown });
    expect(ledger.byVerdict().map(({ verdict, count, wins }) => [verdict, count, wins])).toEqual([
      ['model.veto', 3, 1],
      ['confidence.too_low', 1, 1],
      ['traded', 1, 1],
    ]);
  });

  it('what is not a sample is passed over', () => {
    const ledger = new SampleLedger();
    ledger.follow([{ ...closed(1), kind: 'virtual-opened' }, closed(2, { pnlR: Number.NaN }), { ...closed(3), data: null }, { ...closed(4), data: 'junk' }]);
    expect([ledger.count, ledger.lastId]).toEqual([0, 4]);
  });

  it('L19 reads what the virtual book writes, and fifty of them start a training', () => {
    const book = new VirtualBook(() => 1000);
    const ledger = new SampleLedger();
    let id = 0;
    const store = (output: ReturnType<VirtualBook['open']>): void => ledger.follow(output.records.map((record) => ({ ...record, id: (id += 1), session: 1 })));
    for (let index = 0; index < 50; index += 1) {
      const now = epochMs(1_700_000_000_000 + index * 1000);
      store(book.open(signalOf(index, now), 'traded', now));
      store(book.onPrice(`S${index}USDT`, 90, epochMs(now + 500)));
    }
    expect(ledger.count).toBe(50);
    expect(ledger.byVerdict()[0]!.meanR).toBeLessThan(-1);
    const history = { samples: 500 + ledger.count, newSamples: ledger.countSince(0), lastStartedAt: 0, isRunning: false, drift: 'none' } as const;
    expect(trainingNeed(history, defaultSettings(), 1_700_001_000_000)).toEqual({ kind: 'due', why: 'new_samples' });
  });
});

function signalOf(index: number, now: ReturnType<typeof epochMs>): Signal {
  return {
    id: `S${index}`,
    symbol: `S${index}USDT`,
    side: 'long',
    decidedAt: now,
    strategy: 'ict',
    plan: { side: 'long', entryKind: 'market', entry: 100, stop: 95, target: 110, rewardRisk: 2, expiresAt: epochMs(now + 96 * 3_600_000) },
    confidence: 0.5,
    ictConfidence: 0.5,
    uncertainty: 0.2,
    quality: 0.5,
    evidence: {
      regime: 'trending',
      subScores: { trendAlignment: 0.5, marketStructure: 0.5, pricePosition: 0.5, momentum: 0.5, volatility: 0.5 },
      zone: null,
      trigger: 'test',
      facts: [],
      opinions: [],
      fallback: null,
    },
  };
}
