// Moving a stop, a target, a resting entry or its plan with the pointer: grab, follow, send on release. The old stop lives until the new one is acknowledged.
import { useEffect, useState, type PointerEvent, type RefObject } from 'react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import type { PendingEntry } from '../state/pending.ts';
import { moveEntry, movePlan, moveStop, moveTarget } from '../state/send.ts';
import { priceToTicks, ticksToPrice } from '../ui/format.ts';
import type { ChartParts } from './build.ts';
import type { Drag } from './price-lines.ts';

const GRAB_PIXELS = 6;

export interface DragHandlers {
  readonly drag: Drag | null;
  /** The line that a press at this height would grab. */
  readonly lineAt: (clientY: number) => Drag | null;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
}

export function useDrag(
  parts: ChartParts | null,
  host: RefObject<HTMLDivElement | null>,
  inputs: { readonly positions: readonly PositionView[]; readonly pending: readonly PendingEntry[]; readonly market: MarketInfo | undefined },
): DragHandlers {
  const { positions, pending, market } = inputs;
  const [drag, setDrag] = useState<Drag | null>(null);

  const release = (): void => {
    parts?.chart.applyOptions({ handleScroll: true, handleScale: true });
    setDrag(null);
  };
  useEffect(() => {
    if (drag === null) return undefined;
    // Escape only dismisses: the line goes back to where it was and nothing is sent.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') release();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  const lineAt = (clientY: number): Drag | null => {
    const box = host.current?.getBoundingClientRect();
    if (box === undefined || parts === null) return null;
    const isNear = (price: number): boolean => {
      const y = Number.isFinite(price) ? parts.candles.priceToCoordinate(price) : null;
      return y !== null && Math.abs(clientY - box.top - y) <= GRAB_PIXELS;
    };
    for (const { position } of positions) {
      for (const kind of ['stop', 'target'] as const) {
        const price = ticksToPrice(market, position[kind]);
        if (isNear(price)) return { positionId: position.id, kind, price };
      }
    }
    for (const { order, view } of pending) {
      // What has filled already has levels of its own, above.
      for (const level of view.position.lots === 0 ? (['stop', 'target'] as const) : []) {
        const price = ticksToPrice(market, view.position[level]);
        if (isNear(price)) return { positionId: view.position.id, kind: `plan-${level}`, price };
      }
      const price = ticksToPrice(market, order.intent.price);
      // One change at a time: the exchange has not answered the last one yet.
      if (order.amendment == null && isNear(price)) return { positionId: order.intent.positionId, kind: 'entry', price };
    }
    return null;
  };
  return {
    drag,
    lineAt,
    onPointerDown: (event) => {
      const grabbed = event.button === 0 ? lineAt(event.clientY) : null;
      if (grabbed === null) return;
      event.preventDefault();
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      parts?.chart.applyOptions({ handleScroll: false, handleScale: false });
      setDrag(grabbed);
    },
    onPointerMove: (event) => {
      const box = host.current?.getBoundingClientRect();
      if (drag === null || box === undefined) return;
      const price = parts?.candles.coordinateToPrice(event.clientY - box.top) ?? null;
      if (price !== null && price > 0) setDrag({ ...drag, price });
    },
    onPointerUp: () => {
      if (drag === null) return;
      release();
      if (market === undefined) return;
      const price = priceToTicks(market, drag.price);
      if (drag.kind === 'entry') {
        const entry = pending.find(({ order }) => order.intent.positionId === drag.positionId);
        if (entry !== undefined) moveEntry(entry.order, price);
        return;
      }
      if (drag.kind === 'plan-stop' || drag.kind === 'plan-target') {
        const entry = pending.find(({ view: { position } }) => position.id === drag.positionId);
        if (entry !== undefined) movePlan(entry.view, drag.kind === 'plan-stop' ? 'stop' : 'target', price);
        return;
      }
      const view = positions.find((entry) => entry.position.id === drag.positionId);
      if (view === undefined) return;
      if (drag.kind === 'target') moveTarget(view, price);
      else moveStop(view, price);
    },
  };
}
