// All markets as tiles: coloured by the day's change, by regime or by distance to a set-up; a tile chooses its market.
import { useMemo, useState } from 'react';
import type { MarketAnalysis, MarketTick } from '../../src-shared/contract/view.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { selectSymbol, useScreen } from '../state/store.ts';
import { formatPercent, formatShare } from '../ui/format.ts';
import { Segmented } from '../ui/parts.tsx';

type HeatBy = 'change' | 'regime' | 'progress';

/** Change at which a tile has its full colour. */
const FULL_CHANGE = 0.08;
const REGIME_STRENGTH = { strong_trending: 1, trending: 0.6, ranging: 0.25, choppy: 0.08, unknown: 0 } as const;

interface Tile {
  readonly symbol: string;
  readonly name: string;
  readonly text: string;
  readonly tone: 'up' | 'down' | 'accent';
  /** [0, 1]. */
  readonly strength: number;
}

function tileOf(by: HeatBy, parts: { readonly tick: MarketTick | undefined; readonly analysis: MarketAnalysis | undefined }): Omit<Tile, 'symbol' | 'name'> {
  const { tick, analysis } = parts;
  switch (by) {
    case 'change': {
      const change = tick?.change24h ?? 0;
      return { text: formatPercent(change, 1), tone: change >= 0 ? 'up' : 'down', strength: Math.min(1, Math.abs(change) / FULL_CHANGE) };
    }
    case 'regime': {
      const regime = analysis?.regimes['1h'] ?? 'unknown';
      const tone = analysis?.bias === 'long' ? 'up' : analysis?.bias === 'short' ? 'down' : 'accent';
      return { text: wordOf('regime', regime), tone, strength: REGIME_STRENGTH[regime] };
    }
    case 'progress':
      return { text: formatShare(analysis?.progress ?? 0), tone: 'accent', strength: (analysis?.progress ?? 0) ** 2 };
  }
}

export function HeatMap(): React.JSX.Element {
  const t = useText();
  const [by, setBy] = useState<HeatBy>('change');
  const markets = useScreen((state) => state.snapshot?.markets);
  const ticks = useScreen((state) => state.snapshot?.ticks);
  const analysis = useScreen((state) => state.snapshot?.analysis);
  const selected = useScreen((state) => state.symbol);
  // Tiles keep their place, largest volume first as it was when the list of markets came; colours move, tiles do not.
  const order = useMemo(() => {
    const now = useScreen.getState().snapshot?.ticks ?? {};
    return Object.values(markets ?? {}).toSorted((a, b) => (now[b.symbol]?.quoteVolume24h ?? 0) - (now[a.symbol]?.quoteVolume24h ?? 0));
  }, [markets]);
  const tiles = order.map((market): Tile => ({
    symbol: market.symbol,
    name: market.baseAsset,
    ...tileOf(by, { tick: ticks?.[market.symbol], analysis: analysis?.[market.symbol] }),
  }));
  return (
    <section className="heat" aria-label={t('panel.heat')}>
      <div className="toolbar">
        <Segmented
          label={t('heat.by')}
          value={by}
          onChange={setBy}
          options={[
            ['change', t('heat.change')],
            ['regime', t('heat.regime')],
            ['progress', t('heat.progress')],
          ]}
        />
        <span className="muted small-text">{t(`heat.${by}Hint`)}</span>
      </div>
      {tiles.length === 0 ? <p className="empty">{t('markets.none')}</p> : null}
      <div className="heat-tiles">
        {tiles.map((tile) => (
          <button
            key={tile.symbol}
            type="button"
            className={`tile ${tile.symbol === selected ? 'selected' : ''}`}
            style={{ '--heat': `${Math.round(tile.strength * 45)}%`, '--tone': `var(--${tile.tone})` } as React.CSSProperties}
            aria-pressed={tile.symbol === selected}
            onClick={() => selectSymbol(tile.symbol)}
          >
            <strong>{tile.name}</strong>
            <span className="num">{tile.text}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
