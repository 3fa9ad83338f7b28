// Discord by webhook, against a server on this machine that behaves as Discord documents: limits, 429 with Retry-After, outages, a deleted webhook.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildMessage, type DiscordMessage } from '../../../src-main/adapters/notify/embeds.ts';
import { createDiscordNotifier, DISCORD_PACE, type DiscordNotifier } from '../../../src-main/adapters/notify/discord.ts';
import { botDoor, webhookDoor } from '../../../src-main/adapters/notify/discord-door.ts';
import { createFanOutNotifier } from '../../../src-main/adapters/notify/fan-out.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import type { Notification } from '../../../src-main/core/ports.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { until } from '../../support/terminal.ts';

interface Scripted {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let server: Server;
let url = '';
let received: { readonly message: DiscordMessage; readonly at: number }[] = [];
let script: Scripted[] = [];
let logged: string[] = [];
let topics: Settings['notifyDiscord'] = 'all';
let notifiers: DiscordNotifier[] = [];

beforeEach(async () => {
  [received, script, logged, topics, notifiers] = [[], [], [], 'all', []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      received.push({ message: JSON.parse(body) as DiscordMessage, at: performance.now() });
      const answer = script.shift() ?? { status: 204 };
      response.writeHead(answer.status, answer.headers ?? {});
      response.end(answer.body ?? '');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/1/WebhookTokenMark`;
});
afterEach(async () => {
  await Promise.all(notifiers.map((notifier) => notifier.stop(0)));
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function create(target = url): DiscordNotifier {
  const notifier = createDiscordNotifier({
    door: { name: 'DISCORD_WEBHOOK', url: () => `${target}?wait=false`, headers: () => ({}) },
    topics: () => topics,
    footer: 'PAPER',
    logger: { log: (level, _source, message) => void logged.push(`${level} ${message}`) },
    agent: null,
    pace: { ...DISCORD_PACE, gatherMs: 20, spacingMs: 20, firstRetryMs: 20, longestRetryMs: 100, timeoutMs: 2000 },
  });
  notifiers.push(notifier);
  return notifier;
}

const alarm = (title: string): Notification => ({ topic: 'alarm', title, text: `about ${title}` });
const trade = (title: string): Notification => ({ topic: 'trade', title, text: `about ${title}` });
const titles = (): readonly string[] => received.flatMap(({ message }) => message.embeds.map((embed) => embed.title));

describe('Discord', () => {
  it('gets what came close together as one message of embeds, in order, with their time and where they come from', async () => {
    const discord = create();
    discord.notify(trade('BTCUSDT opened'));
    discord.notify(alarm('Stop missing'));
    await until('the message', async () => received.length === 1);
    expect(received[0]?.message).toMatchObject({
      username: 'Perpetual Terminal',
      allowed_mentions: { parse: [] },
      embeds: [
        { title: 'BTCUSDT opened', description: 'about BTCUSDT opened', color: 0x3e9b6c, footer: { text: 'PAPER' } },
        { title: 'Stop missing', color: 0xe5484d },
      ],
    });
    expect(Math.abs(Date.parse(received[0]?.message.embeds[0]?.timestamp ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it.each<[Settings['notifyDiscord'], readonly string[]]>([
    ['off', []],
    ['alarms', ['a']],
    ['trades', ['a', 't']],
    ['all', ['a', 't', 'i']],
  ])('with the setting %s gets %j', async (setting, expected) => {
    topics = setting;
    const discord = create();
    for (const notification of [alarm('a'), trade('t'), { topic: 'info', title: 'i', text: '' } as const]) discord.notify(notification);
    await discord.stop(2000);
    expect(titles()).toEqual(expected);
  });

  it('sends at most ten embeds a message and keeps the rest for the next', async () => {
    const discord = create();
    for (let index = 0; index < 23; index += 1) discord.notify(trade(`t${index}`));
    await until('three messages', async () => received.length === 3);
    expect(received.map(({ message }) => message.embeds.length)).toEqual([10, 10, 3]);
    expect(titles()).toEqual(Array.from({ length: 23 }, (_, index) => `t${index}`));
  });

  it('waits as long as a 429 says, header or body, and then sends the same again', async () => {
    script = [
      { status: 429, headers: { 'Retry-After': '0.3' } },
      { status: 429, body: '{"message":"You are being rate limited.","retry_after":0.2}' },
    ];
    create().notify(alarm('once'));
    await until('the third try', async () => received.length === 3);
    const [first = 0, second = 0, third = 0] = received.map((entry) => entry.at);
    expect(second - first).toBeGreaterThanOrEqual(295);
    expect(third - second).toBeGreaterThanOrEqual(195);
    expect(logged).toEqual([]);
  });

  it('pauses by itself when Discord says that its budget is used up', async () => {
    script = [{ status: 204, headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset-After': '0.4' } }];
    const discord = create();
    discord.notify(trade('one'));
    await until('the first', async () => received.length === 1);
    discord.notify(trade('two'));
    await until('the second', async () => received.length === 2);
    expect((received[1]?.at ?? 0) - (received[0]?.at ?? 0)).toBeGreaterThanOrEqual(395);
  });

  it('retries through an outage with growing pauses, loses nothing, and tells the log twice: down, and up again', async () => {
    script = [{ status: 500 }, { status: 502, body: '<html>' }, { status: 503 }];
    const discord = create();
    discord.notify(trade('kept'));
    await until('the fourth try', async () => received.length === 4);
    await until('the good news', async () => logged.length === 2);
    expect(titles()).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(logged).toEqual([expect.stringMatching(/^warn Discord cannot be reached \(500\)/), 'info Discord is reachable again.']);
  });

  it.each([401, 403, 404])('is off until the next start after %i, says so once, and never shows the webhook', async (status) => {
    script = [{ status, body: '{"message":"Unknown Webhook","code":10015}' }];
    const discord = create();
    discord.notify(alarm('first'));
    await until('the refusal in the log', async () => logged.length === 1);
    for (let index = 0; index < 5; index += 1) discord.notify(alarm('later'));
    await discord.stop(200);
    expect(received).toHaveLength(1);
    expect(logged).toEqual([expect.stringMatching(new RegExp(`^error Discord refused the webhook \\(${status}\\)`))]);
    expect(logged.join()).not.toContain('WebhookTokenMark');
  });

  it('drops a message Discord will never take and goes on with the next', async () => {
    script = [{ status: 400, body: '{"embeds":["0"]}' }];
    const discord = create();
    discord.notify(trade('bad'));
    await until('the refusal', async () => logged.length === 1);
    discord.notify(trade('good'));
    await until('the next', async () => received.length === 2);
    expect(titles()).toEqual(['bad', 'good']);
  });

  it('keeps at most 200 while Discord is down, alarms longest, and says how many it dropped', async () => {
    script = [{ status: 500 }];
    const discord = create();
    discord.notify(alarm('the alarm'));
    for (let index = 0; index < 300; index += 1) discord.notify(trade(`t${index}`));
    await until('everything that was kept', async () => received.length === 21);
    const delivered = received.slice(1).flatMap(({ message }) => message.embeds);
    expect(delivered).toHaveLength(200);
    expect(delivered[0]).toMatchObject({ title: 'the alarm', footer: { text: 'PAPER · 101 older ones were dropped' } });
    expect(delivered.at(-1)?.title).toBe('t299');
  });

  it('never blocks or throws when nothing listens', async () => {
    const discord = create('http://127.0.0.1:9/api/webhooks/1/WebhookTokenMark');
    discord.notify(alarm('the alarm'));
    for (let index = 0; index < 500; index += 1) discord.notify(trade(`t${index}`));
    await until('the failure in the log', async () => logged.length === 1);
    await discord.stop(1000);
    expect(logged[0]).toMatch(/^warn Discord cannot be reached/);
    expect(logged[1]).toBe('warn 200 notifications were not sent before the stop.');
  });

  it('sends what is queued before a stop, and nothing after it', async () => {
    const discord = create();
    discord.notify(trade('last words'));
    await discord.stop(2000);
    discord.notify(trade('too late'));
    await discord.stop(100);
    expect(titles()).toEqual(['last words']);
  });

  it('does not hang at a stop when Discord answers 429 for an hour', async () => {
    script = [{ status: 429, headers: { 'Retry-After': '3600' } }];
    const discord = create();
    discord.notify(trade('unsent'));
    await discord.stop(5000);
    expect(received).toHaveLength(1);
    expect(logged).toEqual(['warn 1 notifications were not sent before the stop.']);
  });
});

describe('a message to Discord', () => {
  const timed = (title: string, text: string) => ({ topic: 'info' as const, title, text, time: 0 });

  it('stays within every length, and empty texts become a dash', () => {
    const { message, taken } = buildMessage(
      Array.from({ length: 10 }, () => timed('x'.repeat(1000), 'y'.repeat(9000))),
      'LIVE',
    );
    expect(taken).toBe(2);
    for (const embed of message.embeds) expect([embed.title.length, embed.description.length]).toEqual([256, 2000]);
    expect(buildMessage([timed('', ' ')], 'LIVE').message.embeds[0]).toMatchObject({ title: '–', description: '–' });
  });

  it('carries no secret', () => {
    const secret = new Secret('a-value-that-is-hidden');
    expect(JSON.stringify(buildMessage([timed(secret.reveal(), `signature=abc ${secret.reveal()}`)], 'LIVE'))).not.toMatch(/a-value|abc/);
  });
});

describe('the webhook', () => {
  it.each([
    ['https://discord.com/api/webhooks/123/abc-DEF_1', true],
    ['https://canary.discord.com/api/v10/webhooks/123/abc', true],
    ['https://discordapp.com/api/webhooks/123/abc', true],
    ['http://discord.com/api/webhooks/123/abc', false],
    ['https://discord.com.evil.example/api/webhooks/123/abc', false],
    ['https://evil.example/https://discord.com/api/webhooks/123/abc', false],
    ['https://discord.com@evil.example/api/webhooks/123/abc', false],
    ['https://discord.com/api/webhooks/123/abc?wait=true', false],
    ['', false],
  ])('%s is taken: %s', (text, isTaken) => {
    const parsed = webhookDoor(new Secret(text));
    expect(parsed.ok).toBe(isTaken);
    if (!parsed.ok && text !== '') expect(parsed.error.uiMessage).not.toContain(text);
  });
});

describe('a bot', () => {
  const token = new Secret('BotTokenMark0123456789.abc123.QwErTyUiOpAsDfGh');

  it('posts to its channel with its token in the header, nowhere else', () => {
    const door = botDoor(token, '123456789012345678');
    expect(door.ok && door.value.url()).toBe('https://discord.com/api/v10/channels/123456789012345678/messages');
    expect(door.ok && door.value.headers()).toMatchObject({ Authorization: `Bot ${token.reveal()}` });
  });

  it.each([
    ['no token', 'abc', '123456789012345678', /^DISCORD_TOKEN is not the token of a bot/],
    ['no channel', token.reveal(), '', /DISCORD_CHANNEL/],
    ['a channel that is a path', token.reveal(), '1/../webhooks', /DISCORD_CHANNEL/],
  ])('%s is one sentence, without the token in it', (_what, text, channel, words) => {
    const door = botDoor(new Secret(text), channel);
    expect(door.ok ? '' : door.error.uiMessage).toMatch(words);
    expect(door.ok ? '' : door.error.uiMessage).not.toContain('BotTokenMark');
  });
});

describe('fan-out', () => {
  it('tells every notifier, also after one that breaks', () => {
    const heard: string[] = [];
    const problems: string[] = [];
    const all = createFanOutNotifier(
      [
        { notify: ({ title }) => void heard.push(`1 ${title}`) },
        {
          notify: () => {
            throw new Error('broken');
          },
        },
        { notify: ({ title }) => void heard.push(`3 ${title}`) },
      ],
      (detail) => void problems.push(detail),
    );
    all.notify(alarm('x'));
    expect([heard, problems]).toEqual([['1 x', '3 x'], ['A notification could not be handed on: broken']]);
  });
});
