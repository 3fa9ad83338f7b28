// The way to the exchange is tried before anything is signed; what it says of the clocks holds for a clock of any speed.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkConnection } from '../../../src-main/adapters/binance/connection-check.ts';
import type { Gateway } from '../../../src-main/adapters/binance/gateway.ts';
import { SocketHost } from '../../../src-main/adapters/binance/socket-host.ts';
import { ok } from '../../../src-shared/kernel/result.ts';

const servers: WebSocketServer[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function streamHost(): Promise<SocketHost> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.push(server);
  await once(server, 'listening');
  return new SocketHost(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

describe('the check of the way', () => {
  it('measures the clocks by one clock: a simulated one that runs sixty times as fast does not differ by the round trip', async () => {
    let now = 1_000_000;
    const gateway = {
      latencyMs: 90,
      call: () => {
        // 90 ms on the wall are 5.4 s of simulated time; the exchange read its clock half-way and stands 40 ms of the wall behind.
        const serverTime = now + 2700 - 40 * 60;
        now += 5400;
        return Promise.resolve(ok({ serverTime }));
      },
    } as unknown as Gateway;
    const report = await checkConnection({
      gateway,
      socketHost: await streamHost(),
      agent: null,
      logger: { log: () => undefined } as unknown as Parameters<typeof checkConnection>[0]['logger'],
      now: () => now,
      speed: 60,
      timeoutMs: 10_000,
    });
    expect(report).toMatchObject({ restFailure: null, streamFailure: null, roundTripMs: 90, clockOffsetMs: -40 });
    expect(report.sentence).toBe('Requests and streams reach the exchange directly. The answer took 90 ms; the clocks differ by -40 ms.');
  });
});
