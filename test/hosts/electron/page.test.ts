// The desktop window's page: what it may load, and what it may never do.
import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPageRequest, confine, type ConfinedContents } from '../../../src-main/hosts/electron/page.ts';
import { temporaryFolder } from '../../support/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let root = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  root = join(folder.path, 'renderer');
  await mkdir(root);
  await writeFile(join(root, 'index.html'), '<p>screens</p>');
  await writeFile(join(folder.path, 'secret.txt'), 'outside');
});
afterAll(() => folder.remove());

const ask = (url: string, method = 'GET'): Promise<Response> => answerPageRequest(root, { url, method });

describe('the private page address', () => {
  it('serves the built page with a policy that forbids foreign scripts', async () => {
    const response = await ask('terminal://app/');
    expect(await response.text()).toBe('<p>screens</p>');
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'; script-src 'self';");
  });

  it.each([
    'terminal://app/../secret.txt',
    'terminal://app/%2e%2e/secret.txt',
    'terminal://app/..%2fsecret.txt',
    'terminal://app/%ff',
    'terminal://other/index.html',
    'terminal://app/missing.js',
  ])('answers 404 to %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it('answers nothing but GET', async () => {
    expect((await ask('terminal://app/', 'POST')).status).toBe(404);
  });
});

class FakeContents extends EventEmitter {
  windowOpen: (() => { action: 'deny' }) | null = null;
  permission: Parameters<ConfinedContents['session']['setPermissionRequestHandler']>[0] | null = null;
  permissionCheck: (() => boolean) | null = null;
  readonly session = {
    setPermissionRequestHandler: (handler: typeof this.permission) => void (this.permission = handler),
    setPermissionCheckHandler: (handler: () => boolean) => void (this.permissionCheck = handler),
  };
  setWindowOpenHandler(handler: () => { action: 'deny' }): void {
    this.windowOpen = handler;
  }
}

describe('a confined page', () => {
  it('opens no window and gets no permission', () => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, true);
    const granted: boolean[] = [];
    contents.permission?.(null, 'media', (isGranted) => void granted.push(isGranted));
    expect([contents.windowOpen?.(), granted, contents.permissionCheck?.()]).toEqual([{ action: 'deny' }, [false], false]);
  });

  it.each([
    ['will-navigate', 'https://example.com/', true],
    ['will-frame-navigate', 'terminal://app.example.com/', true],
    ['will-redirect', 'file:///etc/passwd', true],
    ['will-navigate', 'terminal://app/index.html', false],
  ])('on %s to %s: prevented is %s', (event, url, isPrevented) => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, true);
    let prevented = false;
    contents.emit(event, { url, preventDefault: () => void (prevented = true) });
    expect(prevented).toBe(isPrevented);
  });
});
