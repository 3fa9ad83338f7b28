// The screen under load: a running engine with 200 streaming markets, a real Chromium; frames, input delay, long tasks, heap, link, start.
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { HEAVY_VIRTUAL } from '../renderer/fixture-load.ts';
import { startFixture } from '../renderer/fixture-server.ts';
import { launchBrowser } from '../support/browser.ts';
import { connectScreen, PROJECT_ROOT, startTerminal, temporaryFolder, until } from '../support/terminal.ts';
import { during, installProbe } from './ui-probe.ts';
import { frameRate, judgeHeap, percentile, type FrameRate, type HeapWatch } from './ui-samples.ts';

const SIZE = { width: 1920, height: 1080 } as const;
const PHASE_MS = 8000;
const INPUTS = 150;
const HEAP_EVERY_MS = 15_000;
/** Enough that the virtual loop works; a running engine holds a few dozen. */
const MIN_VIRTUAL = 10;

export interface ScreenLoad {
  readonly markets: number;
  readonly virtualPositions: number;
  readonly zonesOnChart: number;
  readonly candlesOnChart: number;
  readonly idle: FrameRate;
  readonly panning: FrameRate;
  readonly scrolling: FrameRate;
  readonly inputToPaint: { readonly p50: number; readonly p99: number; readonly samples: number };
  readonly longTasks: { readonly count: number; readonly worstMs: number; readonly seconds: number };
  readonly linkBytesPerSecond: number;
}

export interface UiReport {
  readonly suite: 'ui';
  readonly usableAfterReadyMs: number;
  /** The really running engine with what it has at that moment. */
  readonly engine: ScreenLoad;
  /** A scripted engine at the load the screen is made for: 300 zones, 1,000 virtual positions. */
  readonly scripted: ScreenLoad;
  readonly heap: HeapWatch;
}

async function pan(page: Page): Promise<void> {
  const box = await page.getByTestId('chart').boundingBox();
  if (box === null) throw new Error('there is no chart to pan');
  const y = box.y + box.height * 0.9;
  const until = performance.now() + PHASE_MS;
  while (performance.now() < until) {
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 30 });
    await page.mouse.up();
    await page.mouse.move(box.x + box.width * 0.7, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.25, y, { steps: 30 });
    await page.mouse.up();
  }
}

async function scroll(page: Page): Promise<void> {
  await page.locator('.scanner-body').hover();
  const until = performance.now() + PHASE_MS;
  for (let turn = 0; performance.now() < until; turn += 1) {
    await page.mouse.wheel(0, turn % 80 < 40 ? 120 : -120);
    await page.waitForTimeout(16);
  }
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

export interface UiOptions {
  /** How long the heap is watched. */
  readonly heapMinutes: number;
}

interface Watched {
  readonly page: Page;
  readonly session: CDPSession;
  received: number;
}

async function openPage(browser: Browser): Promise<Watched> {
  const page = await browser.newPage({ viewport: SIZE });
  const session = await page.context().newCDPSession(page);
  const watched: Watched = { page, session, received: 0 };
  await session.send('Network.enable');
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    watched.received += response.payloadData.length;
  });
  await page.addInitScript(installProbe);
  return watched;
}

async function waitForScreen(page: Page): Promise<void> {
  await page.locator('[data-testid=chart]:not([data-candles="0"])').waitFor({ timeout: 60_000 });
  await page.getByTestId('scanner-row').first().waitFor();
}

/** All phases on one page; `counts` says what the engine behind it holds. */
async function measureLoad(watched: Watched, counts: { readonly markets: number; readonly virtualPositions: number }): Promise<ScreenLoad> {
  const { page } = watched;
  const before = watched.received;
  const idle = await during(page, () => page.waitForTimeout(PHASE_MS));
  const linkBytesPerSecond = ((watched.received - before) / PHASE_MS) * 1000;
  const panned = await during(page, () => pan(page));
  const scrolled = await during(page, () => scroll(page));
  const typed = await during(page, async () => {
    for (let index = 0; index < INPUTS; index += 1) {
      await page.keyboard.press(index % 2 === 0 ? 'o' : 'f');
      await page.waitForTimeout(40);
    }
  });
  const chart = page.getByTestId('chart');
  const count = async (name: string): Promise<number> => Number(await chart.getAttribute(name));
  return {
    ...counts,
    zonesOnChart: (await count('data-order-blocks')) + (await count('data-gaps')) + (await count('data-breaks')),
    candlesOnChart: await count('data-candles'),
    idle: frameRate(idle.frames),
    panning: frameRate(panned.frames),
    scrolling: frameRate(scrolled.frames),
    inputToPaint: { p50: percentile(typed.inputs, 0.5), p99: percentile(typed.inputs, 0.99), samples: typed.inputs.length },
    longTasks: { count: idle.longTasks.length, worstMs: Math.max(0, ...idle.longTasks), seconds: PHASE_MS / 1000 },
    linkBytesPerSecond,
  };
}

async function watchHeap({ page, session }: Watched, minutes: number): Promise<HeapWatch> {
  const points: { minute: number; value: number }[] = [];
  const started = performance.now();
  do {
    points.push({ minute: (performance.now() - started) / 60_000, value: await heapMb(session) });
    await page.waitForTimeout(HEAP_EVERY_MS);
  } while (performance.now() - started < minutes * 60_000);
  return judgeHeap(points);
}

async function measureEngine(browser: Browser, print: (line: string) => void, options: UiOptions): Promise<Omit<UiReport, 'suite' | 'scripted'>> {
  const folder = await temporaryFolder();
  const watched = await openPage(browser);
  const terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--speed', '60', '--data-dir', folder.path]);
  try {
    const readyAt = performance.now();
    await watched.page.goto(terminal.url);
    await waitForScreen(watched.page);
    const usableAfterReadyMs = performance.now() - readyAt;
    print(`usable screen ${usableAfterReadyMs.toFixed(0)} ms after READY`);
    const engine = await connectScreen(terminal.url);
    const snapshot = await until(
      'all markets warm and virtual positions',
      async () => {
        const now = await engine.rpc.call('snapshot', null);
        return now.session.phase === 'streaming' && now.virtual.open >= MIN_VIRTUAL ? now : null;
      },
      600_000,
    );
    engine.close();
    const load = await measureLoad(watched, { markets: Object.keys(snapshot.ticks).length, virtualPositions: snapshot.virtual.open });
    describeLoad('running engine', load, print);
    const heap = await watchHeap(watched, options.heapMinutes);
    print(
      `heap after collection: ${heap.startMb.toFixed(1)} → ${heap.endMb.toFixed(1)} MB in ${heap.minutes.toFixed(1)} min (${heap.mbPerMinute.toFixed(2)} MB/min)`,
    );
    print(
      `  second half: ${heap.lateMbPerMinute.toFixed(2)} MB/min, 90 % bounds ${heap.lateLow.toFixed(2)} to ${heap.lateHigh.toFixed(2)}: ${heap.verdict} (${heap.readings} readings)`,
    );
    return { usableAfterReadyMs, engine: load, heap };
  } finally {
    await watched.page.close();
    await terminal.stop();
    await folder.remove();
  }
}

async function measureScripted(browser: Browser, print: (line: string) => void): Promise<ScreenLoad> {
  const fixture = await startFixture(join(PROJECT_ROOT, 'out/renderer'), 0, 'heavy');
  const watched = await openPage(browser);
  try {
    await watched.page.goto(fixture.url);
    await waitForScreen(watched.page);
    await watched.page.getByRole('tab', { name: /Virtual/ }).click();
    const load = await measureLoad(watched, { markets: Object.keys(fixture.store.snapshot().ticks).length, virtualPositions: HEAVY_VIRTUAL });
    describeLoad('scripted load', load, print);
    return load;
  } finally {
    await watched.page.close();
    await fixture.stop();
  }
}

/** Runs the suite and prints what it measured. */
export async function runUiSuite(print: (line: string) => void, options: UiOptions = { heapMinutes: 10 }): Promise<UiReport> {
  const browser = await launchBrowser();
  try {
    const scripted = await measureScripted(browser, print);
    return { suite: 'ui', scripted, ...(await measureEngine(browser, print, options)) };
  } finally {
    await browser.close();
  }
}

function describeLoad(title: string, load: ScreenLoad, print: (line: string) => void): void {
  const rate = (name: string, { framesPerSecond, worstMs, late }: FrameRate): void =>
    print(`  ${name}: ${framesPerSecond.toFixed(1)} frames/s, worst gap ${worstMs.toFixed(1)} ms, ${late} late frames`);
  print(
    `${title}: ${load.markets} markets, ${load.virtualPositions} virtual positions, ${load.zonesOnChart} zones and breaks, ${load.candlesOnChart} candles on the chart`,
  );
  rate('idle', load.idle);
  rate('panning the chart', load.panning);
  rate('scrolling the markets', load.scrolling);
  print(`  input to paint: p50 ${load.inputToPaint.p50.toFixed(1)} ms, p99 ${load.inputToPaint.p99.toFixed(1)} ms (${load.inputToPaint.samples} keys)`);
  print(`  long tasks in ${load.longTasks.seconds} s of steady state: ${load.longTasks.count}, worst ${load.longTasks.worstMs.toFixed(0)} ms`);
  print(`  link: ${(load.linkBytesPerSecond / 1024).toFixed(1)} KB/s`);
}
