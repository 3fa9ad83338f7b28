// A whole desk for a journey: a running terminal in its own folder, a real browser on its page, and a second screen to ask the engine by.
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { connectScreen, startTerminal, temporaryFolder, type Running, type Screen } from './terminal.ts';

export interface Desk {
  /** Exchanged by a journey that kills it and starts another. */
  terminal: Running;
  readonly browser: Browser;
  readonly page: Page;
  readonly engine: Screen;
  /** The data folder. */
  readonly folder: string;
  /** What went wrong on the page. */
  readonly pageErrors: readonly string[];
  close(): Promise<void>;
}

const MARKET = ['--mode', 'simulated', '--seed', '7'];

/** Arguments of a simulated terminal of seed 7 in `folder`; `argv` says how many markets, how fast, and what else. */
export function deskArguments(folder: string, argv: readonly string[], port = '0'): readonly string[] {
  return ['--port', port, ...MARKET, '--data-dir', folder, ...argv];
}

/** Resolves with the page opened, 1366 × 768. `prepare` may fill the data folder before the start. */
export async function startDesk(argv: readonly string[], prepare: (folder: string) => readonly string[] = () => []): Promise<Desk> {
  const folder = await temporaryFolder();
  const terminal = await startTerminal([...deskArguments(folder.path, argv), ...prepare(folder.path)]);
  const engine = await connectScreen(terminal.url);
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
  const pageErrors: string[] = [];
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (failure) => pageErrors.push(failure.message));
  await page.goto(terminal.url);
  const desk: Desk = {
    terminal,
    browser,
    page,
    engine,
    folder: folder.path,
    pageErrors,
    close: async () => {
      engine.close();
      await browser.close();
      await desk.terminal.stop();
      await folder.remove();
    },
  };
  return desk;
}
