// Named sets of settings in this browser, and settings as a file. Secrets are not settings, so neither ever holds one.
import { useRef, useState } from 'react';
import { parameterOf, parseSettings, settingKeys, SETTINGS_VERSION, type Settings } from '../../src-shared/contract/settings.ts';
import { useText } from '../i18n/translate.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { say } from '../state/toasts.ts';
import { Menu } from '../ui/Menu.tsx';
import type { Changes } from './SettingsDialog.tsx';

/** The settings that differ from their defaults: what a profile and a file hold. */
export function changedSettings(settings: Settings): Record<string, number | boolean | string> {
  return Object.fromEntries(settingKeys().flatMap((key) => (settings[key] === parameterOf(key).default ? [] : [[key, settings[key]] as const])));
}

/** A file's text as changes: everything it names, and the default for everything it does not. The first problem in words otherwise. */
export function readSettingsFile(text: string): { readonly ok: true; readonly changes: Changes } | { readonly ok: false; readonly problem: string } {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
  const values = typeof file === 'object' && file !== null && 'settings' in file ? file.settings : file;
  const parsed = parseSettings(values);
  return parsed.ok ? { ok: true, changes: parsed.value } : { ok: false, problem: parsed.error[0]?.message ?? '' };
}

export interface ProfilesProps {
  readonly settings: Settings;
  /** Puts values into the form; nothing is saved until the person saves. */
  readonly onApply: (changes: Changes) => void;
}

export function Profiles({ settings, onApply }: ProfilesProps): React.JSX.Element {
  const t = useText();
  const profiles = usePreferences((state) => state.profiles);
  const [name, setName] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const apply = (values: unknown): void => {
    const parsed = parseSettings(values);
    if (parsed.ok) onApply(parsed.value);
    else say('bad', parsed.error[0]?.message ?? '');
  };
  const load = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const result = readSettingsFile(await file.text());
    if (result.ok) onApply(result.changes);
    else say('bad', t('settings.badFile', { file: file.name, problem: result.problem }));
  };
  return (
    <>
      <Menu label={t('settings.profiles')}>
        {profiles.length === 0 ? <p className="muted small-text">{t('settings.noProfiles')}</p> : null}
        {profiles.map((profile) => (
          <div key={profile.name} className="button-row">
            <button type="button" onClick={() => apply(profile.values)}>
              {profile.name}
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('layout.remove', { name: profile.name })}
              onClick={() => prefer({ profiles: profiles.filter((entry) => entry.name !== profile.name) })}
            >
              ×
            </button>
          </div>
        ))}
        <form
          className="button-row"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            prefer({ profiles: [...profiles.filter((entry) => entry.name !== name.trim()), { name: name.trim(), values: changedSettings(settings) }] });
            setName('');
          }}
        >
          <input
            aria-label={t('settings.profileName')}
            placeholder={t('settings.profileName')}
            maxLength={30}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" disabled={name.trim() === ''}>
            {t('layout.save')}
          </button>
        </form>
      </Menu>
      <button type="button" onClick={() => input.current?.click()}>
        {t('settings.import')}
      </button>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t('settings.import')}
        onChange={(event) => void load(event.target.files?.[0])}
      />
      <button type="button" onClick={() => exportSettings(settings)}>
        {t('settings.export')}
      </button>
    </>
  );
}

function exportSettings(settings: Settings): void {
  const text = JSON.stringify({ version: SETTINGS_VERSION, settings: changedSettings(settings) }, null, 2);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'perpetual-terminal-settings.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
