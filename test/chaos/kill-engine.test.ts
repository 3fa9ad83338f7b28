// kill -9 of the engine at random moments while it trades: after every restart the venue and the journal agree, nothing is doubled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { createVenueWitness, type VenueWitness } from '../support/venue-account.ts';
import { connectScreen, startTerminal, startVenueProcess, temporaryFolder, until, type Running } from '../support/terminal.ts';

const KILLS = Number(process.env['KILLS'] ?? 10);

/** Small deterministic generator for the moments of death. */
function createMoments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

describe('kill -9 of the engine while it trades', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let venue: Running;
  let witness: VenueWitness;
  let terminal: Running | null = null;

  beforeAll(async () => {
    folder = await temporaryFolder();
    venue = await startVenueProcess(['--port', '0', '--seed', '11', '--speed', '60', '--symbols', '60']);
    witness = createVenueWitness(venue.url);
  }, 180_000);

  afterAll(async () => {
    await terminal?.kill();
    await venue?.kill();
    await folder?.remove();
  });

  const start = (): Promise<Running> => startTerminal(['--port', '0', '--mode', 'simulated', '--venue', venue.url, '--data-dir', folder.path]);

  async function snapshotOf(running: Running): Promise<Snapshot> {
    const screen = await connectScreen(running.url);
    try {
      return await screen.rpc.call('snapshot', null);
    } finally {
      screen.close();
    }
  }

  const openPositions = (snapshot: Snapshot): Snapshot['positions'][string]['position'][] =>
    Object.values(snapshot.positions).map((view) => view.position).filter((position) => position.phase !== 'closed' && position.lots > 0);

  /** True when engine and venue show the same positions and every one has its stop at the venue. */
  async function agrees(running: Running): Promise<boolean> {
    const [snapshot, atVenue, algos] = await Promise.all([snapshotOf(running), witness.positions(), witness.openAlgoOrders()]);
    const ours = openPositions(snapshot);
    const signed = new Map(ours.map((position) => [position.symbol, (position.side === 'long' ? 1 : -1) * position.lots]));
    if (signed.size !== atVenue.length) return false;
    for (const { symbol, quantity } of atVenue) {
      const market = snapshot.markets[symbol];
      const lots = signed.get(symbol);
      if (market === undefined || lots === undefined) return false;
      if (Math.abs((lots * market.stepUnits) / 10 ** market.quantityScale - quantity) > 1e-9) return false;
      const stops = algos.filter((algo) => algo.symbol === symbol && (algo.orderType ?? algo.type) === 'STOP_MARKET');
      if (stops.length !== 1) return false;
    }
    return ours.every((position) => position.protection === 'protected' || position.protection === 'stop_only');
  }

  it(`L24 recovers after each of ${KILLS} kills: positions, orders and journal agree, nothing placed twice, all protected`, async () => {
    const random = createMoments(20_261_121);
    terminal = await start();
    await until('a first position', async () => (await witness.positions()).length > 0, 180_000);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resume) => setTimeout(resume, 300 + random() * 4000));
      await terminal.kill();
      terminal = await start();
      await until(`agreement with the venue after kill ${kill + 1}`, () => agrees(terminal as Running), 90_000);
    }
    const snapshot = await snapshotOf(terminal);
    const symbols = new Set([...Object.values(snapshot.positions).map((view) => view.position.symbol), ...Object.values(snapshot.orders).map((order) => order.intent.symbol)]);
    expect(symbols.size).toBeGreaterThan(0);
    let filledEntries = 0;
    for (const symbol of symbols) {
      const orders = await witness.orders(symbol);
      const ids = orders.map((order) => order.clientOrderId);
      expect(new Set(ids).size, `client order ids of ${symbol} at the venue`).toBe(ids.length);
      filledEntries += orders.filter((order) => /-e\d+$/.test(order.clientOrderId) && Number(order.executedQty) > 0).length;
    }
    expect(filledEntries).toBeGreaterThan(0);
  }, 900_000);
});
