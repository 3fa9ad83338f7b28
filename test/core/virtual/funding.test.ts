// Funding of virtual positions: longs pay a positive rate, shorts receive it, and a restart knows what was paid.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { VirtualBook } from '../../../src-main/core/virtual/virtual-book.ts';
import { sampleSignal } from '../../support/samples.ts';

const NOW = epochMs(1_760_000_200_000);
const long = sampleSignal();
const short = sampleSignal({ id: 'short', side: 'short', plan: { ...long.plan, side: 'short', stop: 60_600, target: 58_800 } });

function opened(): VirtualBook {
  const book = new VirtualBook(() => 100);
  book.open(long, 'traded', NOW);
  book.open(short, 'traded', NOW);
  return book;
}

describe('funding of virtual positions', () => {
  it('costs the long what it brings the short', () => {
    const book = opened();
    const before = [book.get(long.id)?.pnlR ?? 0, book.get(short.id)?.pnlR ?? 0];
    book.onFunding('BTCUSDT', { rate: 0.001, price: 60_000, now: NOW });
    // 0.1 % of 60,000 is 60, a tenth of the 600 at risk.
    expect(book.get(long.id)?.pnlR).toBeCloseTo((before[0] ?? 0) - 0.1, 9);
    expect(book.get(short.id)?.pnlR).toBeCloseTo((before[1] ?? 0) + 0.1, 9);
  });

  it('is nothing for another symbol, and is journalled only where it counts', () => {
    const book = opened();
    expect(book.onFunding('ETHUSDT', { rate: 0.001, price: 3000, now: NOW }).records).toEqual([]);
    expect(book.onFunding('BTCUSDT', { rate: 0.001, price: 60_000, now: NOW }).records).toMatchObject([{ kind: 'virtual-funding', symbol: 'BTCUSDT' }]);
  });

  it('survives a restart, from the checkpoint and from the journal', () => {
    const book = opened();
    const checkpoint = structuredClone(book.checkpoint());
    const { records } = book.onFunding('BTCUSDT', { rate: 0.001, price: 60_000, now: NOW });
    const fromJournal = new VirtualBook(() => 100);
    fromJournal.restore(checkpoint);
    for (const record of records) fromJournal.replay(record.kind, structuredClone(record.data));
    const fromCheckpoint = new VirtualBook(() => 100);
    fromCheckpoint.restore(structuredClone(book.checkpoint()));
    for (const reborn of [fromJournal, fromCheckpoint]) expect(reborn.get(long.id)?.pnlR).toBeCloseTo(book.get(long.id)?.pnlR ?? 0, 12);
  });
});
