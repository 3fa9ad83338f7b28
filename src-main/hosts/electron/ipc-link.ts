// The Link port over Electron IPC: every message's sender is checked before it is read.
import type { Link } from '../../../src-shared/contract/rpc.ts';
import { LINK_CHANNEL, type IpcEvent, type IpcLinkOptions } from './electron-calls.ts';

/** Why a message is not from our own page, or null. */
export function refuseSender(event: IpcEvent, expected: { readonly contentsId: number; readonly pageUrl: string }): string | null {
  if (event.sender.id !== expected.contentsId) return 'A message from another window was refused.';
  if (event.senderFrame === null || event.senderFrame.parent !== null) return 'A message from an embedded frame was refused.';
  const [page] = event.senderFrame.url.split('#');
  return page === expected.pageUrl ? null : 'A message from a foreign page was refused.';
}

export function createIpcLink({ contents, ipc, pageUrl, onRefused }: IpcLinkOptions): Link {
  const closers = new Set<() => void>();
  contents.once('destroyed', () => {
    for (const handler of closers) handler();
  });
  return {
    send: (message) => {
      if (!contents.isDestroyed()) contents.send(LINK_CHANNEL, message);
    },
    onMessage: (handler) => {
      const listener = (event: IpcEvent, message: unknown): void => {
        if (event.sender.id !== contents.id) return;
        const refusal = refuseSender(event, { contentsId: contents.id, pageUrl });
        if (refusal !== null) return onRefused(refusal);
        handler(message);
      };
      ipc.on(LINK_CHANNEL, listener);
      return () => ipc.removeListener(LINK_CHANNEL, listener);
    },
    onClose: (handler) => {
      closers.add(handler);
      return () => void closers.delete(handler);
    },
    close: () => {
      for (const handler of closers) handler();
    },
  };
}
