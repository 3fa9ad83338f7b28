// The desktop host: one window, one engine, nothing else; everything it does beyond that is refusing.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, BrowserWindow, dialog, ipcMain, session, utilityProcess } from 'electron';
import { parseStartOptions } from '../arguments.ts';
import { startTerminal, type Terminal } from '../compose.ts';
import { createEnvironmentSecrets } from '../node/secrets.ts';
import { createIpcLink } from './ipc-link.ts';
import { createUtilityLauncher } from './utility-worker.ts';

const PROJECT_ROOT = app.getAppPath();
const PAGE = join(PROJECT_ROOT, 'out', 'renderer', 'index.html');
const PAGE_URL = pathToFileURL(PAGE).href;

let terminal: Terminal | null = null;
let isQuitting = false;

async function stopAndQuit(why: string, code = 0): Promise<void> {
  if (isQuitting) return;
  isQuitting = true;
  await terminal?.stop(why);
  app.exit(code);
}

function openWindow(running: Terminal): void {
  const window = new BrowserWindow({
    width: 1600, height: 960, minWidth: 1200, minHeight: 700, backgroundColor: '#0b0e13', show: false,
    webPreferences: { preload: join(PROJECT_ROOT, 'out', 'preload', 'preload.cjs'), sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, spellcheck: false },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => event.preventDefault());
  window.webContents.on('will-attach-webview', (event) => event.preventDefault());
  running.attach(createIpcLink({ contents: window.webContents, ipc: ipcMain, pageUrl: PAGE_URL, onRefused: (reason) => running.logger.log('warn', 'screen', reason) }));
  window.once('ready-to-show', () => window.show());
  void window.loadFile(PAGE);
}

async function start(): Promise<void> {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !details.url.startsWith('file:') && !details.url.startsWith('data:') && !details.url.startsWith('devtools:') }));
  const options = parseStartOptions(process.argv.slice(app.isPackaged ? 1 : 2));
  if (!options.ok) {
    dialog.showErrorBox('Perpetual Terminal', options.error);
    app.exit(2);
    return;
  }
  const started = await startTerminal({
    options: options.value, host: 'electron', projectRoot: PROJECT_ROOT, launcher: createUtilityLauncher(utilityProcess as never, join(PROJECT_ROOT, 'out', 'main')), secrets: createEnvironmentSecrets(process.env),
  });
  if (!started.ok) {
    dialog.showErrorBox('Perpetual Terminal', started.error.uiMessage);
    app.exit(1);
    return;
  }
  terminal = started.value;
  openWindow(terminal);
  if ((await terminal.whenStreaming) === 'streaming') process.stdout.write('READY electron\n');
}

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    window?.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => void stopAndQuit('window closed'));
  app.on('before-quit', (event) => {
    if (isQuitting) return;
    event.preventDefault();
    void stopAndQuit('quit');
  });
  void app.whenReady().then(start);
} else app.quit();
