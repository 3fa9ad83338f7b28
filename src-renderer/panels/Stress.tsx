// Shock test, liquidation ladder and exposure: what a sudden move of everything at once would do now.
import { useState } from 'react';
import { useText, wordOf } from '../i18n/translate.ts';
import { exposuresOf, leverageBands, liquidationLadder, shock, sumExposure, type Exposure } from '../state/exposure.ts';
import { useOpenPositions } from '../state/selectors.ts';
import { selectSymbol, useScreen } from '../state/store.ts';
import { formatPercent, formatPrice, numberText, toneOf } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

const DEFAULT_SHOCK = -5;
const LINES = 12;

export function Stress(): React.JSX.Element {
  const t = useText();
  const markets = useScreen((state) => state.snapshot?.markets);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  const rows = exposuresOf(useOpenPositions(), markets ?? {});
  if (rows.length === 0) return <p className="empty">{t('stress.empty')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.stress')}>
      <ShockTest rows={rows} equity={equity} />
      <Ladder rows={rows} />
      <Shares rows={rows} equity={equity} />
      <Leverages rows={rows} />
    </div>
  );
}

function ShockTest({ rows, equity }: { readonly rows: readonly Exposure[]; readonly equity: number }): React.JSX.Element {
  const t = useText();
  const [percent, setPercent] = useState(DEFAULT_SHOCK);
  const result = shock(rows, percent / 100);
  const money = (usdt: number): string => `${usdt > 0 ? '+' : ''}${numberText(usdt, 2)}`;
  return (
    <Block title={t('stress.shock')}>
      <label className="shock">
        <span>{t('stress.move')}</span>
        <input type="range" min={-30} max={30} step={1} value={percent} onChange={(event) => setPercent(Number(event.target.value))} />
        <strong className="num">
          {percent > 0 ? '+' : ''}
          {percent} %
        </strong>
      </label>
      <dl className="facts">
        <dt title={t('stress.gapHint')}>{t('stress.gap')}</dt>
        <dd className={`num ${toneOf(result.gap)}`} data-testid="shock-gap">
          {money(result.gap)} USDT ({formatPercent(result.gap / equity, 1)})
        </dd>
        <dt title={t('stress.stoppedHint')}>{t('stress.stopped')}</dt>
        <dd className={`num ${toneOf(result.stopped)}`}>
          {money(result.stopped)} USDT ({formatPercent(result.stopped / equity, 1)})
        </dd>
        <dt>{t('stress.liquidated')}</dt>
        <dd className={`num ${result.liquidated > 0 ? 'bad-text' : ''}`}>{result.liquidated}</dd>
      </dl>
      <ul className="bars">
        {result.lines.slice(0, LINES).map((line) => (
          <li key={line.symbol}>
            <button type="button" className="link" onClick={() => selectSymbol(line.symbol)}>
              {line.symbol}
            </button>
            <span className={`num ${toneOf(line.gap)}`}>{money(line.gap)}</span>
            {line.isLiquidated ? <span className="chip small bad">{wordOf('close', 'liquidation')}</span> : null}
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Ladder({ rows }: { readonly rows: readonly Exposure[] }): React.JSX.Element {
  const t = useText();
  const markets = useScreen((state) => state.snapshot?.markets);
  const ladder = liquidationLadder(rows);
  return (
    <Block title={t('stress.ladder')}>
      {ladder.length === 0 ? <p className="muted small-text">{t('stress.noLadder')}</p> : null}
      <ul className="ladder">
        {ladder.slice(0, LINES).map((rung) => (
          <li key={rung.symbol}>
            <button type="button" className="link" onClick={() => selectSymbol(rung.symbol)}>
              {rung.symbol}
            </button>
            <span className="progress">
              {/* The bar is the distance left; a full bar is 50 % or more away. */}
              <span className={rung.distance < 0.05 ? 'danger' : ''} style={{ width: `${Math.min(1, rung.distance / 0.5) * 100}%` }} />
            </span>
            <span className="num">{formatPercent(rung.distance, 1).replace('+', '')}</span>
            <span className="num muted">{formatPrice(markets?.[rung.symbol], rung.price)}</span>
            {rung.isBehindStop ? null : <span className="chip small bad">{t('stress.beforeStop')}</span>}
          </li>
        ))}
      </ul>
    </Block>
  );
}

/** How the open worth spreads over leverage. */
function Leverages({ rows }: { readonly rows: readonly Exposure[] }): React.JSX.Element {
  const t = useText();
  const bands = leverageBands(rows);
  return (
    <Block title={t('stress.leverage')}>
      <ul className="ladder">
        {bands.map((band) => (
          <li key={band.upTo}>
            <span className="num">≤ {band.upTo}×</span>
            <span className="progress">
              <span style={{ width: `${band.share * 100}%` }} />
            </span>
            <span className="num">{numberText(band.notional, 0)} USDT</span>
            <span className="num muted">{band.count}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Shares({ rows, equity }: { readonly rows: readonly Exposure[]; readonly equity: number }): React.JSX.Element {
  const t = useText();
  const sums = sumExposure(rows);
  const largest = rows.toSorted((a, b) => b.notional - a.notional).slice(0, LINES);
  const top = largest[0]?.notional ?? 1;
  return (
    <Block
      title={t('stress.exposure')}
      note={`${wordOf('side', 'long')} ${numberText(sums.long, 0)} · ${wordOf('side', 'short')} ${numberText(sums.short, 0)} USDT`}
    >
      <ul className="ladder">
        {largest.map((row) => (
          <li key={row.id}>
            <button type="button" className="link" onClick={() => selectSymbol(row.symbol)}>
              {row.symbol}
            </button>
            <span className="progress">
              <span className={row.sign === 1 ? 'up-fill' : 'down-fill'} style={{ width: `${(row.notional / top) * 100}%` }} />
            </span>
            <span className="num">{formatPercent((row.notional / equity) * row.sign, 0)}</span>
            <span className="num muted">{row.leverage}×</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}
