// Watches the replica for alarms and fills, and tells the person: message, sound, desktop notification.
import type { Order } from '../../src-shared/domain/order.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { currentRpc } from '../connect.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { checkName } from '../panels/Health.tsx';
import { usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';
import { say } from '../state/toasts.ts';
import { formatPrice } from '../ui/format.ts';
import { AlarmMemory, type Ring, type Zones } from './judge.ts';
import { playSound, type SoundName } from './sound.ts';

const LOOK_MS = 500;
const ZONES_MS = 15_000;

function textOf(ring: Ring, snapshot: Snapshot): string {
  switch (ring.kind) {
    case 'price':
      return translate('alarms.rangPrice', { symbol: ring.symbol, price: formatPrice(snapshot.markets[ring.symbol], ring.price) });
    case 'zone':
      return translate('alarms.rangZone', { symbol: ring.symbol, price: formatPrice(snapshot.markets[ring.symbol], ring.price) });
    case 'signal': {
      const decision = snapshot.decisions.findLast((entry) => entry.signal.id === ring.signalId);
      return translate('alarms.rangSignal', {
        symbol: decision?.signal.symbol,
        side: wordOf('side', decision?.signal.side ?? ''),
        outcome: wordOf('outcome', decision?.outcome ?? ''),
      });
    }
    case 'risk':
      return translate('alarms.rangRisk', { percent: ring.percent });
    case 'health': {
      const check = snapshot.health.checks.find((entry) => entry.id === ring.id);
      return translate('alarms.rangHealth', { name: check === undefined ? ring.id : checkName(check), detail: check?.detail });
    }
  }
}

function tell(text: string, sound: SoundName, snapshot: Snapshot): void {
  if (snapshot.settings.notifySounds) playSound(sound);
  if (snapshot.settings.notifyDesktop && 'Notification' in window && Notification.permission === 'granted' && document.hidden)
    new Notification('Perpetual Terminal', { body: text, silent: true });
}

/** Orders that filled between two looks, entries and exits alike. */
export function newFills(before: Readonly<Record<string, Order>>, now: Readonly<Record<string, Order>>): readonly Order[] {
  if (before === now) return [];
  return Object.values(now).filter(
    (order) => order.status === 'filled' && before[order.intent.clientOrderId] !== undefined && before[order.intent.clientOrderId]?.status !== 'filled',
  );
}

async function loadZones(symbols: readonly string[]): Promise<Zones> {
  const rpc = currentRpc();
  if (rpc === null) return {};
  const entries = await Promise.all(
    symbols.map(async (symbol) => {
      const { structure } = await rpc.call('chart', { symbol, timeframe: '15m', limit: 1, before: null });
      return [symbol, (structure?.orderBlocks ?? []).filter((block) => block.state === 'active')] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Starts watching; returns the stop function. */
export function watchAlarms(): () => void {
  const memory = new AlarmMemory();
  let zones: Zones = {};
  let orders: Readonly<Record<string, Order>> | null = null;
  const look = (): void => {
    const { snapshot, connection } = useScreen.getState();
    if (snapshot === null || connection !== 'connected') return;
    for (const ring of memory.look(usePreferences.getState().alarms, snapshot, zones)) {
      const text = textOf(ring, snapshot);
      say('alarm', text);
      tell(text, 'alarm', snapshot);
    }
    for (const { intent } of newFills(orders ?? snapshot.orders, snapshot.orders))
      tell(translate('alarms.fill', { symbol: intent.symbol, purpose: wordOf('purpose', intent.purpose) }), 'fill', snapshot);
    orders = snapshot.orders;
  };
  const refreshZones = (): void => {
    const symbols = usePreferences.getState().alarms.flatMap((rule) => (rule.kind === 'zone' && rule.enabled && rule.symbol !== null ? [rule.symbol] : []));
    if (symbols.length === 0) return;
    loadZones([...new Set(symbols)]).then(
      (loaded) => {
        zones = loaded;
      },
      // The next round tries again; a zone alarm without zones stays silent rather than wrong.
      () => undefined,
    );
  };
  const lookTimer = setInterval(look, LOOK_MS);
  const zoneTimer = setInterval(refreshZones, ZONES_MS);
  refreshZones();
  return () => {
    clearInterval(lookTimer);
    clearInterval(zoneTimer);
  };
}
