// The path of a position in R from its lifecycle events, between its stop (−1 R) and its target.
import type { PositionView } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { formatR } from '../ui/format.ts';

const WIDTH = 320;
const HEIGHT = 64;

export function PricePath({ view }: { readonly view: PositionView }): React.JSX.Element | null {
  const t = useText();
  const { position, events } = view;
  const points = events.filter((event) => Number.isFinite(event.pnlR));
  const first = points[0];
  const last = points.at(-1);
  if (points.length < 2 || first === undefined || last === undefined) return null;
  const reward = position.signal?.plan.rewardRisk ?? 2;
  const top = Math.max(reward, position.maxPnlR);
  const bottom = Math.min(-1, position.minPnlR);
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
        {level(-1, 'stop')}
        {level(reward, 'target')}
        <polyline className="path-line" points={points.map((event) => `${x(event.time).toFixed(1)},${y(event.pnlR).toFixed(1)}`).join(' ')} />
      </svg>
      {mark(reward, t('col.target'), 'up')}
      {mark(-1, t('col.stop'), 'down')}
    </figure>
  );
}
