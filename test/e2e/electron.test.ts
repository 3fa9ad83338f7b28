// The desktop app itself, in a real Electron: window, IPC, sandbox. Runs where the binary exists; elsewhere it is skipped by name.
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronBinary } from '../support/electron.ts';
import { PROJECT_ROOT, temporaryFolder, until } from '../support/terminal.ts';

const binary = electronBinary();

describe.skipIf(binary === null)('the Electron host (needs the Electron binary)', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let application: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    folder = await temporaryFolder();
    application = await _electron.launch({
      executablePath: binary ?? '',
      args: [PROJECT_ROOT, '--mode', 'simulated', '--seed', '7', '--speed', '60', '--data-dir', folder.path],
    });
    page = await application.firstWindow();
  }, 180_000);

  afterAll(async () => {
    await application?.close();
    await folder?.remove();
  });

  it('shows 200 live rows', async () => {
    await until('200 live rows', async () => /\b200\b/.test((await page.getByTestId('scanner-count').textContent()) ?? ''), 90_000);
  });

  it('gives the page no Node and no Electron', async () => {
    expect(
      await page.evaluate(() => [typeof (globalThis as Record<string, unknown>)['require'], typeof (globalThis as Record<string, unknown>)['process']]),
    ).toEqual(['undefined', 'undefined']);
  });

  it('opens no second window and leaves its page for no address', async () => {
    await page.evaluate(() => void globalThis.open('https://example.com'));
    await page.evaluate(() => globalThis.location.assign('https://example.com')).catch(() => undefined);
    expect(application.windows()).toHaveLength(1);
    expect(page.url()).not.toContain('example.com');
  });
});
