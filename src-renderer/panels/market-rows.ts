// Rows of the market table: joined from three parts of the replica, sorted and filtered without jumping.
import type { MarketAnalysis, MarketInfo, MarketTick } from '../../src-shared/contract/view.ts';
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';

export type SortKey = 'volume' | 'symbol' | 'change' | 'progress' | 'confidence' | 'funding' | 'bias' | 'model' | 'zone';

/** What may be asked of a market beyond its name. `near`: a set-up is there, only the trigger or what follows is missing. */
export const MARKET_FILTERS = ['all', 'long', 'short', 'near', 'held'] as const;
export type MarketFilter = (typeof MARKET_FILTERS)[number];
const NEAR_FROM = FUNNEL_STEPS.indexOf('trigger');

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
  readonly filter: MarketFilter;
  /** Markets with an open position. */
  readonly held: ReadonlySet<string>;
}

function passes({ symbol, analysis }: MarketRow, filter: MarketFilter, held: ReadonlySet<string>): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'long':
    case 'short':
      return analysis?.bias === filter;
    case 'near':
      return analysis !== undefined && (analysis.stoppedAt === null || FUNNEL_STEPS.indexOf(analysis.stoppedAt) >= NEAR_FROM);
    case 'held':
      return held.has(symbol);
  }
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
  const filtered = rows.filter(
    (row) => row.symbol.toUpperCase().includes(wanted) && (!view.onlyFavourites || view.favourites.includes(row.symbol)) && passes(row, view.filter, view.held),
  );
  return filtered.toSorted((a, b) => {
    const left = valueOf(a, view.sort);
    const right = valueOf(b, view.sort);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return (view.descending ? -order : order) || (a.symbol < b.symbol ? -1 : 1);
  });
}
