// Every screen a person can reach: each layout, each of its tabs, each dialog; and how to get there in any language.
import type { Page } from 'playwright-core';
import type { Language } from '../../src-renderer/i18n/language.ts';
import { translate } from '../../src-renderer/i18n/translate.ts';
import { BUILT_IN_LAYOUTS, type PanelId } from '../../src-renderer/layout/names.ts';

/** Panels that stand behind another tab when the layout is opened. */
const TABS: Readonly<Record<(typeof BUILT_IN_LAYOUTS)[number], readonly PanelId[]>> = {
  trade: ['virtual', 'orders', 'decisions', 'history', 'journal', 'log', 'positions', 'ticket', 'stress', 'ladder', 'detail', 'funnel'],
  scan: ['alarms'],
  learn: ['outcomes', 'decisions', 'detail'],
  system: ['journal', 'rehearsal'],
  review: ['compare', 'blind'],
};

const DIALOG_KEYS = { settings: 'Control+,', keys: '?', palette: 'Control+k', symbols: '/' } as const;

export interface Place {
  readonly name: string;
  readonly go: (page: Page) => Promise<void>;
  /** Puts the page back so that the next place starts clean. */
  readonly leave: (page: Page) => Promise<void>;
}

const SETTLE_MS = 350;
const LOAD_MS = 10_000;
const stay = (): Promise<void> => Promise.resolve();
const dismiss = (page: Page): Promise<void> => page.keyboard.press('Escape');

/** All places in walking order. `language` is the one the page is shown in. */
export function everyScreen(language: Language): readonly Place[] {
  const places: Place[] = [];
  for (const [index, layout] of BUILT_IN_LAYOUTS.entries()) {
    places.push({
      name: layout,
      go: async (page) => {
        await page.keyboard.press('Escape');
        await page.keyboard.press(`Alt+${index + 1}`);
        await page.waitForTimeout(SETTLE_MS * 3);
        await whenLoaded(page, language);
      },
      leave: stay,
    });
    if (layout === 'trade') places.push({ name: 'zone', go: pointAtZone, leave: (page) => page.mouse.move(0, 0) }, charts(language));
    for (const panel of TABS[layout]) {
      const title = translate(`panel.${panel}`, {}, language);
      places.push({
        name: `${layout}-${panel}`,
        go: async (page) => {
          await page.getByRole('tab', { name: title }).first().click();
          await page.waitForTimeout(SETTLE_MS);
          await whenLoaded(page, language);
        },
        leave: stay,
      });
    }
  }
  for (const [name, key] of Object.entries(DIALOG_KEYS)) places.push(dialog(name, (page) => page.keyboard.press(key)));
  places.push(dialog('mode', (page) => page.locator('.topbar .badge').click()));
  places.push({
    name: 'arrange',
    go: async (page) => {
      await page.keyboard.press('Alt+1');
      await page.getByRole('button', { name: translate('layout.menu', {}, language) }).click();
      await page.waitForTimeout(SETTLE_MS);
    },
    leave: dismiss,
  });
  return places;
}

/** Waits, for a while, until no panel says any more that it loads. */
async function whenLoaded(page: Page, language: Language): Promise<void> {
  const loading = page
    .locator('.empty', { hasText: translate('state.loading', {}, language) })
    .or(page.locator('.overlay-note, [data-testid=ladder][data-levels="0"]'));
  const deadline = performance.now() + LOAD_MS;
  while ((await loading.count()) > 0 && performance.now() < deadline) await page.waitForTimeout(SETTLE_MS);
}

/** Moves over the chart until an object explains itself. */
async function pointAtZone(page: Page): Promise<void> {
  const box = await page.getByTestId('chart').boundingBox();
  if (box === null) return;
  const tip = page.locator('.chart-view .tooltip');
  for (let row = 1; row < 40; row += 1) {
    await page.mouse.move(box.x + box.width * 0.62, box.y + (box.height * row) / 44);
    await page.waitForTimeout(60);
    // Three lines and more: a zone with its reason, not a mere line.
    if ((await tip.count()) > 0 && (await tip.locator('div').count()) > 2) return;
  }
}

/** Three linked charts of one market, and back to one. */
function charts(language: Language): Place {
  const press = (page: Page, key: 'charts.timeframes' | 'charts.one'): Promise<void> =>
    page.getByRole('button', { name: translate(key, {}, language) }).click();
  return {
    name: 'charts',
    go: async (page) => {
      await press(page, 'charts.timeframes');
      await page.waitForTimeout(SETTLE_MS * 4);
    },
    leave: (page) => press(page, 'charts.one'),
  };
}

function dialog(name: string, open: (page: Page) => Promise<void>): Place {
  return {
    name: `dialog-${name}`,
    go: async (page) => {
      await open(page);
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(SETTLE_MS);
    },
    leave: async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  };
}
