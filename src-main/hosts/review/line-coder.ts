// Lines of a recording as text and back: arrays of floats bit by bit, prices and forming candles as what changed since the line before.
import type { EngineInput } from '../../core/engine/messages.ts';
import type { MarketPrice } from '../../core/ports.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { RecordingLine } from './recording-format.ts';
import { packFloats, unpackFloats } from './recording-format.ts';
import { RowDeltas, type PackedRow } from './row-deltas.ts';

type MarketInput = Extract<EngineInput, { kind: 'market' }>;

type PackedLine =
  | { readonly kind: 'prices'; readonly at: MarketInput['at']; readonly rows: readonly PackedRow[] }
  | { readonly kind: 'forming'; readonly at: MarketInput['at']; readonly row: PackedRow };

/** Every line of a recording must pass through one encoder, in order. */
export class LineEncoder {
  readonly #deltas = new RowDeltas();

  encode(line: RecordingLine): string {
    if (line.kind !== 'input') return JSON.stringify(line);
    const { input } = line;
    if (input.kind === 'prediction') return JSON.stringify(line, packFloats);
    return JSON.stringify((input.kind === 'market' ? this.#pack(input) : null) ?? line);
  }

  #pack({ at, event }: MarketInput): PackedLine | null {
    if (event.kind === 'prices') return { kind: 'prices', at, rows: event.prices.map((price) => this.#deltas.pack(price.symbol, { ...price })) };
    if (event.kind === 'candle-forming') return { kind: 'forming', at, row: this.#deltas.pack(`5m ${event.symbol}`, { ...event.candle }) };
    return null;
  }
}

/** The same for reading. */
export class LineDecoder {
  readonly #deltas = new RowDeltas();

  decode(text: string): RecordingLine {
    const line = (text.includes('"float32":') ? JSON.parse(text, unpackFloats) : JSON.parse(text)) as RecordingLine | PackedLine;
    if (line.kind === 'prices') {
      const prices = line.rows.map((row) => this.#deltas.unpack(row) as unknown as MarketPrice);
      return { kind: 'input', input: { kind: 'market', at: line.at, event: { kind: 'prices', prices } } };
    }
    if (line.kind === 'forming') {
      const candle = this.#deltas.unpack(line.row) as unknown as Candle;
      return {
        kind: 'input',
        input: { kind: 'market', at: line.at, event: { kind: 'candle-forming', symbol: line.row[0].slice(3), timeframe: '5m', candle } },
      };
    }
    return line;
  }
}
