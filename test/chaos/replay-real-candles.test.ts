// Real BTC, ETH and SOL candles through the local venue: signals appear, and each one's evidence can be read.
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectScreen, startTerminal, startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { hasSharedData, sharedPath } from '../support/shared.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const;

describe.skipIf(!hasSharedData())('replay of real candles', () => {
  it('gives signals on BTC, ETH and SOL with readable evidence, traded at the venue', async () => {
    const folder = await temporaryFolder();
    const candles = join(folder.path, 'candles');
    await mkdir(candles);
    for (const symbol of SYMBOLS) await symlink(sharedPath('data', 'klines', '5m', `${symbol}-5m.csv.gz`), join(candles, `${symbol}-5m.csv.gz`));
    const venue = await startVenueProcess(['--port', '0', '--replay', candles, '--from', '2025-09-01T00:00:00Z', '--speed', '1000']);
    const terminal = await startTerminal(['--port', '0', '--mode', 'simulated', '--venue', venue.url, '--data-dir', join(folder.path, 'data')]);
    const screen = await connectScreen(terminal.url);
    try {
      const decisions = await until(
        'a signal on each of the three',
        async () => {
          const snapshot = await screen.rpc.call('snapshot', null);
          return new Set(snapshot.decisions.map((decision) => decision.signal.symbol)).size === SYMBOLS.length ? snapshot.decisions : null;
        },
        420_000,
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
  }, 600_000);
});
