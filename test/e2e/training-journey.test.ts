// A training that succeeds in a running terminal: a life with a learnable rule behind it, the button pressed, the gate passed, served, decided with, rolled back and promoted.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { ModelView } from '../../src-shared/contract/models.ts';
import { startDesk, type Desk } from '../support/desk.ts';
import { writePlantedLife } from '../support/planted-life.ts';
import { until, type Screen } from '../support/terminal.ts';

const DAY_MS = 86_400_000;
const LIFE = { count: 800, seed: 5, symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], days: 120 } as const;

describe('a training in a running terminal that has something to learn', () => {
  let desk: Desk;
  let page: Page;
  let engine: Screen;
  let before = '';
  let trained = '';

  const trees = async (): Promise<ModelView> => {
    const found = (await engine.rpc.call('models', null)).models.find(({ name }) => name === 'boosted-trees');
    if (found === undefined) throw new Error('the terminal knows no boosted trees');
    return found;
  };
  const serves = async (version: string): Promise<void> => {
    await until(`${version} to serve`, async () => (await trees()).champion?.version === version);
    await page.getByTestId('model-version').filter({ hasText: version }).filter({ hasText: 'champion' }).waitFor();
    await until('it in the health view', async () => (await engine.rpc.call('snapshot', null)).health.model?.version === version);
  };

  beforeAll(async () => {
    desk = await startDesk(['--symbols', '12', '--speed', '60'], (folder) => {
      // Older than every candle the terminal will see, newer than what the bundled models learned from.
      writePlantedLife(join(folder, 'learning-simulated.sqlite'), { ...LIFE, until: Date.now() - 10 * DAY_MS });
      return [];
    });
    ({ page, engine } = desk);
    await until('candles of every market', async () => (await engine.rpc.call('snapshot', null)).session.phase === 'streaming', 120_000);
    await page.getByRole('button', { name: 'Learn', exact: true }).click();
    await page.getByTestId('models').waitFor();
    before = (await trees()).champion?.version ?? '';
  }, 180_000);

  afterAll(() => desk?.close());

  it('counts the lived samples it can learn from', async () => {
    const { samples } = await engine.rpc.call('models', null);
    expect(samples.paper).toBeGreaterThanOrEqual(LIFE.count);
    expect(before).not.toBe('');
  });

  it('shows the progress, finds the rule, passes the gate and serves what it learned', async () => {
    await page.getByRole('button', { name: 'Train this model' }).click();
    const training = page.getByTestId('training');
    await until('the training to run', async () => (await training.getAttribute('data-state')) === 'running');
    await training.getByRole('meter').waitFor();
    expect(await page.getByRole('button', { name: 'Train this model' }).isDisabled()).toBe(true);
    await until('its end', async () => (await training.getAttribute('data-state')) === 'idle', 120_000);
    expect(await page.getByTestId('training-last').textContent()).toContain('better than what served, so they serve');
    const { champion, figures, leakage, authority } = await trees();
    trained = champion?.version ?? '';
    expect(trained).not.toBe(before);
    expect({ edge: champion?.edge, leakage: leakage?.passed, authority }).toEqual({ edge: true, leakage: true, authority: 'may_raise' });
    const auc = figures.find(({ name }) => name === 'hold-out: AUC');
    // Chance is 0.5; the rule with its noise allows about 0.88.
    expect(auc?.value).toBeGreaterThan(0.75);
    expect(auc?.count).toBeGreaterThan(60);
    await serves(trained);
    await page.getByText('Better than costs and chance on data it never saw.').waitFor();
  });

  it('judges the next set-ups with the new version', async () => {
    // Set-ups are rare: days pass in a minute.
    await engine.rpc.call('rehearse', { kind: 'set-speed', speed: 1000 });
    const opinion = await until(
      'a decision the new model had a say in',
      async () => {
        const { decisions } = await engine.rpc.call('snapshot', null);
        return decisions.flatMap(({ signal }) => signal.evidence.opinions).find(({ version }) => version === trained);
      },
      300_000,
    );
    await engine.rpc.call('rehearse', { kind: 'set-speed', speed: 60 });
    expect(opinion.winProbability).toBeGreaterThan(0);
    expect(opinion.winProbability).toBeLessThan(1);
  });

  it('goes back to the version before, and the one that leaves keeps the verdict of the gate', async () => {
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await serves(before);
    expect((await trees()).challenger).toMatchObject({ version: trained, gate: { kind: 'promote' } });
    await page.getByTestId('model-version').filter({ hasText: trained }).getByText('The gate advises to promote it').waitFor();
  });

  it('promotes what the gate advises with one press, and rolls it back again', async () => {
    await page.getByRole('button', { name: 'Promote', exact: true }).click();
    await serves(trained);
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await serves(before);
    expect(desk.pageErrors).toEqual([]);
  });
});
