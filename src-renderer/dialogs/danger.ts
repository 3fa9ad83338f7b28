// Which changes of settings are dangerous enough to need a typed phrase where real money is at stake.
import { parameterOf, settingKeys, type SettingKey, type Settings } from '../../src-shared/contract/settings.ts';

export const RAISE_PHRASE = 'RAISE LIMITS';

/** Limits that protect by being high, not low: lowering these adds risk. */
const PROTECTS_WHEN_HIGH: readonly SettingKey[] = [
  'minStopDistancePercent',
  'liquidationDistanceMultiple',
  'minNotionalUsdt',
  'cooldownHours',
  'symbolCooldownMinutes',
];
const GUARDED_GROUPS = ['risk', 'guards'];

/** Whether the changes enable trading or loosen a limit of the risk or guards group. */
export function needsPhrase(settings: Settings, changes: Readonly<Partial<Record<SettingKey, number | boolean | string>>>): boolean {
  return settingKeys().some((key) => {
    const next = changes[key];
    const current = settings[key];
    if (next === undefined || next === current) return false;
    if (key === 'tradingEnabled') return next === true;
    if (!GUARDED_GROUPS.includes(parameterOf(key).group)) return false;
    if (key === 'volatilityBreakerEnabled') return next === false;
    if (typeof next !== 'number' || typeof current !== 'number') return false;
    return PROTECTS_WHEN_HIGH.includes(key) ? next < current : next > current;
  });
}
