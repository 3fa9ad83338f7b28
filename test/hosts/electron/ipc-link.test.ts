// The IPC link: who is let in, what passes, and what ends with the page.
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../src-shared/contract/rpc.ts';
import { CHANNELS } from '../../../src-main/hosts/electron/channels.ts';
import { serveIpcLinks, type IpcEvent, type ScreenContents } from '../../../src-main/hosts/electron/ipc-link.ts';
import { isOwnPage } from '../../../src-main/hosts/electron/page.ts';

class FakeContents extends EventEmitter implements ScreenContents {
  readonly id = 7;
  readonly sent: { readonly channel: string; readonly message: unknown }[] = [];
  destroyed = false;
  send(channel: string, message?: unknown): void {
    this.sent.push({ channel, message });
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
}

function setUp() {
  const ipc = new EventEmitter();
  const contents = new FakeContents();
  const links: Link[] = [];
  const refused: string[] = [];
  const stop = serveIpcLinks({ ipc, isTrusted: isOwnPage, onScreen: (link) => void links.push(link), onRefused: (sentence) => void refused.push(sentence) });
  const from = (url: string, parent: unknown = null): IpcEvent => ({ sender: contents, senderFrame: { url, parent } });
  const own = from('terminal://app/index.html');
  return { ipc, contents, links, refused, stop, from, own };
}

describe('the IPC link', () => {
  it('passes messages both ways once our page has opened it', () => {
    const { ipc, contents, links, own } = setUp();
    ipc.emit(CHANNELS.open, own, undefined);
    const heard: unknown[] = [];
    links[0]?.onMessage((message) => void heard.push(message));
    ipc.emit(CHANNELS.toEngine, own, { kind: 'call' });
    links[0]?.send({ kind: 'push' });
    expect(heard).toEqual([{ kind: 'call' }]);
    expect(contents.sent).toEqual([{ channel: CHANNELS.toScreen, message: { kind: 'push' } }]);
  });

  it.each([
    ['a foreign page', 'https://example.com/', null],
    ['a page whose address begins like ours', 'terminal://app.example.com/', null],
    ['a file', 'file:///tmp/index.html', null],
    ['a frame inside our page', 'terminal://app/index.html', {}],
  ])('refuses %s on every message, also after our page has opened the link', (_who, url, parent) => {
    const { ipc, links, refused, from, own } = setUp();
    ipc.emit(CHANNELS.open, from(url, parent), undefined);
    expect(links).toHaveLength(0);
    ipc.emit(CHANNELS.open, own, undefined);
    const heard: unknown[] = [];
    links[0]?.onMessage((message) => void heard.push(message));
    ipc.emit(CHANNELS.toEngine, from(url, parent), { kind: 'call' });
    expect(heard).toEqual([]);
    expect(refused).toHaveLength(2);
  });

  it('drops messages beyond the rate, says so, and hears the page again when it calms down', async () => {
    const ipc = new EventEmitter();
    const contents = new FakeContents();
    const [links, refused, heard]: [Link[], string[], unknown[]] = [[], [], []];
    serveIpcLinks({
      ipc,
      isTrusted: isOwnPage,
      rate: { burst: 10, perSecond: 100 },
      onScreen: (link) => void links.push(link),
      onRefused: (sentence) => void refused.push(sentence),
    });
    const own: IpcEvent = { sender: contents, senderFrame: { url: 'terminal://app/', parent: null } };
    ipc.emit(CHANNELS.open, own, undefined);
    links[0]?.onMessage((message) => void heard.push(message));
    for (let index = 0; index < 1000; index += 1) ipc.emit(CHANNELS.toEngine, own, index);
    expect(heard.length).toBeGreaterThanOrEqual(10);
    expect(heard.length).toBeLessThan(500);
    expect(refused.length).toBe(1000 - heard.length);
    await new Promise((done) => setTimeout(done, 50));
    ipc.emit(CHANNELS.toEngine, own, 'calm');
    expect(heard.at(-1)).toBe('calm');
  });

  it('a page that opens its link in a loop is not given a snapshot each time; the link it has goes on', () => {
    const { ipc, links, refused, own } = setUp();
    for (let index = 0; index < 500; index += 1) ipc.emit(CHANNELS.open, own, undefined);
    expect(links.length).toBeGreaterThanOrEqual(20);
    expect(links.length).toBeLessThan(60);
    expect(links.length + refused.length).toBe(500);
    expect(new Set(refused)).toEqual(new Set(['A page was not connected: it asks too often. Reload it in a minute.']));
    const heard: unknown[] = [];
    links.at(-1)?.onMessage((message) => void heard.push(message));
    ipc.emit(CHANNELS.toEngine, own, 'still here');
    expect(heard).toEqual(['still here']);
  });

  it('refuses a message whose frame is gone', () => {
    const { ipc, contents, links, refused } = setUp();
    ipc.emit(CHANNELS.open, { sender: contents, senderFrame: null }, undefined);
    expect(links).toHaveLength(0);
    expect(refused).toEqual(['A message from a page that is gone was refused.']);
  });

  it('closes the link before when a page reloads, and the new one works', () => {
    const { ipc, links, own } = setUp();
    ipc.emit(CHANNELS.open, own, undefined);
    let closed = 0;
    links[0]?.onClose(() => void (closed += 1));
    ipc.emit(CHANNELS.open, own, undefined);
    expect(closed).toBe(1);
    const heard: unknown[] = [];
    links[1]?.onMessage((message) => void heard.push(message));
    ipc.emit(CHANNELS.toEngine, own, 'after the reload');
    expect(heard).toEqual(['after the reload']);
  });

  it.each(['destroyed', 'render-process-gone'])('closes once on %s and sends nothing afterwards', (event) => {
    const { ipc, contents, links, own } = setUp();
    ipc.emit(CHANNELS.open, own, undefined);
    let closed = 0;
    links[0]?.onClose(() => void (closed += 1));
    contents.destroyed = true;
    contents.emit(event);
    contents.emit(event);
    links[0]?.send('late');
    expect(closed).toBe(1);
    expect(contents.sent).toEqual([]);
  });

  it('lets go of a handler that unsubscribes, and of the channels when it stops', () => {
    const { ipc, links, stop, own } = setUp();
    ipc.emit(CHANNELS.open, own, undefined);
    const heard: unknown[] = [];
    const unsubscribe = links[0]?.onMessage((message) => void heard.push(message));
    unsubscribe?.();
    ipc.emit(CHANNELS.toEngine, own, 'unheard');
    stop();
    expect(heard).toEqual([]);
    expect(ipc.listenerCount(CHANNELS.open) + ipc.listenerCount(CHANNELS.toEngine)).toBe(0);
  });
});
