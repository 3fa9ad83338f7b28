// Cancels every order that would open a position; stops and targets stay where they are.
import { isTerminal } from '../../src-shared/domain/order.ts';
import { translate } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { say } from '../state/toasts.ts';

export function cancelEntries(): void {
  const entries = Object.values(useScreen.getState().snapshot?.orders ?? {}).filter((order) => order.intent.purpose === 'entry' && !isTerminal(order.status));
  if (entries.length === 0) say('ok', translate('keys.noEntries'));
  for (const { intent } of entries) void command({ kind: 'cancel-order', clientOrderId: intent.clientOrderId });
}
