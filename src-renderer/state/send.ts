// Sends what a person wants to the engine and shows the answer; the only place where commands leave the screen.
import type { RpcClient } from '../../src-shared/contract/rpc.ts';
import type { Result } from '../../src-shared/kernel/result.ts';
import type { Command, CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import type { PositionView } from '../../src-shared/contract/view.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { widensStop } from '../chart/geometry.ts';
import { currentRpc } from '../connect.ts';
import { inLanguage } from '../i18n/said.ts';
import { translate } from '../i18n/translate.ts';
import { openDialog, useScreen } from './store.ts';
import { say } from './toasts.ts';

/** Sends a command and shows the engine's answer. True when it was accepted. */
export async function command(wish: Command, undo: (() => void) | null = null): Promise<boolean> {
  const rpc = currentRpc();
  if (rpc === null) {
    say('bad', translate('send.offline'));
    return false;
  }
  try {
    const answer = await rpc.call('command', wish);
    if (answer.ok) say('ok', inLanguage(answer.value.said, answer.value.message), undo);
    else say('bad', inLanguage(answer.error.said, answer.error.uiMessage));
    return answer.ok;
  } catch {
    say('bad', translate('send.noAnswer'));
    return false;
  }
}

/** Asks the host for something of its own and shows the answer. True when it was accepted. */
export async function askHost(ask: (rpc: RpcClient) => Promise<Result<CommandAccepted, CommandRefused>>): Promise<boolean> {
  const rpc = currentRpc();
  if (rpc === null) {
    say('bad', translate('send.offline'));
    return false;
  }
  try {
    const answer = await ask(rpc);
    if (answer.ok) say('ok', inLanguage(answer.value.said, answer.value.message));
    else say('bad', inLanguage(answer.error.said, answer.error.uiMessage));
    return answer.ok;
  } catch {
    say('bad', translate('send.noAnswer'));
    return false;
  }
}

/** Moves a stop by its danger: tighter is sent at once with an undo, wider asks first. */
export function moveStop({ position }: PositionView, price: number): void {
  if (price === position.stop) return;
  if (widensStop(position.side, position.stop, price)) {
    openDialog({ kind: 'widen', positionId: position.id, price });
    return;
  }
  const before = position.stop;
  const undo = before === null ? null : (): void => void command({ kind: 'move-stop', positionId: position.id, price: before });
  void command({ kind: 'move-stop', positionId: position.id, price }, undo);
}

export function moveTarget({ position }: PositionView, price: number): void {
  if (price === position.target) return;
  const before = position.target;
  const undo = before === null ? null : (): void => void command({ kind: 'move-target', positionId: position.id, price: before });
  void command({ kind: 'move-target', positionId: position.id, price }, undo);
}

/** Moves a resting entry; nothing is at risk before it fills, so it is sent at once, with an undo. */
export function moveEntry({ intent }: Order, price: number): void {
  const before = intent.price;
  if (price === before) return;
  const { positionId } = intent;
  const undo = before === null ? null : (): void => void command({ kind: 'move-entry', positionId, price: before });
  void command({ kind: 'move-entry', positionId, price }, undo);
}

/** Moves stop or target of an entry that has not filled; nothing is at risk yet and the risk manager measures it again, so it is sent at once, with an undo. */
export function movePlan({ position }: PositionView, level: 'stop' | 'target', price: number): void {
  const before = position[level];
  if (price === before) return;
  const positionId = position.id;
  const undo = before === null ? null : (): void => void command({ kind: 'move-plan', positionId, [level]: before });
  void command({ kind: 'move-plan', positionId, [level]: price }, undo);
}

/** Lets trading go on; after a loss limit halted it, only with a typed phrase. */
export function allowTrading(): void {
  const reason = useScreen.getState().snapshot?.guard.reason;
  if (reason === 'daily_loss' || reason === 'drawdown') openDialog({ kind: 'allow' });
  else void command({ kind: 'set-trading-state', state: 'active' });
}
