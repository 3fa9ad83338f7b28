// What rang, as a sentence in the active language.
import type { AlarmRing } from '../../src-shared/contract/alarms.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { inLanguage } from '../i18n/said.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { checkName } from '../panels/Health.tsx';
import { formatPrice } from '../ui/format.ts';

export function textOfRing(ring: AlarmRing, markets: Readonly<Record<string, MarketInfo>>): string {
  switch (ring.kind) {
    case 'price':
      return translate('alarms.rangPrice', { symbol: ring.symbol, price: formatPrice(markets[ring.symbol], ring.price) });
    case 'zone':
      return translate('alarms.rangZone', { symbol: ring.symbol, price: formatPrice(markets[ring.symbol], ring.price) });
    case 'signal':
      return translate('alarms.rangSignal', { symbol: ring.symbol, side: wordOf('side', ring.side), outcome: wordOf('outcome', ring.outcome) });
    case 'risk':
      return translate('alarms.rangRisk', { percent: ring.percent });
    case 'health':
      return translate('alarms.rangHealth', { name: checkName(ring), detail: inLanguage(ring.said, ring.detail) });
  }
}
