// Pictures of every screen in two sizes, both themes and any language, to be looked at: `node test/e2e/snapshots.ts --out DIR [--language zh-CN]`.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LANGUAGES } from '../../src-renderer/i18n/language.ts';
import { launchBrowser } from '../support/browser.ts';
import { mostLiving } from '../support/living.ts';
import { connectScreen, startTerminal, temporaryFolder, until } from '../support/terminal.ts';
import { everyScreen } from './every-screen.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/snapshots' },
    sizes: { type: 'string', default: '1366x768,1920x1080' },
    themes: { type: 'string', default: 'dark,light' },
    language: { type: 'string', default: 'en' },
    /** Only places whose name contains this. */
    only: { type: 'string', default: '' },
    /** A running terminal to look at instead of one of its own. */
    url: { type: 'string' },
    symbols: { type: 'string', default: '200' },
  },
});
const language = LANGUAGES.find((name) => name === values.language) ?? 'en';
const folder = await temporaryFolder();
const terminal =
  values.url === undefined
    ? await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--symbols', values.symbols, '--speed', '60', '--data-dir', folder.path])
    : null;
const url = values.url ?? terminal?.url ?? '';
const engine = await connectScreen(url);
const browser = await launchBrowser();
/** As somebody sees it who has never been here: with the tour. */
async function pictureOfFirstStart(viewport: { readonly width: number; readonly height: number }, path: string): Promise<void> {
  const page = await browser.newPage({ viewport });
  await page.goto(url);
  await page.locator('.tour').waitFor();
  await page.locator('[data-testid=chart]:not([data-candles="0"])').waitFor();
  await page.waitForTimeout(1000);
  await page.screenshot({ path });
  await page.close();
}

try {
  await mkdir(values.out, { recursive: true });
  const view = await until('a protected position', async () => mostLiving(await engine.rpc.call('snapshot', null)), 240_000);
  for (const size of values.sizes.split(',')) {
    const [width = 0, height = 0] = size.split('x').map(Number);
    const page = await browser.newPage({ viewport: { width, height } });
    page.on('pageerror', (failure) => console.error('page error:', failure.message));
    await page.addInitScript(() => localStorage.setItem('terminal-preferences', JSON.stringify({ tourDone: true })));
    await page.goto(url);
    await page.getByTestId('scanner-row').first().waitFor();
    await pictureOfFirstStart({ width, height }, join(values.out, `first-run-${size}.png`));
    await page
      .locator(`[data-position-id="${view.position.id}"]`)
      .click({ timeout: 5000 })
      .catch(() => console.error('the position is over; another is shown'));
    for (const theme of values.themes.split(',')) {
      await engine.rpc.call('command', { kind: 'update-settings', changes: { theme, language } });
      await until('the theme', async () => (await page.locator('html').getAttribute('data-theme')) === theme);
      await until('the language', async () => ((await page.locator('html').getAttribute('lang')) ?? 'en') === language);
      for (const place of everyScreen(language)) {
        if (!place.name.includes(values.only)) continue;
        try {
          await place.go(page);
          await page.screenshot({ path: join(values.out, `${place.name}-${theme}-${size}${language === 'en' ? '' : `-${language}`}.png`) });
          await place.leave(page);
        } catch (failure) {
          console.error(`${place.name}: ${failure instanceof Error ? failure.message.split('\n')[0] : String(failure)}`);
          await page.keyboard.press('Escape');
        }
      }
    }
    await page.close();
  }
  console.log(`pictures in ${resolve(values.out)}`);
} finally {
  engine.close();
  await browser.close();
  await terminal?.stop();
  await folder.remove();
}
