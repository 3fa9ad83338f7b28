// Entry of the desktop app: the real Electron behind the calls the desktop host makes.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  shell,
  Tray,
  utilityProcess,
  type MenuItemConstructorOptions,
} from 'electron';
import updater from 'electron-updater';
import { outliveConsole } from '../../adapters/runtime/console.ts';
import { startTerminal } from '../compose.ts';
import { startSwitchable } from '../mode-switch.ts';
import { runDesktop } from './desktop.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import type { MenuAction, MenuEntry } from './menu.ts';
import { ownArguments } from './own-arguments.ts';
import { DRILL_FLAG } from './opened.ts';
import { isPortable, ownProgram } from './own-program.ts';
import type { DesktopNotice } from './desktop-notifier.ts';
import type { TrayCalls } from './tray.ts';
import type { ReleaseFeed, UpdaterCalls } from './updates.ts';

const FACTS = { isPackaged: app.isPackaged, environment: process.env, execPath: process.execPath };
const PROGRAM = ownProgram(FACTS);
const ICON = join(import.meta.dirname, '..', '..', 'resources', 'tray.png');

function toTemplate(entries: readonly MenuEntry[], onAction: (action: MenuAction) => void): MenuItemConstructorOptions[] {
  return entries.map(({ submenu, action, ...entry }) => ({
    ...entry,
    ...(submenu === undefined ? {} : { submenu: toTemplate(submenu, onAction) }),
    ...(action === undefined ? {} : { click: () => onAction(action) }),
  }));
}

function createTray(): TrayCalls | null {
  const image = nativeImage.createFromPath(ICON);
  if (image.isEmpty()) return null;
  image.setTemplateImage(process.platform === 'darwin');
  const tray = new Tray(image);
  return {
    setToolTip: (text) => tray.setToolTip(text),
    setMenu: (items, onAction) =>
      tray.setContextMenu(
        Menu.buildFromTemplate(
          items.map((item) =>
            item.kind === 'line'
              ? { type: 'separator' }
              : item.kind === 'text'
                ? { label: item.label, enabled: false }
                : { label: item.label, click: () => onAction(item.action) },
          ),
        ),
      ),
    onClick: (listener) => void tray.on('click', listener),
    destroy: () => tray.destroy(),
  };
}

/** False also where Linux has no keyring and Chromium would use a password that everybody knows. */
async function isKeychainAvailable(): Promise<boolean> {
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())) return false;
  return safeStorage.isAsyncEncryptionAvailable();
}

/** A build updates itself only where it knows the feed and the key of whoever released it. */
function openReleases(): ReleaseFeed {
  if (!app.isPackaged) return { kind: 'none', why: 'this runs from its sources' };
  if (isPortable(FACTS)) return { kind: 'none', why: 'this is a portable copy' };
  if (!existsSync(join(process.resourcesPath, 'app-update.yml'))) return { kind: 'none', why: 'this build has no update feed' };
  const key = join(app.getAppPath(), 'resources', 'update-key.pem');
  if (!existsSync(key)) return { kind: 'none', why: 'this build has no key to check updates with' };
  return { kind: 'feed', updater: updater.autoUpdater as unknown as UpdaterCalls, publicKey: readFileSync(key, 'utf8') };
}

function spawnAgain(argv: readonly string[]): void {
  const own = app.isPackaged ? [] : process.argv.slice(1, 2);
  spawn(PROGRAM, [...own, ...argv], { detached: true, stdio: 'ignore' }).unref();
}

/** Electron's own relaunch waits in a helper that lives in the AppImage's mount and dies with it; there the new process waits for us instead. */
function startAgain(): void {
  if (PROGRAM === process.execPath) return app.relaunch();
  spawnAgain([...process.argv.slice(1).filter((argument) => !argument.startsWith(DRILL_FLAG)), `${DRILL_FLAG}${process.pid}`]);
}

/** SIGKILL, as a power cut: nothing of ours runs after it. The new process waits until this one is gone. */
function killAndStartAgain(argv: readonly string[]): void {
  spawnAgain(argv);
  process.kill(process.pid, 'SIGKILL');
}

/** Electron holds a shown notice weakly: collected before it is clicked, the click would do nothing. The oldest is let go beyond this many. */
const MOST_NOTICES_HELD = 50;
const shownNotices = new Set<Notification>();
function showNotice({ title, body, isUrgent }: DesktopNotice, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ title, body, urgency: isUrgent ? 'critical' : 'normal', timeoutType: isUrgent ? 'never' : 'default' });
  const letGo = (): void => void shownNotices.delete(notice);
  shownNotices.add(notice);
  const [oldest] = shownNotices;
  if (oldest !== undefined && shownNotices.size > MOST_NOTICES_HELD) shownNotices.delete(oldest);
  notice.on('click', () => {
    letGo();
    onClick();
  });
  notice.on('close', letGo);
  notice.on('failed', letGo);
  notice.show();
}

/** Blocks: until the other process has let go of the data folder, nothing here may begin. */
function waitUntilGone(pid: number, withinMs: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; Atomics.wait(cell, 0, 0, 50)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
}

const calls: DesktopCalls = {
  app: app as DesktopCalls['app'],
  protocol,
  dialog: {
    showErrorBox: (title, text) => dialog.showErrorBox(title, text),
    showMessage: (title, text) => dialog.showMessageBox({ title, message: title, detail: text, buttons: ['OK'] }).then(() => undefined),
    ask: async ({ buttons, ...question }) => {
      const { response } = await dialog.showMessageBox({ type: 'question', defaultId: 0, noLink: true, buttons: [...buttons], ...question });
      return response;
    },
  },
  ipc: ipcMain as DesktopCalls['ipc'],
  keychain: {
    isAvailable: isKeychainAvailable,
    encrypt: (text) => safeStorage.encryptStringAsync(text),
    decrypt: async (encrypted) => {
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(encrypted);
      return { text: result, isOutdated: shouldReEncrypt };
    },
  },
  power: { monitor: powerMonitor as unknown as DesktopCalls['power']['monitor'], blocker: powerSaveBlocker },
  fork: (file, argv, options) => utilityProcess.fork(file, argv, { ...options, stdio: [...options.stdio] }) as ReturnType<DesktopCalls['fork']>,
  killProcess: (pid) => void process.kill(pid, 'SIGKILL'),
  createWindow: (options) => new BrowserWindow(options) as ReturnType<DesktopCalls['createWindow']>,
  isUnsandboxed: app.commandLine.hasSwitch('no-sandbox'),
  hasTray: !nativeImage.createFromPath(ICON).isEmpty(),
  createTray,
  setMenu: (entries, onAction) => Menu.setApplicationMenu(Menu.buildFromTemplate(toTemplate(entries, onAction))),
  notify: showNotice,
  openFolder: (folder) => shell.openPath(folder),
  screens: () => screen.getAllDisplays().map((display) => display.workArea),
  releases: openReleases,
  startAgain,
  killAndStartAgain,
  waitUntilGone,
  program: PROGRAM,
  workingFolder: process.cwd(),
  process,
  argv: ownArguments(process.argv, app.isPackaged),
  environment: process.env,
  platform: process.platform,
  print: (text) => void process.stdout.write(text),
};

outliveConsole([process.stdout, process.stderr]);
// Journal, candles and logs are nobody else's business on a machine with more users.
process.umask(0o077);
runDesktop({ calls, startTerminal: (request) => startSwitchable(request, startTerminal) });
