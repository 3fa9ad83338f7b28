// Step 1: is the data complete and fresh, and does the 1h regime allow a trade at all?
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { NoSignal } from '../../../src-shared/domain/signal.ts';
import { effectiveRegime } from '../structure/regime-forecast.ts';
import { regimeMultiplier } from '../structure/regime.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { DecisionContext } from './context.ts';
import { refuse } from './context.ts';

const MIN_VOLUME_RATIO = 0.1;

/** The reason a symbol may not be judged now, or null. Freshness is measured from the close of the newest 5m candle. */
export function checkGates(state: SymbolState, settings: Settings, context: DecisionContext): NoSignal | null {
  return checkData(state, settings, context) ?? checkRegime(state, settings, context);
}

function checkData(state: SymbolState, settings: Settings, context: DecisionContext): NoSignal | null {
  const stop = (code: string, numbers: Readonly<Record<string, number>>, closeness: number): NoSignal =>
    refuse({ symbol: state.symbol, now: context.now, step: 'data', code, numbers, side: null, closeness });
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  if (five.book.count === 0) return stop('data.none', {}, 0);
  const gap = state.gap;
  if (gap !== null) return stop('data.gap', { from: gap.from, to: gap.to }, 0.5);
  if (!five.isWarm || !fifteen.isWarm || !hour.isWarm) {
    const warm = Number(five.isWarm) + Number(fifteen.isWarm) + Number(hour.isWarm);
    return stop('data.warming_up', { timeframesCold: TIMEFRAMES.length - warm }, warm / TIMEFRAMES.length);
  }
  const ageMs = context.now - five.book.lastCloseTime;
  const allowedMs = five.book.stepMs + settings.staleDataSeconds * 1000;
  if (ageMs > allowedMs) return stop('data.stale', { ageSeconds: ageMs / 1000, allowedSeconds: allowedMs / 1000 }, 0.5);
  const allowedSpread = settings.maxSlippagePercent / 100;
  if (context.spreadFraction !== null && context.spreadFraction > allowedSpread) {
    return stop(
      'data.spread',
      { spreadPercent: context.spreadFraction * 100, allowedPercent: settings.maxSlippagePercent },
      allowedSpread / context.spreadFraction,
    );
  }
  const volumeRatio = hour.indicators.volumeRatio.value;
  if (volumeRatio < MIN_VOLUME_RATIO) return stop('data.volume', { volumeRatio, minimum: MIN_VOLUME_RATIO }, volumeRatio / MIN_VOLUME_RATIO);
  return null;
}

function checkRegime(state: SymbolState, settings: Settings, context: DecisionContext): NoSignal | null {
  const hour = state.frames['1h'];
  const { regime, forecast } = effectiveRegime(hour, settings, context.regimeForecast ?? null);
  if (regimeMultiplier(regime, settings) > 0) return null;
  const adx = hour.indicators.adx.value;
  return refuse({
    symbol: state.symbol,
    now: context.now,
    step: 'regime',
    code: `regime.${regime}`,
    side: null,
    numbers: { adx, needed: settings.regimeTrendingAdx, ...(forecast === null ? {} : { trendingProbability: forecast.probabilities.trending }) },
    closeness: adx / settings.regimeTrendingAdx,
  });
}
