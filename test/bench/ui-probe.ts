// What runs inside the page while the screen is measured: frame times, delay from a key to its paint, long tasks.
import type { Page } from 'playwright-core';

export interface Probe {
  frames: number[];
  inputs: number[];
  longTasks: number[];
  isOn: boolean;
}

declare global {
  var uiProbe: Probe;
}

/** Runs in the page before anything else: collects frame times, input delays and long tasks. */
export function installProbe(): void {
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
export async function during(page: Page, act: () => Promise<void>): Promise<Probe> {
  await page.evaluate(() => Object.assign(globalThis.uiProbe, { frames: [], inputs: [], longTasks: [], isOn: true }));
  await act();
  return page.evaluate(() => {
    globalThis.uiProbe.isOn = false;
    return globalThis.uiProbe;
  });
}
