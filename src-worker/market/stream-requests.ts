// What a client may ask on a stream connection: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS and properties, ten messages a second at most.
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Chaos } from './chaos.ts';
import type { Refusals } from './refusals.ts';
import type { FrameSender } from './socket-faults.ts';

const requestSchema = z.object({
  method: z.enum(['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY']),
  params: z.array(z.union([z.string(), z.boolean()])).optional(),
  id: z.union([z.number(), z.string()]).nullish(),
});

const MESSAGES_PER_SECOND = 10;

/** What a connection listens to; the same for every door. */
export interface Subscriptions {
  readonly names: () => readonly string[];
  readonly subscribe: (name: string) => void;
  readonly unsubscribe: (name: string) => void;
  /** Combined sockets get `{stream, data}`; raw ones the data alone. */
  combined: boolean;
}

export interface RequestParts {
  readonly sender: FrameSender;
  readonly chaos: Chaos;
  readonly refusals: Refusals;
  readonly wallNow: () => number;
}

/** Answers the requests of one connection until it closes. */
export function answerRequests(socket: WebSocket, parts: RequestParts, subscriptions: Subscriptions): void {
  let windowStart = 0;
  let messages = 0;
  const answer = (text: string): void => {
    const wall = parts.wallNow();
    if (wall - windowStart > 1000) {
      windowStart = wall;
      messages = 0;
    }
    messages += 1;
    if (messages > MESSAGES_PER_SECOND) return socket.close(1008, 'Too many requests');
    const ceiling = parts.chaos.active('ignore-large-subscribe');
    if (ceiling !== null && text.length > ceiling.bytes) {
      parts.chaos.roll('ignore-large-subscribe', `${text.length} bytes`);
      return;
    }
    const raw = readJson(text);
    if (raw === undefined) {
      parts.refusals.count('stream frame: not JSON');
      return socket.send(JSON.stringify({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } }));
    }
    const parsed = requestSchema.safeParse(raw);
    if (!parsed.success) {
      parts.refusals.count('stream frame: not a request');
      return socket.send(JSON.stringify({ error: { code: 2, msg: 'Invalid request: unknown variant or missing field' } }));
    }
    socket.send(JSON.stringify({ result: carryOut(subscriptions, parsed.data), id: parsed.data.id ?? null }));
  };
  socket.on('message', (data, isBinary) => {
    if (!isBinary && !parts.sender.isSilenced(socket)) answer(String(data));
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function carryOut(subscriptions: Subscriptions, request: z.infer<typeof requestSchema>): unknown {
  const names = (request.params ?? []).filter((value) => typeof value === 'string');
  switch (request.method) {
    case 'SUBSCRIBE':
      for (const name of names) subscriptions.subscribe(name);
      return null;
    case 'UNSUBSCRIBE':
      for (const name of names) subscriptions.unsubscribe(name);
      return null;
    case 'LIST_SUBSCRIPTIONS':
      return subscriptions.names();
    case 'SET_PROPERTY':
      if (names[0] === 'combined') subscriptions.combined = request.params?.[1] === true;
      return null;
    case 'GET_PROPERTY':
      return subscriptions.combined;
  }
}
