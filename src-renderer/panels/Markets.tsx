// All markets, live: what moves, how near each is to a signal, and why it has none. Wide, it shows every column.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Star } from 'lucide-react';
import { useText } from '../i18n/translate.ts';
import { ownListMove } from '../keys/list-move.ts';
import { usePreferences } from '../state/preferences.ts';
import { selectSymbol, useScreen } from '../state/store.ts';
import { COMPACT_COLUMNS, WIDE_COLUMNS } from './market-columns.ts';
import { useOpenPositions } from '../state/selectors.ts';
import { arrangeRows, MARKET_FILTERS, type MarketFilter, type MarketRow, type SortKey } from './market-rows.ts';
import { MarketLine } from './MarketLine.tsx';

const ROW_HEIGHT = 38;
const WIDE_ROW_HEIGHT = 26;
const WIDE_FROM = 560;
/** The order changes at most this often, so that a row can be pressed before it moves away. */
const REORDER_MS = 2000;

function useRows(): readonly MarketRow[] {
  const markets = useScreen((state) => state.snapshot?.markets);
  const ticks = useScreen((state) => state.snapshot?.ticks);
  const analysis = useScreen((state) => state.snapshot?.analysis);
  return useMemo(
    () =>
      Object.values(markets ?? {}).map((market): MarketRow => ({
        symbol: market.symbol,
        market,
        tick: ticks?.[market.symbol],
        analysis: analysis?.[market.symbol],
      })),
    [markets, ticks, analysis],
  );
}

export function Markets(): React.JSX.Element {
  const t = useText();
  const rows = useRows();
  const selected = useScreen((state) => state.symbol);
  const favourites = usePreferences((state) => state.favourites);
  const [sort, setSort] = useState<SortKey>('progress');
  const [descending, setDescending] = useState(true);
  const [search, setSearch] = useState('');
  const [onlyFavourites, setOnlyFavourites] = useState(false);
  const [chosenFilter, setFilter] = useState<MarketFilter>('all');
  const open = useOpenPositions();
  const held = useMemo(() => new Set(open.map(({ position }) => position.symbol)), [open]);
  const order = useRef<{ readonly key: string; readonly at: number; readonly symbols: readonly string[] }>({ key: '', at: 0, symbols: [] });
  const scroller = useRef<HTMLDivElement>(null);
  const isWide = useIsWide(scroller);
  // The narrow table has no room for the choice; what cannot be seen must not hide markets.
  const filter = isWide ? chosenFilter : 'all';

  const key = `${sort} ${descending} ${search} ${onlyFavourites} ${favourites.length} ${rows.length} ${filter}`;
  if (order.current.key !== key || performance.now() - order.current.at > REORDER_MS) {
    const symbols = arrangeRows(rows, { sort, descending, search, favourites, onlyFavourites, filter, held }).map((row) => row.symbol);
    order.current = { key, at: performance.now(), symbols };
  }
  const bySymbol = useMemo(() => new Map(rows.map((row) => [row.symbol, row])), [rows]);
  const shown = order.current.symbols.map((symbol) => bySymbol.get(symbol)).filter((row) => row !== undefined);
  const height = isWide ? WIDE_ROW_HEIGHT : ROW_HEIGHT;
  const virtual = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 6 });
  useEffect(() => virtual.measure(), [virtual, height]);
  const live = rows.reduce((sum, row) => sum + (row.tick === undefined ? 0 : 1), 0);

  useEffect(
    () =>
      ownListMove((step) => {
        const { symbols } = order.current;
        const at = symbols.indexOf(useScreen.getState().symbol);
        const next = symbols[Math.max(0, Math.min(symbols.length - 1, at + step))];
        if (next === undefined) return;
        selectSymbol(next);
        virtual.scrollToIndex(symbols.indexOf(next));
      }),
    [virtual],
  );

  const columns = isWide ? WIDE_COLUMNS : COMPACT_COLUMNS;
  return (
    <section className={`scanner ${isWide ? 'wide' : ''}`} aria-label={t('panel.markets')}>
      <header className="panel-head">
        <span className="muted" data-testid="scanner-count">
          {t('markets.live', { count: live })}
        </span>
        {isWide ? (
          <select aria-label={t('markets.filter')} data-testid="market-filter" value={filter} onChange={(event) => setFilter(filterNamed(event.target.value))}>
            {MARKET_FILTERS.map((name) => (
              <option key={name} value={name}>
                {t(`markets.filter.${name}`)}
              </option>
            ))}
          </select>
        ) : null}
        <input
          type="search"
          placeholder={t('markets.search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          aria-label={t('markets.searchLabel')}
        />
        <button
          type="button"
          className="icon-button"
          aria-pressed={onlyFavourites}
          aria-label={t('markets.favourites')}
          title={t('markets.favourites')}
          onClick={() => setOnlyFavourites(!onlyFavourites)}
        >
          <Star size={13} fill={onlyFavourites ? 'currentColor' : 'none'} aria-hidden />
        </button>
      </header>
      <div className="scanner-table" role="table" aria-label={t('panel.markets')} aria-rowcount={shown.length}>
        <div role="rowgroup">
          <div className="scanner-head" role="row">
            {columns.map(({ id, title, hint, sort: sortKey }) => (
              <span
                key={id}
                className={`cell-${id}`}
                role="columnheader"
                aria-sort={sortKey === undefined ? undefined : sort === sortKey ? (descending ? 'descending' : 'ascending') : 'none'}
              >
                {sortKey === undefined ? (
                  <span title={hint === undefined ? undefined : t(hint)}>{t(title)}</span>
                ) : (
                  <button
                    type="button"
                    title={hint === undefined ? undefined : t(hint)}
                    onClick={() => {
                      setDescending(sort === sortKey ? !descending : sortKey !== 'symbol' && sortKey !== 'zone');
                      setSort(sortKey);
                    }}
                  >
                    {t(title)}
                    {sort === sortKey ? (descending ? ' ↓' : ' ↑') : ''}
                  </button>
                )}
              </span>
            ))}
          </div>
        </div>
        <div className="scanner-body" ref={scroller} role="rowgroup" tabIndex={0} aria-label={t('markets.list')}>
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
            {virtual.getVirtualItems().map((item) => {
              const row = shown[item.index];
              return row === undefined ? null : (
                <MarketLine
                  key={row.symbol}
                  row={row}
                  top={item.start}
                  height={height}
                  isWide={isWide}
                  isSelected={row.symbol === selected}
                  isFavourite={favourites.includes(row.symbol)}
                />
              );
            })}
          </div>
        </div>
      </div>
      {shown.length === 0 ? <p className="empty over">{t(rows.length === 0 ? 'markets.none' : 'state.noMatch')}</p> : null}
    </section>
  );
}

function filterNamed(name: string): MarketFilter {
  return MARKET_FILTERS.find((filter) => filter === name) ?? 'all';
}

function useIsWide(element: React.RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWide((entry?.contentRect.width ?? 0) >= WIDE_FROM));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isWide;
}
