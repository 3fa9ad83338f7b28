// Which wishes of the engine are carried out also when the journal cannot be written.
import type { EngineEffect } from '../core/engine/messages.ts';

/** Closing, protecting, cancelling, asking and telling; never opening. */
export function reducesRisk(effect: EngineEffect): boolean {
  return (
    (effect.kind === 'submit' && effect.intent.purpose !== 'entry') ||
    effect.kind === 'cancel' ||
    effect.kind === 'notify' ||
    effect.kind === 'query' ||
    effect.kind === 'reconcile' ||
    effect.kind === 'answer-command'
  );
}
