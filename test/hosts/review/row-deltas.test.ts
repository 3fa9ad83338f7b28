// Rows written as what changed come back as they were, whatever changed in them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineDecoder, LineEncoder } from '../../../src-main/hosts/review/line-coder.ts';
import type { RecordingLine } from '../../../src-main/hosts/review/recording-format.ts';
import { RowDeltas, type PackedRow } from '../../../src-main/hosts/review/row-deltas.ts';

const value = fc.oneof(fc.double(), fc.integer(), fc.constant(null), fc.constant(undefined), fc.string(), fc.boolean());
const rows = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.dictionary(fc.constantFrom('x', 'y', 'z', 'w'), value)), { maxLength: 40 });

describe('row deltas', () => {
  test('any sequence of rows comes back as JSON would give it', () => {
    fc.assert(
      fc.property(rows, (sequence) => {
        const writer = new RowDeltas();
        const reader = new RowDeltas();
        for (const [name, row] of sequence) {
          const packed = JSON.parse(JSON.stringify(writer.pack(name, row))) as PackedRow;
          expect(JSON.stringify(reader.unpack(packed))).toBe(JSON.stringify(row));
        }
      }),
    );
  });

  test('a row that did not change costs its name', () => {
    const writer = new RowDeltas();
    writer.pack('A', { last: 1, mark: 2 });
    expect(writer.pack('A', { last: 1, mark: 2 })).toEqual(['A', 0]);
    expect(writer.pack('A', { last: 1, mark: 3 })).toEqual(['A', 2, 3]);
  });

  test('a change of a row that was never written is refused', () => {
    expect(() => new RowDeltas().unpack(['A', 1, 5])).toThrow('before it names it');
  });

  test('lines of prices and forming candles come back whole, keys in their order', () => {
    const line = (last: number, close: number): RecordingLine[] => [
      {
        kind: 'input',
        input: {
          kind: 'market',
          at: 5 as never,
          event: {
            kind: 'prices',
            prices: [{ symbol: 'AUSDT', last, mark: last, change24h: 0, quoteVolume24h: 1, fundingRate: 0, nextFundingTime: null, time: 4 as never }],
          },
        },
      },
      {
        kind: 'input',
        input: { kind: 'market', at: 5 as never, event: { kind: 'candle-forming', symbol: 'AUSDT', timeframe: '5m', candle: { close, open: 1 } as never } },
      },
    ];
    const encoder = new LineEncoder();
    const decoder = new LineDecoder();
    for (const entry of [...line(1, 2), ...line(1.5, 2), ...line(1.5, 3)])
      expect(JSON.stringify(decoder.decode(encoder.encode(entry)))).toBe(JSON.stringify(entry));
  });
});
