// When the bytes of an order pass: handed to the socket on this thread, and read by the receiver on another.
import { Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import type { Arrival } from './wire-receiver.ts';

const micros = (): number => Number(process.hrtime.bigint() / 1000n);
/** Processor time of this thread, microseconds: what the way costs when other programs hold the machine. */
const computed = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

/** How often the system gave this program's processor to another. */
const interruptions = (): number => process.resourceUsage().involuntaryContextSwitches;

/** What was read when something was received. */
export interface Moment {
  readonly from: number;
  readonly interruptions: number;
  readonly computed: number;
}

export function readMoment(): Moment {
  return { interruptions: interruptions(), from: micros(), computed: computed() };
}

/** Order ids as their bytes pass: handed to the socket here, and read by the receiver there. */
export class Stamps {
  readonly sent = new Map<string, number>();
  readonly computed = new Map<string, number>();
  readonly interrupted = new Map<string, number>();
  readonly arrived = new Map<string, number>();
  readonly #write = Reflect.get(Socket.prototype, 'write') as Socket['write'];

  watch(receiver: Worker): void {
    receiver.on('message', (arrival: Arrival) => void this.arrived.set(arrival.clientOrderId, arrival.atMicros));
    const { sent, computed: spent, interrupted } = this;
    const write = this.#write;
    Socket.prototype.write = function stamped(this: Socket, ...data: unknown[]): boolean {
      const id = typeof data[0] === 'string' ? /(?:newClientOrderId|clientAlgoId)=([^&\s]+)/.exec(data[0])?.[1] : undefined;
      if (id !== undefined) {
        sent.set(decodeURIComponent(id), micros());
        spent.set(decodeURIComponent(id), computed());
        interrupted.set(decodeURIComponent(id), interruptions());
      }
      return Reflect.apply(write, this, data) as boolean;
    } as typeof Socket.prototype.write;
  }

  restore(): void {
    Socket.prototype.write = this.#write;
  }
}
