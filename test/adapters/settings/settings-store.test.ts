// The settings file: only what was changed, written whole or not at all, refused in words that say what to do.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { createSettingsStore, describeProblems } from '../../../src-main/adapters/settings/settings-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-settings-'));
  file = join(folder, 'nested', 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (content: string): void => {
  mkdirSync(join(folder, 'nested'), { recursive: true });
  writeFileSync(file, content);
};

describe('the settings file', () => {
  it('starts with the defaults when there is none', () => {
    expect(createSettingsStore(file).load()).toEqual({ ok: true, value: defaultSettings() });
  });

  it('holds only what differs from the defaults and reads back the same', () => {
    const store = createSettingsStore(file);
    const settings = { ...defaultSettings(), maxPositions: 4, proxyUrl: 'socks5://127.0.0.1:1080' };
    expect(store.save(settings).ok).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, values: { maxPositions: 4, proxyUrl: 'socks5://127.0.0.1:1080' } });
    expect(store.load()).toEqual({ ok: true, value: settings });
  });

  it('is readable by its owner only and leaves no temporary file', () => {
    createSettingsStore(file).save(defaultSettings());
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
    expect(readdirSync(join(folder, 'nested'))).toEqual(['settings.json']);
  });

  it('a file of half a line is refused by name, and left as it was', () => {
    put('{"version": 1, "values": {"maxPo');
    const loaded = createSettingsStore(file).load();
    expect(loaded.ok ? '' : loaded.error[0]?.message).toMatch(/settings\.json is not valid JSON.*rename the file to start with the defaults/);
    expect(readFileSync(file, 'utf8')).toBe('{"version": 1, "values": {"maxPo');
  });

  it.each([
    ['another shape', '[1, 2]', /must look like/],
    ['a newer version', '{"version": 99, "values": {}}', /written by a newer version \(99\)/],
    ['a bad value', '{"version": 1, "values": {"maxLeverage": 500}}', /maxLeverage is 500; it must be a number from 1 to 20/],
    ['a misspelt key', '{"version": 1, "values": {"maxLeverag": 5}}', /maxLeverag is not a parameter/],
  ])('%s is refused with what to do', (_what, content, message) => {
    put(content);
    const loaded = createSettingsStore(file).load();
    expect(loaded.ok ? '' : describeProblems(file, loaded.error)).toMatch(message);
    expect(loaded.ok ? '' : describeProblems(file, loaded.error)).toContain('nothing was changed');
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('a folder that cannot be written is told, and the settings stay in force', () => {
    put('{"version": 1, "values": {}}');
    chmodSync(join(folder, 'nested'), 0o500);
    const saved = createSettingsStore(file).save(defaultSettings());
    chmodSync(join(folder, 'nested'), 0o700);
    expect(saved.ok ? '' : saved.error.uiMessage).toMatch(/could not be saved.*stay in force/);
  });

  it('a path that is a folder is told, and nothing is lost', () => {
    mkdirSync(file, { recursive: true });
    const saved = createSettingsStore(file).save(defaultSettings());
    expect(saved.ok ? '' : saved.error.uiMessage).toMatch(/could not be saved.*stay in force until the terminal stops/);
  });
});
