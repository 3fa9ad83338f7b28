// One market in the table; drawn again only when one of its own parts changed.
import { memo } from 'react';
import { Star } from 'lucide-react';
import type { MarketAnalysis } from '../../src-shared/contract/view.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { toggleFavourite } from '../state/preferences.ts';
import { sparkOf, sparkPoints } from '../state/sparks.ts';
import { selectSymbol } from '../state/store.ts';
import { describeCode } from '../text/codes.ts';
import { formatPercent, formatPrice, formatShare, formatVolume, NO_VALUE, numberText, toneOf } from '../ui/format.ts';
import type { MarketRow } from './market-rows.ts';

const REGIME_LETTERS = { strong_trending: 'S', trending: 'T', ranging: 'R', choppy: 'C', unknown: '·' } as const;
const SPARK = { width: 64, height: 16 };

export interface MarketLineProps {
  readonly row: MarketRow;
  readonly top: number;
  readonly height: number;
  readonly isWide: boolean;
  readonly isSelected: boolean;
  readonly isFavourite: boolean;
}

function isSame(a: MarketLineProps, b: MarketLineProps): boolean {
  return (
    a.top === b.top &&
    a.isWide === b.isWide &&
    a.isSelected === b.isSelected &&
    a.isFavourite === b.isFavourite &&
    a.row.tick === b.row.tick &&
    a.row.analysis === b.row.analysis &&
    a.row.market === b.row.market
  );
}

export const MarketLine = memo(Line, isSame);

function Line({ row, top, height, isWide, isSelected, isFavourite }: MarketLineProps): React.JSX.Element {
  const t = useText();
  const { symbol, market, analysis } = row;
  return (
    <div
      className={`scanner-row ${isSelected ? 'selected' : ''}`}
      data-testid="scanner-row"
      data-symbol={symbol}
      style={{ transform: `translateY(${top}px)`, height }}
      role="row"
      aria-current={isSelected}
      onClick={() => selectSymbol(symbol)}
    >
      <span role="cell" className="cell-symbol">
        <button
          type="button"
          className="star"
          tabIndex={-1}
          aria-label={t('markets.favourite', { symbol })}
          aria-pressed={isFavourite}
          onClick={(event) => {
            event.stopPropagation();
            toggleFavourite(symbol);
          }}
        >
          <Star size={10} fill={isFavourite ? 'currentColor' : 'none'} aria-hidden />
        </button>
        {isWide ? null : <Bias side={analysis?.bias ?? null} />}
        <strong>{market.baseAsset}</strong>
      </span>
      {isWide ? <WideCells row={row} /> : <CompactCells row={row} />}
      <span role="cell" className="cell-why">
        {isWide ? null : <Regimes analysis={analysis} />}
        <WhyText analysis={analysis} />
        {isWide ? null : <Scores analysis={analysis} />}
      </span>
    </div>
  );
}

function CompactCells({ row: { market, tick, analysis } }: { readonly row: MarketRow }): React.JSX.Element {
  return (
    <>
      <span role="cell" className="cell-price num live">
        {tick === undefined ? NO_VALUE : formatPrice(market, tick.last)}
      </span>
      <span role="cell" className={`right num live ${toneOf(tick?.change24h ?? 0)}`}>
        {tick === undefined ? '' : formatPercent(tick.change24h)}
      </span>
      <ProgressCell analysis={analysis} />
    </>
  );
}

function WideCells({ row: { symbol, market, tick, analysis } }: { readonly row: MarketRow }): React.JSX.Element {
  const points = sparkPoints(sparkOf(symbol), SPARK.width, SPARK.height);
  const confidence = analysis?.confidence ?? null;
  const band = analysis?.uncertainty == null ? '' : ` ±${Math.round(analysis.uncertainty * 50)}`;
  return (
    <>
      <span role="cell" className="right num live">
        {tick === undefined ? NO_VALUE : formatPrice(market, tick.last)}
      </span>
      <span role="cell" className={`right num live ${toneOf(tick?.change24h ?? 0)}`}>
        {tick === undefined ? '' : formatPercent(tick.change24h)}
      </span>
      <span role="cell" className="cell-spark">
        <svg width={SPARK.width} height={SPARK.height} aria-hidden className="spark">
          <polyline points={points} />
        </svg>
      </span>
      <span role="cell" className="cell-volume right num">
        {tick === undefined ? NO_VALUE : formatVolume(tick.quoteVolume24h)}
      </span>
      <span role="cell" className={`cell-funding right num ${toneOf(tick?.fundingRate ?? 0)}`}>
        {tick === undefined ? '' : `${numberText(tick.fundingRate * 100, 4)}%`}
      </span>
      <span role="cell">
        <Regimes analysis={analysis} />
      </span>
      <span role="cell">
        <Bias side={analysis?.bias ?? null} />
      </span>
      <ProgressCell analysis={analysis} />
      <span role="cell" className="right num">
        {analysis?.zoneDistanceAtr == null ? '' : numberText(analysis.zoneDistanceAtr, 1)}
      </span>
      <span role="cell" className="right num">
        {confidence === null ? '' : `${formatShare(confidence)}${band}`}
      </span>
      <span role="cell" className="cell-model right num">
        {analysis?.modelProbability == null ? '' : formatShare(analysis.modelProbability)}
      </span>
    </>
  );
}

function ProgressCell({ analysis }: { readonly analysis: MarketAnalysis | undefined }): React.JSX.Element {
  const t = useText();
  const share = analysis?.progress ?? 0;
  return (
    <span role="cell" className="cell-progress" title={t('markets.distance', { share: formatShare(share) })}>
      <span className="progress">
        <span className={analysis?.stoppedAt === null ? 'full' : ''} style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
}

function Bias({ side }: { readonly side: Side | null }): React.JSX.Element {
  const t = useText();
  const text = `${t('step.bias')}: ${side === null ? t('direction.none') : wordOf('side', side)}`;
  return (
    <em className={side === 'long' ? 'up' : side === 'short' ? 'down' : 'muted'} title={text}>
      <span aria-hidden>{side === 'long' ? '▲' : side === 'short' ? '▼' : '·'}</span>
      <span className="visually-hidden">{text}</span>
    </em>
  );
}

function Regimes({ analysis }: { readonly analysis: MarketAnalysis | undefined }): React.JSX.Element {
  return (
    <span className="regimes">
      {(['1h', '15m', '5m'] as const).map((timeframe) => {
        const regime = analysis?.regimes[timeframe] ?? 'unknown';
        return (
          <i key={timeframe} className={`regime-${regime}`} title={`${timeframe}: ${wordOf('regime', regime)}`}>
            {REGIME_LETTERS[regime]}
          </i>
        );
      })}
    </span>
  );
}

function WhyText({ analysis }: { readonly analysis: MarketAnalysis | undefined }): React.JSX.Element {
  const t = useText();
  const why =
    analysis === undefined
      ? t('markets.notAnalysed')
      : analysis.stopCode === null
        ? t('markets.signal')
        : describeCode(analysis.stopCode, analysis.stopNumbers);
  const step = analysis === undefined || analysis.stoppedAt === null ? '' : `${wordOf('step', analysis.stoppedAt)}: `;
  return (
    <small className="why" title={`${step}${why}`}>
      {why}
    </small>
  );
}

function Scores({ analysis }: { readonly analysis: MarketAnalysis | undefined }): React.JSX.Element {
  const t = useText();
  return (
    <small className="num">
      {analysis?.confidence == null ? '' : t('markets.confidence', { share: formatShare(analysis.confidence) })}
      {/* Without a set-up the reason needs the room more than what a model thinks of it. */}
      {analysis?.confidence == null || analysis.modelProbability === null ? '' : ` ${t('markets.model', { share: formatShare(analysis.modelProbability) })}`}
    </small>
  );
}
