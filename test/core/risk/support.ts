// A quiet noon for the capital guard: what it reads when nothing is wrong.
import { epochMs, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import type { GuardInputs } from '../../../src-main/core/risk/capital-guard.ts';

export const NOON = epochMs(Date.UTC(2026, 10, 20, 12));

export const CALM: GuardInputs = {
  now: NOON,
  equity: moneyFromUsdt(10_000),
  isDataFresh: true,
  isGeoBlocked: false,
  isVenueReachable: true,
  clockOffsetMs: 0,
  isReconciled: true,
  isJournalWritable: true,
  universeAtrRatio: 1,
  btcMovePercent: 0,
};
