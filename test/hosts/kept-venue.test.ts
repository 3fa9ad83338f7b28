// The local venue under the terminal's care: killed, it comes back on the same address with the same account; asked to end, it saves first.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { WorkerLauncher, WorkerProcess } from '../../src-main/core/ports.ts';
import { keepVenue, type KeptConnection } from '../../src-main/hosts/kept-venue.ts';
import { createNodeLauncher } from '../../src-main/hosts/node/child-worker.ts';
import { loadVenueState } from '../../src-worker/market/state-file.ts';
import { PROJECT_ROOT, temporaryFolder, until } from '../support/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const children: WorkerProcess[] = [];
const launcher: WorkerLauncher = {
  launch: (entry, options) => {
    const child = createNodeLauncher(PROJECT_ROOT).launch(entry, options);
    children.push(child);
    return child;
  },
};
let kept: KeptConnection | null = null;
beforeEach(async () => void (folder = await temporaryFolder()));
afterEach(async () => {
  await kept?.venue.stop();
  kept = null;
  children.length = 0;
  await folder.remove();
});

const stateFile = (): string => join(folder.path, 'venue.json');

async function start(): Promise<KeptConnection> {
  const started = await keepVenue(launcher, ['--symbols', '2', '--seed', '3', '--state', stateFile()]);
  if (!started.ok) throw new Error(started.error.uiMessage);
  kept = started.value;
  return started.value;
}

async function signed(url: string, method: string, path: string, parameters: string): Promise<unknown> {
  const query = `${parameters}&timestamp=${Date.now()}`;
  const signature = createHmac('sha256', 'paper-secret').update(query).digest('hex');
  return (await fetch(`${url}${path}?${query}&signature=${signature}`, { method, headers: { 'X-MBX-APIKEY': 'paper-key' } })).json();
}

const buy = (url: string): Promise<unknown> => signed(url, 'POST', '/fapi/v1/order', 'symbol=ETHUSDT&side=BUY&type=MARKET&quantity=0.5');
const amounts = async (url: string): Promise<readonly string[]> =>
  ((await signed(url, 'GET', '/fapi/v3/positionRisk', 'symbol=ETHUSDT')) as readonly { readonly positionAmt: string }[]).map(({ positionAmt }) => positionAmt);

it('killed, it is started again on the same port with its account, and both are told', async () => {
  const { connection, venue } = await start();
  const told: string[] = [];
  venue.onChange((isBack, sentence) => void told.push(`${isBack}: ${sentence}`));
  await buy(connection.url);
  await until('the account on disk', () => Promise.resolve(loadVenueState(stateFile())?.exchange.trades.length === 1));
  children[0]?.kill();
  await until('the return', () => Promise.resolve(told.length === 2), 30_000);
  expect(told).toEqual([
    'false: The local exchange stopped; it is started again. Its account is on disk.',
    'true: The local exchange is back with its account.',
  ]);
  expect(await amounts(connection.url)).toEqual(['0.500']);
  expect(children).toHaveLength(2);
});

it('asked to end, it writes the account first and is not started again', async () => {
  const { connection, venue } = await start();
  await buy(connection.url);
  await venue.stop();
  expect(loadVenueState(stateFile())?.exchange.trades, 'not a quarter of a second old').toHaveLength(1);
  await expect(fetch(`${connection.url}/venue/clock`)).rejects.toThrow();
  expect(children).toHaveLength(1);
});
