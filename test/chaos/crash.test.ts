// kill -9 of the engine along the order path while it trades: after every restart the books agree, nothing is doubled, nothing lost, all is protected.
import { describe, expect, it } from 'vitest';
import { torture } from './crash.ts';

/** Kills of each run; the two runs have their own venue, data folder and seed. */
const KILLS = Number(process.env['KILLS'] ?? 10);

describe('kill -9 of the engine while it trades', () => {
  it.concurrent.each([11, 12])(
    `L18 L24 recovers after each of ${KILLS} kills (seed %i): positions, orders, fills and journal agree, nothing placed twice, all protected`,
    async (seed) => {
      const said: string[] = [];
      const report = await torture({ kills: KILLS, seed, say: (line) => said.push(line) });
      expect(report.problem, said.join('\n')).toBeNull();
      expect(report, said.join('\n')).toMatchObject({ duplicated: [], lostFills: [], unprotectedAfterRecovery: 0, passed: true });
      expect(report.kills).toHaveLength(KILLS);
      // The torture must have met real trading, not an idle engine.
      expect(report.entriesAtVenue).toBeGreaterThan(2);
      expect(report.kills.filter((kill) => kill.point !== 'timer').length).toBeGreaterThan(2);
    },
    900_000,
  );
});
