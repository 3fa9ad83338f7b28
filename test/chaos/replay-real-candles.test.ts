// Real BTC, ETH and SOL candles through the local venue: signals appear, and each one's evidence can be read.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectScreen, startTerminal, startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { hasSharedData, sharedPath } from '../support/shared.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const;
/** An evening on which the rules find a set-up on each of the three within an hour; they fire about every second day. */
const FROM = '2024-01-31T18:30:00Z';

describe.skipIf(!hasSharedData())('replay of real candles', () => {
  it('gives signals on BTC, ETH and SOL with readable evidence, traded at the venue', async () => {
    const folder = await temporaryFolder();
    const candles = join(folder.path, 'candles');
    await mkdir(candles);
    for (const symbol of SYMBOLS) await symlink(sharedPath('data', 'klines', '5m', `${symbol}-5m.csv.gz`), join(candles, `${symbol}-5m.csv.gz`));
    await mkdir(join(folder.path, 'data'));
    await writeFile(join(folder.path, 'data', 'settings.json'), JSON.stringify({ version: 1, values: { strategyMode: 'ict' } }));
    const venue = await startVenueProcess(['--port', '0', '--replay', candles, '--from', FROM, '--speed', '300']);
    const terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--venue', venue.url, '--data-dir', join(folder.path, 'data')]);
    const screen = await connectScreen(terminal.url);
    try {
      const decisions = await until(
        'a signal on each of the three',
        async () => {
          const { decisions } = await screen.rpc.call('snapshot', null);
          return new Set(decisions.map((decision) => decision.signal.symbol)).size === SYMBOLS.length ? decisions : null;
        },
        180_000,
      );
      for (const { signal } of decisions) {
        expect(SYMBOLS).toContain(signal.symbol);
        expect(signal.evidence.zone?.confirmedTime ?? 0).toBeLessThanOrEqual(signal.decidedAt);
        expect(signal.evidence.facts.length).toBeGreaterThan(2);
        expect(Object.values(signal.evidence.subScores).every((score) => score >= 0 && score <= 1)).toBe(true);
      }
      expect(decisions.some((decision) => decision.outcome === 'executed')).toBe(true);
    } finally {
      screen.close();
      await terminal.stop();
      await venue.kill();
      await folder.remove();
    }
  }, 300_000);
});
