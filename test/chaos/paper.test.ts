// Paper mode: prices of one exchange, orders at another. The account fills against the market it sees and nothing ever reaches that market's account.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { connectScreen, startTerminal, startVenueProcess, temporaryFolder, until, type Running } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { heldPositions } from './audit.ts';
import { readSession } from '../../src-main/hosts/backtest/recorded-session.ts';
import { checkJournal } from '../../src-main/hosts/review/journal-check.ts';
import { recordingFile } from '../../src-main/hosts/review/record-session.ts';

describe('paper mode', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let market: Running;
  let terminal: Running;

  beforeAll(async () => {
    folder = await temporaryFolder();
    market = await startVenueProcess(['--port', '0', '--seed', '7', '--speed', '1', '--symbols', '20']);
  }, 120_000);

  afterAll(async () => {
    await terminal?.kill();
    await market?.kill();
    await folder?.remove();
  });

  const start = (): Promise<Running> => startTerminal(['--port', '0', '--mode', 'paper', '--venue', market.url, '--data-dir', folder.path]);

  async function withScreen<T>(act: (screen: Awaited<ReturnType<typeof connectScreen>>) => Promise<T>): Promise<T> {
    const screen = await connectScreen(terminal.url);
    try {
      return await act(screen);
    } finally {
      screen.close();
    }
  }

  const snapshot = (): Promise<Snapshot> => withScreen((screen) => screen.rpc.call('snapshot', null));

  it('fills a trade by hand at the price of the market, protects it, and leaves the market account alone', async () => {
    terminal = await start();
    await until('trading to be active', async () => (await snapshot()).guard.state === 'active');
    const { ticks, markets } = await snapshot();
    const tick = ticks['BTCUSDT'];
    const info = markets['BTCUSDT'];
    if (tick === undefined || info === undefined) throw new Error('BTCUSDT is not watched');
    const stop = Math.round((tick.last * 0.985 * 10 ** info.priceScale) / info.tickUnits);
    const answer = await withScreen((screen) => screen.rpc.call('command', { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop, target: null }));
    expect(answer.ok ? '' : answer.error.uiMessage).toBe('');
    const [position] = await until('a protected position', async () => {
      const held = heldPositions(await snapshot());
      return held.length === 1 && held[0]?.protection === 'protected' ? held : null;
    });
    expect(Math.abs((position?.entryPrice ?? 0) / tick.last - 1)).toBeLessThan(0.01);
    expect((await readVenueAccount(market.url)).positions).toEqual([]);
    expect((await readVenueAccount(market.url)).orders).toEqual([]);
  }, 120_000);

  it('L24 has the same account, position and stop after kill -9', async () => {
    const before = heldPositions(await snapshot());
    await terminal.kill();
    terminal = await start();
    const after = await until('the books to agree', async () => {
      const now = await snapshot();
      return now.guard.state === 'active' && heldPositions(now).length > 0 ? heldPositions(now) : null;
    });
    expect(after.map(({ id, lots, stop, protection }) => ({ id, lots, stop, protection }))).toEqual(
      before.map(({ id, lots, stop }) => ({ id, lots, stop, protection: 'protected' })),
    );
  }, 120_000);

  it('closes by hand', async () => {
    const [position] = heldPositions(await snapshot());
    await withScreen((screen) => screen.rpc.call('command', { kind: 'close-position', positionId: position?.id ?? '', fraction: 1 }));
    await until('a flat account', async () => heldPositions(await snapshot()).length === 0);
  }, 60_000);

  it('leaves two sessions behind, the crashed one and the stopped one: both replay exactly, and their journals say what their recordings give', async () => {
    await terminal.stop();
    const journal = join(folder.path, 'journal-paper.sqlite');
    for (const [id, isEnded] of [
      [1, false],
      [2, true],
    ] as const) {
      const session = readSession(journal, id);
      if (!session.ok) throw new Error(session.error);
      expect(session.value).toMatchObject({ mode: 'paper', isEnded });
      const recording = recordingFile(folder.path, 'paper', id);
      expect(checkJournal(recording, session.value.records, isEnded)).toMatchObject({
        ok: true,
        value: { difference: null, replay: { difference: null, isWhole: isEnded } },
      });
      // What a crash tore off the recording cannot be checked.
      if (!isEnded) continue;
      // A fill at another price, written afterwards, is found.
      const spoiled = session.value.records.map((record) =>
        record.kind === 'fill' ? { ...record, data: JSON.parse(JSON.stringify(record.data).replaceAll(/"price":(\d)/gu, '"price":1$1')) as unknown } : record,
      );
      expect(spoiled).not.toEqual(session.value.records);
      expect(checkJournal(recording, spoiled, isEnded)).toMatchObject({ ok: true, value: { difference: { onDisk: expect.any(String) } } });
    }
  }, 60_000);
});
