// Opens the terminal's page in the user's browser, where there is a display; otherwise the printed URL has to do.
import { spawn } from 'node:child_process';

/** Returns false when there is nothing to open a browser with. Never throws and never waits. */
export function openBrowser(url: string): boolean {
  const command = process.platform === 'win32' ? 'explorer.exe' : process.platform === 'darwin' ? 'open' : 'xdg-open';
  const headless = process.platform === 'linux' && process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined;
  if (headless) return false;
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  return true;
}
