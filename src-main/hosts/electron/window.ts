// The one window: how it is made, remembered and closed. Its page is sandboxed, isolated and gets one bridge of three verbs.
import { DEFAULT_SIZE, loadWindowState, MINIMUM_SIZE, saveWindowState, type Rectangle, type WindowState } from './window-state.ts';
import type { RecoverableWindow } from './recovery.ts';

/** Everything Electron is told about the window; plain data, so that a test can hold it against the rules. */
export function windowOptions(state: WindowState, preload: string) {
  return {
    ...DEFAULT_SIZE,
    ...state.bounds,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    backgroundColor: '#0b0e13',
    show: false,
    autoHideMenuBar: true,
    title: 'Perpetual Terminal',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      // A chart in a hidden window may slow down; the engine does not live there.
      backgroundThrottling: true,
    },
  } as const;
}
export type WindowOptions = ReturnType<typeof windowOptions>;

/** The used part of Electron's `BrowserWindow`. */
export interface DesktopWindow extends RecoverableWindow {
  loadURL(url: string): Promise<void>;
  show(): void;
  hide(): void;
  focus(): void;
  restore(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  maximize(): void;
  destroy(): void;
  getNormalBounds(): Rectangle;
  once(event: 'ready-to-show', listener: () => void): unknown;
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
  /** `session-end`: Windows logs the user off or shuts down, and does not wait long. */
  on(event: 'unresponsive' | 'responsive' | 'session-end', listener: () => void): unknown;
}

export type CloseChoice = 'background' | 'quit' | 'cancel';

export interface WindowParts {
  readonly create: (options: WindowOptions) => DesktopWindow;
  readonly preload: string;
  readonly url: string;
  readonly stateFile: string;
  /** Not shown at the start: the system started the app, and the tray shows it. */
  readonly isHidden: boolean;
  readonly screens: readonly Rectangle[];
  /** True while closing the window would leave something running unwatched. */
  readonly isBusy: () => boolean;
  readonly ask: () => Promise<CloseChoice>;
  readonly onQuit: () => void;
  readonly onSessionEnd: () => void;
}

export interface OpenWindow {
  readonly window: DesktopWindow;
  /** Brings it to the front, whatever state it is in. */
  present(): void;
  /** From now on closing closes, without a question. */
  release(): void;
}

/** Creates the one window. Closing it asks while positions are open, and otherwise quits. */
export function openWindow(parts: WindowParts): OpenWindow {
  const state = loadWindowState(parts.stateFile, parts.screens);
  const window = parts.create(windowOptions(state, parts.preload));
  let isReleased = false;
  let isAsking = false;
  if (state.isMaximized) window.maximize();
  window.on('session-end', parts.onSessionEnd);
  window.once('ready-to-show', () => {
    if (!parts.isHidden) window.show();
  });
  window.on('close', (event) => {
    saveWindowState(parts.stateFile, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    if (isReleased) return;
    event.preventDefault();
    if (!parts.isBusy()) return parts.onQuit();
    if (isAsking) return;
    isAsking = true;
    void parts.ask().then((choice) => {
      isAsking = false;
      if (choice === 'background' && !window.isDestroyed()) window.hide();
      if (choice === 'quit') parts.onQuit();
    });
  });
  void window.loadURL(parts.url);
  return {
    window,
    present: () => {
      if (window.isDestroyed()) return;
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    release: () => void (isReleased = true),
  };
}
