// All markets, live: what moves, how near each is to a signal, and why it has none.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Star } from 'lucide-react';
import type { MarketAnalysis, MarketInfo, MarketTick } from '../../src-shared/contract/view.ts';
import { selectSymbol, toggleFavourite, useScreen } from '../state/store.ts';
import { describeCode, STEP_NAMES } from '../text/codes.ts';
import { formatPercent, formatPrice, formatShare, formatVolume, toneOf } from '../ui/format.ts';

type SortKey = 'volume' | 'symbol' | 'change' | 'progress' | 'confidence';

interface Row {
  readonly symbol: string;
  readonly market: MarketInfo;
  readonly tick: MarketTick | undefined;
  readonly analysis: MarketAnalysis | undefined;
}

const ROW_HEIGHT = 38;
const COLUMNS: readonly (readonly [SortKey, string])[] = [
  ['symbol', 'Symbol'],
  ['change', 'Price / 24h'],
  ['volume', 'Volume'],
  ['progress', 'To set-up'],
];
const REGIME_LETTERS = { strong_trending: 'S', trending: 'T', ranging: 'R', choppy: 'C', unknown: '·' } as const;

function valueOf(row: Row, key: SortKey): number | string {
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
  }
}

/** Sorted and filtered rows; ties by name so that nothing jumps. */
export function arrangeRows(
  rows: readonly Row[],
  view: {
    readonly sort: SortKey;
    readonly descending: boolean;
    readonly search: string;
    readonly favourites: readonly string[];
    readonly onlyFavourites: boolean;
  },
): readonly Row[] {
  const wanted = view.search.trim().toUpperCase();
  const filtered = rows.filter((row) => row.symbol.toUpperCase().includes(wanted) && (!view.onlyFavourites || view.favourites.includes(row.symbol)));
  return filtered.toSorted((a, b) => {
    const left = valueOf(a, view.sort);
    const right = valueOf(b, view.sort);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return (view.descending ? -order : order) || (a.symbol < b.symbol ? -1 : 1);
  });
}

export function Scanner(): React.JSX.Element {
  const markets = useScreen((state) => state.snapshot?.markets);
  const ticks = useScreen((state) => state.snapshot?.ticks);
  const analysis = useScreen((state) => state.snapshot?.analysis);
  const selected = useScreen((state) => state.symbol);
  const favourites = useScreen((state) => state.favourites);
  const isStale = useScreen((state) => state.connection !== 'connected');
  const [sort, setSort] = useState<SortKey>('progress');
  const [descending, setDescending] = useState(true);
  const [search, setSearch] = useState('');
  const [onlyFavourites, setOnlyFavourites] = useState(false);
  const order = useRef<{ readonly key: string; readonly at: number; readonly symbols: readonly string[] }>({ key: '', at: 0, symbols: [] });
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      Object.values(markets ?? {}).map((market): Row => ({ symbol: market.symbol, market, tick: ticks?.[market.symbol], analysis: analysis?.[market.symbol] })),
    [markets, ticks, analysis],
  );

  // The order changes every two seconds at most, so that a row can be clicked before it moves away.
  const key = `${sort} ${descending} ${search} ${onlyFavourites} ${favourites.length} ${rows.length}`;
  if (order.current.key !== key || performance.now() - order.current.at > 2000) {
    order.current = {
      key,
      at: performance.now(),
      symbols: arrangeRows(rows, { sort, descending, search, favourites, onlyFavourites }).map((row) => row.symbol),
    };
  }
  const bySymbol = useMemo(() => new Map(rows.map((row) => [row.symbol, row])), [rows]);
  const shown = order.current.symbols.map((symbol) => bySymbol.get(symbol)).filter((row): row is Row => row !== undefined);
  const virtual = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 6 });
  const live = Object.keys(ticks ?? {}).length;

  useEffect(() => {
    const move = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.key === '/' && target.tagName !== 'INPUT') {
        event.preventDefault();
        document.getElementById('scanner-search')?.focus();
      }
      if (useScreen.getState().dialog !== null || target.tagName === 'INPUT' || target.tagName === 'SELECT' || event.ctrlKey || event.metaKey) return;
      const step = event.key === 'ArrowDown' || event.key === 'j' ? 1 : event.key === 'ArrowUp' || event.key === 'k' ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const at = order.current.symbols.indexOf(useScreen.getState().symbol);
      const next = order.current.symbols[Math.max(0, Math.min(order.current.symbols.length - 1, at + step))];
      if (next === undefined) return;
      selectSymbol(next);
      virtual.scrollToIndex(order.current.symbols.indexOf(next));
    };
    window.addEventListener('keydown', move);
    return () => window.removeEventListener('keydown', move);
  }, [virtual]);

  return (
    <section className={`panel scanner ${isStale ? 'stale' : ''}`} aria-label="Scanner">
      <header className="panel-head">
        <strong>Markets</strong>
        <span className="muted" data-testid="scanner-count">
          {live} live
        </span>
        <input
          id="scanner-search"
          type="search"
          placeholder="Search  /"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          aria-label="Search symbol"
        />
        <button
          type="button"
          className="icon-button"
          aria-pressed={onlyFavourites}
          aria-label="Only favourites"
          title="Only favourites"
          onClick={() => setOnlyFavourites(!onlyFavourites)}
        >
          <Star size={13} fill={onlyFavourites ? 'currentColor' : 'none'} />
        </button>
      </header>
      <div className="scanner-head" role="row">
        {COLUMNS.map(([name, label]) => (
          <button
            key={name}
            type="button"
            role="columnheader"
            aria-sort={sort === name ? (descending ? 'descending' : 'ascending') : 'none'}
            onClick={() => {
              setDescending(sort === name ? !descending : name !== 'symbol');
              setSort(name);
            }}
          >
            {label}
            {sort === name ? (descending ? ' ↓' : ' ↑') : ''}
          </button>
        ))}
      </div>
      <div className="scanner-body" ref={scroller} role="table" aria-rowcount={shown.length}>
        {shown.length === 0 ? (
          <p className="empty">{rows.length === 0 ? 'Markets appear here as soon as the exchange has listed them.' : 'No market matches.'}</p>
        ) : null}
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = shown[item.index];
            return row === undefined ? null : (
              <ScannerRow key={row.symbol} row={row} top={item.start} isSelected={row.symbol === selected} isFavourite={favourites.includes(row.symbol)} />
            );
          })}
        </div>
      </div>
    </section>
  );
}

function ScannerRow({
  row,
  top,
  isSelected,
  isFavourite,
}: {
  readonly row: Row;
  readonly top: number;
  readonly isSelected: boolean;
  readonly isFavourite: boolean;
}): React.JSX.Element {
  const { symbol, market, tick, analysis } = row;
  const why = analysis === undefined ? 'Not analysed yet.' : analysis.stopCode === null ? 'Signal.' : describeCode(analysis.stopCode, analysis.stopNumbers);
  return (
    <div
      className={`scanner-row ${isSelected ? 'selected' : ''}`}
      data-testid="scanner-row"
      data-symbol={symbol}
      style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}
      role="row"
      aria-selected={isSelected}
      onClick={() => selectSymbol(symbol)}
    >
      <span role="cell" className="cell-symbol">
        <button
          type="button"
          className="star"
          aria-label={`Favourite ${symbol}`}
          aria-pressed={isFavourite}
          onClick={(event) => {
            event.stopPropagation();
            toggleFavourite(symbol);
          }}
        >
          <Star size={10} fill={isFavourite ? 'currentColor' : 'none'} />
        </button>
        <strong>{market.baseAsset}</strong>
        <em className={analysis?.bias === 'long' ? 'up' : analysis?.bias === 'short' ? 'down' : 'muted'} title={`Bias: ${analysis?.bias ?? 'none'}`}>
          {analysis?.bias === 'long' ? '▲' : analysis?.bias === 'short' ? '▼' : '·'}
        </em>
      </span>
      <span role="cell" className="cell-price num">
        {tick === undefined ? '–' : formatPrice(market, tick.last)}{' '}
        <small className={toneOf(tick?.change24h ?? 0)}>{tick === undefined ? '' : formatPercent(tick.change24h)}</small>
      </span>
      <span role="cell" className="cell-volume num">
        {tick === undefined ? '–' : formatVolume(tick.quoteVolume24h)}
      </span>
      <span role="cell" className="cell-progress">
        <span className="progress">
          <span className={analysis?.stoppedAt === null ? 'full' : ''} style={{ width: `${(analysis?.progress ?? 0) * 100}%` }} />
        </span>
      </span>
      <span
        role="cell"
        className="cell-why"
        title={`${analysis === undefined || analysis.stoppedAt === null ? '' : `${STEP_NAMES[analysis.stoppedAt]}: `}${why}`}
      >
        <span className="regimes" title="Regime on 1h, 15m, 5m: S strong trend, T trend, R range, C choppy">
          {(['1h', '15m', '5m'] as const).map((timeframe) => (
            <i key={timeframe} className={`regime-${analysis?.regimes[timeframe] ?? 'unknown'}`}>
              {REGIME_LETTERS[analysis?.regimes[timeframe] ?? 'unknown']}
            </i>
          ))}
        </span>
        <small className="why">{why}</small>
        <small className="num">
          {analysis?.confidence == null ? '' : `conf ${formatShare(analysis.confidence)}`}
          {analysis?.modelProbability == null ? '' : ` model ${formatShare(analysis.modelProbability)}`}
        </small>
      </span>
    </div>
  );
}
