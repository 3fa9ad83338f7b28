// Columns of the market table, narrow and wide; the widths are in the style sheet.
import type { PhraseKey } from '../i18n/translate.ts';
import type { SortKey } from './market-rows.ts';

export interface MarketColumn {
  readonly id: string;
  readonly title: PhraseKey;
  readonly hint?: PhraseKey;
  readonly sort?: SortKey;
}

export const COMPACT_COLUMNS: readonly MarketColumn[] = [
  { id: 'symbol', title: 'col.symbol', sort: 'symbol' },
  { id: 'price', title: 'markets.price' },
  { id: 'change', title: 'markets.day', sort: 'change' },
  { id: 'progress', title: 'step.setup', hint: 'markets.toSetupHint', sort: 'progress' },
];

export const WIDE_COLUMNS: readonly MarketColumn[] = [
  { id: 'symbol', title: 'col.symbol', sort: 'symbol' },
  { id: 'price', title: 'markets.price' },
  { id: 'change', title: 'markets.day', sort: 'change' },
  { id: 'spark', title: 'markets.minutes' },
  { id: 'volume', title: 'markets.volume', sort: 'volume' },
  { id: 'funding', title: 'markets.funding', sort: 'funding' },
  { id: 'regimes', title: 'step.regime', hint: 'markets.regimeHint' },
  { id: 'bias', title: 'step.bias', sort: 'bias' },
  { id: 'progress', title: 'markets.toSetup', hint: 'markets.toSetupHint', sort: 'progress' },
  { id: 'zone', title: 'markets.zone', hint: 'markets.zoneHint', sort: 'zone' },
  { id: 'confidence', title: 'col.confidence', hint: 'markets.confidenceHint', sort: 'confidence' },
  { id: 'model', title: 'step.model', hint: 'markets.modelHint', sort: 'model' },
  { id: 'why', title: 'col.why' },
];
