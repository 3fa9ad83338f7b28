// Which door a WebSocket URL opens: public, market, private, the retired one, or the WebSocket API.
import type { WebSocket } from 'ws';
import type { Credentials } from './access.ts';
import type { VenueContext } from './context.ts';
import type { StreamHub } from './streams.ts';
import type { UserHub } from './user-streams.ts';
import { serveWsApi } from './ws-api.ts';

export interface Doors {
  readonly hub: StreamHub;
  readonly users: UserHub;
  readonly context: VenueContext;
  readonly credentials: Credentials;
  readonly afterCall: () => void;
}

const list = (text: string | null): readonly string[] => (text ?? '').split('/').filter((name) => name !== '');

/** An unknown path connects and stays silent. */
export function openSocket(client: WebSocket, url: URL, doors: Doors): void {
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  const [first = ''] = segments;
  if (first === 'ws-fapi') {
    serveWsApi(client, doors.context, { credentials: doors.credentials, afterCall: doors.afterCall });
    return;
  }
  const isCategory = first === 'public' || first === 'market' || first === 'private';
  const [form = '', ...names] = isCategory ? segments.slice(1) : segments;
  if (first === 'private') {
    const listenKeys = [...url.searchParams.getAll('listenKey'), ...list(url.searchParams.get('streams')), ...names];
    doors.users.add(client, { listenKeys, combined: form === 'stream', events: list(url.searchParams.get('events')) });
    return;
  }
  if (form !== 'ws' && form !== 'stream') return;
  const door = first === 'public' ? 'public' : first === 'market' ? 'market' : 'legacy';
  const streams = form === 'stream' ? list(url.searchParams.get('streams')) : names.map((name) => decodeURIComponent(name));
  doors.hub.add(client, { door, combined: form === 'stream', streams });
}
