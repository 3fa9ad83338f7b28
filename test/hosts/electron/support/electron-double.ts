// A double of the calls of Electron the desktop host makes: events are fired by the test, everything asked of it is recorded.
import { EventEmitter } from 'node:events';
import type { LoginItem } from '../../../../src-main/hosts/electron/auto-start.ts';
import type { DesktopCalls } from '../../../../src-main/hosts/electron/desktop-calls.ts';
import type { DesktopNotice } from '../../../../src-main/hosts/electron/desktop-notifier.ts';
import type { MenuAction, MenuEntry } from '../../../../src-main/hosts/electron/menu.ts';
import type { ReleaseFeed } from '../../../../src-main/hosts/electron/updates.ts';
import type { TrayAction, TrayItem } from '../../../../src-main/hosts/electron/tray.ts';
import type { DesktopWindow, WindowOptions } from '../../../../src-main/hosts/electron/window.ts';
import type { Rectangle } from '../../../../src-main/hosts/electron/window-state.ts';

export class WindowDouble extends EventEmitter implements DesktopWindow {
  readonly options: WindowOptions;
  readonly webContents = Object.assign(new EventEmitter(), { reloads: 0, reload: () => void (this.webContents.reloads += 1) });
  readonly calls: string[] = [];
  url = '';
  bounds: Rectangle = { x: 10, y: 20, width: 1300, height: 800 };
  isMaximizedNow = false;
  isMinimizedNow = false;
  isDestroyedNow = false;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  }
  show = (): void => void this.calls.push('show');
  hide = (): void => void this.calls.push('hide');
  focus = (): void => void this.calls.push('focus');
  restore = (): void => void this.calls.push('restore');
  maximize = (): void => void this.calls.push('maximize');
  destroy = (): void => void (this.isDestroyedNow = true);
  isMinimized = (): boolean => this.isMinimizedNow;
  isMaximized = (): boolean => this.isMaximizedNow;
  isDestroyed = (): boolean => this.isDestroyedNow;
  getNormalBounds = (): Rectangle => this.bounds;

  /** What a click on the close button does; true when the window may close. */
  clickClose(): boolean {
    let isPrevented = false;
    this.emit('close', { preventDefault: () => void (isPrevented = true) });
    return !isPrevented;
  }
}

export interface DoubleOptions {
  readonly argv: readonly string[];
  readonly userData: string;
  readonly appPath: string;
  readonly isFirstInstance?: boolean;
  readonly isPackaged?: boolean;
  readonly fork?: DesktopCalls['fork'];
  readonly environment?: NodeJS.ProcessEnv;
  readonly releases?: ReleaseFeed;
  readonly platform?: NodeJS.Platform;
  readonly isUnsandboxed?: boolean;
  /** macOS: the system started it at the login. */
  readonly wasOpenedAtLogin?: boolean;
}

/** Everything the host did, for the test to read. */
export class ElectronDouble {
  readonly app = new EventEmitter();
  readonly ipc = new EventEmitter();
  readonly power = new EventEmitter();
  readonly process = new EventEmitter();
  readonly windows: WindowDouble[] = [];
  readonly notices: { readonly notice: DesktopNotice; readonly click: () => void }[] = [];
  readonly errors: string[] = [];
  readonly messages: string[] = [];
  readonly asked: string[] = [];
  readonly printed: string[] = [];
  readonly exits: number[] = [];
  readonly openedFolders: string[] = [];
  readonly schemes: unknown[] = [];
  readonly blocks = new Set<number>();
  readonly linkSchemes: string[] = [];
  readonly loginItems: LoginItem[] = [];
  /** Arguments of each start that was to follow a kill. */
  readonly kills: (readonly string[])[] = [];
  readonly waitedFor: number[] = [];
  handler: ((request: { readonly url: string; readonly method: string }) => Promise<Response>) | null = null;
  tray: { tooltip: string; items: readonly TrayItem[]; act: (action: TrayAction) => void; click: () => void; isDestroyed: boolean } | null = null;
  menu: { readonly entries: readonly MenuEntry[]; readonly act: (action: MenuAction) => void } | null = null;
  relaunches = 0;
  quits = 0;
  isSandboxEnabled = false;
  /** The button a person presses when asked. */
  answer = 2;
  /** What happens while a person thinks about an answer. */
  whileAsked: () => Promise<void> = () => Promise.resolve();
  readonly calls: DesktopCalls;

  constructor(options: DoubleOptions) {
    let nextBlock = 1;
    this.calls = {
      app: Object.assign(this.app, {
        isPackaged: options.isPackaged ?? true,
        requestSingleInstanceLock: () => options.isFirstInstance ?? true,
        enableSandbox: () => void (this.isSandboxEnabled = true),
        setAppUserModelId: () => undefined,
        whenReady: () => Promise.resolve(),
        getAppPath: () => options.appPath,
        getPath: () => options.userData,
        getVersion: () => '9.9.9',
        quit: () => void (this.quits += 1),
        exit: (code: number) => void this.exits.push(code),
        setAsDefaultProtocolClient: (scheme: string, path: string) => this.linkSchemes.push(`${scheme} ${path}`) > 0,
        getLoginItemSettings: () => ({ wasOpenedAtLogin: options.wasOpenedAtLogin ?? false }),
        setLoginItemSettings: (item: LoginItem) => void this.loginItems.push(item),
      }) as unknown as DesktopCalls['app'],
      protocol: {
        registerSchemesAsPrivileged: (schemes) => void this.schemes.push(...schemes),
        handle: (_scheme, handler) => void (this.handler = handler),
      },
      dialog: {
        showErrorBox: (_title, text) => void this.errors.push(text),
        showMessage: (_title, text) => {
          this.messages.push(text);
          return Promise.resolve();
        },
        ask: async ({ message }) => {
          this.asked.push(message);
          await this.whileAsked();
          return this.answer;
        },
      },
      ipc: this.ipc,
      keychain: {
        isAvailable: () => Promise.resolve(false),
        encrypt: (text) => Promise.resolve(Buffer.from(text)),
        decrypt: (bytes) => Promise.resolve({ text: bytes.toString(), isOutdated: false }),
      },
      power: {
        monitor: this.power,
        blocker: {
          start: () => {
            this.blocks.add(nextBlock);
            return nextBlock++;
          },
          stop: (id) => this.blocks.delete(id),
        },
      },
      fork:
        options.fork ??
        (() => {
          throw new Error('this test starts no worker');
        }),
      killProcess: (pid) => void process.kill(pid, 'SIGKILL'),
      createWindow: (windowOptions) => {
        const window = new WindowDouble(windowOptions);
        this.windows.push(window);
        return window;
      },
      isUnsandboxed: options.isUnsandboxed ?? false,
      hasTray: true,
      createTray: () => {
        const tray = {
          tooltip: '',
          items: [] as readonly TrayItem[],
          act: (_action: TrayAction): void => undefined,
          click: (): void => undefined,
          isDestroyed: false,
        };
        this.tray = tray;
        return {
          setToolTip: (text) => void (tray.tooltip = text),
          setMenu: (items, act) => void Object.assign(tray, { items, act }),
          onClick: (click) => void (tray.click = click),
          destroy: () => void (tray.isDestroyed = true),
        };
      },
      setMenu: (entries, act) => void (this.menu = { entries, act }),
      notify: (notice, click) => void this.notices.push({ notice, click }),
      openFolder: (folder) => Promise.resolve(this.openedFolders.push(folder)),
      screens: () => [{ x: 0, y: 0, width: 1920, height: 1040 }],
      releases: () => options.releases ?? { kind: 'none', why: 'a test' },
      startAgain: () => void (this.relaunches += 1),
      killAndStartAgain: (argv) => void this.kills.push(argv),
      waitUntilGone: (pid) => void this.waitedFor.push(pid),
      program: '/opt/Perpetual Terminal/perpetual-terminal',
      workingFolder: options.userData,
      process: this.process,
      argv: options.argv,
      environment: options.environment ?? {},
      platform: options.platform ?? 'linux',
      print: (text) => void this.printed.push(text),
    };
  }

  get window(): WindowDouble {
    const [window] = this.windows;
    if (window === undefined) throw new Error('no window was opened');
    return window;
  }
}
