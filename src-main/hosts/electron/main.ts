// Entry of the desktop app: the real Electron behind the calls the desktop host makes.
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
import { startTerminal } from '../compose.ts';
import { runDesktop } from './desktop.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import type { MenuAction, MenuEntry } from './menu.ts';
import { ownArguments } from './own-arguments.ts';
import type { TrayCalls } from './tray.ts';

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
function isKeychainAvailable(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
}

const calls: DesktopCalls = {
  app: app as DesktopCalls['app'],
  protocol,
  dialog: {
    showErrorBox: (title, text) => dialog.showErrorBox(title, text),
    showMessage: (title, text) => void dialog.showMessageBox({ title, message: title, detail: text, buttons: ['OK'] }),
    ask: ({ buttons, ...question }) => dialog.showMessageBoxSync({ type: 'question', defaultId: 0, noLink: true, buttons: [...buttons], ...question }),
  },
  ipc: ipcMain as DesktopCalls['ipc'],
  keychain: {
    isAvailable: isKeychainAvailable,
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (encrypted) => safeStorage.decryptString(encrypted),
  },
  power: { monitor: powerMonitor as DesktopCalls['power']['monitor'], blocker: powerSaveBlocker },
  fork: (file, argv, options) => utilityProcess.fork(file, argv, { ...options, stdio: [...options.stdio] }) as ReturnType<DesktopCalls['fork']>,
  killProcess: (pid) => void process.kill(pid, 'SIGKILL'),
  createWindow: (options) => new BrowserWindow(options) as ReturnType<DesktopCalls['createWindow']>,
  createTray,
  setMenu: (entries, onAction) => Menu.setApplicationMenu(Menu.buildFromTemplate(toTemplate(entries, onAction))),
  notify: ({ title, body, isUrgent }, onClick) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body, urgency: isUrgent ? 'critical' : 'normal', timeoutType: isUrgent ? 'never' : 'default' });
    notification.on('click', onClick);
    notification.show();
  },
  openFolder: (folder) => shell.openPath(folder),
  screens: () => screen.getAllDisplays().map((display) => display.workArea),
  process,
  argv: ownArguments(process.argv, app.isPackaged),
  environment: process.env,
  platform: process.platform,
  print: (text) => void process.stdout.write(text),
};

runDesktop({ calls, startTerminal });
