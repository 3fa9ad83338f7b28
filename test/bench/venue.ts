// The local venue in its own process: order round trips over loopback, events a second with 200 symbols at a thousand times real time, memory.
import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { startVenueProcess } from '../support/terminal.ts';
import { describe, measure, type Measurement } from './measure.ts';

/** Below the exchange's 300 orders per 10 seconds. */
const ORDERS = 240;
const SYMBOLS = 200;
const SPEED = 1000;
const SECONDS = 10;
const INTERVALS = ['5m', '15m', '1h'] as const;
const TOPICS_PER_SOCKET = 150;

const loadSchema = z.object({ memoryBytes: z.number(), priceSteps: z.number(), framesSent: z.number() });
const tickerSchema = z.object({ lastPrice: z.string() });

export interface VenueReport {
  readonly suite: 'venue';
  readonly measurements: readonly Measurement[];
  readonly symbols: number;
  readonly speed: number;
  /** Prices the exchange engine went through per real second. */
  readonly pricesPerSecond: number;
  /** Frames that arrived at the clients per real second. */
  readonly framesPerSecond: number;
  /** Simulated over real time that was reached. */
  readonly speedReached: number;
  readonly memoryMb: number;
}

/** Runs the suite and prints what it measured. */
export async function runVenueSuite(print: (line: string) => void): Promise<VenueReport> {
  const measurements = await measureOrders();
  for (const measurement of measurements) print(describe(measurement));
  const flow = await measureFlow();
  print(
    `${SYMBOLS} symbols at ${SPEED}× (reached ${flow.speedReached.toFixed(0)}×): ${flow.pricesPerSecond.toFixed(0)} prices/s through the engine, ` +
      `${flow.framesPerSecond.toFixed(0)} frames/s to clients, ${flow.memoryMb.toFixed(0)} MB`,
  );
  return { suite: 'venue', measurements, symbols: SYMBOLS, speed: SPEED, ...flow };
}

/** Limit orders that rest, and market orders that fill, each from the first byte sent to the last byte received. */
async function measureOrders(): Promise<readonly Measurement[]> {
  const venue = await startVenueProcess(['--port', '0', '--seed', '1', '--symbols', '20', '--balance', '1000000']);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const call = createCaller(venue.url, agent);
    const { lastPrice } = tickerSchema.parse(await call('GET', '/fapi/v1/ticker/24hr', 'symbol=ETHUSDT', false));
    const far = (Number(lastPrice) * 0.9).toFixed(2);
    let count = 0;
    const id = (): string => `bench-${(count += 1)}`;
    const rest = (): Promise<unknown> =>
      call('POST', '/fapi/v1/order', `symbol=ETHUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=${far}&newClientOrderId=${id()}`, true);
    const cancel = (): Promise<unknown> => call('DELETE', '/fapi/v1/allOpenOrders', 'symbol=ETHUSDT', true);
    const fill = (): Promise<unknown> =>
      call(
        'POST',
        '/fapi/v1/order',
        `symbol=SOLUSDT&side=${count % 2 === 0 ? 'BUY' : 'SELL'}&type=MARKET&quantity=1&newOrderRespType=RESULT&newClientOrderId=${id()}`,
        true,
      );
    const resting = await measure('limit order, round trip', rest, { warmUp: 20, repetitions: ORDERS / 2 - 20 });
    await cancel();
    const filling = await measure('market order with fill, round trip', fill, { warmUp: 5, repetitions: ORDERS / 2 - 5 });
    const query = await measure('signed query, round trip', () => call('GET', '/fapi/v3/balance', '', true), { warmUp: 10, repetitions: 200 });
    return [resting, filling, query];
  } finally {
    agent.destroy();
    await venue.stop();
  }
}

type Call = (method: string, path: string, query: string, signed: boolean) => Promise<unknown>;

function createCaller(base: string, agent: Agent): Call {
  const { hostname, port } = new URL(base);
  return (method, path, query, signed) => {
    const full = signed ? `${query}${query === '' ? '' : '&'}timestamp=${Date.now()}&recvWindow=5000` : query;
    const signature = signed ? `&signature=${createHmac('sha256', 'paper-secret').update(full).digest('hex')}` : '';
    return new Promise((done, failed) => {
      const sent = request({ hostname, port, method, path: `${path}?${full}${signature}`, agent, headers: { 'X-MBX-APIKEY': 'paper-key' } }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => void (text += chunk));
        response.on('end', () => {
          if (response.statusCode === 200) done(JSON.parse(text));
          else failed(new Error(`${method} ${path} answered ${response.statusCode}: ${text}`));
        });
      });
      sent.on('error', failed);
      sent.end();
    });
  };
}

async function measureFlow(): Promise<Pick<VenueReport, 'pricesPerSecond' | 'framesPerSecond' | 'speedReached' | 'memoryMb'>> {
  const venue = await startVenueProcess(['--port', '0', '--seed', '1', '--symbols', String(SYMBOLS), '--speed', String(SPEED)]);
  const sockets: WebSocket[] = [];
  try {
    const info = z.object({ symbols: z.array(z.object({ symbol: z.string() })) }).parse(await (await fetch(`${venue.url}/fapi/v1/exchangeInfo`)).json());
    const klines = info.symbols.flatMap(({ symbol }) => INTERVALS.map((interval) => `${symbol.toLowerCase()}@kline_${interval}`));
    const topics = [...klines, '!miniTicker@arr', '!markPrice@arr@1s'];
    let frames = 0;
    for (let index = 0; index < topics.length; index += TOPICS_PER_SOCKET) {
      const socket = new WebSocket(`${venue.url.replace(/^http/, 'ws')}/market/stream`);
      sockets.push(socket);
      await new Promise((open) => socket.once('open', open));
      socket.on('message', () => void (frames += 1));
      socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: topics.slice(index, index + TOPICS_PER_SOCKET), id: index }));
    }
    await new Promise((resume) => setTimeout(resume, 1000));
    const before = { load: await readLoad(venue.url), time: await readTime(venue.url), at: performance.now(), frames };
    await new Promise((resume) => setTimeout(resume, SECONDS * 1000));
    const after = { load: await readLoad(venue.url), time: await readTime(venue.url), at: performance.now(), frames };
    const seconds = (after.at - before.at) / 1000;
    return {
      pricesPerSecond: (after.load.priceSteps - before.load.priceSteps) / seconds,
      framesPerSecond: (after.frames - before.frames) / seconds,
      speedReached: (after.time - before.time) / 1000 / seconds,
      memoryMb: after.load.memoryBytes / 2 ** 20,
    };
  } finally {
    for (const socket of sockets) socket.terminate();
    await venue.stop();
  }
}

async function readLoad(url: string): Promise<z.infer<typeof loadSchema>> {
  return loadSchema.parse(await (await fetch(`${url}/venue/load`)).json());
}

/** The market's own time: the kline of the busiest symbol, so that a market that lags behind its clock shows. */
async function readTime(url: string): Promise<number> {
  const rows = z
    .array(z.array(z.union([z.number(), z.string()])))
    .parse(await (await fetch(`${url}/fapi/v1/klines?symbol=BTCUSDT&interval=5m&limit=1`)).json());
  return Number(rows.at(-1)?.[0]);
}
