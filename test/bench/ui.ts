// The screen under load: a running engine with 200 streaming markets, a real Chromium; frames, input delay, long tasks, heap, link, start.
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { connectScreen, startTerminal, temporaryFolder, until } from '../support/terminal.ts';
import { frameRate, growthPerMinute, percentile, type FrameRate } from './ui-samples.ts';

const SIZE = { width: 1920, height: 1080 } as const;
const PHASE_MS = 8000;
const INPUTS = 150;
const HEAP_EVERY_MS = 15_000;

export interface UiReport {
  readonly suite: 'ui';
  readonly markets: number;
  readonly virtualPositions: number;
  readonly zonesOnChart: number;
  readonly candlesOnChart: number;
  readonly usableAfterReadyMs: number;
  readonly idle: FrameRate;
  readonly panning: FrameRate;
  readonly scrolling: FrameRate;
  readonly inputToPaint: { readonly p50: number; readonly p99: number; readonly samples: number };
  readonly longTasks: { readonly count: number; readonly worstMs: number; readonly seconds: number };
  readonly heap: { readonly startMb: number; readonly endMb: number; readonly mbPerMinute: number; readonly minutes: number };
  readonly linkBytesPerSecond: number;
}

interface Probe {
  frames: number[];
  inputs: number[];
  longTasks: number[];
  isOn: boolean;
}

declare global {
  var uiProbe: Probe;
}

/** Runs in the page before anything else: collects frame times, input delays and long tasks. */
function installProbe(): void {
  const probe: Probe = { frames: [], inputs: [], longTasks: [], isOn: false };
  globalThis.uiProbe = probe;
  const frame = (time: number): void => {
    if (probe.isOn) probe.frames.push(time);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    if (probe.isOn) for (const entry of list.getEntries()) probe.longTasks.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
  const channel = new MessageChannel();
  const waiting: number[] = [];
  channel.port1.addEventListener('message', () => {
    const now = performance.now();
    for (const since of waiting.splice(0)) probe.inputs.push(now - since);
  });
  channel.port1.start();
  addEventListener(
    'keydown',
    (event) => {
      if (!probe.isOn) return;
      // A message posted in the frame callback arrives after that frame was painted.
      requestAnimationFrame(() => {
        waiting.push(event.timeStamp);
        channel.port2.postMessage(null);
      });
    },
    true,
  );
}

/** What the probe saw while `act` ran. */
async function during(page: Page, act: () => Promise<void>): Promise<Probe> {
  await page.evaluate(() => Object.assign(globalThis.uiProbe, { frames: [], inputs: [], longTasks: [], isOn: true }));
  await act();
  return page.evaluate(() => {
    globalThis.uiProbe.isOn = false;
    return globalThis.uiProbe;
  });
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

export async function runUiSuite(print: (line: string) => void, options: UiOptions = { heapMinutes: 10 }): Promise<UiReport> {
  const folder = await temporaryFolder();
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: SIZE });
  const session = await page.context().newCDPSession(page);
  let received = 0;
  await session.send('Network.enable');
  session.on('Network.webSocketFrameReceived', ({ response }) => {
    received += response.payloadData.length;
  });
  await page.addInitScript(installProbe);
  const terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--seed', '7', '--speed', '60', '--data-dir', folder.path]);
  try {
    const readyAt = performance.now();
    await page.goto(terminal.url);
    await page.locator('[data-testid=chart]:not([data-candles="0"])').waitFor({ timeout: 60_000 });
    await page.getByTestId('scanner-row').first().waitFor();
    const usableAfterReadyMs = performance.now() - readyAt;
    print(`usable screen ${usableAfterReadyMs.toFixed(0)} ms after READY`);

    const engine = await connectScreen(terminal.url);
    const snapshot = await until(
      'all markets warm and virtual positions',
      async () => {
        const now = await engine.rpc.call('snapshot', null);
        return now.session.phase === 'streaming' && now.virtual.open >= 10 ? now : null;
      },
      600_000,
    );
    const chart = page.getByTestId('chart');
    const count = async (name: string): Promise<number> => Number(await chart.getAttribute(name));
    const zonesOnChart = (await count('data-order-blocks')) + (await count('data-gaps')) + (await count('data-breaks'));
    engine.close();

    const bytesBefore = received;
    const idle = await during(page, () => page.waitForTimeout(PHASE_MS));
    const linkBytesPerSecond = ((received - bytesBefore) / PHASE_MS) * 1000;
    const panned = await during(page, () => pan(page));
    const scrolled = await during(page, () => scroll(page));
    const typed = await during(page, async () => {
      for (let index = 0; index < INPUTS; index += 1) {
        await page.keyboard.press(index % 2 === 0 ? 'o' : 'f');
        await page.waitForTimeout(40);
      }
    });
    const points: { minute: number; value: number }[] = [];
    const started = performance.now();
    const steady = await during(page, async () => {
      while (performance.now() - started < options.heapMinutes * 60_000) {
        points.push({ minute: (performance.now() - started) / 60_000, value: await heapMb(session) });
        await page.waitForTimeout(HEAP_EVERY_MS);
      }
    });
    const report: UiReport = {
      suite: 'ui',
      markets: Object.keys(snapshot.ticks).length,
      virtualPositions: snapshot.virtual.open,
      zonesOnChart,
      candlesOnChart: await count('data-candles'),
      usableAfterReadyMs,
      idle: frameRate(idle.frames),
      panning: frameRate(panned.frames),
      scrolling: frameRate(scrolled.frames),
      inputToPaint: { p50: percentile(typed.inputs, 0.5), p99: percentile(typed.inputs, 0.99), samples: typed.inputs.length },
      // Forced collections of the heap watch are not the screen's own work, so long tasks are judged in the idle phase.
      longTasks: { count: idle.longTasks.length, worstMs: Math.max(0, ...idle.longTasks), seconds: PHASE_MS / 1000 },
      heap: {
        startMb: points[0]?.value ?? Number.NaN,
        endMb: points.at(-1)?.value ?? Number.NaN,
        mbPerMinute: growthPerMinute(points),
        minutes: options.heapMinutes,
      },
      linkBytesPerSecond,
    };
    describeReport(report, print);
    print(`frames while the heap was watched: ${frameRate(steady.frames).framesPerSecond.toFixed(1)} a second`);
    return report;
  } finally {
    await browser.close();
    await terminal.stop();
    await folder.remove();
  }
}

function describeReport(report: UiReport, print: (line: string) => void): void {
  const rate = (name: string, { framesPerSecond, worstMs, late }: FrameRate): void =>
    print(`${name}: ${framesPerSecond.toFixed(1)} frames/s, worst gap ${worstMs.toFixed(1)} ms, ${late} late frames`);
  print(
    `${report.markets} markets, ${report.virtualPositions} virtual positions, ${report.zonesOnChart} zones and breaks on the chart, ${report.candlesOnChart} candles`,
  );
  rate('idle', report.idle);
  rate('panning the chart', report.panning);
  rate('scrolling the markets', report.scrolling);
  print(`input to paint: p50 ${report.inputToPaint.p50.toFixed(1)} ms, p99 ${report.inputToPaint.p99.toFixed(1)} ms (${report.inputToPaint.samples} keys)`);
  print(`long tasks in ${report.longTasks.seconds} s of steady state: ${report.longTasks.count}, worst ${report.longTasks.worstMs.toFixed(0)} ms`);
  print(
    `heap after collection: ${report.heap.startMb.toFixed(1)} → ${report.heap.endMb.toFixed(1)} MB in ${report.heap.minutes} min (${report.heap.mbPerMinute.toFixed(2)} MB/min)`,
  );
  print(`link: ${(report.linkBytesPerSecond / 1024).toFixed(1)} KB/s`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
  await runUiSuite((line) => process.stdout.write(`${line}\n`), { heapMinutes: Number(values.minutes) });
}
