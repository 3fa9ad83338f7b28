// Whether a script was started itself or imported by another: also where the checkout is reached through a link, as on macOS below /tmp.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} url the script's `import.meta.url` */
export function isMain(url) {
  const [, started] = process.argv;
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url));
}
