// The desktop window's page: what it may load, and what it may never do.
import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerPageRequest, confine, type ConfinedContents, type ConfinedSession } from '../../../src-main/hosts/electron/page.ts';
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

class FakeSession extends EventEmitter {
  permission: Parameters<ConfinedSession['setPermissionRequestHandler']>[0] | null = null;
  permissionCheck: (() => boolean) | null = null;
  devicePermission: (() => boolean) | null = null;
  request: Parameters<ConfinedSession['webRequest']['onBeforeRequest']>[0] | null = null;
  readonly webRequest = { onBeforeRequest: (listener: typeof this.request) => void (this.request = listener) };
  setPermissionRequestHandler = (handler: typeof this.permission): void => void (this.permission = handler);
  setPermissionCheckHandler = (handler: () => boolean): void => void (this.permissionCheck = handler);
  setDevicePermissionHandler = (handler: () => boolean): void => void (this.devicePermission = handler);
}

class FakeContents extends EventEmitter {
  windowOpen: (() => { action: 'deny' }) | null = null;
  readonly session = new FakeSession();
  webRtcPolicy: string | null = null;
  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtcPolicy = policy;
  }
  setWindowOpenHandler(handler: () => { action: 'deny' }): void {
    this.windowOpen = handler;
  }
}

describe('a confined page', () => {
  it('has no way out for calls between browsers, which no content security policy and no request filter sees', () => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, true);
    expect(contents.webRtcPolicy).toBe('disable_non_proxied_udp');
  });

  it('opens no window and gets no permission', () => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, true);
    const granted: boolean[] = [];
    contents.session.permission?.(null, 'media', (isGranted) => void granted.push(isGranted));
    expect([contents.windowOpen?.(), granted, contents.session.permissionCheck?.(), contents.session.devicePermission?.()]).toEqual([
      { action: 'deny' },
      [false],
      false,
      false,
    ]);
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

  it.each([
    ['terminal://app/assets/index.js', true, false],
    ['blob:terminal://app/0f-12', true, false],
    ['data:image/png;base64,AA', true, false],
    ['https://example.com/track.gif', true, true],
    ['http://127.0.0.1:4173/', true, true],
    ['wss://example.com/', true, true],
    ['file:///etc/passwd', true, true],
    ['terminal://app.example.com/', true, true],
    ['blob:https://example.com/1', true, true],
    ['devtools://devtools/bundled/x.js', true, true],
    ['devtools://devtools/bundled/x.js', false, false],
  ])('asks the network for %s (packaged: %s): cancelled is %s', (url, isPackaged, isCancelled) => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, isPackaged);
    const answers: boolean[] = [];
    contents.session.request?.({ url }, ({ cancel }) => void answers.push(cancel));
    expect(answers).toEqual([isCancelled]);
  });

  it('downloads what it made itself and nothing else; a session is confined once', () => {
    const contents = new FakeContents();
    confine(contents as unknown as ConfinedContents, true);
    confine(contents as unknown as ConfinedContents, true);
    expect(contents.session.listenerCount('will-download')).toBe(1);
    const prevented = (url: string): boolean => {
      let isPrevented = false;
      contents.session.emit('will-download', { preventDefault: () => void (isPrevented = true) }, { getURL: () => url });
      return isPrevented;
    };
    expect([prevented('blob:terminal://app/1'), prevented('https://example.com/x.exe')]).toEqual([false, true]);
  });
});
