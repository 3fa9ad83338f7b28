// Which file starts the program again, where what runs is only an unpacked copy of it.
import { describe, expect, it } from 'vitest';
import { isPortable, ownProgram } from '../../../src-main/hosts/electron/own-program.ts';

const execPath = '/tmp/.mount_x/perpetual-terminal';

describe('the program to start again', () => {
  it.each<readonly [string, NodeJS.ProcessEnv, string]>([
    ['an installed app is its own binary', {}, execPath],
    ['an AppImage is its file, not the mount that is gone when it ends', { APPIMAGE: '/home/me/Terminal.AppImage' }, '/home/me/Terminal.AppImage'],
    ['a portable copy is its file, not the folder it unpacked to', { PORTABLE_EXECUTABLE_FILE: String.raw`D:\Terminal.exe` }, String.raw`D:\Terminal.exe`],
  ])('%s', (_name, environment, expected) => {
    expect(ownProgram({ isPackaged: true, environment, execPath })).toBe(expected);
  });

  it('is never what another AppImage left in the environment of a terminal that runs from its sources', () => {
    expect(ownProgram({ isPackaged: false, environment: { APPIMAGE: '/opt/editor.AppImage' }, execPath: '/usr/bin/electron' })).toBe('/usr/bin/electron');
  });

  it('knows a portable copy, which has no updates of its own', () => {
    const environment = { PORTABLE_EXECUTABLE_FILE: 'D:' };
    expect([isPortable({ isPackaged: true, environment, execPath }), isPortable({ isPackaged: false, environment, execPath })]).toEqual([true, false]);
  });
});
