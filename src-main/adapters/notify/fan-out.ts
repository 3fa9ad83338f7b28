// One notification to every notifier; one that breaks keeps none of the others from being told.
import type { Notifier } from '../../core/ports.ts';

/** One notification to all; one that throws is told to `onFailure` and keeps none of the others from hearing it. */
export function createFanOutNotifier(notifiers: readonly Notifier[], onFailure: (detail: string) => void): Notifier {
  return {
    notify: (notification) => {
      for (const notifier of notifiers) {
        try {
          notifier.notify(notification);
        } catch (failure) {
          onFailure(`A notification could not be handed on: ${failure instanceof Error ? failure.message : String(failure)}`);
        }
      }
    },
  };
}
