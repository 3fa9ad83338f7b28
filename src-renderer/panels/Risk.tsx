// What may be lost today and what brakes are on: meters against limits, the naked-risk clock, and the three states of trading.
import { useText, wordOf } from '../i18n/translate.ts';
import { exposuresOf, sumExposure } from '../state/exposure.ts';
import { dailyLossLeft, nakedRisk, useOpenPositions } from '../state/selectors.ts';
import { allowTrading, command } from '../state/send.ts';
import { openDialog, useScreen } from '../state/store.ts';
import { formatAge, formatMoment, formatUsdt, numberText } from '../ui/format.ts';
import { Block, Meter } from '../ui/parts.tsx';
import type { Snapshot } from '../../src-shared/contract/view.ts';

const CLUSTERS_SHOWN = 5;
const STATES = ['active', 'reducing', 'halted'] as const;

export function Risk(): React.JSX.Element {
  const t = useText();
  const snapshot = useScreen((state) => state.snapshot);
  if (snapshot === null) return <p className="empty">{t('state.waiting')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.risk')}>
      <Meters snapshot={snapshot} />
      <Naked snapshot={snapshot} />
      <Brakes snapshot={snapshot} />
      <Clusters snapshot={snapshot} />
      <Limits snapshot={snapshot} />
    </div>
  );
}

function Meters({ snapshot: { guard, account, settings, markets } }: { readonly snapshot: Snapshot }): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions().filter(({ position }) => position.lots > 0);
  const sums = sumExposure(exposuresOf(open, markets));
  const equity = account === null ? Number.NaN : account.equity / 1e8;
  const percent = (usdt: number): number => (usdt / equity) * 100;
  const left = dailyLossLeft(guard, settings.dailyLossLimitPercent);
  const ratio = (fraction: number, limit: number): string => `${numberText(fraction * 100, 2)} / ${limit} %`;
  return (
    <Block title={t('risk.today')} note={account === null ? t('risk.noAccount') : undefined}>
      <p className="risk-left" title={t('risk.leftHint')}>
        {t('risk.left')} <strong className="num">{account === null ? '–' : formatUsdt(left)} USDT</strong>
      </p>
      <div className="meters">
        <Meter
          label={t('risk.dayLoss')}
          share={(guard.dailyLossFraction * 100) / settings.dailyLossLimitPercent}
          text={ratio(guard.dailyLossFraction, settings.dailyLossLimitPercent)}
        />
        <Meter
          label={t('risk.drawdown')}
          share={(guard.drawdownFraction * 100) / settings.maxDrawdownPercent}
          text={ratio(guard.drawdownFraction, settings.maxDrawdownPercent)}
        />
        <Meter
          label={t('risk.gross')}
          share={percent(sums.gross) / settings.maxGrossExposurePercent}
          text={`${numberText(percent(sums.gross), 0)} / ${settings.maxGrossExposurePercent} %`}
        />
        <Meter
          label={t('risk.net')}
          share={Math.abs(percent(sums.net)) / settings.maxNetExposurePercent}
          text={`${numberText(percent(sums.net), 0)} / ±${settings.maxNetExposurePercent} %`}
        />
        <Meter
          label={t('risk.margin')}
          share={account === null ? 0 : account.marginUsed / Math.max(1, account.equity) / (settings.maxTotalMarginPercent / 100)}
          text={`${account === null ? '–' : numberText((account.marginUsed / Math.max(1, account.equity)) * 100, 1)} / ${settings.maxTotalMarginPercent} %`}
        />
      </div>
      <p className="muted small-text">{t('risk.atStops', { usdt: `${sums.atStops > 0 ? '+' : ''}${numberText(sums.atStops, 2)}`, count: open.length })}</p>
    </Block>
  );
}

function Naked({ snapshot: { markets, engineTime, settings, guard } }: { readonly snapshot: Snapshot }): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions().filter(({ position }) => position.lots > 0);
  const naked = nakedRisk(open, markets, engineTime);
  return (
    <Block title={t('risk.nakedClock')}>
      <p className={`naked-clock ${naked.count > 0 ? 'bad-text' : ''}`} data-testid="naked-clock" role="status">
        <strong className="num">{naked.count === 0 ? '0 s' : formatAge(naked.longestMs)}</strong>{' '}
        {naked.count === 0
          ? open.length === 0
            ? t('risk.noneOpen')
            : t('risk.allProtected', { count: open.length })
          : t('risk.nakedNow', { count: naked.count, product: numberText(naked.secondsUsdt, 0), limit: settings.unprotectedCloseSeconds })}
      </p>
      {guard.nakedSecondsUsdtToday === undefined ? null : (
        <p className="muted small-text num" data-testid="naked-today">
          {t('risk.nakedToday', { product: numberText(guard.nakedSecondsUsdtToday, 0) })}
        </p>
      )}
    </Block>
  );
}

function Brakes({ snapshot: { guard, health } }: { readonly snapshot: Snapshot }): React.JSX.Element {
  const t = useText();
  return (
    <Block title={t('risk.brakes')} note={wordOf('trading', guard.state)}>
      <p className={guard.reason === 'none' ? 'muted small-text' : 'notice'}>
        {guard.reason === 'none'
          ? t('risk.noBrake', { time: formatMoment(guard.since) })
          : `${wordOf('cause', guard.reason)}, ${formatMoment(guard.since)}. ${wordOf('back', guard.reason)}`}
      </p>
      <p className="muted small-text">{t('risk.breaker', { grade: wordOf('grade', health.breaker) })}</p>
      <div className="button-row">
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={guard.state === state}
            title={t(`risk.${state}Hint`)}
            onClick={() => (state === 'active' ? allowTrading() : void command({ kind: 'set-trading-state', state }))}
          >
            {t(`risk.${state}`)}
          </button>
        ))}
      </div>
      <GuardHistory history={guard.history ?? []} />
    </Block>
  );
}

/** What the brakes did before, newest first. */
function GuardHistory({ history }: { readonly history: NonNullable<Snapshot['guard']['history']> }): React.JSX.Element | null {
  const t = useText();
  if (history.length === 0) return null;
  return (
    <details className="guard-history">
      <summary>{t('risk.history', { count: history.length })}</summary>
      <ul className="alarm-list">
        {history.toReversed().map((change) => (
          <li key={`${change.at} ${change.state} ${change.reason}`}>
            <span>
              {wordOf('trading', change.state)}
              {change.reason === 'none' ? '' : ` · ${wordOf('cause', change.reason)}`}
            </span>
            <span className="num muted">{formatMoment(change.at)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Positions that move together count together. */
function Clusters({ snapshot: { guard, account, settings } }: { readonly snapshot: Snapshot }): React.JSX.Element | null {
  const t = useText();
  const clusters = guard.clusters ?? [];
  if (clusters.length === 0 || account === null) return null;
  return (
    <Block title={t('risk.clusters')}>
      <div className="meters">
        {clusters.slice(0, CLUSTERS_SHOWN).map((cluster) => (
          <Meter
            key={cluster.symbols.join()}
            label={
              cluster.symbols.length === 1 ? (cluster.symbols[0] ?? '') : t('risk.cluster', { first: cluster.symbols[0], count: cluster.symbols.length - 1 })
            }
            share={Math.abs(cluster.netPercent) / settings.maxClusterExposurePercent}
            text={`${numberText(cluster.netPercent, 0)} / ±${settings.maxClusterExposurePercent} %`}
            hint={cluster.symbols.join(', ')}
          />
        ))}
      </div>
    </Block>
  );
}

function Limits({ snapshot: { account, settings } }: { readonly snapshot: Snapshot }): React.JSX.Element {
  const t = useText();
  const of = (percent: number): string => (account === null ? '–' : formatUsdt((account.equity * percent) / 100));
  const rows: readonly (readonly [string, string, string])[] = [
    ['RISK_PER_TRADE_PCT', `${settings.riskPerTradePercent} %`, t('risk.meansStop', { usdt: of(settings.riskPerTradePercent) })],
    ['DAILY_LOSS_LIMIT_PCT', `${settings.dailyLossLimitPercent} %`, t('risk.meansDay', { usdt: of(settings.dailyLossLimitPercent) })],
    ['MAX_MARGIN_PCT', `${settings.maxMarginPercent} %`, t('risk.meansMargin', { usdt: of(settings.maxMarginPercent) })],
    ['MAX_LEVERAGE', `${settings.maxLeverage}×`, t('risk.meansLeverage', { move: 100 / settings.maxLeverage })],
    ['MAX_POSITIONS', String(settings.maxPositions), t('risk.meansPositions')],
    ['MAX_CLUSTER_EXPOSURE_PCT', `${settings.maxClusterExposurePercent} %`, t('risk.meansCluster', { usdt: of(settings.maxClusterExposurePercent) })],
  ];
  return (
    <Block title={t('risk.limits')}>
      <table className="limits">
        <tbody>
          {rows.map(([name, value, meaning]) => (
            <tr key={name}>
              <td>
                <button type="button" className="link" title={t('risk.change', { name })} onClick={() => openDialog({ kind: 'settings', search: name })}>
                  {value}
                </button>
              </td>
              <td className="muted">{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}
