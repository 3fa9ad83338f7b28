// A person's commands: each is journalled with who, when, before and after, and answered in words.
import type { Command } from '../../../src-shared/contract/commands.ts';
import { say } from '../../../src-shared/contract/said.ts';
import { parseSettings } from '../../../src-shared/contract/settings.ts';
import { isTerminal } from '../../../src-shared/domain/order.ts';
import { assertNever, err } from '../../../src-shared/kernel/result.ts';
import { ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { HeldPosition } from '../execution/held-position.ts';
import { closeAtMarket, moveStop, moveTarget, refuseStop, refuseTarget } from '../execution/protection.ts';
import { accept, refuse, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import { guardView } from './guard-view.ts';
import { addByHand } from './manual-addition.ts';
import { moveEntryByHand } from './manual-amendment.ts';
import { openByHand } from './manual-entry.ts';
import { isPlanOfEntry, movePlanByHand } from './manual-plan.ts';
import type { EngineInput } from './messages.ts';
import type { OutputBuilder } from './output.ts';

type CommandInput = Extract<EngineInput, { kind: 'command' }>;

/** Refused settings are kept by name only: what was typed into a wrong field may be a password. */
function recorded(command: Command, answer: Answer): unknown {
  return command.kind === 'update-settings' && !answer.ok ? { kind: command.kind, changes: Object.keys(command.changes) } : command;
}

export class CommandDesk {
  readonly #state: EngineState;

  constructor(state: EngineState) {
    this.#state = state;
  }

  run(input: CommandInput, output: OutputBuilder): void {
    const answer = this.#carryOut(input.command, input.at, output);
    output.record({
      time: input.at,
      kind: 'command',
      positionId: 'positionId' in input.command ? input.command.positionId : null,
      symbol: 'symbol' in input.command ? input.command.symbol : null,
      summary: `${input.who}: ${input.command.kind} → ${answer.ok ? answer.value.message : answer.error.uiMessage}`,
      data: { who: input.who, command: recorded(input.command, answer), answer },
    });
    output.effect({ kind: 'answer-command', id: input.id, result: answer });
  }

  #carryOut(command: Command, now: EpochMs, output: OutputBuilder): Answer {
    const state = this.#state;
    switch (command.kind) {
      case 'open-position':
        return openByHand(state, command, { now, output });
      case 'add-to-position':
        return this.#withOpen(command.positionId, (held) => addByHand(state, { held, fraction: command.fraction }, { now, output }));
      case 'close-position':
        return this.#withOpen(command.positionId, (held) => {
          const amount = command.fraction === 1 ? held.position.lots : Math.max(1, Math.floor(held.position.lots * command.fraction));
          output.absorb(
            state.desk.change(command.positionId, now, {
              summary: `${held.position.symbol}: closed by hand`,
              action: command.kind,
              apply: (current) => closeAtMarket(state.desk.context, current, { amount, reason: 'manual', now }),
            }),
          );
          const { symbol } = held.position;
          if (amount === held.position.lots) return accept('answer.closing', { symbol });
          return accept('answer.closingPart', { lots: amount, all: held.position.lots, symbol });
        });
      case 'move-stop':
        if (isPlanOfEntry(state, command.positionId)) return movePlanByHand(state, { positionId: command.positionId, stop: command.price }, { now, output });
        return this.#withOpen(command.positionId, (held) => {
          const stop = ticks(command.price);
          const why = held.nextStopId === null ? refuseStop(state.desk.context, held, stop) : say('refused.stopMoving');
          if (why !== null) return refuse('stop.refused', why);
          output.absorb(
            state.desk.change(command.positionId, now, {
              summary: `${held.position.symbol}: stop moved from ${held.position.stop ?? 'none'} to ${stop} ticks by hand`,
              action: command.kind,
              apply: (current) => moveStop(state.desk.context, current, { stop, now }),
            }),
          );
          return accept('answer.stopMoves', { symbol: held.position.symbol });
        });
      case 'move-target':
        if (isPlanOfEntry(state, command.positionId)) return movePlanByHand(state, { positionId: command.positionId, target: command.price }, { now, output });
        return this.#withOpen(command.positionId, (held) => {
          const target = ticks(command.price);
          const why = held.nextTargetId === null ? refuseTarget(state.desk.context, held, target) : say('refused.targetMoving');
          if (why !== null) return refuse('target.refused', why);
          output.absorb(
            state.desk.change(command.positionId, now, {
              summary: `${held.position.symbol}: target moved from ${held.position.target ?? 'none'} to ${target} ticks by hand`,
              action: command.kind,
              apply: (current) => moveTarget(state.desk.context, current, { target, now }),
            }),
          );
          return accept('answer.targetMoves', { symbol: held.position.symbol });
        });
      case 'move-entry':
        return moveEntryByHand(state, command, { now, output });
      case 'move-plan':
        return movePlanByHand(state, command, { now, output });
      case 'cancel-order': {
        const order = state.desk.context.state.orders.get(command.clientOrderId);
        if (order === undefined || isTerminal(order.status)) return refuse('order.ended', say('refused.orderEnded'));
        if (order.intent.purpose === 'stop') return refuse('order.protects', say('refused.orderProtects'));
        output.absorb(state.desk.cancelEntry(command.clientOrderId, now));
        return accept('answer.cancelSent');
      }
      case 'take-over':
      case 'hand-back':
        return this.#withOpen(command.positionId, (held) => {
          const control = command.kind === 'take-over' ? 'mine' : 'auto';
          output.absorb(
            state.desk.change(command.positionId, now, {
              summary: `${held.position.symbol}: ${control === 'mine' ? 'taken over by hand' : 'handed back to automation'}`,
              ...(control === 'mine' ? { action: command.kind } : {}),
              apply: (current) => ({ ...current, position: { ...current.position, control } }),
            }),
          );
          return accept(control === 'mine' ? 'answer.mine' : 'answer.handedBack', { symbol: held.position.symbol });
        });
      case 'flatten-symbol':
        return this.#flatten(
          state.desk
            .positions()
            .filter((position) => position.symbol === command.symbol)
            .map((position) => position.id),
          now,
          output,
        );
      case 'flatten-all': {
        this.#setAutomation('paused', now, output);
        for (const order of state.desk.context.state.orders.values())
          if (order.intent.purpose === 'entry' && !isTerminal(order.status)) output.absorb(state.desk.cancelEntry(order.intent.clientOrderId, now));
        return this.#flatten(
          state.desk.positions().map((position) => position.id),
          now,
          output,
        );
      }
      case 'pause-automation':
        this.#setAutomation('paused', now, output);
        return accept('answer.paused');
      case 'resume-automation':
        this.#setAutomation('running', now, output);
        return accept('answer.running');
      case 'pause-symbol':
      case 'resume-symbol': {
        const paused = command.kind === 'pause-symbol';
        if (paused) state.pausedSymbols.add(command.symbol);
        else state.pausedSymbols.delete(command.symbol);
        output.note(now, 'symbol-pause', `${command.symbol}: ${paused ? 'paused' : 'resumed'} by hand`, { symbol: command.symbol, paused });
        return accept(paused ? 'answer.symbolPaused' : 'answer.symbolResumed', { symbol: command.symbol });
      }
      case 'set-trading-state':
        state.guard.setByUser(command.state, now);
        output.event({ kind: 'guard', guard: guardView(state, now) });
        output.note(now, 'guard', `Trading state set to ${command.state} by hand`, { persisted: state.guard.checkpoint() });
        return accept(`answer.${command.state}`);
      case 'set-strategy-mode':
        return this.#updateSettings({ strategyMode: command.mode }, now, output);
      case 'update-settings':
        return this.#updateSettings(command.changes, now, output);
      default:
        return assertNever(command);
    }
  }

  #withOpen(positionId: string, act: (held: HeldPosition) => Answer): Answer {
    const held = this.#state.desk.context.state.get(positionId);
    if (held === null || held.position.phase === 'closed') return refuse('position.closed', say('refused.closed'));
    if (held.position.lots === 0) return refuse('position.opening', say('refused.opening'));
    return act(held);
  }

  #flatten(ids: readonly string[], now: EpochMs, output: OutputBuilder): Answer {
    const state = this.#state;
    for (const id of ids)
      output.absorb(
        state.desk.change(id, now, {
          summary: 'flattened by hand',
          action: 'flatten',
          apply: (held) => closeAtMarket(state.desk.context, held, { amount: held.position.lots, reason: 'flatten', now }),
        }),
      );
    if (ids.length === 0) return accept('answer.nothingToClose');
    return ids.length === 1 ? accept('answer.flattenOne') : accept('answer.flattenMany', { count: ids.length });
  }

  #setAutomation(automation: 'running' | 'paused', now: EpochMs, output: OutputBuilder): void {
    const changed = this.#state.session.setAutomation(automation);
    if (changed === null) return;
    output.event(changed);
    output.note(now, 'automation', `Automation ${automation} by hand`, { automation });
  }

  #updateSettings(changes: Readonly<Record<string, unknown>>, now: EpochMs, output: OutputBuilder): Answer {
    const state = this.#state;
    const parsed = parseSettings({ ...state.settings, ...changes });
    if (!parsed.ok) return err({ code: 'settings.refused', uiMessage: `${parsed.error.map((problem) => problem.message).join('; ')}. Nothing was changed.` });
    const before = Object.fromEntries(Object.keys(changes).map((key) => [key, state.settings[key as keyof typeof state.settings]]));
    state.applySettings(parsed.value);
    const mode = state.session.setStrategyMode(parsed.value.strategyMode);
    if (mode !== null) output.event(mode);
    output.event({ kind: 'settings', settings: parsed.value });
    output.effect({ kind: 'save-settings', settings: parsed.value });
    output.note(now, 'settings', `Settings changed: ${Object.keys(changes).join(', ')}`, { before, after: changes });
    return accept('answer.saved');
  }
}
