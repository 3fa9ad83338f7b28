// Runs the engine over history from the screen: data, time, settings, look-ahead proof, sweep or walk-forward; progress and cancel.
import { useState } from 'react';
import { STRATEGY_MODES } from '../../src-shared/domain/signal.ts';
import { isPhraseKey, useText, type Translate } from '../i18n/translate.ts';
import { Segmented } from '../ui/parts.tsx';
import { EMPTY_FORM, planOf, WAYS, type BacktestForm, type Way } from './forms.ts';
import { JobList } from './JobList.tsx';
import { startJob, useReview } from './store.ts';

type TypedField = Exclude<keyof BacktestForm, 'strategy'>;

const FIELDS: Readonly<Record<Way, readonly TypedField[]>> = {
  run: [],
  sweep: ['sweep', 'outOfSample'],
  walk: ['sweep', 'trainDays', 'testDays'],
};
const COMMON = ['folder', 'symbols', 'from', 'to', 'warmUpDays', 'deposit', 'changes', 'cuts'] as const;

export function Backtest(): React.JSX.Element {
  const t = useText();
  const problem = useReview((state) => state.jobProblem);
  const [form, setForm] = useState<BacktestForm>(EMPTY_FORM);
  const [way, setWay] = useState<Way>('run');
  const [wrong, setWrong] = useState<string | null>(null);
  const run = (): void => {
    const plan = planOf(form, way);
    if (typeof plan === 'string') return setWrong(t(plan));
    setWrong(null);
    void startJob({ kind: 'backtest', plan });
  };
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.backtest')} data-testid="backtest">
      <JobList kinds={['backtest']} />
      <form
        className="backtest-form"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <p className="muted small-text wide">{t('review.backtestHint')}</p>
        <div className="wide">
          <Segmented label={t('review.way')} options={WAYS.map((name) => [name, t(`review.way.${name}`)] as const)} value={way} onChange={setWay} />
        </div>
        <label className="wide">
          <span>{t('review.strategy')}</span>
          <select name="strategy" value={form.strategy} onChange={(event) => setForm({ ...form, strategy: event.target.value })}>
            {STRATEGY_MODES.map((mode) => (
              <option key={mode} value={mode}>
                {t(`strategy.${mode}`)}
              </option>
            ))}
          </select>
        </label>
        {[...COMMON, ...FIELDS[way]].map((name) => (
          <Field key={name} t={t} name={name} value={form[name]} onChange={(value) => setForm({ ...form, [name]: value })} />
        ))}
        <button type="submit" className="primary" data-testid="backtest-run">
          {t('review.runBacktest')}
        </button>
      </form>
      {wrong === null && problem === null ? null : (
        <p className="problem" role="alert">
          {wrong ?? problem}
        </p>
      )}
    </div>
  );
}

interface FieldProps {
  readonly t: Translate;
  readonly name: TypedField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ t, name, value, onChange }: FieldProps): React.JSX.Element {
  const hint = `review.fieldHint.${name}`;
  const isDate = name === 'from' || name === 'to';
  return (
    <label className={name === 'folder' || name === 'changes' || name === 'sweep' ? 'wide' : ''}>
      <span>{t(`review.field.${name}`)}</span>
      <input
        name={name}
        type={isDate ? 'date' : 'text'}
        value={value}
        placeholder={isPhraseKey(hint) ? t(hint) : ''}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
