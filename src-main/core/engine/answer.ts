// How the engine answers a person: by a code with its values, and the same in English for journal, log and other readers.
import type { CommandAccepted, CommandRefused } from '../../../src-shared/contract/commands.ts';
import { inEnglish, say, sayDenial, type Said, type SaidCode, type SaidValues } from '../../../src-shared/contract/said.ts';
import type { RiskDenial } from '../../../src-shared/domain/risk.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';

export type Answer = Result<CommandAccepted, CommandRefused>;

export function accept(code: SaidCode, values: SaidValues = {}): Answer {
  const said = say(code, values);
  return ok({ message: inEnglish(said), said });
}

/** `code` is the stable code of the refusal for programs; what is said has its own. */
export function refuse(code: string, said: Said): Answer {
  return err({ code, uiMessage: inEnglish(said), said });
}

/** A denial of the risk manager; `asked` is what was wanted, e.g. `open`. */
export function refuseDenied(asked: string, denial: Pick<RiskDenial, 'code' | 'numbers'>): Answer {
  return refuse(`${asked}.${denial.code}`, sayDenial(denial));
}
