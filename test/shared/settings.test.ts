// Every parameter of the product: present, described, defaulted inside its range; bad values are refused with a path, a range and a sentence.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARAMETER_GROUPS } from '../../src-shared/contract/parameter.ts';
import { PARAMETERS } from '../../src-shared/contract/parameters.ts';
import { defaultSettings, describeAllowed, parameterOf, parseSettings, settingKeys, type SettingKey } from '../../src-shared/contract/settings.ts';
import { hasSharedData, sharedPath } from '../support/shared.ts';

/** Secrets never stand in the settings file; the demo mode replaced the test net. */
const NOT_SETTINGS = new Set(['BINANCE_API_KEY', 'BINANCE_TRADING_API_KEY', 'BINANCE_TESTNET', 'DISCORD_WEBHOOK']);

describe.each(settingKeys().map((key) => [key] as const))('parameter %s', (key) => {
  const parameter = parameterOf(key);

  it('has a group, an upper-case name and a sentence of help', () => {
    expect(PARAMETER_GROUPS).toContain(parameter.group);
    expect(parameter.name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(parameter.help).toMatch(/^[A-Z0-9].{8,}[.]$/);
  });

  it('accepts its default and refuses what lies outside, naming itself and what is allowed', () => {
    expect(parseSettings({ [key]: parameter.default })).toMatchObject({ ok: true });
    const bad: readonly unknown[] =
      parameter.kind === 'number'
        ? [
            parameter.minimum - 1,
            parameter.maximum + 1,
            String(parameter.default),
            null,
            Number.NaN,
            Infinity,
            ...(parameter.integer ? [parameter.minimum + 0.5] : []),
          ]
        : parameter.kind === 'text'
          ? [7, null, 'x'.repeat(parameter.maximumLength + 1)]
          : ['maybe', null, 7];
    for (const value of bad) {
      const refused = parseSettings({ [key]: value });
      expect(refused).toMatchObject({ ok: false, error: [{ path: key, allowed: describeAllowed(parameter) }] });
    }
  });
});

describe('the table', () => {
  it('names every parameter once', () => {
    const names = Object.values(PARAMETERS).map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.skipIf(!hasSharedData())('holds every parameter that the product list names, with its default', () => {
    const list = readFileSync(sharedPath('spec', 'PRODUCT.md'), 'utf8').split('## Parameters')[1]?.split('\n## ')[0] ?? '';
    const wanted = [...list.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:\/[A-Z_]+)?`(?: ([\d.,]+|true|false))?/g)];
    expect(wanted.length).toBeGreaterThan(60);
    const byName = new Map(Object.values(PARAMETERS).map((parameter) => [parameter.name, parameter]));
    const missing: string[] = [];
    for (const [, name = '', value] of wanted) {
      if (NOT_SETTINGS.has(name)) continue;
      const parameter = byName.get(name);
      if (parameter === undefined) missing.push(name);
      else if (value !== undefined)
        expect([name, parameter.default]).toEqual([name, value === 'true' || value === 'false' ? value === 'true' : Number(value.replaceAll(',', ''))]);
    }
    expect(missing).toEqual([]);
  });
});

describe('parsing', () => {
  it('fills what is not said with the defaults', () => {
    expect(parseSettings({ maxPositions: 3 })).toEqual({ ok: true, value: { ...defaultSettings(), maxPositions: 3 } });
  });

  it('refuses a misspelt key instead of falling back to a default', () => {
    expect(parseSettings({ maxLeverge: 3 })).toMatchObject({
      ok: false,
      error: [{ path: 'maxLeverge', message: expect.stringContaining('check the spelling') }],
    });
  });

  it.each([null, 7, 'x', [1]])('refuses %j as a whole', (input) => {
    expect(parseSettings(input)).toMatchObject({ ok: false });
  });

  it.each([
    ['emaFast', { emaFast: 60, emaSlow: 50 }],
    ['minLeverage', { minLeverage: 10, maxLeverage: 5, baseLeverage: 5 }],
    ['minMarginPercent', { minMarginPercent: 12, baseMarginPercent: 10 }],
    ['internalSwingLength', { internalSwingLength: 50, swingLength: 50 }],
    ['breakerWarningFailures', { breakerWarningFailures: 4, breakerThrottledFailures: 4 }],
    ['orderRetryMinSeconds', { orderRetryMinSeconds: 30, orderRetryMaxSeconds: 5 }],
    ['londonSession', { londonSession: '25:00-09:00' }],
  ] as const)('checks %s against its neighbours', (path, values) => {
    const refused = parseSettings(values);
    expect(refused.ok ? [] : refused.error.map((problem) => problem.path)).toContain(path);
  });

  it('refuses a proxy address with a password, without repeating it', () => {
    const refused = parseSettings({ proxyUrl: 'socks5://me:hunter2@127.0.0.1:1080' });
    expect(refused.ok ? [] : refused.error.map(({ path }) => path)).toEqual(['proxyUrl']);
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('reports every problem at once, not only the first', () => {
    const refused = parseSettings({ maxPositions: -1, minConfidence: 7, nonsense: 1 });
    expect(refused.ok ? [] : refused.error.map(({ path }) => path)).toEqual(['maxPositions', 'minConfidence', 'nonsense']);
  });

  it('never throws and never accepts a value outside its range', () => {
    const anything = fc.dictionary(
      fc.constantFrom(...(settingKeys() as readonly string[]), '__proto__', 'constructor'),
      fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.constant(null)),
      { maxKeys: 4 },
    );
    fc.assert(
      fc.property(anything, (input) => {
        const parsed = parseSettings(input);
        if (!parsed.ok) {
          expect(parsed.error.length).toBeGreaterThan(0);
          return;
        }
        for (const key of Object.keys(input) as SettingKey[]) {
          const parameter = parameterOf(key);
          if (parameter.kind === 'number')
            expect(Number(parsed.value[key])).toSatisfy((value: number) => value >= parameter.minimum && value <= parameter.maximum);
        }
      }),
      { numRuns: 500 },
    );
  });
});
