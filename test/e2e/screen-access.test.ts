// Accessibility of every screen: axe finds nothing serious or critical, in both themes, with the engine really running.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { everyScreen } from './every-screen.ts';
import { withLivingPosition } from '../support/living.ts';
import { connectScreen, startTerminal, temporaryFolder, until, type Running, type Screen } from '../support/terminal.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe calls serious or critical, as `rule: selector`. */
async function findings(page: Page, theme: 'dark' | 'light'): Promise<readonly string[]> {
  // Only contrast depends on the theme; the second pass asks for nothing else.
  const only = theme === 'light' ? ['color-contrast'] : null;
  const results = await page.evaluate(
    (rules) =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        ...(rules === null ? {} : { runOnly: { type: 'rule' as const, values: rules } }),
      }),
    only,
  );
  return results.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
}

describe('accessibility of every screen', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let terminal: Running;
  let browser: Browser;
  let page: Page;
  let engine: Screen;

  beforeAll(async () => {
    folder = await temporaryFolder();
    terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--symbols', '60', '--speed', '120', '--data-dir', folder.path]);
    engine = await connectScreen(terminal.url);
    browser = await launchBrowser();
    // The page forbids foreign scripts; the checker comes in through the test's own door.
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, bypassCSP: true });
    page = await context.newPage();
    await page.addInitScript({ content: AXE });
    await page.addInitScript(() => localStorage.setItem('terminal-preferences', JSON.stringify({ tourDone: true })));
    await page.goto(terminal.url);
    await page.getByTestId('scanner-row').first().waitFor();
    // Rows to look at: a position in any case, decisions of the strategy where the market gives one soon.
    await withLivingPosition(engine, () => Promise.resolve());
    await until('a decision', async () => (await engine.rpc.call('snapshot', null)).decisions.length > 0, 30_000).catch(() => undefined);
  }, 240_000);

  afterAll(async () => {
    engine?.close();
    await browser?.close();
    await terminal?.stop();
    await folder?.remove();
  });

  for (const theme of ['dark', 'light'] as const) {
    describe(`in the ${theme} theme`, () => {
      beforeAll(async () => {
        await engine.rpc.call('command', { kind: 'update-settings', changes: { theme } });
        await until(`the ${theme} theme`, async () => (await page.locator('html').getAttribute('data-theme')) === theme);
      });

      for (const place of everyScreen('en')) {
        it(`finds nothing serious on ${place.name}`, async () => {
          await place.go(page);
          expect(await findings(page, theme)).toEqual([]);
          await place.leave(page);
        });
      }
    });
  }
});
