// Fills and alarms from the log as notices of the operating system: every notification is also a log line of the source `alarm` or `trade`.
import type { LogLine } from '../../../src-shared/contract/view.ts';
import type { Notification } from '../../core/ports.ts';
import { createDesktopNotifier, type DesktopNotice } from './desktop-notifier.ts';
import type { StatusScreen } from './status-screen.ts';

export interface NoticesOptions {
  readonly screen: StatusScreen;
  readonly show: (notice: DesktopNotice) => void;
  readonly now: () => number;
}

/** Serves until the returned function is called. */
export function serveNotices({ screen, show, now }: NoticesOptions): () => void {
  const notifier = createDesktopNotifier({ show, now, settings: () => screen.status()?.settings ?? null });
  return screen.onLogLine((line) => {
    const notification = readNotification(line);
    if (notification !== null) notifier.notify(notification);
  });
}

/** The reverse of the log notifier; null for a line that is no notification. */
export function readNotification({ source, message }: LogLine): Notification | null {
  if (source !== 'alarm' && source !== 'trade') return null;
  const cut = message.indexOf(': ');
  return cut < 0 ? { topic: source, title: message, text: '' } : { topic: source, title: message.slice(0, cut), text: message.slice(cut + 2) };
}
