// What a person is told, apart from its language: a stable code and what is put in. English is the first language; console and logs use it.
import type { DenialCode, RiskDenial } from '../domain/risk.ts';
import { SAID_ANSWERS } from './said-answers.ts';
import { SAID_DENIALS } from './said-denials.ts';
import { SAID_EXCHANGE } from './said-exchange.ts';
import { SAID_HEALTH } from './said-health.ts';

/** The sentences of every code but denials. */
export const SAID_ENGLISH = { ...SAID_HEALTH, ...SAID_ANSWERS, ...SAID_EXCHANGE } as const;
export type SaidCode = keyof typeof SAID_ENGLISH;
export type SaidValues = Readonly<Record<string, string | number>>;

/** A denial of the risk manager is said by its own code and numbers. */
export type Said =
  | { readonly kind: 'sentence'; readonly code: SaidCode; readonly values: SaidValues }
  | { readonly kind: 'denial'; readonly code: DenialCode; readonly numbers: Readonly<Record<string, number>> };

/** `{name}` is put in as it is; `{name@prefix}` is a word of the engine that the screen words in its language. */
export const SAID_SLOT = /\{(\w+)(?:@(\w+))?\}/g;

/** What a person is told, apart from its language; values are put into the sentence of the code. */
export function say(code: SaidCode, values: SaidValues = {}): Said {
  return { kind: 'sentence', code, values };
}

export function sayDenial({ code, numbers }: Pick<RiskDenial, 'code' | 'numbers'>): Said {
  return { kind: 'denial', code, numbers };
}

/** The sentence for console and log; screens word the same code in their own language. */
export function inEnglish(said: Said): string {
  if (said.kind === 'sentence')
    return SAID_ENGLISH[said.code].replace(SAID_SLOT, (_all, name: string, prefix: string | undefined) => {
      const value = String(said.values[name] ?? '');
      return prefix === undefined || prefix === 'sentence' ? value : value.replaceAll('_', ' ');
    });
  const listed = Object.entries(said.numbers).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return `${SAID_DENIALS[said.code]}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}. Nothing was done.`;
}
