// The desktop host: one window, one engine, nothing else; everything it does beyond that is refusing.
import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, protocol, safeStorage, utilityProcess } from 'electron';
import { parseStartOptions } from '../arguments.ts';
import { startTerminal, type Terminal } from '../compose.ts';
import { serveIpcLinks } from './ipc-link.ts';
import { answerPageRequest, confine, isOwnPage, PAGE_SCHEME, PAGE_URL } from './page.ts';
import { createKeychainSecrets } from './secrets.ts';
import { createUtilityLauncher } from './utility-worker.ts';

const PROJECT_ROOT = app.getAppPath();
const RENDERER = join(PROJECT_ROOT, 'out', 'renderer');

let terminal: Terminal | null = null;
let isQuitting = false;

async function stopAndQuit(why: string): Promise<void> {
  if (isQuitting) return;
  isQuitting = true;
  await terminal?.stop(why);
  app.exit(0);
}

function fail(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  dialog.showErrorBox('Perpetual Terminal', sentence);
  app.exit(code);
}

function openWindow(): void {
  const window = new BrowserWindow({
    width: 1600,
    height: 960,
    minWidth: 1200,
    minHeight: 700,
    backgroundColor: '#0b0e13',
    show: false,
    webPreferences: {
      preload: join(PROJECT_ROOT, 'out', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(PAGE_URL);
}

async function start(): Promise<void> {
  protocol.handle(PAGE_SCHEME, (request) => answerPageRequest(RENDERER, request));
  const options = parseStartOptions(process.argv.slice(app.isPackaged ? 1 : 2));
  if (!options.ok) return fail(options.error, 2);
  const notices: string[] = [];
  const secrets = createKeychainSecrets({
    file: join(app.getPath('userData'), 'secrets.json'),
    environment: process.env,
    onProblem: (sentence) => void notices.push(sentence),
    keychain: {
      isAvailable: () => safeStorage.isEncryptionAvailable(),
      encrypt: (text) => safeStorage.encryptString(text),
      decrypt: (encrypted) => safeStorage.decryptString(encrypted),
    },
  });
  const launcher = createUtilityLauncher({
    folder: join(PROJECT_ROOT, 'out', 'main'),
    killProcess: (pid) => process.kill(pid, 'SIGKILL'),
    fork: (file, argv, forkOptions) =>
      utilityProcess.fork(file, argv, { ...forkOptions, stdio: [...forkOptions.stdio] }) as ReturnType<Parameters<typeof createUtilityLauncher>[0]['fork']>,
  });
  const started = await startTerminal({ options: options.value, host: 'electron', projectRoot: PROJECT_ROOT, launcher, secrets });
  if (!started.ok) return fail(started.error.uiMessage, 1);
  const running = started.value;
  terminal = running;
  for (const notice of notices) running.logger.log('warn', 'secrets', notice);
  serveIpcLinks({
    ipc: ipcMain as Parameters<typeof serveIpcLinks>[0]['ipc'],
    isTrusted: isOwnPage,
    onScreen: (link) => running.attach(link),
    onRefused: (sentence) => running.logger.log('warn', 'screen', sentence),
  });
  openWindow();
  if ((await running.whenStreaming) === 'streaming') process.stdout.write('READY electron\n');
}

if (app.requestSingleInstanceLock()) {
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } }]);
  app.on('web-contents-created', (_event, contents) => confine(contents));
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
