// A stop on its way has the processor to itself: what else was decided at the same moment leaves one turn later, in its order.

/** Without it the requests of a stop and its target are prepared in turns, and the bytes of the stop wait for both. */
export class StopFirst {
  #isLeaving = false;

  /** Resolves when a request may be prepared: at once for a stop, and for all others while none is being prepared. */
  async turn(isStop: boolean): Promise<void> {
    if (!isStop) {
      if (this.#isLeaving) await new Promise((resume) => setImmediate(resume));
      return;
    }
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    setImmediate(() => void (this.#isLeaving = false));
  }
}
