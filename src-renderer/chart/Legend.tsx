// Open, high, low, close and volume of the bar under the crosshair; written past React, because the pointer is fast.
import { useEffect, useRef } from 'react';
import type { MouseEventParams, Time } from 'lightweight-charts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { formatPercent, formatPrice, formatVolume } from '../ui/format.ts';
import type { ChartParts } from './build.ts';

export function Legend({ parts, market }: { readonly parts: ChartParts | null; readonly market: MarketInfo | undefined }): React.JSX.Element {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (parts === null) return undefined;
    const write = (event: MouseEventParams<Time>): void => {
      if (line.current === null) return;
      const bar = event.seriesData.get(parts.candles);
      const volume = event.seriesData.get(parts.volume);
      if (bar === undefined || !('open' in bar)) {
        line.current.textContent = '';
        return;
      }
      const change = bar.open > 0 ? bar.close / bar.open - 1 : Number.NaN;
      const traded = volume !== undefined && 'value' in volume ? formatVolume(volume.value) : '';
      const [o, h, l, c] = [bar.open, bar.high, bar.low, bar.close].map((price) => formatPrice(market, price));
      line.current.textContent = `O ${o}  H ${h}  L ${l}  C ${c}  ${formatPercent(change)}  V ${traded}`;
      line.current.className = `legend num ${change >= 0 ? 'up' : 'down'}`;
    };
    parts.chart.subscribeCrosshairMove(write);
    return () => parts.chart.unsubscribeCrosshairMove(write);
  }, [parts, market]);
  return <div ref={line} className="legend num" aria-hidden />;
}
