// The groups of the settings as a list to jump by, each with how many of its parameters differ from their default.
import type { ParameterGroup } from '../../src-shared/contract/parameter.ts';
import { parameterOf, type SettingKey, type Settings } from '../../src-shared/contract/settings.ts';
import { useText } from '../i18n/translate.ts';

export function groupId(group: ParameterGroup): string {
  return `settings-${group}`;
}

export interface SettingGroupsProps {
  readonly groups: readonly (readonly [ParameterGroup, readonly SettingKey[]])[];
  readonly values: Settings;
}

export function SettingGroups({ groups, values }: SettingGroupsProps): React.JSX.Element {
  const t = useText();
  return (
    <nav className="settings-groups" aria-label={t('settings.groups')} data-testid="setting-groups">
      {groups.map(([group, keys]) => {
        const changed = keys.filter((key) => values[key] !== parameterOf(key).default).length;
        return (
          <button key={group} type="button" onClick={() => goTo(group)}>
            <span>{t(`group.${group}`)}</span>
            {changed === 0 ? null : (
              <span className="num warn-text" title={t('settings.groupChanged', { count: changed })}>
                {changed}
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}

/** Scrolls to a group and puts the focus on its first control, so that the keyboard goes on from there. */
function goTo(group: ParameterGroup): void {
  const box = document.getElementById(groupId(group));
  box?.scrollIntoView({ block: 'start' });
  box?.querySelector<HTMLElement>('input, select')?.focus({ preventScroll: true });
}
