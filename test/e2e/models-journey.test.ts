// Models on the screen of a running terminal: a training seen from start to its honest end, a challenger promoted, and back again.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { startDesk, type Desk } from '../support/desk.ts';
import { PROJECT_ROOT, until, type Screen } from '../support/terminal.ts';

const CHALLENGER = '20990101-challenger';

interface Manifest {
  readonly models: readonly { readonly name: string; readonly version: string }[];
}

describe('the models view of a running terminal', () => {
  let desk: Desk;
  let page: Page;
  let engine: Screen;
  let champion = '';

  const served = async (): Promise<string | undefined> =>
    (await engine.rpc.call('models', null)).models.find(({ name }) => name === 'boosted-trees')?.champion?.version;

  /** The bundled models with a challenger beside the trees: the same file under another version. */
  const prepare = (folder: string): readonly string[] => {
    const models = join(folder, 'models');
    cpSync(join(PROJECT_ROOT, 'models'), models, { recursive: true });
    const file = join(models, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    const trees = manifest.models.find(({ name }) => name === 'boosted-trees');
    if (trees === undefined) throw new Error('the bundled models have no boosted trees');
    champion = trees.version;
    const challenger = { ...trees, version: CHALLENGER, gate: { kind: 'keep', why: 'too_few', count: 12 } };
    writeFileSync(file, JSON.stringify({ ...manifest, challengers: [challenger] }));
    return ['--models', models];
  };

  beforeAll(async () => {
    desk = await startDesk(['--symbols', '20', '--speed', '60'], prepare);
    ({ page, engine } = desk);
    await page.getByTestId('scanner-row').first().waitFor();
    await page.keyboard.press('Alt+3');
    await page.getByTestId('models').waitFor();
  }, 180_000);

  afterAll(() => desk?.close());

  it('says of every model whether it serves or a rule stands in, with its figures', async () => {
    const list = page.getByRole('group', { name: 'Models' }).getByRole('button');
    await expect.poll(() => list.count()).toBe(7);
    await list.filter({ hasText: 'Structure autoencoder' }).click();
    await page.getByText('Informs other models; decides nothing.').waitFor();
    await list.filter({ hasText: 'Boosted trees' }).click();
    const measured = page.getByRole('region', { name: 'Measured out of sample' });
    await measured.getByRole('rowheader', { name: 'Hold-out' }).waitFor();
    await measured.getByRole('cell', { name: 'AUC', exact: true }).first().waitFor();
  });

  it('promotes a challenger that the gate advises against only after a second press that says so, and it serves', async () => {
    expect(await served()).toBe(champion);
    await page.getByRole('button', { name: 'Promote', exact: true }).click();
    expect(await served()).toBe(champion);
    await page.getByRole('button', { name: 'Promote against the advice of the gate' }).click();
    await until('the challenger serving', async () => (await served()) === CHALLENGER);
    await page.getByTestId('model-version').filter({ hasText: CHALLENGER }).filter({ hasText: 'champion' }).waitFor();
    await until('it in the health view', async () => (await engine.rpc.call('snapshot', null)).health.model?.version === CHALLENGER);
  });

  it('rolls back to the version before', async () => {
    await page.getByRole('button', { name: 'Roll back to it' }).click();
    await until('the old champion serving', async () => (await served()) === champion);
    await page.getByTestId('model-version').filter({ hasText: champion }).filter({ hasText: 'champion' }).waitFor();
  });

  it('trains on what was lived: progress on the screen, and an honest end when there is too little to judge by', async () => {
    await page.getByRole('button', { name: 'Train all models' }).click();
    const training = page.getByTestId('training');
    await until('the training to run', async () => (await training.getAttribute('data-state')) === 'running');
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await until('its end', async () => (await training.getAttribute('data-state')) === 'idle', 240_000);
    expect(await page.getByTestId('training-last').textContent()).toMatch(/set-ups were found; \d+ are needed/);
    expect(await served()).toBe(champion);
  });
});
