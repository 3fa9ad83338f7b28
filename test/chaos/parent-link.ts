// The child's end of the link to its parent process: rpc messages, and orders of the test itself.
import type { Link } from '../../src-shared/contract/rpc.ts';

/** `onOrder` takes every message that is none of the link. */
export function connectParent(onOrder: (message: unknown) => void): Link {
  return {
    send: (message) => void process.send?.({ kind: 'link', message: JSON.parse(JSON.stringify(message)) as unknown }),
    onMessage: (handler) => {
      const listener = (raw: unknown): void => {
        const { kind, message } = raw as { readonly kind: unknown; readonly message: unknown };
        if (kind === 'link') handler(message);
        else onOrder(raw);
      };
      process.on('message', listener);
      return () => void process.off('message', listener);
    },
    onClose: (handler) => {
      process.on('disconnect', handler);
      return () => void process.off('disconnect', handler);
    },
    close: () => process.disconnect(),
  };
}
