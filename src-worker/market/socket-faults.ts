// The last step of every frame to a socket: sent as it is, or dropped, doubled, late, out of order, or into a connection that is dead.
import type { WebSocket } from 'ws';
import type { Chaos } from './chaos.ts';

/** A frame held back waits this long for another one, then goes anyway: reordering loses nothing. */
const LONGEST_HOLD_MS = 1000;

export class FrameSender {
  readonly #chaos: Chaos;
  readonly #heldBack = new WeakMap<WebSocket, string>();
  readonly #halfOpen = new WeakSet<WebSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  sent = 0;

  constructor(chaos: Chaos) {
    this.#chaos = chaos;
  }

  send(socket: WebSocket, text: string, about: { readonly stream: 'user' | 'market'; readonly detail: string }): void {
    const fate = this.#chaos.frameFate(about.stream, about.detail);
    if (fate.drop) return;
    if (fate.holdBack && !this.#heldBack.has(socket)) {
      this.#heldBack.set(socket, text);
      this.#later(LONGEST_HOLD_MS, () => this.#release(socket));
      return;
    }
    for (let copy = 0; copy < fate.copies; copy += 1) {
      if (fate.delayMs === 0) this.#deliver(socket, text);
      else this.#later(fate.delayMs, () => this.#deliver(socket, text));
    }
    this.#release(socket);
  }

  /** Lets the frame go that was held back for another one to overtake it. */
  #release(socket: WebSocket): void {
    const earlier = this.#heldBack.get(socket);
    if (earlier === undefined) return;
    this.#heldBack.delete(socket);
    this.#deliver(socket, earlier);
  }

  /** The peer hears nothing any more, though the connection stands. */
  silence(socket: WebSocket): void {
    this.#halfOpen.add(socket);
    socket.pause();
  }

  isSilenced(socket: WebSocket): boolean {
    return this.#halfOpen.has(socket);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #deliver(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN || this.#halfOpen.has(socket)) return;
    socket.send(text);
    this.sent += 1;
  }
}
