// Tells the person on this screen what rang in the host and which orders filled: message, sound, notification of the browser.
import type { RungAlarm } from '../../src-shared/contract/alarms.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { say } from '../state/toasts.ts';
import { playSound, type SoundName } from './sound.ts';
import { textOfRing } from './words.ts';

const LOOK_MS = 250;

function tell(text: string, sound: SoundName, snapshot: Snapshot): void {
  if (snapshot.settings.notifySounds) playSound(sound);
  // The desktop app notifies by itself, with or without a window.
  if (window.terminalLink !== undefined || !snapshot.settings.notifyDesktop || !document.hidden) return;
  if ('Notification' in window && Notification.permission === 'granted') new Notification('Perpetual Terminal', { body: text, silent: true });
}

/** Orders that filled between two looks, entries and exits alike. */
export function newFills(before: Readonly<Record<string, Order>>, now: Readonly<Record<string, Order>>): readonly Order[] {
  if (before === now) return [];
  return Object.values(now).filter(
    (order) => order.status === 'filled' && before[order.intent.clientOrderId] !== undefined && before[order.intent.clientOrderId]?.status !== 'filled',
  );
}

/** What rang since the last look; nothing at the first look, which only learns how far it is. */
export function newRings(seen: number | null, rung: readonly RungAlarm[]): readonly RungAlarm[] {
  return seen === null ? [] : rung.filter((alarm) => alarm.id > seen);
}

/** Starts watching; returns the stop function. */
export function watchAlarms(): () => void {
  let seen: number | null = null;
  let orders: Readonly<Record<string, Order>> | null = null;
  const look = (): void => {
    const { snapshot, connection } = useScreen.getState();
    if (snapshot === null || connection !== 'connected') return;
    const rung = snapshot.alarms?.rung ?? [];
    for (const { ring } of newRings(seen, rung)) {
      const text = textOfRing(ring, snapshot.markets);
      say('alarm', text);
      tell(text, 'alarm', snapshot);
    }
    seen = Math.max(seen ?? 0, rung.at(-1)?.id ?? 0);
    for (const { intent } of newFills(orders ?? snapshot.orders, snapshot.orders))
      tell(translate('alarms.fill', { symbol: intent.symbol, purpose: wordOf('purpose', intent.purpose) }), 'fill', snapshot);
    orders = snapshot.orders;
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}
