// Finds the trades that a person changed by hand in a session's journal, and what their untouched plans came to as virtual positions.
import type { OverrideView } from '../../../src-shared/contract/review.ts';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import type { ClosedTrade } from '../../core/backtest/closed-trade.ts';
import type { HeldPosition } from '../../core/execution/held-position.ts';
import type { StoredRecord } from '../../core/ports.ts';
import { scoreOverrides, type OverriddenTrade } from '../../core/review/override-score.ts';

const BY_HAND: readonly string[] = ['close-position', 'move-stop', 'move-target', 'take-over'];

interface CommandData {
  readonly command: { readonly kind: string };
  readonly answer: { readonly ok: boolean };
}

/** Only trades with a plan of the system count: what a person opened has no plan beside their own. */
export function overridesOf(records: readonly StoredRecord[], trades: readonly ClosedTrade[]): OverrideView {
  const actions = new Map<string, string>();
  const signals = new Map<string, string>();
  const ended = new Map<string, number>();
  for (const record of records) {
    if (record.kind === 'command' && record.positionId !== null && !actions.has(record.positionId)) {
      const { command, answer } = record.data as CommandData;
      if (answer.ok && BY_HAND.includes(command.kind)) actions.set(record.positionId, command.kind);
    } else if (record.kind === 'position') {
      const { position } = record.data as HeldPosition;
      if (position.signal !== null) signals.set(position.id, position.signal.id);
    } else if (record.kind === 'virtual-closed') {
      const { id, pnlR } = record.data as VirtualPosition;
      ended.set(id, pnlR);
    }
  }
  const rows: OverriddenTrade[] = [];
  let waiting = 0;
  for (const trade of trades) {
    const action = actions.get(trade.id);
    const signal = signals.get(trade.id);
    if (action === undefined || signal === undefined || !Number.isFinite(trade.netR)) continue;
    const planR = ended.get(signal);
    if (planR === undefined) waiting += 1;
    else rows.push({ id: trade.id, symbol: trade.symbol, action, actualR: trade.netR, planR });
  }
  const { overrides, helped, hurt, verdict } = scoreOverrides(rows);
  return { verdict, overrides, helped, hurt, rows, waiting };
}
