// Serves a built renderer and a link that answers every call from the fixture market. Test only; `node fixture-server.ts DIST [PORT]` to look at it.
import type { ExitAddressView } from '../../src-shared/contract/diagnosis.ts';
import { CallError, serveRpc } from '../../src-shared/contract/rpc.ts';
import type { Command } from '../../src-shared/contract/commands.ts';
import { epochMs, ticks } from '../../src-shared/kernel/units.ts';
import { ok } from '../../src-shared/kernel/result.ts';
import { startWebServer } from '../../src-main/hosts/node/web-server.ts';
import { createWebSocketLink } from '../../src-main/hosts/node/ws-link.ts';
import { ViewStore } from '../../src-main/hosts/view-store.ts';
import { heavyChart, heavyVirtual } from './fixture-load.ts';
import { FIXTURE_NOW, fixtureChart, fixtureSnapshot, fixtureSymbols, fixtureTick } from './fixture-market.ts';

const TOKEN = 'fixture';
const NO_CYCLES = { boundsMs: [10, 100], counts: [0, 0, 0], p50Ms: null, p99Ms: null };
const FIXTURE_SYSTEM = { liveCycles: NO_CYCLES, virtualCycles: NO_CYCLES, databases: [], backups: [], dataFolder: '/fixture' };

export interface FixtureServer {
  readonly url: string;
  readonly store: ViewStore;
  /** Every command received, oldest first. */
  readonly commands: readonly Command[];
  /** Drops all connections, as a dying engine would. */
  dropScreens(): void;
  stop(): Promise<void>;
}

/** `load` heavy: 300 zones on every chart and 1,000 virtual positions. */
const FIXTURE_EXIT: ExitAddressView = { state: 'not-needed', address: null, verifiedAt: null, sentence: 'Connected directly.' };

export async function startFixture(root: string, port = 0, load: 'light' | 'heavy' = 'light'): Promise<FixtureServer> {
  const store = new ViewStore(fixtureSnapshot());
  const commands: Command[] = [];
  const sockets = new Set<{ terminate(): void }>();
  const server = await startWebServer({
    port,
    root,
    token: TOKEN,
    onRefused: () => undefined,
    onScreen: (socket) => {
      sockets.add(socket);
      const link = createWebSocketLink(socket, () => undefined);
      const rpc = serveRpc({
        link,
        onProblem: (problem) => console.error(problem.detail),
        handlers: {
          snapshot: () => Promise.resolve(store.snapshot()),
          command: (wish) => {
            commands.push(wish);
            applyWish(store, wish);
            return Promise.resolve(ok({ message: `Done: ${wish.kind}.` }));
          },
          chart: (request) =>
            fixtureSymbols().includes(request.symbol)
              ? Promise.resolve(load === 'heavy' ? heavyChart(request) : fixtureChart(request))
              : Promise.reject(new CallError('chart.unknown', 'That market is not listed.')),
          watch: () => Promise.resolve(null),
          virtual: ({ state }) => Promise.resolve(load === 'heavy' ? heavyVirtual(state) : []),
          models: () => Promise.reject(new CallError('models.unavailable', 'The fixture holds no models.')),
          previewOpen: () => Promise.resolve({ kind: 'denied', code: 'trading_halted', numbers: {} }),
          orderBook: () => Promise.resolve(null),
          review: () => Promise.reject(new CallError('review.unavailable', 'The fixture holds no sessions.')),
          learning: () => Promise.resolve(ok({ message: 'Done.' })),
          structureKnownAt: () => Promise.resolve(null),
          diagnose: () => Promise.resolve({ at: FIXTURE_NOW, places: [], exit: FIXTURE_EXIT, isFine: true }),
          forecast: ({ symbols }) =>
            Promise.resolve({
              symbols,
              warmUpWeight: 0,
              warmUpSeconds: 0,
              steadyPerMinute: 0,
              connections: 1,
              perPosition: 0,
              sentence: `Watching ${symbols} symbols.`,
            }),
          alarm: () => Promise.resolve(ok({ message: 'Done.' })),
          tryMode: () => Promise.resolve(null),
          switchMode: () => Promise.resolve(ok({ message: 'Done.' })),
          system: () => Promise.resolve(FIXTURE_SYSTEM),
          backUp: () => Promise.resolve(ok({ message: 'copied' })),
          rehearsal: () => Promise.resolve(null),
          rehearse: () => Promise.reject(new CallError('rehearsal.mode', 'The fixture has no exchange.')),
          journal: ({ before, limit }) =>
            Promise.resolve(
              Array.from({ length: Math.min(limit, 200) }, (_, index) => (before ?? 1001) - 1 - index)
                .filter((id) => id > 0)
                .map((id) => ({ id, time: FIXTURE_NOW, kind: 'order', summary: `Record ${id}.`, data: {} })),
            ),
        },
      });
      const unsubscribe = store.subscribe((events) => rpc.push(events));
      link.onClose(() => {
        sockets.delete(socket);
        unsubscribe();
        rpc.dispose();
      });
    },
  });
  let beat = 0;
  const timer = setInterval(() => {
    beat += 1;
    const time = FIXTURE_NOW + beat * 15_000;
    store.publish([{ kind: 'ticks', ticks: fixtureSymbols().map((symbol) => fixtureTick(symbol, time)) }], epochMs(time));
  }, 250);
  return {
    url: `http://127.0.0.1:${server.port}/#token=${TOKEN}`,
    store,
    commands,
    dropScreens: () => {
      for (const socket of sockets) socket.terminate();
    },
    stop: async () => {
      clearInterval(timer);
      for (const socket of sockets) socket.terminate();
      await server.close();
    },
  };
}

/** The engine's answer to what the tests do: moved stops and settings come back as events. */
function applyWish(store: ViewStore, wish: Command): void {
  const snapshot = store.snapshot();
  if (wish.kind === 'update-settings') store.publish([{ kind: 'settings', settings: { ...snapshot.settings, ...wish.changes } }], snapshot.engineTime);
  if (wish.kind !== 'move-stop' && wish.kind !== 'move-target') return;
  const view = snapshot.positions[wish.positionId];
  if (view === undefined) return;
  const { events: _events, ...rest } = view;
  const moved = wish.kind === 'move-stop' ? { stop: ticks(wish.price) } : { target: ticks(wish.price) };
  store.publish([{ kind: 'position', view: { ...rest, position: { ...view.position, ...moved } } }], snapshot.engineTime);
}

const [root, port] = process.argv.slice(2);
if (import.meta.main && root !== undefined) console.log((await startFixture(root, Number(port ?? 0))).url);
