// What each mode means, where its prices come from and where its orders go, and what to check before changing to it.
import { useState } from 'react';
import { LIVE_PHRASE } from '../../src-shared/contract/mode-switch.ts';
import { describeMode, MODES, type Mode } from '../../src-shared/domain/session.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { useText, type PhraseKey } from '../i18n/translate.ts';
import { useOpenPositions } from '../state/selectors.ts';
import { askHost, command } from '../state/send.ts';
import { TryWay } from '../panels/TryWay.tsx';
import { openDialog, useScreen } from '../state/store.ts';
import { Modal } from '../ui/Modal.tsx';
import { Segmented } from '../ui/parts.tsx';
import { limitValues, LIVE_CONFIDENCE, LIVE_LEVERAGE, modeChecks } from './mode-checks.ts';

const NEEDS: Readonly<Record<Mode, PhraseKey>> = {
  simulated: 'mode.needsSimulated',
  paper: 'mode.needsPaper',
  demo: 'mode.needsDemo',
  live: 'mode.needsLive',
};
export function ModeDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const snapshot = useScreen((state) => state.snapshot);
  const now = snapshot?.session.mode ?? 'simulated';
  const [wanted, setWanted] = useState<Mode>(now);
  return (
    <Modal title={t('mode.title')} onClose={onClose} wide>
      <ModeTable now={now} />
      {snapshot?.session.modeReason === undefined ? null : <p className="muted">{t(`modeReason.${snapshot.session.modeReason}`)}</p>}
      <div className="button-row">
        <span>{t('mode.choose')}</span>
        <Segmented label={t('mode.choose')} value={wanted} onChange={setWanted} options={MODES.map((mode) => [mode, t(`mode.${mode}`)] as const)} />
      </div>
      {wanted === now || snapshot === null ? null : <Change key={wanted} wanted={wanted} snapshot={snapshot} onClose={onClose} />}
      <div className="button-row">
        <div className="spacer" />
        <button type="button" onClick={onClose}>
          {t('dialog.close')}
        </button>
      </div>
    </Modal>
  );
}

function ModeTable({ now }: { readonly now: Mode }): React.JSX.Element {
  const t = useText();
  const place = (name: string): string => (name === 'local venue' ? t('mode.venue') : name);
  return (
    <table className="grid plain">
      <thead>
        <tr>
          <th>{t('mode.name')}</th>
          <th>{t('mode.prices')}</th>
          <th>{t('mode.orders')}</th>
          <th>{t('mode.money')}</th>
          <th>{t('mode.needs')}</th>
        </tr>
      </thead>
      <tbody>
        {MODES.map((mode) => {
          const description = describeMode(mode);
          return (
            <tr key={mode} className={mode === now ? 'selected' : ''}>
              <td>
                <span className={`badge mode-${mode}`}>{t(`mode.${mode}`)}</span> {mode === now ? t('mode.now') : ''}
              </td>
              <td>{place(description.marketFrom)}</td>
              <td>{place(description.ordersTo)}</td>
              <td className={description.realMoney ? 'bad-text' : ''}>{t(description.realMoney ? 'mode.realMoney' : 'mode.noMoney')}</td>
              <td>{t(NEEDS[mode])}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Change({ wanted, snapshot, onClose }: { readonly wanted: Mode; readonly snapshot: Snapshot; readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions().length;
  const [text, setText] = useState('');
  const checks = modeChecks(wanted, { snapshot, open });
  const { realMoney } = describeMode(wanted);
  const isUnlocked = !realMoney || text.trim().toUpperCase() === LIVE_PHRASE;
  const isHeld = describeMode(snapshot.session.mode).ordersTo !== 'local venue' && open > 0;
  const change = (): void => void askHost((rpc) => rpc.call('switchMode', { mode: wanted, phrase: text })).then((isAccepted) => isAccepted && onClose());
  const propose = (): void =>
    void command({
      kind: 'update-settings',
      changes: {
        maxLeverage: Math.min(snapshot.settings.maxLeverage, LIVE_LEVERAGE),
        minConfidence: Math.max(snapshot.settings.minConfidence, LIVE_CONFIDENCE),
      },
    });
  return (
    <section aria-label={t('mode.checks')}>
      <h3>{t('mode.checks')}</h3>
      <ul className="checks">
        {checks.map((check) => (
          <li key={check.phrase} className={check.isMet ? 'check-ok' : 'check-warn'}>
            <i aria-hidden>{check.isMet ? '✓' : '!'}</i>
            <span>
              <span className="visually-hidden">{t(check.isMet ? 'health.ok' : 'health.warn')}: </span>
              {t(check.phrase, check.values)}
            </span>
          </li>
        ))}
      </ul>
      {realMoney ? (
        <p data-testid="live-limits">
          {t('mode.limits', limitValues(snapshot))}{' '}
          <button type="button" className="link" onClick={() => openDialog({ kind: 'settings', search: 'risk' })}>
            {t('mode.reviewLimits')}
          </button>
        </p>
      ) : null}
      {wanted === 'live' ? (
        <div className="button-row">
          <button type="button" onClick={propose}>
            {t('mode.propose')}
          </button>
          <label>
            {t('mode.typed')} <input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" />
          </label>
        </div>
      ) : null}
      {wanted === 'simulated' ? null : (
        <>
          <h3>{t('mode.way', { proxy: snapshot.settings.proxyUrl === '' ? t('mode.direct') : snapshot.settings.proxyUrl })}</h3>
          <TryWay ask={(rpc) => rpc.call('tryMode', { mode: wanted })} />
          <p className="muted small-text">
            {t('mode.proxyHint')}{' '}
            <button type="button" className="link" data-testid="set-proxy" onClick={() => openDialog({ kind: 'settings', search: 'PROXY_URL' })}>
              {t('mode.setProxy')}
            </button>
          </p>
        </>
      )}
      <p>{t(isHeld ? 'mode.held' : 'mode.how')}</p>
      {wanted === 'demo' || wanted === 'live' ? <p className="muted small-text">{t(`mode.keys.${wanted}`)}</p> : null}
      <div className="button-row">
        <button type="button" className={realMoney ? 'danger' : 'primary'} disabled={!isUnlocked || isHeld} onClick={change}>
          {t('mode.change', { mode: t(`mode.${wanted}`) })}
        </button>
      </div>
    </section>
  );
}
