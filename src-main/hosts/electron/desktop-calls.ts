// Every call of Electron the desktop host makes, on one page: main.ts passes the real ones, tests pass a double.
import type { Terminal, StartRequest } from '../terminal.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { LoginItem } from './auto-start.ts';
import type { DesktopNotice } from './desktop-notifier.ts';
import type { IpcCalls } from './ipc-link.ts';
import type { MenuAction, MenuEntry } from './menu.ts';
import type { ConfinedContents } from './page.ts';
import type { PowerBlockerCalls, PowerMonitorCalls } from './power.ts';
import type { GoneDetails } from './recovery.ts';
import type { Keychain } from './secrets.ts';
import type { TrayCalls } from './tray.ts';
import type { ReleaseFeed } from './updates.ts';
import type { UtilityLauncherOptions } from './utility-worker.ts';
import type { DesktopWindow, WindowOptions } from './window.ts';
import type { Rectangle } from './window-state.ts';

/** The used part of Electron's `app`. */
export interface AppCalls {
  readonly isPackaged: boolean;
  requestSingleInstanceLock(): boolean;
  enableSandbox(): void;
  setAppUserModelId(id: string): void;
  whenReady(): Promise<void>;
  getAppPath(): string;
  getPath(name: 'userData'): string;
  getVersion(): string;
  quit(): void;
  exit(code: number): void;
  /** `path` and `args`: what Windows starts; ignored elsewhere. */
  setAsDefaultProtocolClient(scheme: string, path: string, args: string[]): boolean;
  setLoginItemSettings(item: LoginItem): void;
  /** `wasOpenedAtLogin`: macOS only; false elsewhere. */
  getLoginItemSettings(): { readonly wasOpenedAtLogin: boolean };
  on(event: 'second-instance', listener: (event: unknown, argv: readonly string[], workingFolder: string) => void): unknown;
  /** macOS: a link or a file was opened. */
  on(event: 'open-url' | 'open-file', listener: (event: { preventDefault(): void }, opened: string) => void): unknown;
  on(event: 'activate', listener: () => void): unknown;
  on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown;
  on(event: 'web-contents-created', listener: (event: unknown, contents: ConfinedContents) => void): unknown;
  on(event: 'child-process-gone', listener: (event: unknown, details: GoneDetails & { readonly type: string; readonly name?: string }) => void): unknown;
}

export interface DialogCalls {
  /** Blocks the process until it is closed: only where the engine has not started or is lost. */
  showErrorBox(title: string, text: string): void;
  /** Resolves when the person has seen it. */
  showMessage(title: string, text: string): Promise<void>;
  /** Gives the index of the button. Never waits for it in place: the engine lives in this process and must go on while a person thinks. */
  ask(question: {
    readonly title: string;
    readonly message: string;
    readonly detail: string;
    readonly buttons: readonly string[];
    readonly cancelId: number;
  }): Promise<number>;
}

export interface ProtocolCalls {
  registerSchemesAsPrivileged(schemes: { readonly scheme: string; readonly privileges: { readonly standard: boolean; readonly secure: boolean } }[]): void;
  handle(scheme: string, handler: (request: { readonly url: string; readonly method: string }) => Promise<Response>): void;
}

export interface DesktopCalls {
  readonly app: AppCalls;
  readonly protocol: ProtocolCalls;
  readonly dialog: DialogCalls;
  readonly ipc: IpcCalls;
  readonly keychain: Keychain;
  readonly power: { readonly monitor: PowerMonitorCalls; readonly blocker: PowerBlockerCalls };
  readonly fork: UtilityLauncherOptions['fork'];
  readonly killProcess: UtilityLauncherOptions['killProcess'];
  readonly createWindow: (options: WindowOptions) => DesktopWindow;
  /** Started with `--no-sandbox`: by a person, or by an AppImage's own script on a system without user namespaces. */
  readonly isUnsandboxed: boolean;
  /** Where there is none, a window that starts hidden could not be found again. */
  readonly hasTray: boolean;
  /** Null where the desktop has no tray. */
  readonly createTray: () => TrayCalls | null;
  readonly setMenu: (entries: readonly MenuEntry[], onAction: (action: MenuAction) => void) => void;
  readonly notify: (notice: DesktopNotice, onClick: () => void) => void;
  readonly openFolder: (folder: string) => Promise<unknown>;
  /** Work areas of the screens that are connected. */
  readonly screens: () => readonly Rectangle[];
  readonly releases: () => ReleaseFeed;
  /** Starts the program again, with the same arguments, as soon as this process has ended. */
  readonly startAgain: () => void;
  /** Starts the program again with these arguments, then ends this process as a power cut would. */
  readonly killAndStartAgain: (argv: readonly string[]) => void;
  /** Waits, without letting anything else run, until a process is gone or the time is over. */
  readonly waitUntilGone: (pid: number, withinMs: number) => void;
  /** What the system starts at a login. */
  readonly program: string;
  readonly workingFolder: string;
  readonly process: { on(event: 'uncaughtException' | 'unhandledRejection', listener: (failure: unknown) => void): unknown };
  /** Arguments after the program's own. */
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly print: (text: string) => void;
}

export interface DesktopParts {
  readonly calls: DesktopCalls;
  readonly startTerminal: (request: StartRequest) => Promise<Result<Terminal, { readonly uiMessage: string }>>;
  /** How long the state must be good after sleep; shorter in tests. */
  readonly settleMs?: number;
  /** How long a recovery, or the safe moment for an update, is waited for; shorter in tests. */
  readonly patienceMs?: number;
}
