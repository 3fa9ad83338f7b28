// What a reader must know before believing a result: each warning is one sentence with its number.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { iso } from '../../core/backtest/moment.ts';
import type { SymbolSource } from '../../core/backtest/run-types.ts';
import type { BacktestResult } from '../../core/backtest/run-types.ts';

const FEW_TRADES = 30;
/** Symbols that one warning names. */
const NAMED = 12;
/** Share of all decisions that one guard took away from which the result says more about the guard than about the strategy. */
const GUARDED_SHARE = 0.5;

export interface WarningInput {
  readonly settings: Settings;
  readonly sources: readonly SymbolSource[];
  readonly leftOut: readonly string[];
  readonly result: BacktestResult;
  /** Last moment of the data the models were trained on; null when no model was asked or nothing is known. */
  readonly modelsTrainedUntil: number | null;
}

export function warningsOf({ settings, sources, leftOut, result, modelsTrainedUntil }: WarningInput): readonly string[] {
  const warnings: string[] = [];
  const { trades, counters, from, audit, tradeTotals } = result;
  if (modelsTrainedUntil !== null && modelsTrainedUntil > from)
    warnings.push(
      `The models were trained on data up to ${iso(modelsTrainedUntil)}: before that they have seen the answers. Only what comes after is a test of them.`,
    );
  if (settings.strategyMode !== 'ict' && modelsTrainedUntil === null) warnings.push('No model was asked, or it is not known what data it was trained on.');
  if (trades.length < FEW_TRADES) warnings.push(`${trades.length} trades are few: the intervals are wide, and means can be turned over by single trades.`);
  const decided = Object.values(counters.decisions).reduce((sum, count) => sum + count, 0);
  for (const [code, count] of Object.entries(counters.denials))
    if (count > decided * GUARDED_SHARE)
      warnings.push(`${count} of ${decided} decisions were denied by ${code}: most of the time nothing was traded because of it.`);
  if (leftOut.length > 0)
    warnings.push(
      `${leftOut.slice(0, NAMED).join(', ')}${leftOut.length > NAMED ? ` and ${leftOut.length - NAMED} more` : ''}: no candles in that time, so left out.`,
    );
  const missing = sources.reduce((sum, source) => sum + source.missing, 0);
  if (missing > 0) warnings.push(`${missing} candles are missing in the files; each hole starts the symbol anew.`);
  if (sources.some((source) => source.rules === 'derived from candles'))
    warnings.push(
      'Contract rules (tick, step, minimum, tiers) of some symbols are derived from their candles; give --exchange-info and --brackets for the real ones.',
    );
  const unattributed = audit.funding - tradeTotals.funding;
  if (unattributed !== 0)
    warnings.push(`${(unattributed / 1e8).toFixed(2)} USDT of funding are in the wallet but in no trade: on cross margin the venue names no position.`);
  if (counters.liquidations > 0) warnings.push(`${counters.liquidations} fills were liquidations.`);
  if (counters.resumed > 0) warnings.push(`A daily-loss halt was lifted ${counters.resumed} times at midnight; in real life a person has to do that.`);
  return warnings;
}

const manifestSchema = z.object({ models: z.array(z.object({ trainedUntil: z.number().optional() })) });

/** The latest training end of the models in a folder, or null. */
export function trainedUntil(folder: string): number | null {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return null;
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) return null;
  const times = parsed.data.models.flatMap((model) => model.trainedUntil ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
