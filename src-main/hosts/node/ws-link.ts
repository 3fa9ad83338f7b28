// The Link port over a WebSocket: JSON text frames within bounds, and a screen that cannot keep up is cut off so that it reloads a fresh snapshot.
import type { WebSocket } from 'ws';
import type { Link } from '../../../src-shared/contract/rpc.ts';
import { guardScreen, SCREEN_LIMITS, type ScreenLimits } from './screen-limits.ts';

const MAXIMUM_BUFFERED_BYTES = 16 * 1024 * 1024;

/** `onProblem` gets one sentence for each frame that was dropped and each screen that was cut off. */
export function createWebSocketLink(socket: WebSocket, onProblem: (detail: string) => void, limits: ScreenLimits = SCREEN_LIMITS): Link {
  const guard = guardScreen({ socket, limits, now: () => performance.now(), onCutOff: onProblem });
  const drop = (detail: string): void => {
    onProblem(detail);
    guard.blame();
  };
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
        if (!guard.admit()) return;
        if (isBinary) return drop('A binary frame from a screen was dropped.');
        let message: unknown;
        try {
          message = JSON.parse(String(data));
        } catch {
          return drop('A frame from a screen was not JSON and was dropped.');
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
