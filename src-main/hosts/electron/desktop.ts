// The desktop host, put together over the calls it needs of Electron: one instance, one engine, one window, a tray, power, recovery.
import { join } from 'node:path';
import { err } from '../../../src-shared/kernel/result.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { parseStartOptions, type StartOptions } from '../arguments.ts';
import type { StartRequest, Terminal } from '../terminal.ts';
import { CORE_DUMPS_ON, switchOffCoreDumps } from '../../adapters/runtime/core-dumps.ts';
import { createCrashGuard, type CrashGuard } from '../../adapters/runtime/crash-guard.ts';
import { argumentsAtLogin } from './auto-start.ts';
import { askHowToClose } from './close-question.ts';
import type { DesktopCalls, DesktopParts } from './desktop-calls.ts';
import { serveIpcLinks } from './ipc-link.ts';
import { serveServices, type DesktopServices } from './desktop-services.ts';
import { serveNotices } from './notices.ts';
import { readOpened, takeDesktopArguments, type DesktopArguments, type Opened } from './opened.ts';
import { answerPageRequest, confine, isOwnPage, PAGE_SCHEME, PAGE_URL } from './page.ts';
import { servePower } from './power.ts';
import { describeChildGone, recoverWindow } from './recovery.ts';
import { createKeychainSecrets } from './secrets.ts';
import { openStatusScreen, type StatusScreen } from './status-screen.ts';
import { serveTray } from './tray.ts';
import { createUtilityLauncher } from './utility-worker.ts';
import { openWindow, type OpenWindow } from './window.ts';

/** A terminal that can be told that time has passed while the computer slept. */
type Wakeable = Terminal & { readonly wake?: (sleptMs: number) => void };

const UNSANDBOXED =
  'The window runs without the sandbox of Chromium: this system does not allow it to this copy. The page is still isolated and reaches nothing; the .deb package, or the Node host in your own browser, has the sandbox.';
/** How long market, clock and account must be good after sleep before automation goes on. */
const SETTLE_MS = 10_000;
const SHUTDOWN_MS = 4000;
/** How long a recovery after a drill, or the safe moment for an update, is waited for. */
const PATIENCE_MS = 120_000;
/** A process that was killed is gone at once; this only bounds the wait. */
const GONE_MS = 5000;
/** A stop lets calls under way finish for some seconds; what takes longer than this hangs. */
const STOP_MS = 15_000;

/** Runs until the app exits. Only the first instance starts anything; another one shows its window and leaves. */
export function runDesktop(parts: DesktopParts): void {
  const given = takeDesktopArguments(parts.calls.argv, parts.calls.workingFolder);
  if (given.drilledProcess !== null) parts.calls.waitUntilGone(given.drilledProcess, GONE_MS);
  if (!parts.calls.app.requestSingleInstanceLock()) {
    parts.calls.app.quit();
    return;
  }
  new Desktop(parts, given).prepare();
}

class Desktop {
  readonly #calls: DesktopCalls;
  readonly #parts: DesktopParts;
  #terminal: Wakeable | null = null;
  #window: OpenWindow | null = null;
  #crashes: CrashGuard | null = null;
  #isQuitting = false;
  #given: DesktopArguments;
  #services: DesktopServices | null = null;
  /** Opened before the terminal was there to show it. */
  readonly #waiting: Opened[] = [];
  readonly #closers: (() => void)[] = [];

  constructor(parts: DesktopParts, given: DesktopArguments) {
    this.#parts = parts;
    this.#given = given;
    this.#calls = parts.calls;
  }

  prepare(): void {
    const { app, protocol, process } = this.#calls;
    app.enableSandbox();
    app.setAppUserModelId('io.perpetual-terminal');
    protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } }]);
    app.on('web-contents-created', (_event, contents) => confine(contents, app.isPackaged));
    app.on('second-instance', (_event, argv, folder) => {
      this.#window?.present();
      for (const opened of takeDesktopArguments(argv, folder).opened) this.#open(opened);
    });
    for (const event of ['open-url', 'open-file'] as const) {
      app.on(event, (opening, text) => {
        opening.preventDefault();
        const opened = readOpened(text, '/');
        this.#window?.present();
        if (opened !== null) this.#open(opened);
      });
    }
    app.on('activate', () => this.#window?.present());
    app.on('child-process-gone', (_event, details) => {
      const sentence = describeChildGone(details);
      if (sentence !== null) this.#terminal?.logger.log('warn', 'process', sentence);
    });
    app.on('before-quit', (event) => {
      if (this.#isQuitting) return;
      event.preventDefault();
      void this.#stopAndExit('quit');
    });
    process.on('uncaughtException', (failure) => this.#crash(failure));
    process.on('unhandledRejection', (failure) => this.#crash(failure));
    void app.whenReady().then(() => this.#start());
  }

  async #start(): Promise<void> {
    const { app, protocol, print } = this.#calls;
    const root = app.getAppPath();
    protocol.handle(PAGE_SCHEME, (request) => answerPageRequest(join(root, 'out', 'renderer'), request));
    this.#given = argumentsAtLogin(this.#calls) ?? this.#given;
    const options = parseStartOptions(this.#given.own);
    if (!options.ok) return this.#fail(options.error, 2);
    const { dataDir } = options.value;
    this.#crashes = createCrashGuard({ folder: join(dataDir, 'crashes'), version: app.getVersion(), wallNow: Date.now });
    // The limits are inherited: before the first secret and the first worker.
    const notices: string[] = switchOffCoreDumps() === 'on' ? [CORE_DUMPS_ON] : [];
    const secrets = await createKeychainSecrets({
      file: join(app.getPath('userData'), 'secrets.json'),
      environment: this.#calls.environment,
      onProblem: (sentence) => void notices.push(sentence),
      keychain: this.#calls.keychain,
    });
    const launcher = createUtilityLauncher({ folder: join(root, 'out', 'main'), fork: this.#calls.fork, killProcess: this.#calls.killProcess });
    const started = await this.#startTerminal({ options: options.value, host: 'electron', projectRoot: root, launcher, secrets });
    if (!started.ok) return this.#fail(started.error.uiMessage, 1);
    const terminal: Wakeable = started.value;
    this.#terminal = terminal;
    for (const notice of notices) terminal.logger.log('warn', 'secrets', notice);
    if (this.#calls.isUnsandboxed) terminal.logger.log('warn', 'desktop', UNSANDBOXED);
    this.#closers.push(
      serveIpcLinks({
        ipc: this.#calls.ipc,
        isTrusted: isOwnPage,
        onScreen: (link) => terminal.attach(link),
        onRefused: (sentence) => terminal.logger.log('warn', 'screen', sentence),
      }),
    );
    const screen = openStatusScreen((link) => terminal.attach(link));
    this.#closers.push(() => screen.close());
    this.#openWindow(terminal, screen, dataDir);
    this.#serveShell(terminal, screen, options.value);
    if ((await terminal.whenStreaming) === 'streaming') print('READY electron\n');
  }

  async #startTerminal(request: StartRequest): Promise<Result<Terminal, { readonly uiMessage: string }>> {
    try {
      return await this.#parts.startTerminal(request);
    } catch (failure) {
      this.#crashes?.report(failure);
      return err({
        uiMessage: `The terminal could not start (${failure instanceof Error ? failure.message : String(failure)}). Nothing was changed; see the folder "crashes" in your data folder.`,
      });
    }
  }

  #openWindow(terminal: Wakeable, screen: StatusScreen, dataDir: string): void {
    const { app, createWindow, screens, dialog } = this.#calls;
    const open = openWindow({
      create: createWindow,
      preload: join(app.getAppPath(), 'out', 'preload', 'preload.cjs'),
      url: PAGE_URL,
      stateFile: join(dataDir, 'window.json'),
      isHidden: this.#given.isHidden && this.#calls.hasTray,
      screens: screens(),
      isBusy: () => (screen.status()?.openPositions ?? 0) > 0,
      ask: () => askHowToClose(dialog, screen.status()?.openPositions ?? 0),
      onQuit: () => void this.#stopAndExit('window closed'),
      onSessionEnd: () => void this.#stopAndExit('the system ends the session', SHUTDOWN_MS),
    });
    this.#window = open;
    recoverWindow({
      window: open.window,
      logger: terminal.logger,
      now: () => performance.now(),
      later: (task, delayMs) => void setTimeout(task, delayMs),
      onGivenUp: (sentence) => void dialog.showMessage('Perpetual Terminal', `${sentence} Reload it from the menu View, or stop and quit from the tray.`),
    });
  }

  #serveShell(terminal: Wakeable, screen: StatusScreen, options: StartOptions): void {
    const { power, createTray, notify } = this.#calls;
    const tray = createTray();
    const present = (): void => this.#window?.present();
    if (tray !== null) this.#closers.push(serveTray({ tray, screen, onShow: present, onQuit: () => void this.#stopAndExit('tray') }));
    this.#closers.push(serveNotices({ screen, show: (notice) => notify(notice, present), now: () => performance.now() }));
    this.#closers.push(
      servePower({
        ...power,
        screen,
        logger: terminal.logger,
        wake: (sleptMs) => terminal.wake?.(sleptMs),
        onShutdown: () => void this.#stopAndExit('the system shuts down', SHUTDOWN_MS),
        wallNow: Date.now,
        settleMs: this.#parts.settleMs ?? SETTLE_MS,
      }),
    );
    const services = serveServices({
      calls: this.#calls,
      terminal,
      screen,
      options,
      given: this.#given,
      patienceMs: this.#parts.patienceMs ?? PATIENCE_MS,
      stop: (why) => this.#stop(why, STOP_MS),
      quit: (why) => void this.#stopAndExit(why),
    });
    this.#services = services;
    this.#closers.push(() => services.close());
    for (const opened of this.#waiting.splice(0)) services.open(opened);
  }

  #open(opened: Opened): void {
    if (this.#services === null) this.#waiting.push(opened);
    else this.#services.open(opened);
  }

  /** Stops the engine within `withinMs` and exits; asking twice is one stop. */
  async #stopAndExit(why: string, withinMs = STOP_MS): Promise<void> {
    if (await this.#stop(why, withinMs)) this.#calls.app.exit(0);
  }

  /** Stops the engine within `withinMs`; false when it is being stopped already. */
  async #stop(why: string, withinMs: number): Promise<boolean> {
    if (this.#isQuitting) return false;
    this.#isQuitting = true;
    this.#window?.release();
    for (const close of this.#closers.splice(0).toReversed()) close();
    const stopped = this.#terminal?.stop(why) ?? Promise.resolve();
    await Promise.race([stopped, new Promise((done) => setTimeout(done, withinMs).unref())]);
    return true;
  }

  #fail(sentence: string, code: number): void {
    this.#isQuitting = true;
    this.#calls.print(`${sentence}\n`);
    this.#calls.dialog.showErrorBox('Perpetual Terminal', sentence);
    this.#calls.app.exit(code);
  }

  /** The journal is on disk and stops rest at the venue; the fresh start recovers. Nothing is saved from here: the state may be what broke. */
  #crash(failure: unknown): void {
    const { app, dialog } = this.#calls;
    const next = this.#crashes?.report(failure) ?? 'give_up';
    // What falls over during a stop must not keep the stop from closing the journal; the stop is bounded.
    if (this.#isQuitting) return;
    this.#isQuitting = true;
    this.#calls.print(`The terminal crashed: ${failure instanceof Error ? failure.message : String(failure)}\n`);
    if (next === 'start_again') this.#calls.startAgain();
    else
      dialog.showErrorBox(
        'Perpetual Terminal',
        'The terminal crashed several times and was not started again. Positions keep their stops at the exchange. Reports are in the folder "crashes" of your data folder.',
      );
    app.exit(1);
  }
}
