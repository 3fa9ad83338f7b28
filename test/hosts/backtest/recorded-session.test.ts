// A session written by the real journal is read back without a change, replays to one state, and its re-run decides the same.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { openDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { CANDLE_MIGRATIONS, createCandleArchive } from '../../../src-main/adapters/sqlite/candles.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../../src-main/adapters/sqlite/journal.ts';
import { candleOf } from '../../../src-main/core/backtest/price-history.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { JournalRecord, StoredRecord } from '../../../src-main/core/ports.ts';
import { compareStates } from '../../../src-main/hosts/backtest/compare-states.ts';
import { checkSession, describeCheck } from '../../../src-main/hosts/backtest/check-session.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { decisionsOf, readSession, replayJournal } from '../../../src-main/hosts/backtest/recorded-session.ts';
import { bucketsOf } from '../../../src-main/core/backtest/symbol-clock.ts';
import { runBacktestCommand } from '../../../src-main/hosts/cli/backtest.ts';
import { SAMPLE_WARM_UP, sampleCandles, sampleHistory, sampleRequest, sampleSettings } from './sample-market.ts';

const COUNT = 7000;
const request = sampleRequest([sampleHistory('AAAUSDT', 1, { count: COUNT }), sampleHistory('CCCUSDT', 4, { count: COUNT })]);
const lines: JournalRecord[] = [];
let folder: string;
let file: string;

/** Writes lines as a session of the real journal, with a checkpoint in the middle as the running terminal makes them. */
function writeJournal(path: string, records: readonly JournalRecord[], checkpointAt: number): void {
  const database = openDatabase({ file: path, migrations: JOURNAL_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 1 });
  if (!database.ok) throw new Error(database.error.uiMessage);
  const journal = createJournal(database.value, path, { mode: 'simulated', version: '0', settings: sampleSettings(), startedAt: epochMs(request.from) });
  const write = (part: readonly JournalRecord[]): void => {
    const written = journal.append(part, true);
    if (!written.ok) throw new Error(written.error.uiMessage);
  };
  write(records.slice(0, checkpointAt));
  const engine = new Engine({
    settings: sampleSettings(),
    speed: 1,
    idSeed: 'x',
    session: {
      mode: 'simulated',
      host: 'node',
      version: '0',
      startedAt: epochMs(request.from),
      speed: 1,
      strategyMode: 'ict',
      automation: 'running',
      phase: 'starting',
      phaseText: '',
    },
  });
  const stored = records.slice(0, checkpointAt).map((record, index): StoredRecord => ({ ...record, id: index + 1, session: 1 }));
  engine.restore(null, stored);
  journal.saveCheckpoint({ journalId: checkpointAt, state: engine.state() });
  write(records.slice(checkpointAt));
  journal.endSession(epochMs(request.to), 'test');
  journal.close();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'session-'));
  file = join(folder, 'journal.sqlite');
  await runBacktest({ ...request, onRecord: (record) => void lines.push(record) });
  writeJournal(file, lines, Math.floor(lines.length / 2));
  for (const [symbol, seed] of [
    ['AAAUSDT', 1],
    ['CCCUSDT', 4],
  ] as const) {
    const rows = sampleCandles(seed, COUNT).map(({ openTime, open, high, low, close, volume, quoteVolume, trades, takerBuyVolume }) =>
      [openTime, open, high, low, close, volume, quoteVolume, trades, takerBuyVolume].join(','),
    );
    writeFileSync(join(folder, `${symbol}-5m.csv`), `open_time,open,high,low,close,volume,quote_volume,trades,taker_buy_volume\n${rows.join('\n')}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function session(): Exclude<ReturnType<typeof readSession>, { ok: false }>['value'] {
  const read = readSession(file, null);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('a recorded session', () => {
  test('comes back line by line, with its settings and its time', () => {
    const read = session();
    expect(read.records).toHaveLength(lines.length);
    expect(read.records.map(({ kind, summary }) => [kind, summary])).toEqual(lines.map(({ kind, summary }) => [kind, summary]));
    expect(read).toMatchObject({ mode: 'simulated', startedAt: request.from, endedAt: request.to, settings: sampleSettings() });
  });

  test('replays to the same state from the first line, again, and from the checkpoint', () => {
    expect(replayJournal(session())).toMatchObject({ lines: lines.length, isRepeatable: true, differsFromCheckpoint: [] });
  });

  test('a checkpoint that does not belong to the lines is found', () => {
    const read = session();
    const spoiled = { ...read, checkpoint: { journalId: 1, state: read.checkpoint!.state } };
    const other = { ...spoiled, records: read.records.filter((record) => record.kind !== 'virtual-closed') };
    expect(replayJournal(other).differsFromCheckpoint).toContain('virtual');
  });

  test('the prices a checkpoint has seen between two lines are finer, not different; a smaller extreme or a higher step of the peak is', () => {
    const read = session();
    const { journalId, state } = read.checkpoint!;
    const spoil = (
      change: (state: { virtual: { open: { last: number; maximum: number; id?: string }[]; opened: number }; guard: { peakEquity: number } }) => void,
    ) => {
      const copy = structuredClone(state) as Parameters<typeof change>[0];
      change(copy);
      return replayJournal({ ...read, records: read.records.filter((line) => line.id <= journalId), checkpoint: { journalId, state: copy } });
    };
    const open = (state as { virtual: { open: unknown[] } }).virtual.open.length;
    expect(open).toBeGreaterThan(0);
    const seen = spoil(
      ({
        virtual: {
          open: [row],
        },
        guard,
      }) => {
        row!.last *= 1.001;
        row!.maximum += 0.2;
        guard.peakEquity = Math.round(guard.peakEquity * 1.002);
      },
    );
    expect(seen).toMatchObject({ differsFromCheckpoint: [], finerInCheckpoint: ['virtual', 'guard'] });
    expect(
      spoil(
        ({
          virtual: {
            open: [row],
          },
        }) => void (row!.maximum = -1),
      ).differsFromCheckpoint,
    ).toEqual(['virtual']);
    expect(spoil(({ virtual }) => void (virtual.opened += 1)).differsFromCheckpoint).toEqual(['virtual']);
    expect(spoil(({ virtual }) => void virtual.open.pop()).differsFromCheckpoint).toEqual(['virtual']);
    expect(spoil(({ guard }) => void (guard.peakEquity *= 1.01)).differsFromCheckpoint).toEqual(['guard']);
    expect(spoil(({ guard }) => void (guard.peakEquity *= 0.99)).differsFromCheckpoint).toEqual(['guard']);
  });

  test('a liquidation price that the venue has told since is finer; another stop or another size of a position is a difference', () => {
    const held = { openedLots: 5, position: { id: 'p', lots: 5, stop: 90, liquidationPrice: 71.5 } };
    const state = (change: object) => ({ desk: { positions: [{ ...held, position: { ...held.position, ...change } }], orders: [] } });
    expect(compareStates(state({}), state({ liquidationPrice: 71.7 }))).toEqual({ differs: [], finer: ['desk'] });
    expect(compareStates(state({}), state({ liquidationPrice: 71.7, stop: 91 }))).toEqual({ differs: ['desk'], finer: [] });
    expect(compareStates(state({}), state({ lots: 6 }))).toEqual({ differs: ['desk'], finer: [] });
    expect(compareStates(state({}), state({}))).toEqual({ differs: [], finer: [] });
  });

  test('is re-run over its candles to the same decisions', async () => {
    expect(decisionsOf(lines).length).toBeGreaterThan(1);
    const check = await checkSession({
      session: session(),
      data: { folder, symbols: null, warmUpBars: SAMPLE_WARM_UP, fundingFolder: null, exchangeInfo: null, brackets: null },
      archive: null,
      changes: {},
      predictor: null,
    });
    if (!check.ok) throw new Error(check.error);
    expect(check.value.comparison).toMatchObject({ recorded: decisionsOf(lines).length, same: decisionsOf(lines).length, differences: [] });
    expect(describeCheck(check.value)).toContain('the same');
  });

  test('what-if: other settings give other results beside the recorded ones, and a wrong setting is refused', async () => {
    const data = { folder, symbols: null, warmUpBars: SAMPLE_WARM_UP, fundingFolder: null, exchangeInfo: null, brackets: null };
    const same = await checkSession({ session: session(), data, archive: null, changes: {}, predictor: null });
    const other = await checkSession({ session: session(), data, archive: null, changes: { rewardRiskRatio: 1 }, predictor: null });
    if (!same.ok || !other.ok) throw new Error('the session cannot be re-run');
    expect(same.value.results.rerun).toEqual(same.value.results.recorded);
    expect(same.value.results.recorded.statistics.trades).toBeGreaterThan(0);
    expect(other.value.results.recorded).toEqual(same.value.results.recorded);
    expect(other.value.results.rerun.statistics.net).not.toBe(other.value.results.recorded.statistics.net);
    expect(describeCheck(other.value)).toContain('What-if with {"rewardRiskRatio":1}');
    expect(await checkSession({ session: session(), data, archive: null, changes: { rewardRiskRatio: 99 }, predictor: null })).toMatchObject({
      ok: false,
      error: expect.stringContaining('rewardRiskRatio'),
    });
  });

  test('its own candle archive serves as well as candle files', async () => {
    const path = join(folder, 'candles.sqlite');
    const database = openDatabase({ file: path, migrations: CANDLE_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 1 });
    if (!database.ok) throw new Error(database.error.uiMessage);
    const archive = createCandleArchive(database.value, 'replay');
    for (const history of request.histories) {
      const candles = Array.from(history.openTime, (_, index) => candleOf(history, index));
      const { symbol } = history.instrument;
      archive.append(symbol, '5m', candles);
      for (const timeframe of ['15m', '1h'] as const) archive.append(symbol, timeframe, bucketsOf(candles, timeframe));
      createCandleArchive(database.value, 'another market').append(symbol, '5m', candles.slice(0, 100));
    }
    database.value.close();
    const data = { folder: '', symbols: null, warmUpBars: 0, fundingFolder: null, exchangeInfo: null, brackets: null };
    const check = await checkSession({ session: session(), data, archive: path, changes: {}, predictor: null });
    if (!check.ok) throw new Error(check.error);
    expect(check.value.comparison).toMatchObject({ same: decisionsOf(lines).length, differences: [] });
    const strange = await checkSession({
      session: { ...session(), startedAt: 1_000_000_000_000, endedAt: 1_000_001_000_000 },
      data,
      archive: path,
      changes: {},
      predictor: null,
    });
    expect(strange).toMatchObject({ ok: false, error: expect.stringContaining('no 5m candles of the time') });
  });

  test('a decision that was changed in the journal is listed as unexplained, and the command fails', async () => {
    const changed = lines.map((record) =>
      record.kind === 'decision' ? { ...record, data: { ...(record.data as object), outcome: 'denied', code: 'by_hand' } } : record,
    );
    const other = join(folder, 'changed.sqlite');
    writeJournal(other, changed, 1);
    let said = '';
    const code = await runBacktestCommand(['--data', folder, '--session', other, '--warm-up-days', '12'], {
      out: () => undefined,
      error: (text) => void (said += text),
    });
    expect(code).toBe(1);
    expect(said).toContain('the same set-up, another outcome');
    expect(said).toContain('UNEXPLAINED');
    expect(said).toContain('by_hand');
  });

  test.each([
    ['a file that is not there', '/nowhere.sqlite', null, 'does not exist'],
    ['a session that is not in it', null, 77, 'no session 77'],
    ['a file that is no journal', 'candles', null, 'cannot be read as a journal'],
  ] as const)('%s is answered in words', (_, path, id, words) => {
    const asked = path === null ? file : path === 'candles' ? join(folder, 'AAAUSDT-5m.csv') : path;
    expect(readSession(asked, id)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });
});
