// Notifications as log lines, so that every alarm is on the screen and in the file whatever else is configured.
import type { Logger, Notifier } from '../../core/ports.ts';

export function createLogNotifier(logger: Logger): Notifier {
  return {
    notify: ({ topic, title, text }) => logger.log(topic === 'alarm' ? 'warn' : 'info', topic === 'alarm' ? 'alarm' : 'trade', `${title}: ${text}`),
  };
}
