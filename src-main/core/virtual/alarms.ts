// What a virtual position tells on its way: new extremes, sampled prices, and that a barrier is near.
import type { LifecycleKind } from '../../../src-shared/domain/position.ts';
import { nextApproach } from '../execution/lifecycle.ts';
import type { VirtualColumns } from './columns.ts';
import { STOP_BIT, TARGET_BIT } from './trigger-index.ts';

/** Excursions and prices are stored when they moved this far, so that a thousand positions do not flood the journal. */
const EXCURSION_STEP_R = 0.25;
const PRICE_STEP_R = 0.5;

export type Tell = (kind: LifecycleKind) => void;

/** A new extreme that is worth storing. */
export function tellExtremes(columns: VirtualColumns, slot: number, tell: Tell): void {
  const maximum = columns.maximum[slot] ?? 0;
  const minimum = columns.minimum[slot] ?? 0;
  if (maximum >= (columns.storedMaximum[slot] ?? 0) + EXCURSION_STEP_R) {
    columns.storedMaximum[slot] = maximum;
    tell('max_pnl_updated');
  }
  if (minimum <= (columns.storedMinimum[slot] ?? 0) - EXCURSION_STEP_R) {
    columns.storedMinimum[slot] = minimum;
    tell('min_pnl_updated');
  }
}

/** The last price, when it is far from the one stored before. */
export function tellPrice(columns: VirtualColumns, slot: number, tell: Tell): void {
  const profit = columns.grossR(slot, columns.last[slot] ?? 0);
  if (Math.abs(profit - (columns.storedPrice[slot] ?? 0)) < PRICE_STEP_R) return;
  columns.storedPrice[slot] = profit;
  tell('price_updated');
}

/** Near a barrier: once per approach, armed again when the price has gone back. */
export function tellApproach(columns: VirtualColumns, slot: number, { price, tell }: { readonly price: number; readonly tell: Tell }): void {
  const bits = columns.approach[slot] ?? 0;
  const { state, fired } = nextApproach(
    {
      side: columns.side[slot] === 1 ? 'long' : 'short',
      entry: columns.entry[slot] ?? 0,
      stop: columns.stop[slot] ?? null,
      target: columns.target[slot] ?? null,
      riskPerUnit: columns.risk[slot] ?? 0,
    },
    price,
    { target: (bits & TARGET_BIT) !== 0, stop: (bits & STOP_BIT) !== 0 },
  );
  columns.approach[slot] = (state.target ? TARGET_BIT : 0) | (state.stop ? STOP_BIT : 0);
  for (const kind of fired) tell(kind);
}
