// The few calls of Electron the desktop host makes, as types: the real module in production, a double in tests.
import type { Link } from '../../../src-shared/contract/rpc.ts';

/** What a message from a renderer says about who sent it. */
export interface SenderFrame {
  readonly url: string;
  /** Null for the top frame. */
  readonly parent: unknown;
}

export interface IpcEvent {
  readonly senderFrame: SenderFrame | null;
  readonly sender: { readonly id: number };
}

export interface WebContentsCalls {
  readonly id: number;
  send(channel: string, message: unknown): void;
  isDestroyed(): boolean;
  once(event: 'destroyed', handler: () => void): void;
}

export interface IpcMainCalls {
  on(channel: string, handler: (event: IpcEvent, message: unknown) => void): void;
  removeListener(channel: string, handler: (event: IpcEvent, message: unknown) => void): void;
}

export const LINK_CHANNEL = 'terminal-link';

export interface IpcLinkOptions {
  readonly contents: WebContentsCalls;
  readonly ipc: IpcMainCalls;
  /** Address of our own page; messages from any other page or frame are refused. */
  readonly pageUrl: string;
  readonly onRefused: (reason: string) => void;
}

export type { Link };
