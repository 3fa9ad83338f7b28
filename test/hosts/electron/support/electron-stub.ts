// A stand-in for the module `electron` in a process of its own: the real main.ts runs over it, a test drives it by messages. Loaded by electron-hook.ts.
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { basename, join } from 'node:path';
import { connectRpc, type RpcClient } from '../../../../src-shared/contract/rpc.ts';
import { CHANNELS } from '../../../../src-main/hosts/electron/channels.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const nothing = (): undefined => undefined;

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  commandLine: { hasSwitch: () => false },
  requestSingleInstanceLock: () => true,
  enableSandbox: nothing,
  setAppUserModelId: nothing,
  setAsDefaultProtocolClient: () => true,
  setLoginItemSettings: nothing,
  getLoginItemSettings: () => ({ wasOpenedAtLogin: false }),
  whenReady: () => Promise.resolve(),
  getAppPath: () => ROOT,
  getPath: () => process.env['STUB_USER_DATA'] ?? '',
  getVersion: () => '0',
  quit: nothing,
  relaunch: nothing,
  exit: (code: number) => process.exit(code),
});
export const protocol = { registerSchemesAsPrivileged: nothing, handle: nothing };
/** A person who says yes to everything and is asked in the data folder's records only. */
export const dialog = {
  showErrorBox: (_title: string, text: string) => void process.stderr.write(`${text}\n`),
  showMessageBox: () => Promise.resolve({ response: 0 }),
};
export const ipcMain = new EventEmitter();
interface Item {
  readonly label?: string;
  readonly submenu?: readonly Item[];
  readonly click?: () => void;
}
let menu: readonly Item[] = [];
export const Menu = { setApplicationMenu: (items: readonly Item[]) => void (menu = items), buildFromTemplate: (items: readonly Item[]) => items };
export const nativeImage = { createFromPath: () => ({ isEmpty: () => true }) };
export class Notification {
  static isSupported(): boolean {
    return false;
  }
}
export class Tray {}
export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = { start: () => 1, stop: nothing };
export const safeStorage = { isAsyncEncryptionAvailable: () => Promise.resolve(false), getSelectedStorageBackend: () => 'basic_text' };
export const screen = { getAllDisplays: () => [] };
export const shell = { openPath: () => Promise.resolve('') };
export const utilityProcess = {
  fork: (file: string, argv: string[], options: { readonly execArgv: string[] }) => {
    const child = fork(join(ROOT, 'src-worker', `${basename(file, '.js')}.ts`), argv, {
      execArgv: options.execArgv,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    return Object.assign(new EventEmitter(), {
      pid: child.pid,
      kill: () => child.kill('SIGKILL'),
      postMessage: (message: object) => void (child.connected && child.send(message)),
      on: (_event: string, listener: (message: unknown) => void) => child.on('message', listener),
      once: (_event: string, listener: (code: number) => void) => child.once('exit', (code) => listener(code ?? 0)),
    });
  },
};
export class BrowserWindow extends EventEmitter {
  readonly webContents = Object.assign(new EventEmitter(), { reload: nothing });
  isDestroyed = (): boolean => false;
  show = nothing;
  hide = nothing;
  focus = nothing;
  restore = nothing;
  maximize = nothing;
  loadURL = (): Promise<void> => Promise.resolve();
}

/** A page of our own without a browser: the same channels, the same checks. */
function openPage(): RpcClient {
  const toScreen = new EventEmitter();
  const sender = Object.assign(new EventEmitter(), {
    id: 1,
    isDestroyed: () => false,
    send: (channel: string, message: unknown) => toScreen.emit(channel, message),
  });
  const event = { sender, senderFrame: { url: 'terminal://app/', parent: null } };
  ipcMain.emit(CHANNELS.open, event);
  return connectRpc(
    {
      send: (message) => void ipcMain.emit(CHANNELS.toEngine, event, message),
      onMessage: (handler) => {
        toScreen.on(CHANNELS.toScreen, handler);
        return () => void toScreen.off(CHANNELS.toScreen, handler);
      },
      onClose: () => nothing,
      close: nothing,
    },
    { set: setTimeout, clear: (handle) => clearTimeout(handle as NodeJS.Timeout) },
  );
}

function findItem(items: readonly Item[], label: string): Item | undefined {
  return items.flatMap((item) => [item, ...(item.submenu ?? [])]).find((item) => item.label === label);
}

let rpc: RpcClient | null = null;
process.on('message', (message: { readonly id: number; readonly name: string; readonly parameters: unknown } | { readonly click: string }) => {
  if ('click' in message) return findItem(menu, message.click)?.click?.();
  rpc ??= openPage();
  void rpc.call(message.name as 'snapshot', message.parameters as null).then((result) => process.send?.({ id: message.id, result }));
});
