// One chart: canvas, legend, tooltips, draggable lines, and its states while loading, failed, stale or warming up.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import { currentRpc } from '../connect.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { usePendingEntries } from '../state/pending.ts';
import { usePreferences } from '../state/preferences.ts';
import { useOpenPositions } from '../state/selectors.ts';
import { useScreen } from '../state/store.ts';
import { DragTip } from './DragTip.tsx';
import { EntryTip } from './EntryTip.tsx';
import type { Hit } from './canvas.ts';
import { useKnownAt } from './known-at-state.ts';
import { Legend } from './Legend.tsx';
import { PlanTip } from './PlanTip.tsx';
import { usePriceLines, type LineInputs } from './price-lines.ts';
import { useChart } from './use-chart.ts';
import { useDrag } from './use-drag.ts';

export interface ChartViewProps {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The chart that keys and the toolbar act on. */
  readonly isMain: boolean;
  /** Heading inside the chart, for charts beside the main one. */
  readonly caption?: string;
}

const TIP_WIDTH = 270;

export function ChartView({ symbol, timeframe, isMain, caption }: ChartViewProps): React.JSX.Element {
  const t = useText();
  const host = useRef<HTMLDivElement>(null);
  const { parts, data, failure } = useChart(host, symbol, timeframe);
  const market = useScreen((state) => state.snapshot?.markets[symbol]);
  const all = useOpenPositions();
  const positions = useMemo(() => all.filter(({ position }) => position.symbol === symbol && position.lots > 0), [all, symbol]);
  const pending = usePendingEntries(symbol);
  const dragging = useDrag(parts, host, { positions, pending, market });
  const [tip, setTip] = useState<{ readonly hit: Hit; readonly x: number; readonly y: number } | null>(null);
  usePriceLines(parts, { positions, pending, market, drag: dragging.drag });
  useTradeMarks(parts, symbol);
  useMoment(parts, symbol, timeframe);

  const structure = data?.structure ?? null;
  const count = (name: 'orderBlocks' | 'gaps' | 'breaks'): number => structure?.[name].length ?? 0;
  const point = (event: React.PointerEvent): void => {
    dragging.onPointerMove(event);
    const box = host.current?.getBoundingClientRect();
    if (box === undefined || parts === null || dragging.drag !== null) return;
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const hit = parts.trades.hitAt(x, y) ?? parts.structure.hitAt(x, y);
    if (hit === null) {
      if (tip !== null) setTip(null);
    } else setTip({ hit, x, y });
    event.currentTarget.classList.toggle('grab', dragging.lineAt(event.clientY) !== null);
  };
  return (
    <div
      className="chart-view"
      data-testid={isMain ? 'chart' : 'chart-linked'}
      data-symbol={symbol}
      data-timeframe={timeframe}
      data-candles={data?.candles.openTime.length ?? 0}
      data-order-blocks={count('orderBlocks')}
      data-gaps={count('gaps')}
      data-breaks={count('breaks')}
      role="figure"
      aria-label={t('chart.of', { symbol, timeframe, regime: wordOf('regime', structure?.regime ?? 'unknown') })}
    >
      <div
        className={`chart-host ${data === null ? 'foreign' : ''}`}
        ref={host}
        onPointerDownCapture={dragging.onPointerDown}
        onPointerMove={point}
        onPointerUp={dragging.onPointerUp}
        onPointerLeave={() => setTip(null)}
      />
      {caption === undefined ? null : <strong className="chart-caption">{caption}</strong>}
      <Legend parts={parts} market={market} />
      <ChartNote symbol={symbol} timeframe={timeframe} failure={failure} isLoaded={data !== null} isWarm={data === null || structure !== null} />
      {tip !== null && dragging.drag === null ? (
        <div className="tooltip" style={placeTip(tip, host.current)} role="tooltip">
          <strong>{tip.hit.title}</strong>
          {tip.hit.lines.map((line) => (
            <div key={line}>{line}</div>
          ))}
        </div>
      ) : null}
      <Tip drag={dragging.drag} positions={positions} pending={pending} market={market} />
    </div>
  );
}

/** What the level in hand would mean. */
function Tip({ drag, positions, pending, market }: LineInputs): React.JSX.Element | null {
  if (drag === null) return null;
  if (drag.kind !== 'stop' && drag.kind !== 'target') {
    const entry = pending.find(({ order }) => order.intent.positionId === drag.positionId);
    if (entry === undefined) return null;
    if (drag.kind === 'entry') return <EntryTip entry={entry} price={drag.price} market={market} />;
    return <PlanTip entry={entry} level={drag.kind === 'plan-stop' ? 'stop' : 'target'} price={drag.price} market={market} />;
  }
  const view = positions.find(({ position }) => position.id === drag.positionId);
  return view === undefined ? null : <DragTip drag={{ ...drag, kind: drag.kind }} view={view} market={market} />;
}

/** Beside the pointer, but always inside the chart. */
function placeTip(tip: { readonly x: number; readonly y: number }, host: HTMLElement | null): React.CSSProperties {
  const width = host?.clientWidth ?? 400;
  const height = host?.clientHeight ?? 300;
  const left = tip.x + 14 + TIP_WIDTH > width ? Math.max(0, tip.x - TIP_WIDTH - 6) : tip.x + 14;
  return tip.y > height * 0.6 ? { left, bottom: height - tip.y + 8 } : { left, top: tip.y + 14 };
}

interface NoteProps {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly failure: string | null;
  readonly isLoaded: boolean;
  readonly isWarm: boolean;
}

function ChartNote({ symbol, timeframe, failure, isLoaded, isWarm }: NoteProps): React.JSX.Element | null {
  const t = useText();
  if (failure !== null)
    return (
      <div className="overlay-note" role="alert">
        {t('chart.failed', { symbol, timeframe })} {failure} {t('chart.failedNext')}
      </div>
    );
  if (!isLoaded) return <div className="overlay-note">{t('chart.loading', { symbol, timeframe })}</div>;
  if (!isWarm) return <div className="corner-note">{t('chart.warming')}</div>;
  return null;
}

function useTradeMarks(parts: ReturnType<typeof useChart>['parts'], symbol: string): void {
  const decisions = useScreen((state) => state.snapshot?.decisions);
  const positions = useScreen((state) => state.snapshot?.positions);
  const chosen = useScreen(
    (state) => state.signalId ?? (state.detailId === null ? null : (state.snapshot?.positions[state.detailId]?.position.signal?.id ?? null)),
  );
  const showSignals = usePreferences((state) => state.overlays.signals);
  const showTrades = usePreferences((state) => state.overlays.trades);
  const own = useMemo(() => (decisions ?? []).filter((decision) => decision.signal.symbol === symbol), [decisions, symbol]);
  // Positions change four times a second with their marks; a closed one no longer does.
  const closedKey = Object.values(positions ?? {})
    .filter(({ position }) => position.symbol === symbol && position.phase === 'closed')
    .map(({ position }) => position.id)
    .join();
  useEffect(() => {
    const closed = Object.values(useScreen.getState().snapshot?.positions ?? {}).filter(
      ({ position }) => position.symbol === symbol && position.phase === 'closed' && position.exitPrice !== null,
    );
    parts?.trades.setMarks({ decisions: showSignals ? own : own.filter(({ signal }) => signal.id === chosen), closed: showTrades ? closed : [], chosen });
  }, [parts, own, closedKey, symbol, chosen, showSignals, showTrades]);
}

/** The switch without hindsight: a click on a bar chooses the moment. */
function useMoment(parts: ReturnType<typeof useChart>['parts'], symbol: string, timeframe: Timeframe): void {
  const isOn = useKnownAt((state) => state.isOn);
  const moment = useKnownAt((state) => state.moment);
  useEffect(() => {
    if (parts === null) return undefined;
    const time = isOn ? moment : null;
    parts.structure.setAsOf(time);
    if (time === null) return undefined;
    let isGone = false;
    // The engine tells it exactly; until it answers, and when it cannot, the present structure cut back stands.
    currentRpc()
      ?.call('structureKnownAt', { symbol, timeframe, time })
      .then(
        (past) => {
          if (!isGone) parts.structure.setAsOf(time, past);
        },
        () => undefined,
      );
    return () => {
      isGone = true;
    };
  }, [parts, isOn, moment, symbol, timeframe]);
  useEffect(() => {
    if (!isOn || parts === null) return undefined;
    const pick = ({ time }: { readonly time?: unknown }): void => {
      if (typeof time === 'number') useKnownAt.setState({ moment: time * 1000 });
    };
    parts.chart.subscribeClick(pick);
    return () => parts.chart.unsubscribeClick(pick);
  }, [parts, isOn]);
}
