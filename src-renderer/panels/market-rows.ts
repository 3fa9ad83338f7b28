// Rows of the market table: joined from three parts of the replica, sorted and filtered without jumping.
import type { MarketAnalysis, MarketInfo, MarketTick } from '../../src-shared/contract/view.ts';

export type SortKey = 'volume' | 'symbol' | 'change' | 'progress' | 'confidence' | 'funding' | 'bias' | 'model' | 'zone';

export interface MarketRow {
  readonly symbol: string;
  readonly market: MarketInfo;
  readonly tick: MarketTick | undefined;
  readonly analysis: MarketAnalysis | undefined;
}

export interface MarketView {
  readonly sort: SortKey;
  readonly descending: boolean;
  readonly search: string;
  readonly favourites: readonly string[];
  readonly onlyFavourites: boolean;
}

function valueOf(row: MarketRow, key: SortKey): number | string {
  switch (key) {
    case 'symbol':
      return row.symbol;
    case 'volume':
      return row.tick?.quoteVolume24h ?? 0;
    case 'change':
      return row.tick?.change24h ?? 0;
    case 'progress':
      return row.analysis?.progress ?? -1;
    case 'confidence':
      return row.analysis?.confidence ?? -1;
    case 'funding':
      return row.tick?.fundingRate ?? 0;
    case 'bias':
      return row.analysis?.bias === 'long' ? 1 : row.analysis?.bias === 'short' ? -1 : 0;
    case 'zone':
      // Farther than any zone when there is none.
      return row.analysis?.zoneDistanceAtr ?? Number.MAX_VALUE;
    case 'model':
      return row.analysis?.modelProbability ?? -1;
  }
}

/** Sorted and filtered rows; ties by name so that nothing jumps. */
export function arrangeRows(rows: readonly MarketRow[], view: MarketView): readonly MarketRow[] {
  const wanted = view.search.trim().toUpperCase();
  const filtered = rows.filter((row) => row.symbol.toUpperCase().includes(wanted) && (!view.onlyFavourites || view.favourites.includes(row.symbol)));
  return filtered.toSorted((a, b) => {
    const left = valueOf(a, view.sort);
    const right = valueOf(b, view.sort);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return (view.descending ? -order : order) || (a.symbol < b.symbol ? -1 : 1);
  });
}
