// Trading through every fault of the venue: nothing doubled, nothing lost, nothing unprotected, both books the same afterwards.
import { describe, expect, it } from 'vitest';
import { storm } from './storm.ts';

const MINUTES = Number(process.env['STORM_MINUTES'] ?? 2);

describe('accelerated trading through faults', () => {
  it.concurrent.each([21, 22, 23])(
    `ends with the same books on both sides, and no stop was missing while the venue answered (${MINUTES} minutes, seed %i)`,
    async (seed) => {
      const said: string[] = [];
      const report = await storm({ minutes: MINUTES, seed, symbols: 12, say: (line) => said.push(line) });
      expect(report.problem, said.join('\n')).toBeNull();
      expect(report, said.join('\n')).toMatchObject({
        duplicated: [],
        lostFills: [],
        unprotectedSpells: [],
        refusedForOwnLoad: 0,
        walletDifference: 0,
        passed: true,
      });
      // The storm must have met real trading and real faults.
      expect(report.entriesAtVenue).toBeGreaterThan(5);
      expect(report.tradesAtVenue).toBeGreaterThan(10);
      expect(Object.values(report.faultsByKind).filter((count) => count > 0).length).toBeGreaterThan(5);
    },
    900_000,
  );
});
