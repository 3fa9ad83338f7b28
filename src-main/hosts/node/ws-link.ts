// The Link port over a WebSocket: JSON text frames, and a screen that cannot keep up is cut off so that it reloads a fresh snapshot.
import type { WebSocket } from 'ws';
import type { Link } from '../../../src-shared/contract/rpc.ts';

const MAXIMUM_BUFFERED_BYTES = 16 * 1024 * 1024;

export function createWebSocketLink(socket: WebSocket, onProblem: (detail: string) => void): Link {
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAXIMUM_BUFFERED_BYTES) {
        onProblem('A screen could not keep up and was disconnected; it reconnects by itself.');
        socket.terminate();
        return;
      }
      socket.send(JSON.stringify(message));
    },
    onMessage: (handler) => {
      const listener = (data: unknown, isBinary: boolean): void => {
        if (isBinary) return onProblem('A binary frame from a screen was dropped.');
        let message: unknown;
        try {
          message = JSON.parse(String(data));
        } catch {
          return onProblem('A frame from a screen was not JSON and was dropped.');
        }
        handler(message);
      };
      socket.on('message', listener);
      return () => void socket.off('message', listener);
    },
    onClose: (handler) => {
      socket.on('close', handler);
      return () => void socket.off('close', handler);
    },
    close: () => socket.close(),
  };
}
