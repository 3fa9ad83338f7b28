// Starting with the system, as the setting says: a login item on macOS and Windows, a desktop entry on Linux; always in the background and with this start's flags.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../core/ports.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import { argumentsFor, HIDDEN_FLAG, takeDesktopArguments, type DesktopArguments } from './opened.ts';
import type { StatusScreen } from './status-screen.ts';

/** The used part of what Electron's `setLoginItemSettings` takes. */
export interface LoginItem {
  readonly openAtLogin: boolean;
  /** Windows: what is started, and with what; the arguments are joined by spaces, so each is quoted. */
  readonly path?: string;
  readonly args?: string[];
}

export interface AutoStartOptions {
  readonly platform: NodeJS.Platform;
  /** False while the app runs from its sources: the system would start a bare Electron. */
  readonly isPackaged: boolean;
  /** The program the system starts; an AppImage is its file, not what it unpacks to. */
  readonly program: string;
  /** The terminal's own flags of this start. */
  readonly argv: readonly string[];
  /** e.g. `~/.config/autostart`; used on Linux. */
  readonly autostartFolder: string;
  /** Electron's login item; used on macOS and Windows. */
  readonly setLoginItem: (item: LoginItem) => void;
  /** Keeps the flags of the next start at login where the system cannot: macOS starts a login item without any. */
  readonly loginFile: string;
  readonly screen: StatusScreen;
  readonly logger: Logger;
}

/** One argument of a desktop entry's Exec line (Desktop Entry Specification, "The Exec key"). */
export function quoteForDesktopEntry(argument: string): string {
  const escaped = argument.replaceAll(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  // Backslashes are read twice: once as a string of the file, once as a quoted argument.
  return `"${escaped.replaceAll('\\', '\\\\')}"`;
}

/** One argument of a Windows command line, as `CommandLineToArgvW` reads it. */
export function quoteForWindows(argument: string): string {
  if (argument !== '' && !/[\s"]/.test(argument)) return argument;
  // Backslashes count only before a quote, ours at the end included.
  return `"${argument.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/\\+$/, '$&$&')}"`;
}

export const loginFileOf = (userData: string): string => join(userData, 'login-start.json');

/** The arguments of a start that macOS made at the login; null for every other start. */
export function argumentsAtLogin({ app, argv, platform, workingFolder }: DesktopCalls): DesktopArguments | null {
  if (platform !== 'darwin' || argv.length > 0 || !app.getLoginItemSettings().wasOpenedAtLogin) return null;
  const text = readOrNull(loginFileOf(app.getPath('userData')));
  const kept = z.array(z.string()).safeParse(text === null ? [HIDDEN_FLAG] : parseOrNull(text));
  return takeDesktopArguments(kept.success ? kept.data : [HIDDEN_FLAG], workingFolder);
}

/** The text of an XDG autostart entry (Desktop Entry Specification 1.0). */
export function desktopEntry(program: string, argv: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    'Name=Perpetual Terminal',
    `Exec=${[program, ...argv].map(quoteForDesktopEntry).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Keeps the system's entry as the setting says, from now on. Returns the function that stops following; the entry stays. */
export function serveAutoStart(options: AutoStartOptions): () => void {
  const { screen, logger, isPackaged } = options;
  let done: string | null = null;
  let was: boolean | null = null;
  return screen.onChange(({ settings, session }) => {
    const wanted = settings.startWithSystem;
    const key = `${wanted} ${session.mode}`;
    if (key === done) return;
    const isTold = was !== null && was !== wanted;
    [done, was] = [key, wanted];
    if (!isPackaged) {
      if (wanted) logger.log('info', 'desktop', 'Starting with the system works in the installed app only; this one runs from its sources.');
      return;
    }
    try {
      apply(options, wanted, argumentsFor(session.mode, options.argv));
      if (isTold)
        logger.log('info', 'desktop', wanted ? 'The terminal now starts, in the background, when you log in.' : 'The terminal no longer starts by itself.');
    } catch (failure) {
      logger.log('warn', 'desktop', `Starting with the system could not be changed (${failure instanceof Error ? failure.message : String(failure)}).`);
    }
  });
}

function apply({ platform, program, autostartFolder, setLoginItem, loginFile }: AutoStartOptions, wanted: boolean, argv: readonly string[]): void {
  const args = [HIDDEN_FLAG, ...argv];
  if (platform === 'win32') return setLoginItem({ openAtLogin: wanted, path: program, args: args.map(quoteForWindows) });
  if (platform === 'darwin') {
    if (wanted) writeLoginFile(loginFile, args);
    else rmSync(loginFile, { force: true });
    return setLoginItem({ openAtLogin: wanted });
  }
  const file = join(autostartFolder, 'perpetual-terminal.desktop');
  if (!wanted) return rmSync(file, { force: true });
  const text = desktopEntry(program, args);
  if (readOrNull(file) === text) return;
  mkdirSync(autostartFolder, { recursive: true });
  writeFileSync(file, text);
}

function writeLoginFile(file: string, args: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(args));
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
