// The screen's connection to the engine: Electron's port or a WebSocket, with reconnection and a fresh snapshot after every gap.
import { connectRpc, type Link, type RpcClient } from '../src-shared/contract/rpc.ts';
import type { EngineEvent } from '../src-shared/contract/events.ts';
import { dispatchCandle } from './state/candle-bus.ts';
import { countBytes } from './state/link-meter.ts';
import { applyEvents, markDisconnected, replaceSnapshot, useScreen } from './state/store.ts';

interface TerminalLink {
  send(message: unknown): void;
  onMessage(handler: (message: unknown) => void): () => void;
  onClose(handler: () => void): () => void;
}

declare global {
  interface Window {
    readonly terminalLink?: TerminalLink;
  }
}

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
const HIDDEN_FLUSH_MS = 250;
const LEAST_PAUSE_MS = 100;
/** A page that was never let in after this many tries holds a wrong or missing key. */
const TRIES_BEFORE_REFUSED = 3;
const TOKEN_KEY = 'terminal-token';

let client: RpcClient | null = null;
let failures = 0;
const waiters = new Set<(rpc: RpcClient) => void>();

/** The live connection, or null while it is down. */
export function currentRpc(): RpcClient | null {
  return client;
}

/** Calls `handler` now (when connected) and after every reconnection. Returns the unsubscribe function. */
export function onConnected(handler: (rpc: RpcClient) => void): () => void {
  waiters.add(handler);
  if (client !== null) handler(client);
  return () => void waiters.delete(handler);
}

export function startConnection(): void {
  const own = window.terminalLink;
  if (own === undefined) {
    openSocket(FIRST_PAUSE_MS);
    return;
  }
  own.onClose(() => {
    client = null;
    markDisconnected();
  });
  attach(
    {
      send: (message) => own.send(message),
      onMessage: (handler) => own.onMessage(handler),
      onClose: (handler) => own.onClose(handler),
      close: () => undefined,
    },
    () => undefined,
  );
}

/** The token comes in the address once, is kept for reloads of this tab and removed from the address bar. */
function readToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY) ?? '';
}

function openSocket(pauseMs: number): void {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/link?token=${encodeURIComponent(readToken())}`);
  const closers = new Set<() => void>();
  let hasOpened = false;
  socket.onopen = () => {
    hasOpened = true;
    failures = 0;
    attach(socketLink(socket, closers), () => socket.close());
  };
  socket.onclose = () => {
    for (const handler of closers) handler();
    client = null;
    failures += hasOpened ? 0 : 1;
    markDisconnected(failures >= TRIES_BEFORE_REFUSED);
    setTimeout(() => openSocket(hasOpened ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pauseMs * 2)), pauseMs);
  };
}

function socketLink(socket: WebSocket, closers: Set<() => void>): Link {
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage: (handler) => {
      const listener = (event: MessageEvent<string>): void => {
        countBytes(event.data.length);
        handler(JSON.parse(event.data));
      };
      socket.addEventListener('message', listener);
      return () => socket.removeEventListener('message', listener);
    },
    onClose: (handler) => {
      closers.add(handler);
      return () => void closers.delete(handler);
    },
    close: () => socket.close(),
  };
}

function attach(link: Link, drop: () => void): void {
  const rpc = connectRpc(link, { set: (callback, delay) => setTimeout(callback, delay), clear: (handle) => clearTimeout(handle as number) });
  client = rpc;
  let queued: EngineEvent[] = [];
  let isFlushAsked = false;
  let flushedAt = -Infinity;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  let isReloading = false;
  let isAttached = false;
  const reload = (): void => {
    if (isReloading) return;
    isReloading = true;
    const before = useScreen.getState().snapshot?.session.startedAt;
    rpc
      .call('snapshot', null)
      .then((snapshot) => {
        replaceSnapshot(snapshot);
        // Another engine answers over the same link (a change of mode): what was asked of the old one is asked again.
        if (isAttached && before !== snapshot.session.startedAt) for (const waiter of waiters) waiter(rpc);
        isAttached = true;
      }, drop)
      .finally(() => {
        isReloading = false;
      });
  };
  const flush = (): void => {
    if (!isFlushAsked) return;
    isFlushAsked = false;
    clearTimeout(hiddenTimer);
    flushedAt = performance.now();
    const events = queued;
    queued = [];
    if (applyEvents(events) === 'gap') reload();
  };
  rpc.onEvents((events) => {
    for (const event of events) if (event.body.kind === 'candle') dispatchCandle(event.body);
    queued.push(...events);
    if (isFlushAsked) return;
    isFlushAsked = true;
    // Tables and figures change at most ten times a second, on a frame of their own; a key or the pointer finds the page free in between.
    setTimeout(() => requestAnimationFrame(flush), Math.max(0, flushedAt + LEAST_PAUSE_MS - performance.now()));
    // A hidden page gets no animation frames; the timer keeps it current and the queue short.
    hiddenTimer = setTimeout(flush, HIDDEN_FLUSH_MS);
  });
  reload();
  for (const waiter of waiters) waiter(rpc);
}
