// What is live and what has ended, beside a plain map that is looked through each time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveMap } from '../../../src-main/core/execution/live-map.ts';

interface Entry {
  readonly id: string;
  readonly ended: boolean;
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), ended: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), id: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
);

describe('a map that knows what is live', () => {
  it('tells the same, in the same order, as a plain map looked through', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new LiveMap<Entry>((entry) => !entry.ended);
        const plain = new Map<string, Entry>();
        for (const next of steps) {
          if (next.kind === 'delete') {
            map.delete(next.id);
            plain.delete(next.id);
          } else {
            map.set(next.id, { id: next.id, ended: next.ended });
            plain.set(next.id, { id: next.id, ended: next.ended });
          }
          const all = [...plain.values()];
          expect([...map.values()]).toEqual(all);
          expect(map.live()).toEqual(all.filter((entry) => !entry.ended));
          expect(map.ended()).toEqual(all.filter((entry) => entry.ended));
          expect(map.size).toBe(plain.size);
        }
      }),
    );
  });

  it('gives lists that do not change when the map does', () => {
    const map = new LiveMap<Entry>((entry) => !entry.ended);
    map.set('a', { id: 'a', ended: false });
    const before = map.live();
    map.set('b', { id: 'b', ended: false });
    map.set('a', { id: 'a', ended: true });
    expect(before.map(({ id }) => id)).toEqual(['a']);
    expect(map.live().map(({ id }) => id)).toEqual(['b']);
  });
});
