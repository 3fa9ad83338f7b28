// Sentences of the engine in the language of the screen: known by their template, with the engine's own numbers and names put in.
import { currentLanguage, LANGUAGES, type Language } from './language.ts';
import { nameCode } from '../text/codes.ts';
import { EVIDENCE_SENTENCES } from './phrases/evidence-sentences.ts';
import { JOURNAL_LINES } from './phrases/journal-lines.ts';
import { LOG_LINES } from './phrases/log-lines.ts';
import { MODEL_SENTENCES } from './phrases/model-sentences.ts';
import { REVIEW_SENTENCES } from './phrases/review-sentences.ts';
import { SAID_PHRASES } from './phrases/said.ts';
import { SENTENCES } from './phrases/sentences.ts';
import { wordOf } from './translate.ts';

interface Pattern {
  readonly expression: RegExp;
  /** Slot names in the order of the groups. */
  readonly slots: readonly string[];
  readonly texts: readonly string[];
}

/** `{name}` is any text; `{name@prefix}` is a word of the engine that has a phrase of its own, `{name@denialName}` one of its codes. */
const SLOT = /\{(\w+)(?:@(\w+))?\}/g;
const KEPT = 500;

function compile(texts: readonly string[]): Pattern {
  const english = texts[0] ?? '';
  const slots: string[] = [];
  let source = '';
  let from = 0;
  for (const match of english.matchAll(SLOT)) {
    // A slot never reaches into the next sentence; one for a word of the engine takes nothing else.
    source += `${escape(english.slice(from, match.index))}${slotSource(match[2])}`;
    slots.push(match[1] ?? '');
    from = match.index + match[0].length;
  }
  return { expression: new RegExp(`^${source}${escape(english.slice(from))}$`, 'u'), slots, texts };
}

function slotSource(prefix: string | undefined): string {
  if (prefix === undefined || prefix === 'sentence') return '((?:(?![.!?] [A-Z]).)+?)';
  return prefix === 'denialName' ? String.raw`([\w.]+?)` : String.raw`([\w -]+?)`;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

let patterns: readonly Pattern[] | null = null;
const cache = new Map<string, string>();

/** The engine's text in the active language; what no template knows stays as the engine said it. */
export function inWords(text: string, language: Language = currentLanguage()): string {
  if (language === 'en' || text === '') return text;
  const key = `${language} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const said = whole(text, language) ?? inParts(text, language);
  if (cache.size >= KEPT) cache.clear();
  cache.set(key, said);
  return said;
}

/** Several sentences in a row, or `name: sentence`, each by itself. */
function inParts(text: string, language: Language): string {
  const sentences = text.split(/(?<=[.!?]) (?=[A-Z"])/u);
  if (sentences.length > 1) return sentences.map((sentence) => inWords(sentence, language)).join('');
  const colon = text.indexOf(': ');
  if (colon > 0 && colon < 60) {
    const rest = text.slice(colon + 2);
    const said = inWords(rest, language);
    if (said !== rest) return `${inWords(text.slice(0, colon), language)}：${said}`;
  }
  return text;
}

function whole(text: string, language: Language): string | null {
  // The general ones stand last: `a market and one word` fits almost everything.
  patterns ??= [...EVIDENCE_SENTENCES, ...JOURNAL_LINES, ...MODEL_SENTENCES, ...REVIEW_SENTENCES, ...LOG_LINES, ...SENTENCES, ...SAID_PHRASES].map(compile);
  for (const { expression, slots, texts } of patterns) {
    const match = expression.exec(text);
    if (match === null) continue;
    return (texts[LANGUAGES.indexOf(language)] ?? text).replace(SLOT, (_all, name: string, prefix: string | undefined) => {
      const value = match[slots.indexOf(name) + 1] ?? '';
      if (prefix === undefined || prefix === 'sentence') return inWords(value, language);
      return prefix === 'denialName' ? nameCode(value) : wordOf(prefix, value.replaceAll(' ', '_'));
    });
  }
  return null;
}
