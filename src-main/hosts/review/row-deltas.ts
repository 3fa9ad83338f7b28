// Rows that come again and again with few changes, written as what changed: prices of a symbol, its forming candle. Lossless.

type Row = Readonly<Record<string, unknown>>;

/** A row in full with its name, or the name, the bits of the fields that changed, and their values in order. */
export type PackedRow = readonly [name: string, row: Row] | readonly [name: string, changed: number, ...values: readonly unknown[]];

/** More fields than bits are written in full. */
const MOST_FIELDS = 30;

/** One for writing and another for reading; both see the same rows in the same order. Values are JSON scalars. */
export class RowDeltas {
  readonly #last = new Map<string, Row>();

  pack(name: string, given: Row): PackedRow {
    const row = withoutAbsent(given);
    const last = this.#last.get(name);
    this.#last.set(name, row);
    const fields = Object.keys(row);
    if (last === undefined || fields.length > MOST_FIELDS || !isSameShape(last, fields)) return [name, row];
    let changed = 0;
    const values: unknown[] = [];
    for (const [index, field] of fields.entries()) {
      if (Object.is(last[field], row[field])) continue;
      changed |= 1 << index;
      values.push(row[field]);
    }
    return [name, changed, ...values];
  }

  unpack(packed: PackedRow): Row {
    const [name, second, ...values] = packed;
    const row = typeof second === 'number' ? this.#merged(name, second, values) : second;
    this.#last.set(name, row);
    return row;
  }

  #merged(name: string, changed: number, values: readonly unknown[]): Row {
    const last = this.#last.get(name);
    if (last === undefined) throw new Error(`the recording changes ${name} before it names it`);
    let next = 0;
    return Object.fromEntries(Object.entries(last).map(([field, value], index) => [field, (changed & (1 << index)) === 0 ? value : values[next++]]));
  }
}

/** JSON leaves out what is undefined, and so must both sides. */
function withoutAbsent(row: Row): Row {
  return Object.values(row).includes(undefined) ? Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) : row;
}

function isSameShape(row: Row, fields: readonly string[]): boolean {
  const own = Object.keys(row);
  return own.length === fields.length && own.every((field, index) => field === fields[index]);
}
