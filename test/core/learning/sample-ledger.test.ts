// Samples follow from the journal and from nothing else.
import { describe, expect, it } from 'vitest';
import type { LivedSample } from '../../../src-main/core/learning/lived-sample.ts';
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
    expect(whole.samples().filter(({ closedAt }) => closedAt > 140)).toHaveLength(20);
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

  it('L17 L22 what was really traded outweighs its virtual twin, whichever ends first, and keeps what was known at its decision', () => {
    const signal = signalOf(1, epochMs(1000));
    const opened: StoredRecord = { ...closed(1), kind: 'virtual-opened', data: { signal, verdict: 'traded' } };
    const position: StoredRecord = { ...closed(2), kind: 'position', data: { position: { id: 'P1', phase: 'closed', openedAt: 1100, signal } } };
    const end: StoredRecord = {
      ...closed(3),
      kind: 'lifecycle',
      data: { positionId: 'P1', kind: 'closed', time: 2000, price: 1, pnlR: -1.25, reason: 'stop' },
    };
    const twin = closed(4, { id: signal.id, pnlR: -1.03 });
    const orders = [
      [opened, position, end, twin],
      [opened, { ...twin, id: 2 }, { ...position, id: 3 }, { ...end, id: 4 }],
    ];
    for (const records of orders) {
      const ledger = new SampleLedger('real');
      ledger.follow(records);
      expect(ledger.samples().map(({ id, source, resultR, opening }) => [id, source, resultR, opening?.ictConfidence])).toEqual([
        [signal.id, 'real', -1.25, 0.5],
      ]);
      expect([ledger.countOf('real'), ledger.countOf('virtual')]).toEqual([1, 0]);
    }
  });

  it('L18 goes on after a restart where it stopped: openings not yet ended are ended by what comes later', () => {
    const signal = signalOf(2, epochMs(1000));
    const first = new SampleLedger();
    first.follow([{ ...closed(1), kind: 'virtual-opened', data: { signal, verdict: 'confidence.too_low' } }]);
    const kept = first.changed();
    expect([kept.samples.length, kept.openings.length]).toEqual([0, 1]);
    const second = new SampleLedger();
    second.restore({ ...kept, lastId: first.lastId });
    second.follow([closed(2, { id: signal.id, verdict: 'confidence.too_low' })]);
    expect(second.changed().samples[0]?.opening).toEqual(kept.openings[0]);
    second.forgetChanged();
    expect(second.changed().samples).toEqual([]);
  });

  it('L17 holds the newest samples whole and all of them in its sums: a year of them takes no more memory than a month', () => {
    const stored = new Map<string, LivedSample>();
    const ledger = new SampleLedger('paper', (id) => stored.get(id) ?? null, 100);
    const unbounded = new SampleLedger('paper');
    const records = Array.from({ length: 2500 }, (_, index) =>
      closed(index + 1, { verdict: ['traded', 'model.veto', 'confidence.too_low'][index % 3], pnlR: index % 4 === 0 ? 1.9 : -1.1 }),
    );
    for (let from = 0; from < records.length; from += 250) {
      ledger.follow(records.slice(from, from + 250));
      // What is not stored yet is never forgotten.
      expect(ledger.changed().samples).toHaveLength(250);
      for (const sample of ledger.changed().samples) stored.set(sample.id, sample);
      ledger.forgetChanged();
      expect(ledger.keptCount).toBe(100);
    }
    unbounded.follow(records);
    expect([ledger.count, ledger.countOf('virtual')]).toEqual([2500, 2500]);
    expect(ledger.byVerdict()).toEqual(unbounded.byVerdict());
    expect(ledger.vetoWorth()).toEqual(unbounded.vetoWorth());
    expect(ledger.samples().map(({ id }) => id)).toEqual(records.slice(-100).map(({ id }) => `S${id}`));
  });

  it('L17 a sample that left memory is still one when its twin ends months later, and is not counted twice', () => {
    const stored = new Map<string, LivedSample>();
    const ledger = new SampleLedger('real', (id) => stored.get(id) ?? null, 10);
    const signal = { ...signalOf(1, epochMs(1)), id: 'S1' };
    const store = (): void => {
      for (const sample of ledger.changed().samples) stored.set(sample.id, sample);
      ledger.forgetChanged();
    };
    ledger.follow([{ ...closed(1), kind: 'virtual-opened', data: { signal, verdict: 'traded' } }, closed(2, { id: 'S1', pnlR: -1.03 })]);
    ledger.follow(Array.from({ length: 50 }, (_, index) => closed(index + 10)));
    store();
    expect(ledger.samples().some(({ id }) => id === 'S1')).toBe(false);
    // A second virtual end changes nothing; the real one takes its place, with what was known at the decision.
    ledger.follow([
      closed(100, { id: 'S1', pnlR: 3 }),
      { ...closed(101), kind: 'position', data: { position: { id: 'P1', phase: 'closed', openedAt: 5, signal } } },
      { ...closed(102), kind: 'lifecycle', data: { positionId: 'P1', kind: 'closed', time: 9000, price: 1, pnlR: -1.25, reason: 'stop' } },
      { ...closed(103), kind: 'position', data: { position: { id: 'P1', phase: 'closed', openedAt: 5, signal } } },
    ]);
    expect([ledger.count, ledger.countOf('real'), ledger.countOf('virtual')]).toEqual([51, 1, 50]);
    expect(ledger.changed().samples.map(({ id, resultR, opening }) => [id, resultR, opening?.ictConfidence])).toEqual([['S1', -1.25, 0.5]]);
  });

  it('L18 a restart reads the sums of all samples and keeps the newest whole', () => {
    const all = new SampleLedger();
    all.follow(Array.from({ length: 300 }, (_, index) => closed(index + 1, { pnlR: index % 2 === 0 ? 1 : -1 })));
    const restarted = new SampleLedger('paper', () => null, 50);
    restarted.restore({ samples: all.samples(), openings: [], lastId: all.lastId });
    expect([restarted.count, restarted.keptCount, restarted.samples()[0]?.id]).toEqual([300, 50, 'S251']);
    expect(restarted.byVerdict()).toEqual(all.byVerdict());
  });

  it('a position opened by hand is no sample: no strategy proposed it', () => {
    const ledger = new SampleLedger('real');
    const signal = { ...signalOf(3, epochMs(1)), strategy: 'manual' as const };
    ledger.follow([
      { ...closed(1), kind: 'position', data: { position: { id: 'P1', phase: 'closed', openedAt: 1, signal } } },
      { ...closed(2), kind: 'lifecycle', data: { positionId: 'P1', kind: 'closed', time: 2, price: 1, pnlR: 3, reason: 'target' } },
    ]);
    expect(ledger.count).toBe(0);
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
    const history = { samples: 500 + ledger.count, newSamples: ledger.count, lastStartedAt: 0, isRunning: false, drift: 'none' } as const;
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
