// Learning from every outcome: what vetoes and refusals saved or cost, and whether confidence means what it says.
import { useMemo } from 'react';
import { useText } from '../i18n/translate.ts';
import { byVerdict, calibration, vetoSaved, type CalibrationBin } from '../state/outcomes.ts';
import { useVirtualPositions } from '../state/virtual.ts';
import { nameCode } from '../text/codes.ts';
import { formatR, formatShare, toneOf } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

const LIMIT = 1000;
const PLOT = { width: 300, height: 190, margin: 26 };

export function Outcomes(): React.JSX.Element {
  const t = useText();
  const { rows, problem } = useVirtualPositions('closed', LIMIT);
  const verdicts = useMemo(() => byVerdict(rows ?? []), [rows]);
  const bins = useMemo(() => calibration(rows ?? []), [rows]);
  const veto = useMemo(() => vetoSaved(rows ?? []), [rows]);
  if (rows === null) return <p className="empty">{problem ?? t('state.loading')}</p>;
  if (rows.length === 0) return <p className="empty">{t('outcomes.empty')}</p>;
  return (
    <div className="scroll outcomes" tabIndex={0} role="region" aria-label={t('panel.outcomes')}>
      <Block title={t('outcomes.veto')} note={t('outcomes.of', { count: rows.length })}>
        <p>
          {veto.count === 0
            ? t('outcomes.noVeto')
            : t(veto.savedR >= 0 ? 'outcomes.saved' : 'outcomes.cost', { count: veto.count, sum: formatR(Math.abs(veto.savedR)) })}
        </p>
        <table className="grid plain">
          <thead>
            <tr>
              <th>{t('col.verdict')}</th>
              <th className="right">{t('outcomes.count')}</th>
              <th className="right">{t('outcomes.won')}</th>
              <th className="right">{t('outcomes.mean')}</th>
              <th className="right">{t('outcomes.sum')}</th>
            </tr>
          </thead>
          <tbody>
            {verdicts.map((row) => (
              <tr key={row.verdict}>
                <td>{nameCode(row.verdict)}</td>
                <td className="right num">{row.count}</td>
                <td className="right num">{formatShare(row.wins / row.count)}</td>
                <td className={`right num ${toneOf(row.meanR)}`}>{formatR(row.meanR)}</td>
                <td className={`right num ${toneOf(row.sumR)}`}>{formatR(row.sumR)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Block>
      <Block title={t('outcomes.calibration')}>
        <p className="muted small-text">{t('outcomes.calibrationHint')}</p>
        <Plot bins={bins} />
      </Block>
    </div>
  );
}

function Plot({ bins }: { readonly bins: readonly CalibrationBin[] }): React.JSX.Element {
  const t = useText();
  const { width, height, margin } = PLOT;
  const x = (share: number): number => margin + share * (width - margin - 14);
  const y = (share: number): number => height - margin - share * (height - margin - 6);
  const label = bins
    .map((bin) => t('outcomes.bin', { confidence: formatShare(bin.meanConfidence), won: formatShare(bin.winShare), count: bin.count }))
    .join('; ');
  return (
    <svg className="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
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
      {bins.map((bin) => (
        <g key={bin.from}>
          <line x1={x(bin.meanConfidence)} x2={x(bin.meanConfidence)} y1={y(bin.low)} y2={y(bin.high)} className="plot-band" />
          <circle cx={x(bin.meanConfidence)} cy={y(bin.winShare)} r={Math.min(7, 2 + Math.sqrt(bin.count) / 2)} className="plot-dot">
            <title>{t('outcomes.bin', { confidence: formatShare(bin.meanConfidence), won: formatShare(bin.winShare), count: bin.count })}</title>
          </circle>
        </g>
      ))}
    </svg>
  );
}
