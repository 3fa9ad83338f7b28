// The line under the top bar when what is shown is not live: how old it is, and what still works.
import { inLanguage } from '../i18n/said.ts';
import { useText } from '../i18n/translate.ts';
import { useFreshness } from '../state/freshness.ts';
import { formatAge } from '../ui/format.ts';

const PATIENCE_MS = 8000;

export function Banner(): React.JSX.Element | null {
  const t = useText();
  const freshness = useFreshness((state) => state.freshness);
  switch (freshness.kind) {
    case 'live':
      return null;
    case 'waiting':
      return freshness.forMs < PATIENCE_MS ? null : <Line tone="warn">{t('frame.connectingLong', { seconds: Math.round(freshness.forMs / 1000) })}</Line>;
    case 'refused':
      return <Line tone="bad">{t('frame.refused')}</Line>;
    case 'disconnected':
      return <Line tone="bad">{t('frame.disconnected', { age: formatAge(freshness.ageMs) })}</Line>;
    case 'silent':
      return <Line tone="warn">{t('frame.stale', { age: formatAge(freshness.ageMs) })}</Line>;
    case 'no_market':
      return <Line tone="bad">{t('frame.noMarket', { detail: inLanguage(freshness.said, freshness.detail) })}</Line>;
    case 'stale_market':
      return <Line tone="warn">{t('frame.staleMarket', { age: formatAge(freshness.ageMs) })}</Line>;
  }
}

function Line({ tone, children }: { readonly tone: 'warn' | 'bad'; readonly children: React.ReactNode }): React.JSX.Element {
  return (
    <div className={`banner ${tone}`} role="alert" data-testid="banner">
      {children}
    </div>
  );
}
