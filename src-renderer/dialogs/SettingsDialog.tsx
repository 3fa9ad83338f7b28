// Settings made from the parameter table: search, changed marks, profiles, import and export, and what a change would cost.
import { useState } from 'react';
import { PARAMETER_GROUPS } from '../../src-shared/contract/parameter.ts';
import { parameterOf, parseSettings, settingKeys, type SettingKey, type Settings } from '../../src-shared/contract/settings.ts';
import { useText } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { Modal } from '../ui/Modal.tsx';
import { needsPhrase, RAISE_PHRASE } from './danger.ts';
import { Forecast } from './Forecast.tsx';
import { Profiles } from './Profiles.tsx';
import { helpOf, problemOf } from './setting-words.ts';
import { groupId, SettingGroups } from './SettingGroups.tsx';
import { SettingRow } from './SettingRow.tsx';

export type Changes = Readonly<Partial<Record<SettingKey, number | boolean | string>>>;

export interface SettingsDialogProps {
  readonly initialSearch: string;
  readonly onClose: () => void;
}

export function SettingsDialog({ initialSearch, onClose }: SettingsDialogProps): React.JSX.Element {
  const t = useText();
  const settings = useScreen((state) => state.snapshot?.settings);
  if (settings === undefined)
    return (
      <Modal title={t('settings.title')} onClose={onClose}>
        <p>{t('state.waiting')}</p>
      </Modal>
    );
  return (
    <Modal title={t('settings.title')} onClose={onClose} wide>
      <Form settings={settings} initialSearch={initialSearch} onClose={onClose} />
    </Modal>
  );
}

/** Keys of a group that match the search and, if asked, differ from their default. */
function visibleKeys(group: string, wanted: string, inputs: { readonly onlyChanged: boolean; readonly values: Settings }): readonly SettingKey[] {
  return settingKeys().filter((key) => {
    const parameter = parameterOf(key);
    if (parameter.group !== group) return false;
    if (inputs.onlyChanged && inputs.values[key] === parameter.default) return false;
    return `${key} ${parameter.name} ${parameter.help} ${helpOf(key)}`.toLowerCase().includes(wanted);
  });
}

function Form({ settings, initialSearch, onClose }: SettingsDialogProps & { readonly settings: Settings }): React.JSX.Element {
  const t = useText();
  const isLive = useScreen((state) => state.snapshot?.session.mode === 'live');
  const [search, setSearch] = useState(initialSearch);
  const [onlyChanged, setOnlyChanged] = useState(false);
  const [changes, setChanges] = useState<Changes>({});
  const [phrase, setPhrase] = useState('');
  const values = { ...settings, ...changes };
  const parsed = parseSettings(values);
  const problems = parsed.ok ? [] : parsed.error;
  const different = settingKeys().filter((key) => Object.hasOwn(changes, key) && changes[key] !== settings[key]);
  const wanted = search.trim().toLowerCase();
  const needs = isLive && needsPhrase(settings, changes);
  const isAllowed = !needs || phrase.trim().toUpperCase() === RAISE_PHRASE;
  const groups = PARAMETER_GROUPS.map((group) => [group, visibleKeys(group, wanted, { onlyChanged, values: values as Settings })] as const).filter(
    ([, keys]) => keys.length > 0,
  );
  const save = (): void =>
    void command({ kind: 'update-settings', changes: Object.fromEntries(different.map((key) => [key, changes[key] ?? ''])) }).then(
      (isSaved) => isSaved && onClose(),
    );
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          placeholder={t('settings.search')}
          aria-label={t('settings.search')}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label>
          <input type="checkbox" checked={onlyChanged} onChange={(event) => setOnlyChanged(event.target.checked)} /> {t('settings.onlyChanged')}
        </label>
        <div className="spacer" />
        <Profiles settings={settings} onApply={(next) => setChanges({ ...changes, ...next })} />
      </div>
      <div className="settings-body">
        <SettingGroups groups={groups} values={values as Settings} />
        <div className="settings" tabIndex={0} role="region" aria-label={t('settings.title')}>
          {groups.length === 0 ? <p className="empty">{t('state.noMatch')}</p> : null}
          {groups.map(([group, keys]) => (
            <fieldset key={group} id={groupId(group)}>
              <legend>{t(`group.${group}`)}</legend>
              {keys.map((key) => {
                const problem = problems.find((entry) => entry.path === key);
                return (
                  <SettingRow
                    key={key}
                    name={key}
                    value={values[key] ?? ''}
                    isUnsaved={different.includes(key)}
                    problem={problem === undefined ? undefined : problemOf(key, problem.message)}
                    onChange={(value) => setChanges({ ...changes, [key]: value })}
                  />
                );
              })}
            </fieldset>
          ))}
        </div>
      </div>
      <Forecast settings={settings} changes={changes} />
      {needs ? (
        <label className="bad-text">
          {t('settings.phrase', { phrase: RAISE_PHRASE })} <input value={phrase} onChange={(event) => setPhrase(event.target.value)} autoComplete="off" />
        </label>
      ) : null}
      <div className="button-row">
        <span className="bad-text" role="alert">
          {problems[0] === undefined ? '' : problemOf(problems[0].path as SettingKey, problems[0].message)}
        </span>
        <span className="muted small-text">{problems.length === 0 ? t('settings.count', { count: settingKeys().length }) : ''}</span>
        <div className="spacer" />
        <button type="button" className="primary" disabled={different.length === 0 || problems.length > 0 || !isAllowed} onClick={save}>
          {different.length === 0 ? t('settings.save') : t('settings.saveCount', { count: different.length })}
        </button>
        <button type="button" onClick={onClose}>
          {t('dialog.cancel')}
        </button>
      </div>
    </>
  );
}
