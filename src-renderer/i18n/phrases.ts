// All phrases by key. Each subject has its own file; a key is unique over all of them.
import type { Phrase } from './phrase.ts';
import { CHART_PHRASES } from './phrases/chart.ts';
import { COMMAND_PHRASES } from './phrases/commands.ts';
import { DIALOG_PHRASES } from './phrases/dialogs.ts';
import { FRAME_PHRASES } from './phrases/frame.ts';
import { KEY_PHRASES } from './phrases/keys.ts';
import { LEARN_PHRASES } from './phrases/learn.ts';
import { MARKET_PHRASES } from './phrases/markets.ts';
import { POSITION_PHRASES } from './phrases/positions.ts';
import { REASON_PHRASES } from './phrases/reasons.ts';
import { REVIEW_FIGURE_PHRASES } from './phrases/review-figures.ts';
import { REVIEW_PHRASES } from './phrases/review.ts';
import { RISK_PHRASES } from './phrases/risk.ts';
import { SETTING_PHRASES } from './phrases/settings.ts';
import { SYSTEM_PHRASES } from './phrases/system.ts';
import { TOUR_PHRASES } from './phrases/tour.ts';
import { TRADING_PHRASES } from './phrases/trading.ts';
import { UNIT_PHRASES } from './phrases/units.ts';
import { WORD_PHRASES } from './phrases/words.ts';

const ALL = {
  ...CHART_PHRASES,
  ...COMMAND_PHRASES,
  ...DIALOG_PHRASES,
  ...FRAME_PHRASES,
  ...KEY_PHRASES,
  ...LEARN_PHRASES,
  ...MARKET_PHRASES,
  ...POSITION_PHRASES,
  ...REASON_PHRASES,
  ...REVIEW_FIGURE_PHRASES,
  ...REVIEW_PHRASES,
  ...RISK_PHRASES,
  ...SETTING_PHRASES,
  ...SYSTEM_PHRASES,
  ...TOUR_PHRASES,
  ...TRADING_PHRASES,
  ...UNIT_PHRASES,
  ...WORD_PHRASES,
};

export type PhraseKey = keyof typeof ALL;
export const PHRASES: Readonly<Record<PhraseKey, Phrase>> = ALL;
