// What a start makes of its webhook and proxy: Discord on, or off with a sentence; the log is told in any case.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { createNotifiers } from '../../../src-main/adapters/notify/notifiers.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';

const create = (webhook: string | null, proxyUrl: string | null = null) => {
  const logged: string[] = [];
  const notifiers = createNotifiers({
    webhook: webhook === null ? null : new Secret(webhook),
    botToken: null,
    settings: defaultSettings,
    proxyUrl,
    badge: 'PAPER',
    logger: { log: (level, source, message) => void logged.push(`${level} ${source} ${message}`) },
  });
  return { notifiers, logged };
};
const WEBHOOK = 'https://discord.com/api/webhooks/1/NotifierWebhookMark';

describe('the notifiers of a start', () => {
  it('without a webhook are the log alone', async () => {
    const { notifiers, logged } = create(null);
    notifiers.notify({ topic: 'alarm', title: 'Stop missing', text: 'BTCUSDT' });
    await notifiers.stop(100);
    expect(logged).toEqual(['warn alarm Stop missing: BTCUSDT']);
  });

  it('with a webhook of somewhere else say so, keep it to themselves, and go on with the log', async () => {
    const { notifiers, logged } = create('https://evil.example/api/webhooks/1/NotifierWebhookMark');
    notifiers.notify({ topic: 'trade', title: 'Opened', text: 'BTCUSDT' });
    await notifiers.stop(100);
    expect(logged).toEqual([expect.stringMatching(/^warn discord DISCORD_WEBHOOK is not a webhook address/), 'info trade Opened: BTCUSDT']);
    expect(logged.join()).not.toContain('NotifierWebhookMark');
  });

  it('with a proxy that cannot be used turn Discord off instead of going around it', async () => {
    const { notifiers, logged } = create(WEBHOOK, 'ftp://127.0.0.1:1');
    notifiers.notify({ topic: 'trade', title: 'Opened', text: 'BTCUSDT' });
    await notifiers.stop(100);
    expect(logged[0]).toMatch(/^warn discord /);
    expect(logged[1]).toBe('info trade Opened: BTCUSDT');
  });

  it('go through the proxy and never around it', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const { notifiers, logged } = create(WEBHOOK, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    notifiers.notify({ topic: 'alarm', title: 'Stop missing', text: 'BTCUSDT' });
    await notifiers.stop(3000);
    await new Promise((done) => proxy.close(done));
    expect(asked).toEqual(['discord.com:443']);
    expect(logged[1]).toMatch(/^warn discord Discord cannot be reached/);
    expect(logged.join()).not.toContain('NotifierWebhookMark');
  });
});
