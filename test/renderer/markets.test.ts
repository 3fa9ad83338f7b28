// The market table's own logic: which markets are shown, and in what order.
import { describe, expect, it } from 'vitest';
import { arrangeRows, type MarketRow, type MarketView } from '../../src-renderer/panels/market-rows.ts';
import type { MarketAnalysis, MarketInfo, MarketTick } from '../../src-shared/contract/view.ts';

const row = (symbol: string, analysis: Partial<MarketAnalysis> | null, tick: Partial<MarketTick> = {}): MarketRow => ({
  symbol,
  market: { symbol } as MarketInfo,
  tick: tick as MarketTick,
  analysis: analysis === null ? undefined : (analysis as MarketAnalysis),
});
const ROWS = [
  row('AUSDT', { bias: 'long', stoppedAt: 'setup', progress: 0.3, zoneDistanceAtr: 2 }),
  row('BUSDT', { bias: 'short', stoppedAt: 'trigger', progress: 0.6, zoneDistanceAtr: 0 }),
  row('CUSDT', { bias: 'long', stoppedAt: null, progress: 1, zoneDistanceAtr: 0 }),
  row('DUSDT', null),
];
const VIEW: MarketView = {
  sort: 'progress',
  descending: true,
  search: '',
  favourites: ['DUSDT'],
  onlyFavourites: false,
  filter: 'all',
  held: new Set(['AUSDT']),
};
const names = (change: Partial<MarketView>): string =>
  arrangeRows(ROWS, { ...VIEW, ...change })
    .map(({ symbol }) => symbol[0])
    .join('');

describe('the market table', () => {
  it('puts the nearest to a signal first, a market without analysis last, and ties by name', () => {
    expect(names({})).toBe('CBAD');
    expect(names({ descending: false })).toBe('DABC');
    expect(names({ sort: 'zone', descending: false })).toBe('BCAD');
    expect(names({ sort: 'confidence' })).toBe('ABCD');
  });

  it('shows what is asked for: a name, favourites, a bias, a set-up that is there, what is held', () => {
    expect(names({ search: 'bu' })).toBe('B');
    expect(names({ onlyFavourites: true })).toBe('D');
    expect([names({ filter: 'long' }), names({ filter: 'short' })]).toEqual(['CA', 'B']);
    expect(names({ filter: 'near' })).toBe('CB');
    expect(names({ filter: 'held' })).toBe('A');
    expect(names({ filter: 'long', search: 'B' })).toBe('');
  });
});
