// The lines of positions and of entries that wait: entry, stop, target and liquidation; the dragged one follows the pointer, the scale shows them all.
import { useEffect } from 'react';
import { LineStyle, type AutoscaleInfo, type IPriceLine } from 'lightweight-charts';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import type { PendingEntry } from '../state/pending.ts';
import { ticksToPrice } from '../ui/format.ts';
import { spanWithLevels } from './geometry.ts';
import type { ChartParts } from './build.ts';

/** A line under the pointer while it is moved. `price` is floating. */
export interface Drag {
  readonly positionId: string;
  /** `entry`: one that rests at the exchange; `plan-stop` and `plan-target` are what it will get. */
  readonly kind: 'stop' | 'target' | 'entry' | 'plan-stop' | 'plan-target';
  readonly price: number;
}

export interface LineInputs {
  readonly positions: readonly PositionView[];
  /** Entries that rest at the exchange, with the plan they wait for. */
  readonly pending: readonly PendingEntry[];
  readonly market: MarketInfo | undefined;
  readonly drag: Drag | null;
}

/** Keeps entry, stop and target inside the chart's own scale. The level in hand does not move it: the chart stands still under the pointer. */
function useLevelsInView(parts: ChartParts | null, { positions, pending, market }: LineInputs): void {
  const levels = [
    ...positions.flatMap(({ position }) => [position.entryPrice, ticksToPrice(market, position.stop), ticksToPrice(market, position.target)]),
    ...pending.flatMap(({ order, view }) => [ticksToPrice(market, order.intent.price), ticksToPrice(market, view.position.stop)]),
  ];
  const key = levels.join();
  useEffect(() => {
    parts?.candles.applyOptions({
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => {
        const own = original();
        if (own?.priceRange == null) return own;
        const { low, high } = spanWithLevels({ low: own.priceRange.minValue, high: own.priceRange.maxValue }, levels);
        return { ...own, priceRange: { minValue: low, maxValue: high } };
      },
    });
    // The levels are in the key.
  }, [parts, key]);
}

export function usePriceLines(parts: ChartParts | null, { positions, pending, market, drag }: LineInputs): void {
  useLevelsInView(parts, { positions, pending, market, drag });
  const t = useText();
  const key = JSON.stringify([
    positions.map(({ position }) => [position.id, position.entryPrice, position.stop, position.target, position.protection, position.liquidationPrice]),
    pending.map(({ order, view }) => [order.intent.clientOrderId, order.intent.price, order.amendment, view.position.stop, view.position.target]),
  ]);
  useEffect(() => {
    if (parts === null) return undefined;
    const { candles, palette } = parts;
    const lines: IPriceLine[] = [];
    const add = (price: number, line: { readonly title: string; readonly color: string; readonly lineStyle: LineStyle }): void => {
      if (Number.isFinite(price) && price > 0) lines.push(candles.createPriceLine({ price, lineWidth: 1, axisLabelVisible: true, ...line }));
    };
    for (const { position } of positions) {
      const at = (kind: 'stop' | 'target'): number =>
        drag?.positionId === position.id && drag.kind === kind ? drag.price : ticksToPrice(market, position[kind]);
      const isNaked = position.protection === 'naked';
      add(position.entryPrice, { title: `${wordOf('side', position.side)} ${t('chart.entry')}`, color: palette.accent, lineStyle: LineStyle.Solid });
      add(at('stop'), {
        title: isNaked ? t('chart.stopUnconfirmed') : t('chart.stop'),
        color: palette.down,
        lineStyle: isNaked ? LineStyle.Dotted : LineStyle.Dashed,
      });
      add(at('target'), { title: t('chart.target'), color: palette.up, lineStyle: LineStyle.Dashed });
      if (position.liquidationPrice !== null)
        add(position.liquidationPrice, { title: t('chart.liquidation'), color: palette.warn, lineStyle: LineStyle.SparseDotted });
    }
    for (const { order, view } of pending) {
      const { position } = view;
      const isDragged = drag?.positionId === position.id && drag.kind === 'entry';
      const wanted = ticksToPrice(market, order.amendment?.after.price ?? null);
      const side = wordOf('side', position.side);
      const title = Number.isFinite(wanted) ? t('chart.entryMoving', { side }) : t('chart.entryWaits', { side });
      add(isDragged ? drag.price : ticksToPrice(market, order.intent.price), { title, color: palette.accent, lineStyle: LineStyle.Dashed });
      if (!isDragged) add(wanted, { title: t('chart.entryWanted'), color: palette.accent, lineStyle: LineStyle.SparseDotted });
      // What has filled already draws its own levels.
      if (position.lots > 0) continue;
      const planned = (level: 'stop' | 'target'): number =>
        drag?.positionId === position.id && drag.kind === `plan-${level}` ? drag.price : ticksToPrice(market, position[level]);
      add(planned('stop'), { title: t('chart.stopPlanned'), color: palette.down, lineStyle: LineStyle.SparseDotted });
      add(planned('target'), { title: t('chart.targetPlanned'), color: palette.up, lineStyle: LineStyle.SparseDotted });
    }
    return () => {
      for (const line of lines) candles.removePriceLine(line);
    };
    // Positions are compared by what is drawn, not by identity: marks change four times a second.
  }, [key, drag, market, parts, t]);
}
