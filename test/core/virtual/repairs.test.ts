// The eleven events of a virtual life, and the index that lets a quiet price touch nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { VirtualBook, type VirtualOutput } from '../../../src-main/core/virtual/virtual-book.ts';
import { eventsOf, longSignal, shortSignal, START } from './support.ts';

const book = (): VirtualBook => new VirtualBook(() => 100_000);

describe('the life of a virtual position', () => {
  it('knows all eleven events, and `closed` is always last', () => {
    const virtual = book();
    const outputs: VirtualOutput[] = [];
    const keep = (output: VirtualOutput): void => void outputs.push(output);
    for (const [id, prices] of [
      ['win', [108, 117, 121]],
      ['loss', [95, 91.5, 89]],
    ] as const) {
      keep(virtual.open(longSignal(id), 'rank', START));
      for (const price of prices) {
        keep(virtual.onPrice('BTCUSDT', price, START));
        keep(virtual.onTick(START));
      }
      expect(eventsOf(outputs).at(-1)).toBe('closed');
    }
    keep(virtual.open(longSignal('hand'), 'rank', START));
    keep(virtual.close('hand', START));
    keep(virtual.open(longSignal('late'), 'rank', START));
    keep(virtual.onTick(epochMs(START + 97 * 3_600_000)));
    expect(new Set(eventsOf(outputs))).toEqual(
      new Set([
        'created',
        'price_updated',
        'max_pnl_updated',
        'min_pnl_updated',
        'tp_approaching',
        'sl_approaching',
        'tp_triggered',
        'sl_triggered',
        'expired',
        'manual_close',
        'closed',
      ]),
    );
    expect(eventsOf(outputs).filter((kind) => kind === 'closed')).toHaveLength(4);
    expect(eventsOf(outputs)[0]).toBe('created');
  });

  it('L19 never opens a candidate again that has lived', () => {
    const virtual = book();
    virtual.open(longSignal(), 'rank', START);
    virtual.onPrice('BTCUSDT', 121, START);
    virtual.open(longSignal(), 'rank', START);
    const restored = book();
    restored.restore(structuredClone(virtual.checkpoint()));
    restored.open(longSignal(), 'rank', START);
    expect([virtual.summary().opened, restored.summary().opened]).toEqual([1, 1]);
  });

  it('ends, warns and measures exactly as if every price had touched every position', () => {
    const path = fc.array(fc.double({ min: 85, max: 125, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(path, fc.nat(20), (prices, joinAt) => {
        const indexed = book();
        const plain = book();
        const told: [string[], string[]] = [[], []];
        const both = (step: (virtual: VirtualBook) => VirtualOutput): void => {
          told[0].push(...eventsOf([step(indexed)]));
          told[1].push(...eventsOf([step(plain)]));
        };
        both((virtual) => virtual.open(longSignal('a'), 'rank', START));
        prices.forEach((price, index) => {
          if (index === joinAt) both((virtual) => virtual.open(shortSignal('b'), 'rank', START));
          // A restored book has no index yet, so it looks at every position.
          plain.open(longSignal(`filler ${index}`, { symbol: 'BTCUSDT', plan: { ...longSignal().plan, stop: 1, target: 100_000 } }), 'rank', START);
          both((virtual) => virtual.onPrice('BTCUSDT', price, START));
        });
        const rows = (virtual: VirtualBook): unknown =>
          [...virtual.list('open', 100), ...virtual.list('closed', 100)]
            .filter((position) => position.id.length === 1)
            .toSorted((x, y) => x.id.localeCompare(y.id));
        expect(rows(indexed)).toEqual(rows(plain));
        const ends = (list: readonly string[]): readonly string[] => list.filter((kind) => kind.endsWith('triggered') || kind.endsWith('approaching'));
        expect(ends(told[0])).toEqual(ends(told[1]));
      }),
      { numRuns: 300 },
    );
  });
});
