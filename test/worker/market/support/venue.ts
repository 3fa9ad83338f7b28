// A venue in this process and a bare client for it: signed calls, sockets that remember what they heard.
import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import { startVenue, type RunningVenue, type VenueOptions } from '../../../../src-worker/market/server.ts';
import { createSyntheticMarket } from '../../../../src-worker/market/synthetic.ts';
import { until } from '../../../support/terminal.ts';

export const KEY = 'paper-key';
const SECRET = 'paper-secret';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Fixture {
  readonly venue: RunningVenue;
  readonly base: string;
  /** An unsigned call. */
  get(path: string, query?: string): Promise<Answer>;
  /** A signed call; parameters in the query. */
  signed(method: string, path: string, parameters?: Readonly<Record<string, string | number | boolean>>): Promise<Answer>;
  /** A call of the panel. */
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  open(path: string): Promise<Heard>;
  close(): Promise<void>;
}

export interface Heard {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  send(message: unknown): void;
  /** The first frame that fits, waiting for it. */
  find(what: string, fits: (frame: Frame) => boolean): Promise<Frame>;
  closed(): boolean;
}

export type Frame = Readonly<Record<string, unknown>>;

/** `liveFrom` defaults to noon of a fixed day, half a minute into a candle. */
export async function openVenue(change: Partial<VenueOptions> & { readonly symbols?: number; readonly liveFrom?: number } = {}): Promise<Fixture> {
  const { symbols = 4, liveFrom = Date.UTC(2026, 0, 22, 12, 0, 30), ...options } = change;
  const venue = await startVenue({
    port: 0,
    source: createSyntheticMarket({ seed: 11, symbols, liveFrom }),
    seed: 11,
    speed: 1,
    balanceUsdt: 10_000,
    credentials: { key: KEY, secret: SECRET },
    stateFile: null,
    ...options,
  });
  const base = `http://127.0.0.1:${venue.port}`;
  const sockets: WebSocket[] = [];
  const call = async (method: string, address: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${base}${address}`, {
      method,
      headers: { 'X-MBX-APIKEY': KEY },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text, headers: response.headers };
  };
  return {
    venue,
    base,
    get: (path, query = '') => call('GET', `${path}${query === '' ? '' : `?${query}`}`),
    signed: (method, path, parameters = {}) => {
      const query = new URLSearchParams({ ...mapText(parameters), timestamp: String(Date.now()), recvWindow: '5000' }).toString();
      return call(method, `${path}?${query}&signature=${sign(query)}`);
    },
    control: (method, path, body) => call(method, path, body),
    open: async (path) => {
      const socket = new WebSocket(`${base.replace(/^http/, 'ws')}${path}`);
      sockets.push(socket);
      const frames: Frame[] = [];
      let isClosed = false;
      socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
      socket.on('close', () => void (isClosed = true));
      socket.on('error', () => undefined);
      await new Promise((open) => socket.once('open', open));
      return {
        socket,
        frames,
        send: (message) => socket.send(JSON.stringify(message)),
        find: (what, fits) => until(what, () => Promise.resolve(frames.find(fits)), 20_000),
        closed: () => isClosed,
      };
    },
    close: async () => {
      for (const socket of sockets) socket.terminate();
      await venue.close();
    },
  };
}

function mapText(parameters: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}

export function sign(text: string): string {
  return createHmac('sha256', SECRET).update(text).digest('hex');
}

/** The error code of an answer, or null. */
export function codeOf(answer: Answer): number | null {
  const { code } = answer.body as { readonly code?: unknown };
  return typeof code === 'number' && code !== 200 ? code : null;
}
