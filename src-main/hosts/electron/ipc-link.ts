// The Link port over Electron IPC: a page opens its link, every message's sender is checked, and a reload starts a new link.
import type { Link } from '../../../src-shared/contract/rpc.ts';
import { TokenBucket, type BucketRate } from '../node/token-bucket.ts';
import { CHANNELS } from './channels.ts';

/** The part of Electron's `WebContents` a link needs. */
export interface ScreenContents {
  readonly id: number;
  send(channel: string, message?: unknown): void;
  isDestroyed(): boolean;
  on(event: 'destroyed' | 'render-process-gone', listener: () => void): unknown;
}

export interface IpcEvent {
  readonly sender: ScreenContents;
  /** Null when the frame has gone meanwhile. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/** The part of Electron's `ipcMain` that is used. */
export interface IpcCalls {
  on(channel: string, listener: (event: IpcEvent, message: unknown) => void): unknown;
  off(channel: string, listener: (event: IpcEvent, message: unknown) => void): unknown;
}

export interface IpcLinksOptions {
  readonly ipc: IpcCalls;
  /** Whether an address is our own page. */
  readonly isTrusted: (url: string) => boolean;
  readonly onScreen: (link: Link) => void;
  readonly onRefused: (sentence: string) => void;
  readonly rate?: BucketRate;
  /** How often a page may open its link anew, which each time costs a whole snapshot. */
  readonly openRate?: BucketRate;
}

/** A page in use sends a few calls a second; one that was taken over must not be able to starve the engine. */
const MESSAGE_RATE: BucketRate = { burst: 200, perSecond: 50 };

/** A page opens its link when it loads. A person who reloads in anger stays below this; a page that does it in a loop does not. */
const OPEN_RATE: BucketRate = { burst: 20, perSecond: 1 };

interface OpenLink {
  readonly link: Link;
  hear(message: unknown): void;
  end(): void;
}

/** Serves links to every page that opens one. Returns the function that stops serving. */
export function serveIpcLinks({ ipc, isTrusted, onScreen, onRefused, rate = MESSAGE_RATE, openRate = OPEN_RATE }: IpcLinksOptions): () => void {
  const open = new Map<number, OpenLink>();
  const watched = new Set<number>();
  const refuse = (event: IpcEvent): boolean => {
    if (event.senderFrame === null) onRefused('A message from a page that is gone was refused.');
    else if (event.senderFrame.parent !== null) onRefused('A message from a frame inside the page was refused.');
    else if (!isTrusted(event.senderFrame.url)) onRefused('A message from a foreign page was refused.');
    else return false;
    return true;
  };
  const openings = new TokenBucket(openRate, () => performance.now());
  const onOpen = (event: IpcEvent): void => {
    if (refuse(event)) return;
    if (!openings.take()) return onRefused('A page was not connected: it asks too often. Reload it in a minute.');
    const { sender } = event;
    open.get(sender.id)?.end();
    const created = createLink(sender);
    open.set(sender.id, created);
    if (!watched.has(sender.id)) {
      watched.add(sender.id);
      const gone = (): void => {
        open.get(sender.id)?.end();
        open.delete(sender.id);
      };
      sender.on('destroyed', gone);
      sender.on('render-process-gone', gone);
    }
    onScreen(created.link);
  };
  const bucket = new TokenBucket(rate, () => performance.now());
  const onMessage = (event: IpcEvent, message: unknown): void => {
    if (refuse(event)) return;
    if (bucket.take()) open.get(event.sender.id)?.hear(message);
    else onRefused('A message was dropped: the page sends too many.');
  };
  ipc.on(CHANNELS.open, onOpen);
  ipc.on(CHANNELS.toEngine, onMessage);
  return () => {
    ipc.off(CHANNELS.open, onOpen);
    ipc.off(CHANNELS.toEngine, onMessage);
    for (const entry of open.values()) entry.end();
    open.clear();
  };
}

function createLink(contents: ScreenContents): OpenLink {
  const handlers = new Set<(message: unknown) => void>();
  const closers = new Set<() => void>();
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const closer of closers) closer();
  };
  return {
    hear: (message) => {
      if (isOpen) for (const handler of [...handlers]) handler(message);
    },
    end,
    link: {
      send: (message) => {
        if (isOpen && !contents.isDestroyed()) contents.send(CHANNELS.toScreen, message);
      },
      onMessage: (handler) => {
        handlers.add(handler);
        return () => void handlers.delete(handler);
      },
      onClose: (handler) => {
        closers.add(handler);
        return () => void closers.delete(handler);
      },
      close: () => {
        if (isOpen && !contents.isDestroyed()) contents.send(CHANNELS.closed);
        end();
      },
    },
  };
}
