// Answers and sentences of the models view and the log: what a gate said, how a training ended, when the next one is due.
import type { TrainingOutcome } from '../adapters/workers/trainer.ts';
import type { TrainingNeed } from '../core/learning/schedule.ts';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import { assertNever, err, ok, type Result } from '../../src-shared/kernel/result.ts';

export function listOf(entries: readonly { readonly name: string; readonly version: string }[]): string {
  return entries.map(({ name, version }) => `${name} ${version}`).join(', ');
}

const GATE_WORDS: Readonly<Record<string, string>> = {
  overlap: 'it was judged on what it had learned from',
  too_few: 'too few later trades to judge, or too few days of them',
  log_loss: 'its probabilities are not better beyond chance',
  expectancy: 'what it takes does not earn more beyond chance',
};

export function gateText(gate: { readonly why: string | null; readonly count: number } | undefined): string {
  if (gate === undefined) return 'it was not compared with what serves';
  return `${GATE_WORDS[gate.why ?? ''] ?? gate.why ?? 'no gain'}, ${gate.count} trades`;
}

export function outcomeText({ models, promotion, serves }: TrainingOutcome): string {
  const trained = `Trained ${listOf(models)}`;
  if (serves) return `${trained}; ${promotion === null ? 'nothing served before, so they serve' : 'better than what served, so they serve'}.`;
  return `${trained}; kept as challengers: ${promotion === null ? 'not compared with what serves' : gateText(promotion)}.`;
}

export function needText(need: TrainingNeed): string {
  if (need.kind === 'due') return `Due now (${need.why.replace('_', ' ')}).`;
  switch (need.why) {
    case 'running':
      return 'After the one that runs.';
    case 'too_few_samples':
      return `After ${need.missing} more finished samples.`;
    case 'just_tried':
      return 'Not within an hour of the last one.';
    case 'nothing_new':
      return `After ${need.missing} new finished samples, or by the clock with fewer, or when drift acts.`;
    default:
      return assertNever(need);
  }
}

export function accept(message: string): Result<CommandAccepted, CommandRefused> {
  return ok({ message });
}

export function refuse(code: string, uiMessage: string): Result<CommandAccepted, CommandRefused> {
  return err({ code, uiMessage });
}
