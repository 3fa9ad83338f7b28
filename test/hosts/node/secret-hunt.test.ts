// The secret hunt: marked secrets are planted, a real terminal uses them against an exchange that repeats them, is used, is killed; then everything is searched.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectRpc, type RpcClient } from '../../../src-shared/contract/rpc.ts';
import { startProcess, temporaryFolder, until, type Running } from '../../support/terminal.ts';
import { makeCertificate } from './support/certificate.ts';
import { startHostileExchange, type HostileExchange } from './support/hostile-exchange.ts';
import { childrenOf, filesBelow, findMarks } from './support/hunt.ts';
import { HOSTS, MARKS, PASSPHRASE, PLANTED } from './support/planted.ts';

/** A screen that keeps every byte it is sent. */
async function spy(url: string, traffic: string[]): Promise<{ readonly rpc: RpcClient; close(): void }> {
  const page = new URL(url);
  const token = new URLSearchParams(page.hash.slice(1)).get('token') ?? '';
  const socket = new WebSocket(`ws://${page.host}/link?token=${token}`, { origin: page.origin });
  socket.on('message', (data: Buffer) => void traffic.push(data.toString()));
  await new Promise((opened, failed) => {
    socket.once('open', opened);
    socket.once('error', failed);
  });
  const rpc = connectRpc(
    {
      send: (message) => socket.send(JSON.stringify(message)),
      onMessage: (handler) => {
        socket.on('message', (data: Buffer) => handler(JSON.parse(data.toString())));
        return () => undefined;
      },
      onClose: (handler) => {
        socket.on('close', handler);
        return () => undefined;
      },
      close: () => socket.close(),
    },
    { set: (callback, delay) => setTimeout(callback, delay), clear: (handle) => clearTimeout(handle as NodeJS.Timeout) },
  );
  return { rpc, close: () => socket.close() };
}

describe('planted secrets, after a demo session against an exchange that repeats them, a settings change and kill -9', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let exchange: HostileExchange;
  let terminal: Running;
  let data = '';
  let token = '';
  const traffic: string[] = [];
  const outputs: string[] = [];
  let children: readonly { readonly command: string; readonly environment: string }[] = [];

  const start = async (environment: Readonly<Record<string, string>>): Promise<Running> => {
    Object.assign(process.env, environment);
    try {
      return await startProcess('src-main/hosts/node/main.ts', ['--no-open', '--port', '0', '--mode', 'demo', '--data-dir', data], /Terminal: (http:\/\/\S+)/);
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    mkdirSync(data);
    const certificate = makeCertificate(HOSTS);
    const authority = join(folder.path, 'authority.pem');
    writeFileSync(authority, certificate.certificatePem);
    exchange = await startHostileExchange(certificate);
    writeFileSync(join(data, 'settings.json'), JSON.stringify({ version: 1, values: { proxyUrl: exchange.proxyUrl } }));
    const common = { NODE_EXTRA_CA_CERTS: authority, TERMINAL_PASSPHRASE: PASSPHRASE };
    // The first start seals what the environment gives; the second has the file only. Both end as a power cut would end them.
    terminal = await start({ ...common, ...PLANTED, TERMINAL_REMEMBER_SECRETS: '1' });
    await until('a signed call of the first start', async () => exchange.seen.apiKeys.size > 0);
    await terminal.kill();
    outputs.push(terminal.output());
    exchange.seen.apiKeys.clear();
    exchange.seen.requests.length = 0;
    terminal = await start(common);
    token = new URLSearchParams(new URL(terminal.url).hash.slice(1)).get('token') ?? '';
    await until('a signed call of the second start', async () => exchange.seen.requests.some((line) => line.includes('signature=')));
    await use(terminal.url);
    children = childrenOf(terminal.child.pid ?? 0);
    await terminal.kill();
    outputs.push(terminal.output());
  }, 240_000);

  afterAll(async () => {
    await terminal?.kill();
    await exchange?.close();
    await folder?.remove();
  });

  /** Every call a screen can make, good and bad. */
  async function use(url: string): Promise<void> {
    const screen = await spy(url, traffic);
    const { rpc } = screen;
    await rpc.call('snapshot', null);
    await rpc.call('command', { kind: 'update-settings', changes: { minConfidence: 0.5 } });
    await rpc.call('command', { kind: 'update-settings', changes: { proxyUrl: 'http://user:typed@127.0.0.1:1' } });
    await rpc.call('command', { kind: 'pause-automation' });
    await rpc.call('command', { kind: 'flatten-all' });
    await rpc.call('journal', { before: null, limit: 1000, kinds: [] });
    await rpc.call('virtual', { state: 'open', limit: 10 });
    await rpc.call('chart', { symbol: 'BTCUSDT', timeframe: '5m', limit: 10, before: Date.now() }).catch(() => undefined);
    await rpc.call('watch', [{ symbol: 'BTCUSDT', timeframe: '5m' }]);
    const page = await fetch(new URL('/', url));
    traffic.push(await page.text(), JSON.stringify([...page.headers]));
    await until(
      'log lines and health on the screen',
      async () =>
        traffic.some((text) => text.includes('"kind":"health"')) && traffic.some((text) => text.includes('"kind":"log"') || text.includes('"log":[{')),
    );
    traffic.push(JSON.stringify(await rpc.call('snapshot', null)));
    screen.close();
  }

  it('were really used: in the key header, in a signature and at the proxy', () => {
    expect([...exchange.seen.apiKeys]).toEqual([PLANTED.BINANCE_TRADING_API_KEY]);
    expect(exchange.seen.requests.some((line) => line.includes('signature='))).toBe(true);
    const expected = `Basic ${Buffer.from(PLANTED.PROXY_CREDENTIALS).toString('base64')}`;
    expect([...exchange.seen.proxyCredentials]).toEqual([expected]);
  });

  it('were sealed, not written: the file is there and says nothing', () => {
    const sealed = join(data, 'secrets.sealed.json');
    expect(existsSync(sealed)).toBe(true);
    expect(findMarks(readFileSync(sealed), MARKS)).toEqual([]);
  });

  it('are in no file of the data folder: databases, their write-ahead logs, logs, settings, locks', () => {
    const names = readdirSync(data);
    for (const expected of ['journal-demo.sqlite', 'journal-demo.sqlite-wal', 'settings.json', 'logs', 'terminal.lock']) expect(names).toContain(expected);
    expect(filesBelow(data).flatMap((file) => findMarks(readFileSync(file), MARKS).map((name) => `${name} in ${file}`))).toEqual([]);
  });

  it('are not in what was printed, although the exchange repeated them', () => {
    expect(outputs.join('').length).toBeGreaterThan(200);
    expect(outputs.flatMap((output) => findMarks(output, MARKS))).toEqual([]);
  });

  it('never crossed to the screen, nor are they in the page', () => {
    expect(traffic.length).toBeGreaterThan(8);
    expect(findMarks(traffic.join('\n'), MARKS)).toEqual([]);
  });

  it('were inherited by no child process', () => {
    if (process.platform === 'linux') expect(children.length).toBeGreaterThan(0);
    expect(children.flatMap((child) => findMarks(child.environment + child.command, MARKS))).toEqual([]);
  });

  it('are not in what a crash prints or keeps, although the failure that ends it holds them', async () => {
    const crasher = join(folder.path, 'crasher.mjs');
    const failure = `Object.assign(new Error('signed with ${PLANTED.BINANCE_TRADING_API_SECRET}'), { config: { headers: { 'X-MBX-APIKEY': '${PLANTED.BINANCE_TRADING_API_KEY}' } } })`;
    // In the terminal's own process only: its workers inherit the option as well.
    writeFileSync(crasher, `if (process.argv[1].endsWith('main.ts')) setTimeout(() => { throw ${failure}; }, 3000);`);
    const crashing = await start({ TERMINAL_PASSPHRASE: PASSPHRASE, NODE_OPTIONS: `--import=${crasher}` });
    await until('the crash', async () => crashing.child.exitCode !== null, 30_000);
    expect(crashing.child.exitCode).toBe(1);
    expect(crashing.output()).toContain('The terminal crashed (signed with [secret]). Positions keep their stops');
    const reports = filesBelow(join(data, 'crashes'));
    expect(reports).toHaveLength(1);
    expect([crashing.output(), ...reports.map((file) => readFileSync(file, 'utf8'))].flatMap((text) => findMarks(text, MARKS))).toEqual([]);
  });

  it('nor is the key to the page, printed once for its owner, in a file', () => {
    expect(token.length).toBeGreaterThan(20);
    expect(filesBelow(data).filter((file) => findMarks(readFileSync(file), [{ name: 'token', value: token }]).length > 0)).toEqual([]);
  });

  it('would have been found: the hunt sees each form of a mark', () => {
    const [mark] = MARKS;
    const value = mark?.value ?? '';
    for (const hidden of [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('hex'),
      `Basic ${Buffer.from(`user:${value}`).toString('base64')}`,
      Buffer.from(value, 'utf16le'),
    ])
      expect(findMarks(typeof hidden === 'string' ? `x${hidden}y` : hidden, MARKS)).toContain('BINANCE_API_KEY');
  });
});
