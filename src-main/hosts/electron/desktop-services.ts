// What the desktop adds beside window and tray: updates, start with the system, exported sessions and the recovery drill, each behind its menu entry.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { StartOptions } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';
import { loginFileOf, serveAutoStart } from './auto-start.ts';
import { describeStamp, readBuildStamp } from './build-stamp.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import { createDrillDesk, followDrill } from './drill-desk.ts';
import { describeMenu, type MenuAction } from './menu.ts';
import { LINK_SCHEME, type DesktopArguments, type Opened } from './opened.ts';
import { createSessionDesk } from './opened-sessions.ts';
import { restartToUpdate } from './restart-to-update.ts';
import type { StatusScreen } from './status-screen.ts';
import { createUpdates } from './updates.ts';

export interface ServicesParts {
  readonly calls: DesktopCalls;
  readonly terminal: Terminal;
  readonly screen: StatusScreen;
  readonly options: StartOptions;
  readonly given: DesktopArguments;
  readonly patienceMs: number;
  /** Stops the engine without ending the app; false when it is stopping already. */
  readonly stop: (why: string) => Promise<boolean>;
  readonly quit: (why: string) => void;
}

export interface DesktopServices {
  open(opened: Opened): void;
  close(): void;
}

/** Serves until it is closed. Opens what the app was started with. */
export function serveServices(parts: ServicesParts): DesktopServices {
  const { calls, terminal, screen, options, given, patienceMs } = parts;
  const { app, dialog } = calls;
  const { logger } = terminal;
  const { dataDir } = options;
  const updates = createUpdates({
    feed: calls.releases(),
    logger,
    onChange: (state) => {
      showMenu();
      // The menu bar is hidden until Alt is pressed; nobody would find it there.
      if (state.kind === 'ready')
        calls.notify({ title: `Version ${state.version} is ready`, body: 'Click here, or choose "Restart to update" in the menu.', isUrgent: false }, () =>
          act('update'),
        );
    },
  });
  const journalFile = (): string => join(dataDir, `journal-${screen.status()?.session.mode ?? options.mode}.sqlite`);
  const sessions = createSessionDesk({ dataDir, journalFile, dialog, openFolder: calls.openFolder, logger });
  const drills = createDrillDesk({ calls, screen, logger, dataDir, argv: given.own });
  const closers = [
    screen.onChange(({ settings }) => updates.follow(settings.updateChannel)),
    serveAutoStart({
      platform: calls.platform,
      isPackaged: app.isPackaged,
      program: calls.program,
      argv: given.own,
      autostartFolder: join(calls.environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart'),
      setLoginItem: (item) => app.setLoginItemSettings(item),
      loginFile: loginFileOf(app.getPath('userData')),
      screen,
      logger,
    }),
    followDrill({ screen, logger, dialog, dataDir, wallNow: Date.now, patienceMs }),
    () => updates.close(),
  ];
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME, calls.program, []);

  const act = (action: MenuAction): void => {
    switch (action) {
      case 'quit':
        return parts.quit('menu');
      case 'open-data-folder':
        return void calls.openFolder(dataDir);
      case 'export-session':
        return sessions.exportNewest();
      case 'drill':
        return void drills.begin();
      case 'update':
        if (updates.state().kind !== 'ready') return updates.check();
        return void restartToUpdate({ updates, screen, logger, dialog, stop: () => parts.stop('update'), waitMs: patienceMs });
      case 'about':
        return void dialog.showMessage('Perpetual Terminal', `${describeStamp(app.getVersion(), readBuildStamp(app.getAppPath()))}\nData: ${dataDir}`);
      default:
        assertNever(action);
    }
  };
  function showMenu(): void {
    calls.setMenu(describeMenu({ isMac: calls.platform === 'darwin', isPackaged: app.isPackaged, update: updates.state() }), act);
  }
  showMenu();
  for (const opened of given.opened) void sessions.open(opened);
  return {
    open: (opened) => void sessions.open(opened),
    close: () => {
      for (const close of closers) close();
    },
  };
}
