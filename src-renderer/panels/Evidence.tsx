// Why a signal exists: sub-scores, zone, trigger, facts, what the models said and what was missing.
import type { Signal, SubScores } from '../../src-shared/domain/signal.ts';
import { useScreen } from '../state/store.ts';
import { formatMoment, formatPrice, formatShare } from '../ui/format.ts';

const SCORES: readonly (readonly [keyof SubScores, string, number])[] = [
  ['trendAlignment', 'Trend alignment', 40],
  ['marketStructure', 'Market structure', 20],
  ['pricePosition', 'Price position', 20],
  ['momentum', 'Momentum', 10],
  ['volatility', 'Volatility', 10],
];

export function Evidence({ signal }: { readonly signal: Signal }): React.JSX.Element {
  const market = useScreen((state) => state.snapshot?.markets[signal.symbol]);
  const { evidence, plan } = signal;
  return (
    <div className="evidence">
      <dl className="facts">
        <dt>Decided</dt>
        <dd className="num">{formatMoment(signal.decidedAt)} UTC</dd>
        <dt>Confidence</dt>
        <dd className="num">
          {formatShare(signal.confidence)} (ICT {formatShare(signal.ictConfidence)}, ± {formatShare(signal.uncertainty / 2)})
        </dd>
        <dt>Quality</dt>
        <dd className="num">{formatShare(signal.quality)}</dd>
        <dt>Plan</dt>
        <dd className="num">
          {formatPrice(market, plan.entry)} → stop {formatPrice(market, plan.stop)}, target {formatPrice(market, plan.target)} ({plan.rewardRisk.toFixed(2)} :
          1)
        </dd>
        <dt>Regime</dt>
        <dd>{evidence.regime.replaceAll('_', ' ')}</dd>
        {evidence.zone === null ? null : (
          <>
            <dt>Zone</dt>
            <dd>
              {evidence.zone.kind.replaceAll('_', ' ')} on {evidence.zone.timeframe}, {formatPrice(market, evidence.zone.bottom)}–
              {formatPrice(market, evidence.zone.top)}, strength {formatShare(evidence.zone.strength)}, {evidence.zone.tests} tests, known since{' '}
              {formatMoment(evidence.zone.confirmedTime)}
            </dd>
          </>
        )}
        <dt>Trigger</dt>
        <dd>{evidence.trigger}</dd>
      </dl>
      <div className="scores">
        {SCORES.map(([name, label, weight]) => (
          <div key={name} className="score">
            <span>
              {label} <small className="muted">{weight} %</small>
            </span>
            <span className="progress">
              <span style={{ width: `${evidence.subScores[name] * 100}%` }} />
            </span>
            <span className="num">{Math.round(evidence.subScores[name] * 100)}</span>
          </div>
        ))}
      </div>
      <dl className="facts">
        {evidence.facts.map((fact) => (
          <FactLine
            key={fact.label}
            label={fact.label}
            value={typeof fact.value === 'number' ? `${Number(fact.value.toPrecision(5))}${fact.unit === undefined ? '' : ` ${fact.unit}`}` : fact.value}
          />
        ))}
        {evidence.opinions.map((opinion) => (
          <FactLine
            key={opinion.model}
            label={`Model ${opinion.model}`}
            value={`win ${formatShare(opinion.winProbability)} [${formatShare(opinion.low)}–${formatShare(opinion.high)}], ${opinion.effect}`}
          />
        ))}
        {evidence.fallback === null ? null : <FactLine label="Models" value={evidence.fallback} />}
      </dl>
    </div>
  );
}

function FactLine({ label, value }: { readonly label: string; readonly value: string }): React.JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
