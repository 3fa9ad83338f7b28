// Every sentence the engine says by code, in every language.
import { SAID_ENGLISH, type SaidCode } from '../../../src-shared/contract/said.ts';
import type { Phrase } from '../phrase.ts';
import { SPOKEN_ANSWERS } from './said-answers.ts';
import { SPOKEN_EXCHANGE } from './said-exchange.ts';
import { SPOKEN_HEALTH } from './said-health.ts';
import type { Spoken } from './spoken.ts';

const SPOKEN: Readonly<Record<SaidCode, Spoken>> = { ...SPOKEN_HEALTH, ...SPOKEN_ANSWERS, ...SPOKEN_EXCHANGE };

export function isSaidCode(code: string): code is SaidCode {
  return Object.hasOwn(SPOKEN, code);
}

/** The template of a code in every language. */
export function phraseOf(code: SaidCode): Phrase {
  return [SAID_ENGLISH[code], ...SPOKEN[code]];
}

export const SAID_PHRASES: readonly Phrase[] = Object.keys(SPOKEN).filter(isSaidCode).map(phraseOf);
