// Counts what comes over the link, for the connection panel and the bench.
let bytes = 0;
let messages = 0;

export function countBytes(length: number): void {
  bytes += length;
  messages += 1;
}

/** Totals since the page was loaded. */
export function linkTotals(): { readonly bytes: number; readonly messages: number } {
  return { bytes, messages };
}
