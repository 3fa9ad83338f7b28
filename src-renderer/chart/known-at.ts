// What of a structure was known at a past moment: for the switch that shows a chart without hindsight.
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';

/**
 * The structure as it could be drawn at `time` (ms): objects confirmed later are gone, and ends that came later have not happened.
 * Strength and tests of blocks are kept as of now, because their past values are not recorded.
 */
export function knownAt(structure: StructureSnapshot, time: number): StructureSnapshot {
  const isKnown = (entry: { readonly confirmedTime: number }): boolean => entry.confirmedTime <= time;
  const past = <T extends number>(moment: T | null): T | null => (moment !== null && moment <= time ? moment : null);
  return {
    ...structure,
    swings: structure.swings.filter(isKnown).map((swing) => ({ ...swing, brokenTime: past(swing.brokenTime) })),
    breaks: structure.breaks.filter(isKnown),
    orderBlocks: structure.orderBlocks.filter(isKnown).map((block) => {
      const endedTime = past(block.endedTime);
      return {
        ...block,
        endedTime,
        endReason: endedTime === null ? null : block.endReason,
        state: endedTime === null && block.state === 'ended' ? 'active' : block.state,
      };
    }),
    gaps: structure.gaps.filter(isKnown).map((gap) => {
      const filledTime = past(gap.filledTime);
      const halfFilledTime = past(gap.halfFilledTime);
      const isUnchanged = filledTime === gap.filledTime && halfFilledTime === gap.halfFilledTime;
      return { ...gap, filledTime, halfFilledTime, filledFraction: isUnchanged ? gap.filledFraction : halfFilledTime === null ? 0 : 0.5 };
    }),
    pools: structure.pools.filter(isKnown).map((pool) => ({ ...pool, sweptTime: past(pool.sweptTime), takenTime: past(pool.takenTime) })),
    range: structure.range !== null && isKnown(structure.range) ? structure.range : null,
  };
}
