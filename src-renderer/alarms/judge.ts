// Which alarms ring: each condition is judged on the replica, and rings once when it becomes true.
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { AlarmRule } from '../state/preferences.ts';

/** Price bands of live order blocks per symbol, as last loaded. */
export type Zones = Readonly<Record<string, readonly { readonly top: number; readonly bottom: number }[]>>;

export type Ring =
  | { readonly kind: 'price'; readonly symbol: string; readonly price: number }
  | { readonly kind: 'zone'; readonly symbol: string; readonly price: number }
  | { readonly kind: 'signal'; readonly signalId: string }
  | { readonly kind: 'risk'; readonly percent: number }
  | { readonly kind: 'health'; readonly id: string };

/** The condition of a rule now: a ring with a key that stays the same as long as the same thing is true, or null. */
export function judgeAlarm(rule: AlarmRule, snapshot: Snapshot, zones: Zones): { readonly key: string; readonly ring: Ring } | null {
  const { symbol, level } = rule;
  const price = symbol === null ? undefined : snapshot.ticks[symbol]?.last;
  switch (rule.kind) {
    case 'price_above':
      return symbol !== null && price !== undefined && level !== null && price > level ? { key: 'above', ring: { kind: 'price', symbol, price } } : null;
    case 'price_below':
      return symbol !== null && price !== undefined && level !== null && price < level ? { key: 'below', ring: { kind: 'price', symbol, price } } : null;
    case 'zone': {
      if (symbol === null || price === undefined) return null;
      const touched = (zones[symbol] ?? []).find((zone) => price <= zone.top && price >= zone.bottom);
      return touched === undefined ? null : { key: `${touched.top} ${touched.bottom}`, ring: { kind: 'zone', symbol, price } };
    }
    case 'signal': {
      const last = snapshot.decisions.findLast((decision) => symbol === null || decision.signal.symbol === symbol);
      return last === undefined ? null : { key: last.signal.id, ring: { kind: 'signal', signalId: last.signal.id } };
    }
    case 'risk': {
      const percent = ((snapshot.guard.dailyLossFraction * 100) / snapshot.settings.dailyLossLimitPercent) * 100;
      return level !== null && percent >= level ? { key: 'reached', ring: { kind: 'risk', percent } } : null;
    }
    case 'health': {
      const bad = snapshot.health.checks.find((check) => check.state === 'bad');
      return bad === undefined ? null : { key: bad.id, ring: { kind: 'health', id: bad.id } };
    }
  }
}

/** Remembers what was already true, so that an alarm rings when something becomes true and not while it stays so. */
export class AlarmMemory {
  readonly #keys = new Map<string, string | null>();

  /** The rings that are new. The first look at a rule never rings: what is already true when it is set is no event. */
  look(rules: readonly AlarmRule[], snapshot: Snapshot, zones: Zones): readonly Ring[] {
    const rings: Ring[] = [];
    for (const rule of rules) {
      const found = rule.enabled ? judgeAlarm(rule, snapshot, zones) : null;
      const before = this.#keys.get(rule.id);
      const key = found?.key ?? null;
      if (found !== null && before !== undefined && before !== key) rings.push(found.ring);
      this.#keys.set(rule.id, key);
    }
    for (const id of this.#keys.keys()) if (!rules.some((rule) => rule.id === id)) this.#keys.delete(id);
    return rings;
  }
}
