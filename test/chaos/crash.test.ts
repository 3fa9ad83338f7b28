// kill -9 of the engine along the order path while it trades: after every restart the books agree, nothing is doubled, nothing lost, all is protected.
import { describe, expect, it } from 'vitest';
import { torture } from './crash.ts';

const KILLS = Number(process.env['KILLS'] ?? 20);

describe('kill -9 of the engine while it trades', () => {
  it(`L18 L24 recovers after each of ${KILLS} kills: positions, orders, fills and journal agree, nothing placed twice, all protected`, async () => {
    const said: string[] = [];
    const report = await torture({ kills: KILLS, seed: 11, say: (line) => said.push(line) });
    expect(report.problem, said.join('\n')).toBeNull();
    expect(report).toMatchObject({ duplicated: [], lostFills: [], unprotectedAfterRecovery: 0, passed: true });
    expect(report.kills).toHaveLength(KILLS);
    // The torture must have met real trading, not an idle engine.
    expect(report.entriesAtVenue).toBeGreaterThan(3);
    expect(report.kills.filter((kill) => kill.point !== 'timer').length).toBeGreaterThan(3);
  }, 900_000);
});
