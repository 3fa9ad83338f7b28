// Bounds on one screen's socket: messages a second, malformed frames, and a heartbeat that drops a peer that has gone silently.
import type { WebSocket } from 'ws';
import { TokenBucket, type BucketRate } from './token-bucket.ts';

export interface ScreenLimits {
  readonly messages: BucketRate;
  /** Frames that are no message before the screen is cut off. */
  readonly malformedFrames: number;
  readonly heartbeatMs: number;
}

/** A screen in use sends a few calls a second; these are far above that and far below what would hurt the engine. */
export const SCREEN_LIMITS: ScreenLimits = { messages: { burst: 200, perSecond: 50 }, malformedFrames: 20, heartbeatMs: 30_000 };

const POLICY_VIOLATION = 1008;
/** How long a screen that was told to go may take to say goodbye. */
const GOODBYE_MS = 1000;

export interface BoundedScreen {
  readonly socket: WebSocket;
  readonly limits: ScreenLimits;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onCutOff: (reason: string) => void;
}

export interface ScreenGuard {
  /** Counts one frame; false when it must be dropped. The screen that went too far is cut off. */
  admit(): boolean;
  /** Counts one frame that is no message. */
  blame(): void;
}

export function guardScreen({ socket, limits, now, onCutOff }: BoundedScreen): ScreenGuard {
  const bucket = new TokenBucket(limits.messages, now);
  let malformed = 0;
  let isCutOff = false;
  let isAlive = true;
  const cutOff = (reason: string): void => {
    if (isCutOff) return;
    isCutOff = true;
    onCutOff(reason);
    socket.close(POLICY_VIOLATION, reason.slice(0, 100));
    setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
  };
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, limits.heartbeatMs);
  heartbeat.unref();
  socket.on('pong', () => void (isAlive = true));
  // Pings of the peer are answered by the library; a flood of them costs as much as one of messages.
  socket.on('ping', () => void (bucket.take() || cutOff('A screen sent too many messages and was disconnected.')));
  socket.once('close', () => clearInterval(heartbeat));
  return {
    admit: () => {
      if (isCutOff) return false;
      if (bucket.take()) return true;
      cutOff('A screen sent too many messages and was disconnected.');
      return false;
    },
    blame: () => {
      malformed += 1;
      if (malformed >= limits.malformedFrames) cutOff('A screen sent too many malformed frames and was disconnected.');
    },
  };
}
