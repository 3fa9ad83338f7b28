// From the engine to Discord: a trade in a real terminal reaches the webhook through the proxy, and the webhook is nowhere else.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectScreen, startTerminal, temporaryFolder, until, type Running } from '../../support/terminal.ts';
import { makeCertificate } from './support/certificate.ts';
import { startHostileExchange, type HostileExchange } from './support/hostile-exchange.ts';
import { filesBelow, findMarks } from './support/hunt.ts';

const WEBHOOK = 'https://discord.com/api/webhooks/4242/DeliveryWebhookMark_0123';
const PROXY_CREDENTIALS = 'deliveryuser:Delivery-Password-Mark';

describe('a terminal with a webhook', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let discord: HostileExchange;
  let terminal: Running;
  let data = '';

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    mkdirSync(data);
    const certificate = makeCertificate(['discord.com']);
    writeFileSync(join(folder.path, 'authority.pem'), certificate.certificatePem);
    discord = await startHostileExchange(certificate);
    writeFileSync(join(data, 'settings.json'), JSON.stringify({ version: 1, values: { proxyUrl: discord.proxyUrl, notifyDiscord: 'trades' } }));
    const environment = { DISCORD_WEBHOOK: WEBHOOK, PROXY_CREDENTIALS, NODE_EXTRA_CA_CERTS: join(folder.path, 'authority.pem') };
    Object.assign(process.env, environment);
    try {
      terminal = await startTerminal(['--port', '0', '--seed', '3', '--speed', '60', '--symbols', '4', '--data-dir', data]);
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  }, 180_000);
  afterAll(async () => {
    await terminal?.kill();
    await discord?.close();
    await folder?.remove();
  });

  it('tells the channel that a position was closed, through the proxy, and keeps the webhook to itself although the answer repeats it', async () => {
    const screen = await connectScreen(terminal.url);
    const snapshot = () => screen.rpc.call('snapshot', null);
    const { symbol, stop } = await until('a market to trade', async () => {
      const { guard, markets, ticks } = await snapshot();
      const [market] = Object.values(markets);
      const mark = market === undefined ? undefined : ticks[market.symbol]?.mark;
      if (guard.state !== 'active' || market === undefined || mark === undefined) return null;
      return { symbol: market.symbol, stop: Math.floor((mark * 0.98 * 10 ** market.priceScale) / market.tickUnits) * market.tickUnits };
    });
    await screen.rpc.call('command', { kind: 'pause-symbol', symbol });
    const opened = await screen.rpc.call('command', { kind: 'open-position', symbol, side: 'long', stop, target: null });
    expect(opened).toMatchObject({ ok: true });
    const id = await until(
      'the position',
      async () => Object.values((await snapshot()).positions).find(({ position }) => position.phase === 'open')?.position.id,
    );
    await screen.rpc.call('command', { kind: 'close-position', positionId: id, fraction: 1 });
    await until('the message', async () => discord.seen.requests.includes('POST /api/webhooks/4242/DeliveryWebhookMark_0123?wait=false'));
    expect([...discord.seen.proxyCredentials]).toEqual([`Basic ${Buffer.from(PROXY_CREDENTIALS).toString('base64')}`]);
    await until('the refusal in the log', async () => terminal.output().includes('Discord did not take a message'));
    const marks = [
      { name: 'webhook', value: 'DeliveryWebhookMark_0123' },
      { name: 'proxy password', value: 'Delivery-Password-Mark' },
    ];
    const seen = [terminal.output(), JSON.stringify(await screen.rpc.call('snapshot', null)), ...filesBelow(data).map((file) => readFileSync(file, 'latin1'))];
    screen.close();
    expect(seen.flatMap((text) => findMarks(text, marks))).toEqual([]);
  });
});
