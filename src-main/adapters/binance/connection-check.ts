// Diagnoses the way to the exchange before anything is signed: one request and one stream handshake, by the same way, in one sentence.
import type { Agent } from 'node:http';
import { inEnglish, say, type Said } from '../../../src-shared/contract/said.ts';
import type { ExchangeError, Logger } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { timeSchema } from './rest-schemas.ts';
import type { SocketHost } from './socket-host.ts';
import type { StreamDrop } from './stream-drop.ts';
import { STREAM_TIMES, StreamSocket } from './stream-socket.ts';

export interface ConnectionReport {
  readonly via: 'direct' | 'proxy';
  /** Null when the exchange answered a request. */
  readonly restFailure: ExchangeError | null;
  /** Null when a stream could be opened. */
  readonly streamFailure: StreamDrop | null;
  readonly roundTripMs: number | null;
  readonly clockOffsetMs: number | null;
  /** What works, what does not and what to do. */
  readonly sentence: string;
}

export interface ConnectionCheckOptions {
  readonly gateway: Gateway;
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly now: () => number;
  /** How many times as fast as the wall `now` runs; 1 at a real exchange. */
  readonly speed: number;
  readonly timeoutMs: number;
}

/** Needs no key and changes nothing. Distinguishes location, firewall, proxy, network and a stream that alone is refused. */
export async function checkConnection(options: ConnectionCheckOptions): Promise<ConnectionReport> {
  const { gateway, agent, now } = options;
  const sentAt = performance.now();
  const before = now();
  let answeredAt = before;
  const [answer, streamFailure] = await Promise.all([
    gateway
      .call({ name: 'connection check', weight: 1, priority: 'reconcile', isMutation: false }, timeSchema, (client) =>
        client.getServerTime().then((serverTime) => ({ serverTime })),
      )
      .then((result) => {
        answeredAt = now();
        return result;
      }),
    openOnce(options),
  ]);
  const roundTripMs = answer.ok ? (gateway.latencyMs ?? Math.round(performance.now() - sentAt)) : null;
  const facts = {
    via: agent === null ? ('direct' as const) : ('proxy' as const),
    restFailure: answer.ok ? null : answer.error,
    streamFailure,
    roundTripMs,
    // Both ends by the same clock, told in wall time: a simulated one runs many times faster than the round trip is measured.
    clockOffsetMs: answer.ok ? Math.round((answer.value.serverTime - (before + answeredAt) / 2) / options.speed) : null,
  };
  return { ...facts, sentence: inEnglish(wayInWords(facts)) };
}

/** The report as an obstacle to trading: requests and streams must both get through by the configured way. Null when they do. */
export function obstacleOf(report: ConnectionReport): ExchangeError | null {
  const { restFailure, streamFailure, sentence } = report;
  if (restFailure !== null) return { ...restFailure, uiMessage: sentence, said: wayInWords(report) };
  if (streamFailure === null) return null;
  const code = streamFailure.kind === 'geo_blocked' ? 'geo_blocked' : 'unreachable';
  return { code, outcome: 'not_executed', venueCode: null, detail: streamFailure.why, uiMessage: `${sentence} Nothing signed was sent.` };
}

/** What works, what does not and what to do. */
export function wayInWords(report: Omit<ConnectionReport, 'sentence'>): Said {
  const { via, restFailure, streamFailure } = report;
  const way = via === 'proxy' ? 'through_the_proxy' : 'directly';
  if (restFailure !== null && streamFailure === null) return say('exchange.wayRequestsFail', { via: way, why: restFailure.uiMessage });
  if (restFailure !== null) return restFailure.said ?? say('exchange.unreachable');
  if (streamFailure !== null) return say('exchange.wayStreamsFail', { via: way, why: streamFailure.advice });
  return fineWay(report);
}

/** What is said of a way on which everything works. */
function fineWay({ via, roundTripMs, clockOffsetMs }: Pick<ConnectionReport, 'via' | 'roundTripMs' | 'clockOffsetMs'>): Said {
  return say('way.fine', { via: via === 'proxy' ? 'through_the_proxy' : 'directly', ms: roundTripMs ?? 0, offset: clockOffsetMs ?? 0 });
}

/** One handshake, closed at once. */
function openOnce({ socketHost, agent, logger, timeoutMs }: ConnectionCheckOptions): Promise<StreamDrop | null> {
  return new Promise((resolve) => {
    const finish = (failure: StreamDrop | null): void => {
      clearTimeout(timer);
      socket.stop();
      resolve(failure);
    };
    const socket = new StreamSocket({
      name: 'connection check',
      isListed: false,
      topics: [],
      address: () => Promise.resolve(`${socketHost.current}/market/stream`),
      onMessage: () => undefined,
      onOpen: () => finish(null),
      onDown: finish,
      agent,
      logger,
      times: { ...STREAM_TIMES, silenceMs: Infinity },
    });
    const timer = setTimeout(
      () => finish({ kind: 'down', why: 'no answer', advice: 'The stream host did not answer in time. Check the network, the VPN or the proxy.' }),
      timeoutMs,
    );
    socket.start();
  });
}
