// The money in the top bar: equity, the day against its limit, open result, margin, naked positions.
import { useText } from '../i18n/translate.ts';
import { dailyLossLeft, nakedRisk, useOpenPositions } from '../state/selectors.ts';
import { showPanel, useScreen } from '../state/store.ts';
import { formatAge, formatPercent, formatSignedUsdt, formatUsdt, NO_VALUE, toneOf } from '../ui/format.ts';

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
  readonly title?: string;
}

function Figure({ label, value, tone, title }: FigureProps): React.JSX.Element {
  return (
    <div className="figure" title={title}>
      <span className="figure-label">{label}</span>
      <span className={`num live ${tone ?? ''}`}>{value}</span>
    </div>
  );
}

export function Figures(): React.JSX.Element {
  const t = useText();
  const account = useScreen((state) => state.snapshot?.account ?? null);
  const guard = useScreen((state) => state.snapshot?.guard);
  const limit = useScreen((state) => state.snapshot?.settings.dailyLossLimitPercent ?? 3);
  const lossShare = guard === undefined ? 0 : Math.min(1, (guard.dailyLossFraction * 100) / limit);
  return (
    <>
      <Figure label={t('frame.equity')} value={account === null ? NO_VALUE : formatUsdt(account.equity)} title={t('frame.equityHint')} />
      <div className="figure" title={t('frame.dayHint', { limit })}>
        <span className="figure-label">{t('frame.day')}</span>
        <span className={`num live ${toneOf(account?.dayPnl ?? 0)}`}>{account === null ? NO_VALUE : formatSignedUsdt(account.dayPnl)}</span>
        <span className="meter" role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(lossShare * 100)} aria-label={t('frame.dayMeter')}>
          <span style={{ width: `${lossShare * 100}%` }} />
        </span>
      </div>
      <Figure
        label={t('frame.left')}
        value={account === null || guard === undefined ? NO_VALUE : formatUsdt(dailyLossLeft(guard, limit))}
        tone={lossShare > 0.8 ? 'bad-text' : ''}
        title={t('risk.leftHint')}
      />
      <Figure label={t('frame.openPnl')} value={account === null ? NO_VALUE : formatSignedUsdt(account.unrealised)} tone={toneOf(account?.unrealised ?? 0)} />
      <Figure
        label={t('frame.margin')}
        value={account === null ? NO_VALUE : formatPercent(account.marginUsed / Math.max(1, account.equity), 1).replace('+', '')}
        title={account === null ? '' : t('frame.marginHint', { used: formatUsdt(account.marginUsed), free: formatUsdt(account.available) })}
      />
      <Naked />
    </>
  );
}

/** Always on the screen: how many positions have no confirmed stop, and for how long. */
function Naked(): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions();
  const markets = useScreen((state) => state.snapshot?.markets);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const naked = nakedRisk(open, markets ?? {}, now);
  const filled = open.filter((view) => view.position.lots > 0).length;
  return (
    <button type="button" className="figure figure-button" title={t('frame.nakedHint')} onClick={() => showPanel('risk')}>
      <span className="figure-label">{t('frame.naked')}</span>
      <span className={`num ${naked.count > 0 ? 'bad' : ''}`}>
        {t('frame.nakedOf', { naked: naked.count, open: filled })}
        {naked.count > 0 ? ` · ${formatAge(naked.longestMs)}` : ''}
      </span>
    </button>
  );
}
