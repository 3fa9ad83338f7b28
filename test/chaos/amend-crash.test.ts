// kill -9 while a resting entry is being moved, at every point between its journal and its answer: sent at most once, and both books agree.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../src-shared/domain/order.ts';
import { startVenueProcess, temporaryFolder, until, type Running } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { differences } from './audit.ts';
import type { CrashPoint } from './crash-points.ts';
import { startHost, type Host } from './headless.ts';

const SYMBOL = 'BTCUSDT';
/** Ticks between two prices of the entry; it rests some percent away from the price. */
const STEP = 50;

describe('kill -9 while an entry is being moved', () => {
  let venue: Running;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let host: Host;
  let argv: readonly string[];

  const snapshot = () => host.rpc.call('snapshot', null);
  const entryOf = (orders: Readonly<Record<string, Order>>): Order | undefined =>
    Object.values(orders).find(({ intent, status }) => intent.purpose === 'entry' && intent.kind === 'limit' && status === 'resting');
  const atVenue = async () => (await readVenueAccount(venue.url)).orders.filter(({ status }) => status === 'NEW');
  /** Both books say the same, and nothing of the entry is under way. */
  const agreement = () =>
    until(
      'agreement',
      async () => {
        const found = await differences(host.rpc, venue.url).catch(() => ['no answer yet']);
        return found.length === 0 ? (entryOf((await snapshot()).orders) ?? null) : null;
      },
      90_000,
    );

  beforeAll(async () => {
    folder = await temporaryFolder();
    venue = await startVenueProcess(['--port', '0', '--seed', '7', '--speed', '5', '--symbols', '4']);
    const data = join(folder.path, 'data');
    await mkdir(data);
    await writeFile(join(data, 'settings.json'), JSON.stringify({ version: 1, values: { strategyMode: 'ict', minConfidence: 1 } }));
    argv = ['--mode', 'simulated', '--venue', venue.url, '--data-dir', data];
    host = startHost(argv, null);
    await until('trading', async () => (await snapshot().catch(() => null))?.guard.state === 'active', 120_000);
    await host.rpc.call('command', { kind: 'pause-automation' });
    const { ticks, markets } = await until('a price', async () => {
      const now = await snapshot();
      return now.ticks[SYMBOL] === undefined ? null : now;
    });
    const market = markets[SYMBOL];
    const last = ticks[SYMBOL]?.last ?? 0;
    const toTicks = (price: number): number => Math.round((price * 10 ** (market?.priceScale ?? 0)) / (market?.tickUnits ?? 1));
    const opened = await host.rpc.call('command', {
      kind: 'open-position',
      symbol: SYMBOL,
      side: 'long',
      stop: toTicks(last * 0.94),
      target: null,
      limit: toTicks(last * 0.96),
    });
    expect(opened).toMatchObject({ ok: true });
    await agreement();
  }, 240_000);

  afterAll(async () => {
    host.child.kill('SIGKILL');
    await host.ended;
    await venue.stop();
    await folder.remove();
  });

  it.each<readonly [CrashPoint, string, 'old' | 'new' | 'old or new']>([
    ['after-journal', '^order', 'old'],
    ['before-send', 'amend', 'old'],
    ['sending', 'amend', 'old or new'],
    ['after-answer', 'amend', 'new'],
  ])('L18 at %s (%s): the next start finds the entry at its %s price, and sends nothing again', async (point, whatPattern, outcome) => {
    const before = await agreement();
    const price = before.intent.price ?? 0;
    host.arm({ point, whatPattern, passes: 1, delayMs: 1 });
    await host.rpc.call('command', { kind: 'move-entry', positionId: before.intent.positionId, price: price - STEP }).catch(() => null);
    await host.ended;
    expect(host.death()).toMatchObject({ point });
    host = startHost(argv, null);
    const after = await agreement();
    const allowed = { old: [price], new: [price - STEP], 'old or new': [price, price - STEP] }[outcome];
    expect(allowed).toContain(after.intent.price);
    expect(after.intent.clientOrderId).toBe(before.intent.clientOrderId);
    expect(await atVenue()).toMatchObject([{ clientOrderId: before.intent.clientOrderId, price: after.intent.price, lots: before.intent.lots }]);
  });

  it('L18 after the journal of a moved plan: the next start finds the new stop and target, and the order where it was', async () => {
    const before = await agreement();
    const { positionId } = before.intent;
    const planOf = async () => (await snapshot()).positions[positionId]?.position;
    const plan = await planOf();
    if (plan?.stop == null || plan.target === null) throw new Error('the entry has no plan');
    const wanted = { stop: plan.stop - STEP, target: plan.target + STEP };
    host.arm({ point: 'after-journal', whatPattern: String.raw`position\+command`, passes: 1, delayMs: 1 });
    await host.rpc.call('command', { kind: 'move-plan', positionId, ...wanted }).catch(() => null);
    await host.ended;
    expect(host.death()).toMatchObject({ point: 'after-journal' });
    host = startHost(argv, null);
    const after = await agreement();
    expect(after.intent).toMatchObject({ clientOrderId: before.intent.clientOrderId, price: before.intent.price, lots: before.intent.lots });
    expect(await planOf()).toMatchObject(wanted);
  });
});
