// The cost of more or fewer markets, shown before it is saved.
import type { Settings } from '../../src-shared/contract/settings.ts';
import { useText } from '../i18n/translate.ts';
import { forecastWarmUp } from './forecast.ts';
import type { Changes } from './SettingsDialog.tsx';

export function Forecast({ settings, changes }: { readonly settings: Settings; readonly changes: Changes }): React.JSX.Element | null {
  const t = useText();
  const symbols = typeof changes.topSymbols === 'number' ? changes.topSymbols : settings.topSymbols;
  const limit = typeof changes.rateLimitRequests === 'number' ? changes.rateLimitRequests : settings.rateLimitRequests;
  if ((symbols === settings.topSymbols && limit === settings.rateLimitRequests) || !(symbols > 0) || !(limit > 0)) return null;
  const before = forecastWarmUp(settings.topSymbols, settings.rateLimitRequests);
  const after = forecastWarmUp(symbols, limit);
  return (
    <p className="notice" data-testid="forecast" role="status">
      {t('settings.forecast', {
        from: settings.topSymbols,
        to: symbols,
        weight: after.weight,
        weightBefore: before.weight,
        seconds: after.seconds,
        secondsBefore: before.seconds,
        limit,
      })}
    </p>
  );
}
