// Small parts of the desktop shell: where the window may come back, which flags are ours, how many notices are too many.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDesktopNotifier, type DesktopNotice } from '../../../src-main/hosts/electron/desktop-notifier.ts';
import { ownArguments } from '../../../src-main/hosts/electron/own-arguments.ts';
import { fitBounds, loadWindowState, saveWindowState } from '../../../src-main/hosts/electron/window-state.ts';
import { readNotification } from '../../../src-main/hosts/electron/notices.ts';
import { createLogNotifier } from '../../../src-main/adapters/notify/log-notifier.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { Notification } from '../../../src-main/core/ports.ts';

const LAPTOP = { x: 0, y: 0, width: 1440, height: 870 };
const SECOND = { x: 1440, y: -200, width: 2560, height: 1400 };

describe('the place of the window', () => {
  it.each([
    ['on a screen that is there', { x: 100, y: 50, width: 1300, height: 800 }, [LAPTOP], { x: 100, y: 50, width: 1300, height: 800 }],
    ['on the second screen', { x: 2000, y: -100, width: 1600, height: 900 }, [LAPTOP, SECOND], { x: 2000, y: -100, width: 1600, height: 900 }],
    ['on a screen that was unplugged', { x: 2000, y: -100, width: 1600, height: 900 }, [LAPTOP], null],
    ['with its title above every screen', { x: 100, y: -60, width: 1300, height: 800 }, [LAPTOP], null],
    ['below the task bar', { x: 100, y: 860, width: 1300, height: 800 }, [LAPTOP], null],
    ['larger than the screen is now', { x: 0, y: 0, width: 2560, height: 1400 }, [LAPTOP], { x: 0, y: 0, width: 1440, height: 870 }],
    ['smaller than the least', { x: 0, y: 0, width: 300, height: 200 }, [LAPTOP], { x: 0, y: 0, width: 1200, height: 700 }],
  ])('%s', (_where, bounds, screens, expected) => {
    expect(fitBounds(bounds, screens)).toEqual(expected);
  });

  it('is forgotten when its file is missing, rubbish, or of absurd numbers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-window-'));
    const file = join(folder, 'new', 'window.json');
    const nothing = { bounds: null, isMaximized: false };
    expect(loadWindowState(file, [LAPTOP])).toEqual(nothing);
    saveWindowState(file, { bounds: { x: 1, y: 2, width: 1300, height: 800 }, isMaximized: true });
    expect(loadWindowState(file, [LAPTOP])).toEqual({ bounds: { x: 1, y: 2, width: 1300, height: 800 }, isMaximized: true });
    for (const bad of [
      '{',
      '[]',
      '{"bounds":{"x":1e300,"y":0,"width":1,"height":1},"isMaximized":false}',
      '{"bounds":{"x":0,"y":0,"width":-5,"height":1},"isMaximized":false}',
    ]) {
      writeFileSync(file, bad);
      expect(loadWindowState(file, [LAPTOP])).toEqual(nothing);
    }
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('our own flags', () => {
  it('are what is left without the switches of Chromium and of launchers', () => {
    const given = [
      '/opt/app',
      '--no-sandbox',
      '--mode',
      'demo',
      '--ozone-platform=wayland',
      '-psn_0_12345',
      '--seed',
      '7',
      '--inspect=0',
      '--enable-features=A,B',
    ];
    expect(ownArguments(given, true)).toEqual(['--mode', 'demo', '--seed', '7']);
    expect(ownArguments(['electron', '.', '--mode', 'live'], false)).toEqual(['--mode', 'live']);
  });

  it('still contain what nobody knows, so that it is refused and not ignored', () => {
    expect(ownArguments(['/opt/app', '--mdoe', 'live'], true)).toEqual(['--mdoe', 'live']);
  });
});

describe('desktop notices', () => {
  const create = (notifyDesktop: boolean | null) => {
    const shown: DesktopNotice[] = [];
    const clock = { now: 0 };
    const notifier = createDesktopNotifier({
      show: (notice) => void shown.push(notice),
      settings: () => (notifyDesktop === null ? null : { notifyDesktop }),
      now: () => clock.now,
    });
    return { shown, clock, notifier };
  };
  const trade: Notification = { topic: 'trade', title: 't', text: 'x' };
  const alarm: Notification = { topic: 'alarm', title: 'a', text: 'x' };

  it('are few at a time and count what they left out; alarms are never left out', () => {
    const { shown, clock, notifier } = create(true);
    for (let index = 0; index < 20; index += 1) notifier.notify(trade);
    expect(shown).toHaveLength(4);
    notifier.notify(alarm);
    expect(shown.at(-1)).toEqual({ title: 'a', body: 'x (and 16 more)', isUrgent: true });
    clock.now = 11_000;
    notifier.notify(trade);
    expect(shown.at(-1)).toEqual({ title: 't', body: 'x', isUrgent: false });
  });

  it.each([[false], [null]])('are off while the setting is %s', (setting) => {
    const { shown, notifier } = create(setting);
    notifier.notify(alarm);
    expect(shown).toEqual([]);
  });

  it('come back from a log line as they went in', () => {
    for (const notification of [alarm, trade, { topic: 'alarm', title: 'Trading halted', text: 'Reason: daily loss. Stops stay: all of them.' } as const]) {
      let line = { source: '', message: '' };
      createLogNotifier({ log: (_level, source, message) => void (line = { source, message }) }).notify(notification);
      expect(readNotification({ id: 1, time: epochMs(0), level: 'warn', ...line })).toEqual(notification);
    }
  });
});
