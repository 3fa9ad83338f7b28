// The far end of the wire for the latency bench, on a thread of its own: stamps each order's arrival and answers it like the exchange.
import { createServer, type Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';

/** Stamps are of the monotonic clock all threads of a process share, in microseconds. */
export interface Arrival {
  readonly clientOrderId: string;
  readonly atMicros: number;
}

const END_OF_HEADERS = '\r\n\r\n';

function answerOf(text: string): string {
  const id = /(?:newClientOrderId|clientAlgoId)=([^&\s]+)/.exec(text)?.[1] ?? '';
  const now = Date.now();
  if (text.includes('/fapi/v1/time')) return JSON.stringify({ serverTime: now });
  const common = { symbol: 'BTCUSDT', side: 'SELL', positionSide: 'BOTH', updateTime: now };
  if (text.includes('algoOrder'))
    return JSON.stringify({ ...common, algoId: 1, clientAlgoId: id, algoStatus: 'NEW', orderType: 'STOP_MARKET', triggerPrice: '1.0', quantity: '0' });
  return JSON.stringify({ ...common, orderId: 1, clientOrderId: id, status: 'NEW', price: '0', avgPrice: '0', origQty: '1', executedQty: '0' });
}

function serve(socket: Socket): void {
  let text = '';
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const atMicros = Number(process.hrtime.bigint() / 1000n);
    text += chunk.toString('latin1');
    for (let end = text.indexOf(END_OF_HEADERS); end >= 0; end = text.indexOf(END_OF_HEADERS)) {
      const head = text.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const whole = end + END_OF_HEADERS.length + length;
      if (text.length < whole) return;
      const request = text.slice(0, whole);
      text = text.slice(whole);
      const id = /(?:newClientOrderId|clientAlgoId)=([^&\s]+)/.exec(request)?.[1];
      if (id !== undefined) parentPort?.postMessage({ clientOrderId: decodeURIComponent(id), atMicros } satisfies Arrival);
      const body = answerOf(request);
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-mbx-used-weight-1m: 1\r\nconnection: keep-alive\r\n\r\n${body}`,
      );
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
