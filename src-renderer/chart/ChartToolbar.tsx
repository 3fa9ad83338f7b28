// Above the chart: market, price, timeframe, overlays, studies, arrangement and the switch without hindsight.
import { Columns3, Eye, EyeOff, Grid2x2, Square } from 'lucide-react';
import { timeframeMs, type Timeframe } from '../../src-shared/domain/candle.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { OVERLAY_NAMES, prefer, STUDY_NAMES, toggleOverlay, toggleStudy, usePreferences, type ChartArrangement } from '../state/preferences.ts';
import { openDialog, selectTimeframe, useScreen } from '../state/store.ts';
import { formatMoment, formatPercent, formatPrice, toneOf } from '../ui/format.ts';
import { Menu } from '../ui/Menu.tsx';
import { stepKnownAt, toggleKnownAt, useKnownAt } from './known-at-state.ts';

const TIMEFRAMES: readonly Timeframe[] = ['1h', '15m', '5m'];
const SHORT: Partial<Readonly<Record<string, string>>> = { orderBlocks: 'OB', gaps: 'FVG', breaks: 'BOS', liquidity: 'LIQ' };
const ARRANGEMENTS: readonly (readonly [ChartArrangement, typeof Square])[] = [
  ['one', Square],
  ['timeframes', Columns3],
  ['symbols', Grid2x2],
];

export function ChartToolbar(): React.JSX.Element {
  const t = useText();
  const timeframe = useScreen((state) => state.timeframe);
  const overlays = usePreferences((state) => state.overlays);
  const studies = usePreferences((state) => state.studies);
  const arrangement = usePreferences((state) => state.charts);
  return (
    <header className="panel-head">
      <Quote />
      <div className="segmented" role="group" aria-label={t('chart.timeframe')}>
        {TIMEFRAMES.map((name, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === timeframe}
            title={t('chart.key', { key: String(index + 1) })}
            onClick={() => selectTimeframe(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div className="segmented overlays" role="group" aria-label={t('chart.overlays')}>
        {(['orderBlocks', 'gaps', 'breaks', 'liquidity'] as const).map((name) => (
          <button key={name} type="button" aria-pressed={overlays[name]} title={t(`overlay.${name}`)} onClick={() => toggleOverlay(name)}>
            {SHORT[name]}
          </button>
        ))}
      </div>
      <Menu label={t('chart.overlays')}>
        {OVERLAY_NAMES.map((name) => (
          <label key={name} className="menu-check">
            <input type="checkbox" checked={overlays[name]} onChange={() => toggleOverlay(name)} /> {t(`overlay.${name}`)}
          </label>
        ))}
      </Menu>
      <Menu label={studies.length === 0 ? t('chart.studies') : `${t('chart.studies')} ${studies.length}`}>
        {STUDY_NAMES.map((name) => (
          <label key={name} className="menu-check">
            <input type="checkbox" checked={studies.includes(name)} onChange={() => toggleStudy(name)} /> {t(`study.${name}`)}
          </label>
        ))}
        <p className="muted small-text">{t('chart.studiesHint')}</p>
      </Menu>
      <div className="segmented" role="group" aria-label={t('chart.arrangement')}>
        {ARRANGEMENTS.map(([name, Icon]) => (
          <button
            key={name}
            type="button"
            aria-pressed={arrangement === name}
            aria-label={t(`charts.${name}`)}
            title={t(`charts.${name}`)}
            onClick={() => prefer({ charts: name })}
          >
            <Icon size={12} aria-hidden />
          </button>
        ))}
      </div>
      <KnownAt timeframe={timeframe} />
    </header>
  );
}

function Quote(): React.JSX.Element {
  const t = useText();
  const symbol = useScreen((state) => state.symbol);
  const market = useScreen((state) => state.snapshot?.markets[state.symbol]);
  const tick = useScreen((state) => state.snapshot?.ticks[state.symbol]);
  const analysis = useScreen((state) => state.snapshot?.analysis[state.symbol]);
  const timeframe = useScreen((state) => state.timeframe);
  return (
    <>
      <button type="button" className="chart-symbol" title={t('keys.symbol')} onClick={() => openDialog({ kind: 'palette', only: 'symbols' })}>
        {symbol}
      </button>
      <span className="num live">{tick === undefined ? '–' : formatPrice(market, tick.last)}</span>
      <span className={`num live ${toneOf(tick?.change24h ?? 0)}`}>{tick === undefined ? '' : formatPercent(tick.change24h)}</span>
      <span className="chart-note muted">{wordOf('regime', analysis?.regimes[timeframe] ?? 'unknown')}</span>
    </>
  );
}

function KnownAt({ timeframe }: { readonly timeframe: Timeframe }): React.JSX.Element {
  const t = useText();
  const { isOn, moment } = useKnownAt();
  const now = useScreen((state) => (isOn ? (state.snapshot?.engineTime ?? 0) : 0));
  const step = (bars: number): void => stepKnownAt(bars * timeframeMs(timeframe), now);
  return (
    <span className="known-at">
      {isOn ? (
        <>
          <button type="button" className="icon-button" aria-label={t('chart.knownBack')} onClick={() => step(-1)}>
            ‹
          </button>
          <span className="num warn-text">{moment === null ? t('chart.knownPick') : t('chart.knownAt', { time: formatMoment(moment) })}</span>
          <button type="button" className="icon-button" aria-label={t('chart.knownForward')} onClick={() => step(1)}>
            ›
          </button>
        </>
      ) : null}
      <button type="button" className="icon-button" aria-pressed={isOn} aria-label={t('chart.known')} title={t('chart.knownHint')} onClick={toggleKnownAt}>
        {isOn ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
      </button>
    </span>
  );
}
