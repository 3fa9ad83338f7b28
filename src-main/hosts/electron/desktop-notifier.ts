// Notifications of the operating system: fills and alarms, a few at a time, the rest counted; a click shows the window.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Notification, Notifier } from '../../core/ports.ts';
import { redact } from '../../adapters/runtime/redact.ts';

export interface DesktopNotice {
  readonly title: string;
  readonly body: string;
  /** Stays until it is clicked, where the system can do that. */
  readonly isUrgent: boolean;
}

export interface DesktopNotifierOptions {
  /** Shows one notice; may do nothing where the system has none. */
  readonly show: (notice: DesktopNotice) => void;
  /** Null before the settings are known: nothing is shown then. */
  readonly settings: () => Pick<Settings, 'notifyDesktop'> | null;
  readonly now: () => number;
}

/** More in this time would bury the one that matters. */
const WINDOW_MS = 10_000;
const MOST_IN_WINDOW = 4;
const LONGEST_TITLE = 80;
const LONGEST_BODY = 240;

/** Alarms are always shown; others are withheld beyond the rate and counted in the next that is shown. */
export function createDesktopNotifier({ show, settings, now }: DesktopNotifierOptions): Notifier {
  let shownAt: number[] = [];
  let withheld = 0;
  return {
    notify: (notification: Notification) => {
      if (settings()?.notifyDesktop !== true || notification.topic === 'info') return;
      const time = now();
      shownAt = shownAt.filter((at) => time - at < WINDOW_MS);
      if (notification.topic !== 'alarm' && shownAt.length >= MOST_IN_WINDOW) {
        withheld += 1;
        return;
      }
      shownAt.push(time);
      const more = withheld > 0 ? ` (and ${withheld} more)` : '';
      withheld = 0;
      show({
        title: redact(notification.title).slice(0, LONGEST_TITLE),
        body: `${redact(notification.text).slice(0, LONGEST_BODY)}${more}`,
        isUrgent: notification.topic === 'alarm',
      });
    },
  };
}
