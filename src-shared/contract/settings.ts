// Settings: typed by the parameter table, parsed at the edge, refused with a path, a range and a way to fix it.
import { z } from 'zod';
import { PARAMETERS } from './parameters.ts';
import type { BooleanParameter, ChoiceParameter, NumberParameter, Parameter, TextParameter } from './parameter.ts';
import { err, ok, type Result } from '../kernel/result.ts';

type ValueOf<P> = P extends NumberParameter
  ? number
  : P extends BooleanParameter
    ? boolean
    : P extends ChoiceParameter<infer T>
      ? T
      : P extends TextParameter
        ? string
        : never;

export type SettingKey = keyof typeof PARAMETERS;
export type Settings = { readonly [K in SettingKey]: ValueOf<(typeof PARAMETERS)[K]> };

/** Version of the settings file; raise it with an upgrade step. */
export const SETTINGS_VERSION = 1;

export interface SettingsProblem {
  readonly path: string;
  readonly value: unknown;
  readonly allowed: string;
  readonly message: string;
}

/** Every setting, in the order of the parameter table. */
export function settingKeys(): readonly SettingKey[] {
  return Object.keys(PARAMETERS) as SettingKey[];
}

/** Kind, unit, range, default and help of a setting. */
export function parameterOf(key: SettingKey): Parameter {
  return PARAMETERS[key];
}

/** A new object of every default. */
export function defaultSettings(): Settings {
  return Object.fromEntries(settingKeys().map((key) => [key, PARAMETERS[key].default])) as unknown as Settings;
}

/** Plain words for what a parameter accepts, e.g. `a whole number from 1 to 999`. */
export function describeAllowed(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'number': {
      const unit = parameter.unit === '' ? '' : ` ${parameter.unit}`;
      return `a ${parameter.integer ? 'whole number' : 'number'} from ${parameter.minimum} to ${parameter.maximum}${unit}`;
    }
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${parameter.choices.join(', ')}`;
    case 'text':
      return `text of at most ${parameter.maximumLength} characters`;
  }
}

const SESSION_TEXT = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const SESSION_KEYS: readonly SettingKey[] = ['asiaSession', 'londonSession', 'newYorkSession'];

function schemaOf(parameter: Parameter): z.ZodType {
  switch (parameter.kind) {
    case 'number': {
      const base = z.number().min(parameter.minimum).max(parameter.maximum);
      return parameter.integer ? base.int() : base;
    }
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z.enum(parameter.choices as [string, ...string[]]);
    case 'text':
      return z.string().max(parameter.maximumLength);
  }
}

/**
 * Fills a partial object with defaults and checks every value and the rules between values.
 * Unknown keys are problems too: a misspelt limit must not silently fall back to its default.
 */
export function parseSettings(input: unknown): Result<Settings, readonly SettingsProblem[]> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(input);
  if (!parsed.success) return err([{ path: '', value: input, allowed: 'an object', message: 'settings must be an object' }]);
  const problems: SettingsProblem[] = [];
  const values: Record<string, unknown> = { ...defaultSettings() };
  for (const [key, value] of Object.entries(parsed.data)) {
    const parameter = Object.hasOwn(PARAMETERS, key) ? parameterOf(key as SettingKey) : undefined;
    if (parameter === undefined) {
      problems.push({ path: key, value, allowed: 'a known parameter', message: `${key} is not a parameter; check the spelling or remove it` });
    } else if (schemaOf(parameter).safeParse(value).success) {
      values[key] = value;
    } else {
      problems.push(problem(key, value, describeAllowed(parameter)));
    }
  }
  const settings = values as unknown as Settings;
  problems.push(...crossChecks(settings));
  return problems.length > 0 ? err(problems) : ok(settings);
}

function problem(path: string, value: unknown, allowed: string): SettingsProblem {
  return { path, value, allowed, message: `${path} is ${JSON.stringify(value)}; it must be ${allowed}` };
}

function crossChecks(settings: Settings): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const ordered = (low: SettingKey, high: SettingKey, strict: boolean): void => {
    const a = settings[low];
    const b = settings[high];
    if (typeof a !== 'number' || typeof b !== 'number') return;
    if (strict ? a >= b : a > b) problems.push(problem(low, a, `${strict ? 'below' : 'at most'} ${high} (${b})`));
  };
  ordered('emaFast', 'emaSlow', true);
  ordered('minLeverage', 'maxLeverage', false);
  ordered('baseLeverage', 'maxLeverage', false);
  ordered('minLeverage', 'baseLeverage', false);
  ordered('minMarginPercent', 'maxMarginPercent', false);
  ordered('minMarginPercent', 'baseMarginPercent', false);
  ordered('baseMarginPercent', 'maxMarginPercent', false);
  ordered('minStopDistancePercent', 'maxStopDistancePercent', true);
  ordered('internalSwingLength', 'swingLength', true);
  ordered('regimeRangingAdx', 'regimeTrendingAdx', true);
  ordered('regimeTrendingAdx', 'regimeStrongAdx', true);
  ordered('breakerWarningFailures', 'breakerThrottledFailures', true);
  ordered('breakerThrottledFailures', 'breakerBlockedFailures', true);
  ordered('orderRetryMinSeconds', 'orderRetryMaxSeconds', false);
  if (/^[a-z0-9]+:\/\/[^/]*@/i.test(settings.proxyUrl))
    problems.push({
      path: 'proxyUrl',
      value: '[secret]',
      allowed: 'an address without user and password',
      message: 'proxyUrl holds a user or a password; give those as the secret PROXY_CREDENTIALS, so that they are not stored in this file',
    });
  for (const key of SESSION_KEYS) {
    const value = settings[key];
    if (typeof value === 'string' && !SESSION_TEXT.test(value)) problems.push(problem(key, value, 'a UTC range such as 06:00-09:00'));
  }
  return problems;
}
