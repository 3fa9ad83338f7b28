// Counts broken promises: objects that came to light backdated, or whose place, price or time of confirmation changed afterwards.
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';

/** Something published, by a group and a key within it, with numbers and words that must never change. */
export interface Published {
  readonly group: string;
  readonly key: number | string;
  readonly confirmedTime: number;
  readonly fixed: readonly (number | string)[];
}

/** A time at which something happened to an object, null while it has not. */
export interface Fact {
  readonly group: string;
  readonly key: number | string;
  readonly time: number | null;
}

export interface AuditReport {
  /** Distinct objects seen. */
  readonly published: number;
  /** Objects that first appeared after the close they claim to have been known at. */
  readonly backdated: number;
  /** Changes of something that must never change. */
  readonly rewritten: number;
  /** A fact such as a fill, a break or an end that was taken back or moved. */
  readonly takenBack: number;
  /** The first few offences in words. */
  readonly offences: readonly string[];
}

const OFFENCES_KEPT = 20;

/**
 * Show it the snapshot after every candle of one symbol and timeframe. Kind, direction, place and times may never change; a life goes
 * forward only: what was broken, filled, swept, taken or ended at some time stays so. (The price and touch count of a liquidity pool
 * grow while equal levels join it; that is its life, not a rewrite.)
 */
export class RewriteAudit {
  private readonly fixed = new Map<string, Map<number | string, readonly (number | string)[]>>();
  private readonly facts = new Map<string, Map<number | string, number>>();
  private readonly offences: string[] = [];
  private published = 0;
  private backdated = 0;
  private rewritten = 0;
  private takenBack = 0;

  observe(snapshot: StructureSnapshot): void {
    for (const { group, key, confirmedTime, fixed } of publishedIn(snapshot)) {
      const groupMap = groupOf(this.fixed, group);
      const known = groupMap.get(key);
      if (known !== undefined && isSame(known, fixed)) continue;
      if (known !== undefined) this.rewritten += this.accuse(`${group} ${key} became ${fixed.join(' ')} from ${known.join(' ')}`);
      else if (confirmedTime !== snapshot.asOf) this.backdated += this.accuse(`${group} ${key} appeared at ${snapshot.asOf}, known since ${confirmedTime}`);
      if (known === undefined) this.published += 1;
      groupMap.set(key, fixed);
    }
    for (const { group, key, time } of factsIn(snapshot)) {
      const groupMap = groupOf(this.facts, group);
      const known = groupMap.get(key);
      if (known === undefined ? time === null : known === time) continue;
      if (known !== undefined) this.takenBack += this.accuse(`${group} ${key} became ${time} from ${known}`);
      if (time !== null) groupMap.set(key, time);
    }
  }

  report(): AuditReport {
    const { published, backdated, rewritten, takenBack, offences } = this;
    return { published, backdated, rewritten, takenBack, offences };
  }

  private accuse(offence: string): 1 {
    if (this.offences.length < OFFENCES_KEPT) this.offences.push(offence);
    return 1;
  }
}

function groupOf<T>(groups: Map<string, Map<number | string, T>>, name: string): Map<number | string, T> {
  let group = groups.get(name);
  if (group === undefined) {
    group = new Map();
    groups.set(name, group);
  }
  return group;
}

function isSame(a: readonly (number | string)[], b: readonly (number | string)[]): boolean {
  for (let index = 0; index < a.length; index += 1) if (!Object.is(a[index], b[index])) return false;
  return a.length === b.length;
}

const SWING_GROUPS = {
  internal: { high: 'internal swing high', low: 'internal swing low' },
  swing: { high: 'swing high', low: 'swing low' },
} as const;

/** What a snapshot says that must never change. */
export function* publishedIn(snapshot: StructureSnapshot): Generator<Published> {
  for (const { scale, kind, originTime, confirmedTime, price } of snapshot.swings)
    yield { group: SWING_GROUPS[scale][kind], key: originTime, confirmedTime, fixed: [confirmedTime, price] };
  for (const { scale, kind, direction, level, displacementAtr, originTime, confirmedTime } of snapshot.breaks)
    yield { group: `${scale} break`, key: confirmedTime, confirmedTime, fixed: [originTime, kind, direction, level, displacementAtr] };
  for (const { id, direction, top, bottom, volumeRatio, displacementAtr, originTime, confirmedTime } of snapshot.orderBlocks)
    yield { group: 'order block', key: id, confirmedTime, fixed: [originTime, confirmedTime, direction, top, bottom, volumeRatio, displacementAtr] };
  for (const { id, direction, top, bottom, originTime, confirmedTime } of snapshot.gaps)
    yield { group: 'gap', key: id, confirmedTime, fixed: [originTime, confirmedTime, direction, top, bottom] };
  // A weak pool becomes a pool at its second point and is then known anew.
  for (const { id, side, weak, originTime, confirmedTime } of snapshot.pools)
    yield { group: weak ? 'weak pool' : 'pool', key: id, confirmedTime, fixed: [originTime, confirmedTime, side] };
}

/** What a snapshot says has happened; it may still come, but never change or go. */
export function* factsIn(snapshot: StructureSnapshot): Generator<Fact> {
  for (const { scale, kind, originTime, brokenTime } of snapshot.swings) yield { group: SWING_GROUPS[scale][kind], key: originTime, time: brokenTime };
  for (const { id, endedTime } of snapshot.orderBlocks) yield { group: 'end of order block', key: id, time: endedTime };
  for (const { id, halfFilledTime, filledTime } of snapshot.gaps) {
    yield { group: 'half fill of gap', key: id, time: halfFilledTime };
    yield { group: 'fill of gap', key: id, time: filledTime };
  }
  for (const { id, sweptTime, takenTime } of snapshot.pools) {
    yield { group: 'sweep of pool', key: id, time: sweptTime };
    yield { group: 'taking of pool', key: id, time: takenTime };
  }
}
