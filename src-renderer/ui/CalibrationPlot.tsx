// Stated probability against what came true: on the line, a number means what it says.
import { useText } from '../i18n/translate.ts';
import { formatShare } from './format.ts';

export interface PlotPoint {
  /** Stated, [0, 1]. */
  readonly stated: number;
  /** Share that came true, [0, 1]. */
  readonly came: number;
  /** Bounds of `came`, where known. */
  readonly low?: number;
  readonly high?: number;
  readonly count: number;
}

const SIZE = { width: 300, height: 190, margin: 26 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

export function CalibrationPlot({ points }: { readonly points: readonly PlotPoint[] }): React.JSX.Element {
  const t = useText();
  const { width, height, margin } = SIZE;
  const x = (share: number): number => margin + share * (width - margin - 14);
  const y = (share: number): number => height - margin - share * (height - margin - 6);
  const describe = (point: PlotPoint): string => t('outcomes.bin', { confidence: formatShare(point.stated), won: formatShare(point.came), count: point.count });
  return (
    <svg className="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={points.map(describe).join('; ')}>
      {TICKS.map((share) => (
        <g key={share}>
          <line x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} className="plot-grid" />
          <text x={x(0) - 4} y={y(share) + 3} textAnchor="end">
            {Math.round(share * 100)}
          </text>
          <text x={x(share)} y={height - margin + 13} textAnchor="middle">
            {Math.round(share * 100)}
          </text>
        </g>
      ))}
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="plot-ideal" />
      {points.map((point) => (
        <g key={point.stated}>
          {point.low === undefined || point.high === undefined ? null : (
            <line x1={x(point.stated)} x2={x(point.stated)} y1={y(point.low)} y2={y(point.high)} className="plot-band" />
          )}
          <circle cx={x(point.stated)} cy={y(point.came)} r={Math.min(4.5, 2 + Math.sqrt(point.count) / 6)} className="plot-dot">
            <title>{describe(point)}</title>
          </circle>
        </g>
      ))}
    </svg>
  );
}
