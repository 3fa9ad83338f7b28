// Takes pictures of every screen of a running terminal in two sizes and two themes: `node fixture-look.ts URL FOLDER [ONLY]`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { connectScreen } from '../support/terminal.ts';

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
] as const;
const THEMES = ['dark', 'light'] as const;

interface Shot {
  readonly name: string;
  readonly prepare: (page: Page) => Promise<void>;
}

const layout =
  (key: string): ((page: Page) => Promise<void>) =>
  (page) =>
    page.keyboard.press(`Alt+${key}`);
const dialog =
  (open: string): ((page: Page) => Promise<void>) =>
  async (page) => {
    await page.keyboard.press('Alt+1');
    await page.keyboard.press(open);
  };

/** Moves over the chart until an order block explains itself. */
async function pointAtZone(page: Page): Promise<void> {
  await page.keyboard.press('Alt+1');
  const box = await page.getByTestId('chart').boundingBox();
  if (box === null) return;
  for (let row = 1; row < 40; row += 1) {
    await page.mouse.move(box.x + box.width * 0.62, box.y + (box.height * row) / 44);
    await page.waitForTimeout(60);
    if ((await page.getByText(/^Why: the last/).count()) > 0) return;
  }
}

const SHOTS: readonly Shot[] = [
  {
    name: 'trade',
    prepare: async (page) => {
      await page.keyboard.press('Alt+1');
      const row = page.getByTestId('position-row').first();
      if ((await row.count()) > 0) await row.click();
    },
  },
  { name: 'zone', prepare: pointAtZone },
  {
    name: 'charts',
    prepare: async (page) => {
      await page.keyboard.press('Alt+1');
      await page.getByRole('button', { name: '1h, 15m and 5m of this market' }).click();
      await page.getByRole('tab', { name: 'Shock test' }).click();
    },
  },
  {
    name: 'scan',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'One chart' }).click();
      await page.keyboard.press('Alt+2');
    },
  },
  { name: 'learn', prepare: layout('3') },
  { name: 'system', prepare: layout('4') },
  { name: 'settings', prepare: dialog('Control+,') },
  { name: 'keys', prepare: dialog('?') },
  { name: 'palette', prepare: dialog('Control+k') },
];

const [url = '', folder = 'out/look', only = ''] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const screen = await connectScreen(url);
const browser = await launchBrowser();
for (const size of SIZES) {
  for (const theme of THEMES) {
    await screen.rpc.call('command', { kind: 'update-settings', changes: { theme } });
    const context = await browser.newContext({ viewport: size });
    await context.addInitScript(() => localStorage.setItem('terminal-preferences', JSON.stringify({ tourDone: true })));
    const page = await context.newPage();
    page.on('pageerror', (failure) => console.error('page error:', failure.message));
    page.on('console', (message) => message.type() === 'error' && console.error('console:', message.text()));
    await page.goto(url);
    await page.getByTestId('scanner-row').first().waitFor();
    await page.waitForTimeout(1500);
    for (const shot of SHOTS) {
      const name = `${shot.name}-${theme}-${size.width}x${size.height}`;
      if (!name.includes(only)) continue;
      await page.keyboard.press('Escape');
      await shot.prepare(page);
      await page.waitForTimeout(1500);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      console.log(name);
    }
    await context.close();
  }
}
await screen.rpc.call('command', { kind: 'update-settings', changes: { theme: 'dark' } });
screen.close();
await browser.close();
