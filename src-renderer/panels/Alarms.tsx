// Alarms a person sets: price, zone, signal, risk, health; with sound and desktop notification.
import { useState } from 'react';
import { ALARM_KINDS, type AlarmKind, type AlarmRule } from '../../src-shared/contract/alarms.ts';
import { playSound } from '../alarms/sound.ts';
import { textOfRing } from '../alarms/words.ts';
import { useText } from '../i18n/translate.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { askHost } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatMoment } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

const NEEDS_SYMBOL: readonly AlarmKind[] = ['price_above', 'price_below', 'zone', 'signal'];
const NEEDS_LEVEL: readonly AlarmKind[] = ['price_above', 'price_below', 'risk'];

const set = (rule: AlarmRule): Promise<boolean> => askHost((rpc) => rpc.call('alarm', { kind: 'set', rule }));
const remove = (id: string): Promise<boolean> => askHost((rpc) => rpc.call('alarm', { kind: 'remove', id }));

export function Alarms(): React.JSX.Element {
  const t = useText();
  const rules = useScreen((state) => state.snapshot?.alarms?.rules) ?? [];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.alarms')}>
      <Block title={t('alarms.title')}>
        <AlarmForm />
        {rules.length === 0 ? <p className="muted small-text">{t('alarms.empty')}</p> : null}
        <ul className="alarm-list">
          {rules.map((rule) => (
            <li key={rule.id} data-testid="alarm-rule">
              <label>
                <input
                  type="checkbox"
                  checked={rule.enabled}
                  onChange={(event) => void set({ ...rule, enabled: event.target.checked })}
                  aria-label={t('alarms.on')}
                />{' '}
                <strong>{rule.symbol ?? t('alarms.any')}</strong> {t(`alarms.${rule.kind}`)} <span className="num">{rule.level ?? ''}</span>
              </label>
              <button type="button" onClick={() => void remove(rule.id)}>
                {t('alarms.remove')}
              </button>
            </li>
          ))}
        </ul>
        <p className="muted small-text">{t('alarms.place')}</p>
      </Block>
      <Rung />
      <Notifying />
    </div>
  );
}

/** What rang, newest first, also while no screen was open. */
function Rung(): React.JSX.Element {
  const t = useText();
  const rung = useScreen((state) => state.snapshot?.alarms?.rung) ?? [];
  const markets = useScreen((state) => state.snapshot?.markets) ?? {};
  return (
    <Block title={t('alarms.rung')}>
      {rung.length === 0 ? <p className="muted small-text">{t('alarms.rungNone')}</p> : null}
      <ul className="alarm-list">
        {rung.toReversed().map((alarm) => (
          <li key={alarm.id} data-testid="alarm-rung">
            <span>{textOfRing(alarm.ring, markets)}</span> <span className="num muted">{formatMoment(alarm.time)}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function AlarmForm(): React.JSX.Element {
  const t = useText();
  const chosen = useScreen((state) => state.symbol);
  const price = useScreen((state) => state.snapshot?.ticks[state.symbol]?.last);
  const [kind, setKind] = useState<AlarmKind>('price_above');
  const [isAny, setAny] = useState(false);
  const [level, setLevel] = useState('');
  const needsSymbol = NEEDS_SYMBOL.includes(kind);
  const needsLevel = NEEDS_LEVEL.includes(kind);
  const value = Number(level);
  const isReady = !needsLevel || (level !== '' && Number.isFinite(value) && value > 0);
  const add = (): void => {
    const symbol = !needsSymbol || (kind === 'signal' && isAny) ? null : chosen;
    void set({ id: crypto.randomUUID(), kind, symbol, level: needsLevel ? value : null, enabled: true });
    setLevel('');
  };
  return (
    <form
      className="alarm-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) add();
      }}
    >
      {needsSymbol ? <strong>{kind === 'signal' && isAny ? t('alarms.any') : chosen}</strong> : null}
      <select
        aria-label={t('alarms.kind')}
        value={kind}
        onChange={(event) => setKind(ALARM_KINDS.find((name) => name === event.target.value) ?? 'price_above')}
      >
        {ALARM_KINDS.map((name) => (
          <option key={name} value={name}>
            {t(`alarms.${name}`)}
          </option>
        ))}
      </select>
      {needsLevel ? (
        <input
          type="number"
          step="any"
          min={0}
          aria-label={t('alarms.level')}
          placeholder={kind === 'risk' ? '80' : String(price ?? '')}
          value={level}
          onChange={(event) => setLevel(event.target.value)}
        />
      ) : null}
      {kind === 'signal' ? (
        <label>
          <input type="checkbox" checked={isAny} onChange={(event) => setAny(event.target.checked)} /> {t('alarms.any')}
        </label>
      ) : null}
      <button type="submit" disabled={!isReady} title={isReady ? undefined : t('alarms.needsLevel')}>
        {t('alarms.add')}
      </button>
    </form>
  );
}

function Notifying(): React.JSX.Element {
  const t = useText();
  const volume = usePreferences((state) => state.volume);
  const areSoundsOn = useScreen((state) => state.snapshot?.settings.notifySounds ?? true);
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  return (
    <div className="block">
      <label className="shock">
        <span>{t('alarms.volume')}</span>
        <input type="range" min={0} max={1} step={0.1} value={volume} onChange={(event) => prefer({ volume: Number(event.target.value) })} />
        <button type="button" onClick={() => playSound('alarm')}>
          {t('alarms.test')}
        </button>
      </label>
      {areSoundsOn ? null : <p className="muted small-text">{t('alarms.soundsOff')}</p>}
      {permission === 'default' ? (
        <button type="button" onClick={() => void Notification.requestPermission().then(setPermission)}>
          {t('alarms.allow')}
        </button>
      ) : (
        <p className="muted small-text">{t(permission === 'granted' ? 'alarms.allowed' : 'alarms.refused')}</p>
      )}
    </div>
  );
}
