// Learning from every outcome: what vetoes and refusals saved or cost, and whether confidence means what it says.
import { useMemo } from 'react';
import { useText } from '../i18n/translate.ts';
import { byVerdict, calibration, vetoSaved } from '../state/outcomes.ts';
import { useVirtualPositions } from '../state/virtual.ts';
import { nameCode } from '../text/codes.ts';
import { CalibrationPlot } from '../ui/CalibrationPlot.tsx';
import { formatR, formatShare, toneOf } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

const LIMIT = 1000;

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
        <CalibrationPlot points={bins.map((bin) => ({ stated: bin.meanConfidence, came: bin.winShare, low: bin.low, high: bin.high, count: bin.count }))} />
      </Block>
    </div>
  );
}
