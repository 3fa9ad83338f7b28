// Starting with the system, as the setting says: a login item on macOS and Windows, a desktop entry on Linux; always in the background and with this start's flags.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../core/ports.ts';
import { argumentsFor, HIDDEN_FLAG } from './opened.ts';
import type { StatusScreen } from './status-screen.ts';

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
  readonly setLoginItem: (item: { readonly openAtLogin: boolean; readonly args: string[] }) => void;
  readonly screen: StatusScreen;
  readonly logger: Logger;
}

/** One argument of a desktop entry's Exec line (Desktop Entry Specification, "The Exec key"). */
export function quoteForDesktopEntry(argument: string): string {
  const escaped = argument.replaceAll(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  // Backslashes are read twice: once as a string of the file, once as a quoted argument.
  return `"${escaped.replaceAll('\\', '\\\\')}"`;
}

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

function apply({ platform, program, autostartFolder, setLoginItem }: AutoStartOptions, wanted: boolean, argv: readonly string[]): void {
  const args = [HIDDEN_FLAG, ...argv];
  if (platform !== 'linux') return setLoginItem({ openAtLogin: wanted, args });
  const file = join(autostartFolder, 'perpetual-terminal.desktop');
  if (!wanted) return rmSync(file, { force: true });
  const text = desktopEntry(program, args);
  if (readOrNull(file) === text) return;
  mkdirSync(autostartFolder, { recursive: true });
  writeFileSync(file, text);
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
