// The path of a position in R from its lifecycle events, between its stop and its target as they stand now.
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { outcomeAt } from '../chart/geometry.ts';
import { useText } from '../i18n/translate.ts';
import { formatR, ticksToPrice } from '../ui/format.ts';

const WIDTH = 320;
const HEIGHT = 64;

export function PricePath({ view, market }: { readonly view: PositionView; readonly market: MarketInfo | undefined }): React.JSX.Element | null {
  const t = useText();
  const { position, events } = view;
  const points = events.filter((event) => Number.isFinite(event.pnlR));
  const first = points[0];
  const last = points.at(-1);
  if (points.length < 2 || first === undefined || last === undefined) return null;
  const outcomeR = (ticks: number | null): number | null => {
    const { r } = outcomeAt(position, 0, ticksToPrice(market, ticks));
    return Number.isFinite(r) ? r : null;
  };
  const stop = outcomeR(position.stop);
  const target = outcomeR(position.target);
  const top = Math.max(target ?? 1, stop ?? 0, position.maxPnlR);
  const bottom = Math.min(stop ?? -1, -0.2, position.minPnlR);
  const x = (time: number): number => ((time - first.time) / Math.max(1, last.time - first.time)) * WIDTH;
  const y = (r: number): number => HEIGHT - ((r - bottom) / (top - bottom)) * HEIGHT;
  const level = (r: number, name: string): React.JSX.Element => <line key={name} x1={0} x2={WIDTH} y1={y(r)} y2={y(r)} className={`path-${name}`} />;
  const mark = (r: number, name: string, tone: string): React.JSX.Element => (
    <figcaption className={`path-mark num ${tone}`} style={{ top: `${(y(r) / HEIGHT) * 100}%` }} aria-hidden>
      {name} {formatR(r)}
    </figcaption>
  );
  return (
    <figure className="path-figure">
      <svg
        className="path"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('detail.path', { now: formatR(view.pnlR), best: formatR(position.maxPnlR), worst: formatR(position.minPnlR) })}
      >
        {level(0, 'entry')}
        {stop === null ? null : level(stop, 'stop')}
        {target === null ? null : level(target, 'target')}
        <polyline className="path-line" points={points.map((event) => `${x(event.time).toFixed(1)},${y(event.pnlR).toFixed(1)}`).join(' ')} />
      </svg>
      {target === null ? null : mark(target, t('col.target'), 'up')}
      {stop === null ? null : mark(stop, t('col.stop'), 'down')}
    </figure>
  );
}
