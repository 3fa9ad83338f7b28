// Which alarms ring: each condition is judged on the newest view, and rings once when it becomes true.
import type { AlarmRing, AlarmRule } from '../../src-shared/contract/alarms.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';

/** Price bands of the live order blocks of a market. */
export type ZonesOf = (symbol: string) => readonly { readonly top: number; readonly bottom: number }[];

type Judged = Pick<Snapshot, 'ticks' | 'decisions' | 'guard' | 'settings' | 'health'>;

/** The condition of a rule now: a ring with a key that stays the same as long as the same thing is true, or null. */
export function judgeAlarm(rule: AlarmRule, view: Judged, zonesOf: ZonesOf): { readonly key: string; readonly ring: AlarmRing } | null {
  const { symbol, level } = rule;
  const price = symbol === null ? undefined : view.ticks[symbol]?.last;
  switch (rule.kind) {
    case 'price_above':
      return symbol !== null && price !== undefined && level !== null && price > level ? { key: 'above', ring: { kind: 'price', symbol, price } } : null;
    case 'price_below':
      return symbol !== null && price !== undefined && level !== null && price < level ? { key: 'below', ring: { kind: 'price', symbol, price } } : null;
    case 'zone': {
      if (symbol === null || price === undefined) return null;
      const touched = zonesOf(symbol).find((zone) => price <= zone.top && price >= zone.bottom);
      return touched === undefined ? null : { key: `${touched.top} ${touched.bottom}`, ring: { kind: 'zone', symbol, price } };
    }
    case 'signal': {
      const last = view.decisions.findLast((decision) => symbol === null || decision.signal.symbol === symbol);
      if (last === undefined) return null;
      const { id, symbol: market, side } = last.signal;
      return { key: id, ring: { kind: 'signal', signalId: id, symbol: market, side, outcome: last.outcome } };
    }
    case 'risk': {
      const percent = ((view.guard.dailyLossFraction * 100) / view.settings.dailyLossLimitPercent) * 100;
      return level !== null && percent >= level ? { key: 'reached', ring: { kind: 'risk', percent } } : null;
    }
    case 'health': {
      const bad = view.health.checks.find((check) => check.state === 'bad');
      return bad === undefined ? null : { key: bad.id, ring: { kind: 'health', id: bad.id, label: bad.label, detail: bad.detail, said: bad.said ?? null } };
    }
    default:
      return assertNever(rule.kind);
  }
}

/** Remembers what was already true, so that an alarm rings when something becomes true and not while it stays so. */
export class AlarmMemory {
  readonly #keys = new Map<string, string | null>();

  /** The rings that are new. The first look at a rule never rings: what is already true when it is set is no event. */
  look(rules: readonly AlarmRule[], view: Judged, zonesOf: ZonesOf): readonly AlarmRing[] {
    const rings: AlarmRing[] = [];
    for (const rule of rules) {
      if (!rule.enabled) {
        this.#keys.delete(rule.id);
        continue;
      }
      const found = judgeAlarm(rule, view, zonesOf);
      const before = this.#keys.get(rule.id);
      const key = found?.key ?? null;
      if (found !== null && before !== undefined && before !== key) rings.push(found.ring);
      this.#keys.set(rule.id, key);
    }
    for (const id of this.#keys.keys()) if (!rules.some((rule) => rule.id === id)) this.#keys.delete(id);
    return rings;
  }
}
