// Takes the README's screenshots from a running terminal: `node test/e2e/screenshots.ts [--replay DIR] [--prefix NAME]`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../support/browser.ts';
import { PROJECT_ROOT, startTerminal, temporaryFolder, until } from '../support/terminal.ts';

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
] as const;

const { values } = parseArgs({
  options: {
    replay: { type: 'string' },
    from: { type: 'string' },
    prefix: { type: 'string', default: 'simulated' },
    speed: { type: 'string', default: '60' },
    'settle-seconds': { type: 'string', default: '25' },
  },
});
const folder = await temporaryFolder();
const source = values.replay === undefined ? [] : ['--replay', values.replay, ...(values.from === undefined ? [] : ['--from', values.from])];
const terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--speed', values.speed, '--data-dir', folder.path, ...source]);
const browser = await launchBrowser();
try {
  const target = join(PROJECT_ROOT, 'resources', 'screenshots');
  await mkdir(target, { recursive: true });
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: size });
    page.on('pageerror', (failure) => console.error('page error:', failure.message));
    await page.goto(terminal.url);
    await until('an open position', async () => (await page.getByTestId('position-row').count()) > 0, 150_000);
    await page.getByTestId('position-row').first().click();
    await page.waitForTimeout(Number(values['settle-seconds']) * 1000);
    const file = join(target, `${values.prefix}-${size.width}x${size.height}.png`);
    await page.screenshot({ path: file });
    console.log(file);
    await page.close();
  }
} finally {
  await browser.close();
  await terminal.stop();
  await folder.remove();
}
