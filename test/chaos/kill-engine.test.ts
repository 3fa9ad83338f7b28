// kill -9 of the engine at random moments while it trades: after every restart the venue and the journal agree, nothing is doubled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { readVenueAccount } from '../support/venue-account.ts';
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
  let terminal: Running | null = null;

  beforeAll(async () => {
    folder = await temporaryFolder();
    venue = await startVenueProcess(['--port', '0', '--seed', '11', '--speed', '60', '--symbols', '60']);
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
    Object.values(snapshot.positions)
      .map((view) => view.position)
      .filter((position) => position.phase !== 'closed' && position.lots > 0);

  /** What engine and venue disagree about, or an empty list: positions, and exactly one resting stop for each. */
  async function differences(running: Running): Promise<readonly string[]> {
    const [snapshot, account] = await Promise.all([snapshotOf(running), readVenueAccount(venue.url)]);
    const ours = new Map(openPositions(snapshot).map((position) => [position.symbol, position]));
    const found: string[] = [];
    if (snapshot.guard.reason === 'reconciling') found.push('not reconciled yet');
    for (const { symbol, lots } of account.positions) {
      const position = ours.get(symbol);
      if (position === undefined) found.push(`${symbol}: ${lots} lots at the venue, none here`);
      else if ((position.side === 'long' ? 1 : -1) * position.lots !== lots) found.push(`${symbol}: ${lots} lots at the venue, ${position.lots} here`);
      const stops = account.algos.filter((algo) => algo.symbol === symbol && algo.status === 'NEW' && algo.type === 'STOP_MARKET');
      if (stops.length !== 1) found.push(`${symbol}: ${stops.length} stops at the venue`);
      if (position !== undefined && position.protection === 'naked') found.push(`${symbol}: shown as naked`);
    }
    for (const symbol of ours.keys())
      if (!account.positions.some((position) => position.symbol === symbol)) found.push(`${symbol}: open here, flat at the venue`);
    return found;
  }

  it(`L24 recovers after each of ${KILLS} kills: positions, orders and journal agree, nothing placed twice, all protected`, async () => {
    const random = createMoments(20_261_121);
    terminal = await start();
    await until('a first position', async () => (await readVenueAccount(venue.url)).positions.length > 0, 180_000);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resume) => setTimeout(resume, 300 + random() * 4000));
      await terminal.kill();
      terminal = await start();
      let last: readonly string[] = [];
      await until(
        `agreement with the venue after kill ${kill + 1}`,
        async () => {
          last = await differences(terminal as Running);
          return last.length === 0;
        },
        90_000,
      ).catch((failure: unknown) => {
        throw new Error(`${failure instanceof Error ? failure.message : String(failure)}; last differences: ${last.join('; ')}`);
      });
    }
    const account = await readVenueAccount(venue.url);
    const ids = [...account.orders.map((order) => order.clientOrderId), ...account.algos.map((algo) => algo.clientAlgoId)];
    const regular = account.orders.map((order) => order.clientOrderId).filter((id) => /-[ecr]\d+$/.test(id));
    expect(new Set(regular).size, 'entry and close ids at the venue are used once').toBe(regular.length);
    const algoIds = account.algos.map((algo) => algo.clientAlgoId);
    expect(new Set(algoIds).size, 'stop and target ids at the venue are used once').toBe(algoIds.length);
    expect(ids.every((id) => id.startsWith('pt') || id.startsWith('autoclose-'))).toBe(true);
    const entries = regular.filter((id) => id.includes('-e'));
    expect(new Set(entries.map((id) => id.split('-')[0])).size, 'one entry order per position').toBe(entries.length);
    expect(entries.length).toBeGreaterThan(0);
  }, 900_000);
});
