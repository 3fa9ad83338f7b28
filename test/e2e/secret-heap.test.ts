// The secret hunt where only a browser can look: the heap of the page, its storage and profile on disk, its traffic; and in exports, diagnostic reports and dumps.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSession } from '../../src-main/hosts/session-file.ts';
import { makeCertificate } from '../hosts/node/support/certificate.ts';
import { startHostileExchange, type HostileExchange } from '../hosts/node/support/hostile-exchange.ts';
import { filesBelow, findMarks } from '../hosts/node/support/hunt.ts';
import { HOSTS, MARKS, PASSPHRASE, PLANTED } from '../hosts/node/support/planted.ts';
import { BROWSER_FLAGS, chromiumPath } from '../support/browser.ts';
import { startProcess, temporaryFolder, until, type Running } from '../support/terminal.ts';

const DECOY = 'HeapDecoyMark7f3a91c2';

describe('a page that is used while the engine holds marked secrets', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let exchange: HostileExchange;
  let terminal: Running;
  let context: BrowserContext;
  let page: Page;
  let data = '';
  let reports = '';
  const traffic: string[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    reports = join(folder.path, 'reports');
    for (const one of [data, reports]) mkdirSync(one);
    const certificate = makeCertificate(HOSTS);
    const authority = join(folder.path, 'authority.pem');
    writeFileSync(authority, certificate.certificatePem);
    exchange = await startHostileExchange(certificate);
    writeFileSync(join(data, 'settings.json'), JSON.stringify({ version: 1, values: { proxyUrl: exchange.proxyUrl } }));
    const environment = {
      ...PLANTED,
      NODE_EXTRA_CA_CERTS: authority,
      TERMINAL_PASSPHRASE: PASSPHRASE,
      NODE_OPTIONS: `--report-on-signal --report-on-fatalerror --report-uncaught-exception --report-signal=SIGUSR2 --report-directory=${reports}`,
    };
    Object.assign(process.env, environment);
    try {
      terminal = await startProcess(
        'src-main/hosts/node/main.ts',
        ['--no-open', '--port', '0', '--mode', 'demo', '--data-dir', data],
        /Terminal: (http:\/\/\S+)/,
      );
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
    await until('a signed call', async () => exchange.seen.requests.some((line) => line.includes('signature=')));
    context = await chromium.launchPersistentContext(join(folder.path, 'profile'), { executablePath: chromiumPath(), args: BROWSER_FLAGS });
    page = await context.newPage();
    page.on('websocket', (socket) => {
      const keep = ({ payload }: { readonly payload: string | Buffer }): void => void traffic.push(payload.toString());
      socket.on('framereceived', keep);
      socket.on('framesent', keep);
    });
    await page.goto(terminal.url);
    await use();
  }, 240_000);

  afterAll(async () => {
    await context?.close();
    await terminal?.kill();
    await exchange?.close();
    await folder?.remove();
  });

  /** Every layout, the palette, the settings with their search. */
  async function use(): Promise<void> {
    await until('traffic', async () => traffic.some((text) => text.includes('"kind":"health"')));
    // The first start explains itself; it would lie over everything.
    await page.keyboard.press('Escape');
    for (const key of ['Alt+1', 'Alt+2', 'Alt+3', 'Alt+4', 'Control+k', 'Escape', 'Control+,']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
    await page.keyboard.type('proxy');
    await page.waitForTimeout(300);
    await page.evaluate((decoy) => void Object.assign(globalThis, { decoyHeldByThePage: `${decoy}${Date.now()}` }), DECOY);
  }

  async function snapshotOfTheHeap(): Promise<string> {
    const session = await context.newCDPSession(page);
    const chunks: string[] = [];
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
    await session.send('HeapProfiler.enable');
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    await session.detach();
    return chunks.join('');
  }

  it('has none of them in its heap, and the hunt would have found one there', async () => {
    const heap = await snapshotOfTheHeap();
    expect(heap.length).toBeGreaterThan(1_000_000);
    expect(heap).toContain(DECOY);
    expect(findMarks(heap, MARKS)).toEqual([]);
  });

  it('was never sent one, and sent none', () => {
    expect(traffic.length).toBeGreaterThan(5);
    expect(findMarks(traffic.join('\n'), MARKS)).toEqual([]);
  });

  it('keeps none in its storage', async () => {
    const kept = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]));
    expect(findMarks(kept, MARKS)).toEqual([]);
    expect(findMarks(await page.content(), MARKS)).toEqual([]);
  });

  it('shows none: a picture of the screen can be sent to anybody', async () => {
    expect(findMarks(await page.evaluate(() => document.body.innerText), MARKS)).toEqual([]);
  });

  it('has none in the diagnostic report of the engine, which lists its environment', async () => {
    terminal.child.kill('SIGUSR2');
    await until('the report', async () => filesBelow(reports).some((file) => readFileSync(file, 'utf8').trimEnd().endsWith('}')));
    const texts = filesBelow(reports).map((file) => readFileSync(file, 'utf8'));
    expect(texts.join('')).toContain('"environmentVariables"');
    expect(texts.flatMap((text) => findMarks(text, MARKS))).toEqual([]);
  });

  it('leaves none in an exported session, nor in the profile of the browser, nor in a dump when the engine is shot', async () => {
    const exported = exportSession(join(data, 'journal-demo.sqlite'), join(folder.path, 'exports'), null);
    expect(exported).toMatchObject({ ok: true, value: { card: { mode: 'demo' } } });
    await context.close();
    terminal.child.kill('SIGABRT');
    await until('the end', async () => terminal.child.exitCode !== null || terminal.child.signalCode !== null);
    expect(existsSync(join(folder.path, 'profile'))).toBe(true);
    const found = filesBelow(folder.path).flatMap((file) => findMarks(readFileSync(file), MARKS).map((name) => `${name} in ${file}`));
    expect(found).toEqual([]);
    expect(findMarks(terminal.output(), MARKS)).toEqual([]);
  });
});
