// Every connection to the exchange tells how it stands: open or not, how silent, how often it was lost and why.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { reportStreams } from '../../../src-main/adapters/binance/open-streams.ts';
import { STREAM_TIMES, StreamSocket } from '../../../src-main/adapters/binance/stream-socket.ts';
import { until } from '../../support/terminal.ts';

const open: { readonly server: WebSocketServer; readonly socket: StreamSocket }[] = [];
afterEach(() => {
  for (const { server, socket } of open.splice(0)) {
    socket.stop();
    server.close();
  }
});

async function startStream(name: string, isListed = true): Promise<{ readonly socket: StreamSocket; readonly clients: WebSocket[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const clients: WebSocket[] = [];
  server.on('connection', (client) => void clients.push(client));
  await once(server, 'listening');
  const socket = new StreamSocket({
    name,
    topics: ['btcusdt@kline_5m', 'ethusdt@kline_5m'],
    address: () => Promise.resolve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`),
    onMessage: () => undefined,
    onOpen: () => undefined,
    onDown: () => undefined,
    agent: null,
    logger: { log: () => undefined } as unknown as ConstructorParameters<typeof StreamSocket>[0]['logger'],
    times: { ...STREAM_TIMES, firstPauseMs: 5 },
    isListed,
  });
  open.push({ server, socket });
  socket.start();
  return { socket, clients };
}

describe('the connections of the process', () => {
  it('tell a loss with its reason and count every return', async () => {
    const { socket, clients } = await startStream('market stream 1');
    expect(reportStreams()).toMatchObject([
      { name: 'market stream 1', isOpen: false, topics: 2, silentMs: null, openMs: null, reconnections: 0, lastDrop: null },
    ]);
    await until('the stream', () => Promise.resolve(socket.isOpen));
    expect(reportStreams()).toMatchObject([{ isOpen: true, reconnections: 0, lastDrop: null }]);
    socket.restart('the listen key expired');
    await until('the stream again', () => Promise.resolve(clients.length === 2 && socket.isOpen));
    expect(reportStreams()).toMatchObject([{ isOpen: true, reconnections: 1, lastDrop: 'the listen key expired' }]);
    expect(reportStreams()[0]?.silentMs).toBeGreaterThanOrEqual(0);
  });

  it('are listed from start to stop, and one that only tries the way is not', async () => {
    const { socket } = await startStream('book stream');
    await startStream('connection check', false);
    expect(reportStreams().map(({ name }) => name)).toEqual(['book stream']);
    socket.stop();
    expect(reportStreams()).toEqual([]);
  });
});
