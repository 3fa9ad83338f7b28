// Why a signal exists: sub-scores, zone, trigger, facts, what the models said and what was missing.
import type { Fact, Signal, SubScores } from '../../src-shared/domain/signal.ts';
import { inWords } from '../i18n/sentences.ts';
import { isPhraseKey, translate, useText, wordOf } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { formatMoment, formatPrice, formatShare, numberText } from '../ui/format.ts';

const SCORES: readonly (readonly [keyof SubScores, number])[] = [
  ['trendAlignment', 40],
  ['marketStructure', 20],
  ['pricePosition', 20],
  ['momentum', 10],
  ['volatility', 10],
];

export function Evidence({ signal }: { readonly signal: Signal }): React.JSX.Element {
  const t = useText();
  const market = useScreen((state) => state.snapshot?.markets[signal.symbol]);
  const { evidence, plan } = signal;
  const { zone } = evidence;
  return (
    <div className="evidence">
      <dl className="facts">
        <dt>{t('evidence.decided')}</dt>
        <dd className="num">{formatMoment(signal.decidedAt)}</dd>
        <dt>{t('step.confidence')}</dt>
        <dd className="num">
          {t('evidence.confidence', {
            value: formatShare(signal.confidence),
            ict: formatShare(signal.ictConfidence),
            band: formatShare(signal.uncertainty / 2),
          })}
        </dd>
        <dt>{t('step.quality')}</dt>
        <dd className="num">{formatShare(signal.quality)}</dd>
        <dt>{t('step.plan')}</dt>
        <dd className="num">
          {t('evidence.plan', {
            entry: formatPrice(market, plan.entry),
            stop: formatPrice(market, plan.stop),
            target: formatPrice(market, plan.target),
            ratio: plan.rewardRisk,
          })}
        </dd>
        <dt>{t('step.regime')}</dt>
        <dd>{wordOf('regime', evidence.regime)}</dd>
        {zone === null ? null : (
          <>
            <dt>{t('evidence.zone')}</dt>
            <dd>
              {t('evidence.zoneText', {
                kind: wordOf('zone', zone.kind),
                timeframe: zone.timeframe,
                bottom: formatPrice(market, zone.bottom),
                top: formatPrice(market, zone.top),
                strength: formatShare(zone.strength),
                tests: zone.tests,
                time: formatMoment(zone.confirmedTime),
              })}
            </dd>
          </>
        )}
        <dt>{t('step.trigger')}</dt>
        <dd>{inWords(evidence.trigger)}</dd>
      </dl>
      <div className="scores">
        {SCORES.map(([name, weight]) => (
          <div key={name} className="score">
            <span>
              {t(`score.${name}`)} <small className="muted">{weight} %</small>
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
          <FactLine key={fact.label} label={factName(fact.label)} value={factValue(fact)} />
        ))}
        {evidence.opinions.map((opinion) => (
          <FactLine
            key={opinion.model}
            label={t('evidence.model', { name: opinion.model })}
            value={t('evidence.opinion', {
              win: formatShare(opinion.winProbability),
              low: formatShare(opinion.low),
              high: formatShare(opinion.high),
              effect: wordOf('effect', opinion.effect),
            })}
          />
        ))}
        {evidence.fallback === null ? null : <FactLine label={t('step.model')} value={inWords(evidence.fallback)} />}
      </dl>
    </div>
  );
}

/** Labels of facts are plain English phrases from the engine; the known ones have a translation. */
function factName(label: string): string {
  const key = `fact.${label}`;
  return isPhraseKey(key) ? translate(key) : label;
}

function factValue({ value, unit }: Fact): string {
  if (typeof value === 'string') return inWords(wordOf('direction', value));
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${numberText(value, Number.isInteger(value) ? 0 : places)}${unit === undefined ? '' : ` ${unit}`}`;
}

function FactLine({ label, value }: { readonly label: string; readonly value: string }): React.JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
