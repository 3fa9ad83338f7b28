// What a stop costs when it fills: one formula for the risk manager and for what the screen shows before anything is sent.

/** Taker fee of a regular account, as a fraction of the value. */
export const TAKER_FEE_FRACTION = 0.0005;

/** Share of the value at `price` that is lost when the stop fills: distance, both fees and the slippage bound. Prices floating. */
export function lossFractionAt(plan: { readonly price: number; readonly stop: number; readonly maxSlippagePercent: number }): number {
  return Math.abs(plan.price - plan.stop) / plan.price + 2 * TAKER_FEE_FRACTION + plan.maxSlippagePercent / 100;
}
