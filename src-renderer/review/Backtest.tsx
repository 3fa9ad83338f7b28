// Runs the engine over history from the screen: data, time, settings, look-ahead proof, sweep or walk-forward; progress and cancel.
import { useState } from 'react';
import type { BacktestPlan } from '../../src-shared/contract/review.ts';
import { isPhraseKey, useText, type Translate } from '../i18n/translate.ts';
import { Segmented } from '../ui/parts.tsx';
import { changesOf } from './Compare.tsx';
import { JobList } from './JobList.tsx';
import { startJob, useReview } from './store.ts';

const WAYS = ['run', 'sweep', 'walk'] as const;
type Way = (typeof WAYS)[number];

const EMPTY = {
  folder: '',
  symbols: '',
  from: '',
  to: '',
  warmUpDays: '12',
  deposit: '10000',
  changes: '',
  cuts: '0',
  sweep: '',
  outOfSample: '30',
  trainDays: '90',
  testDays: '30',
};
export type BacktestForm = Readonly<typeof EMPTY>;

/** The form as a plan, or the phrase that says what is wrong. */
export function planOf(form: BacktestForm, way: Way): BacktestPlan | 'review.wrongNumber' | 'review.wrongTime' | 'review.wrongSweep' {
  const numbers = [form.warmUpDays, form.deposit, form.cuts, form.outOfSample, form.trainDays, form.testDays].map(Number);
  if (numbers.some((value) => !Number.isFinite(value) || value < 0) || Number(form.warmUpDays) < 1 || Number(form.deposit) <= 0) return 'review.wrongNumber';
  const from = momentOf(form.from);
  const to = momentOf(form.to);
  if (Number.isNaN(from) || Number.isNaN(to) || (from !== null && to !== null && from >= to)) return 'review.wrongTime';
  const sweep = way === 'run' ? [] : sweepOf(form.sweep);
  if (sweep === null || (way === 'sweep' && sweep.length === 0)) return 'review.wrongSweep';
  const symbols = form.symbols
    .toUpperCase()
    .split(/[\s,]+/u)
    .filter(Boolean);
  return {
    folder: form.folder.trim() === '' ? null : form.folder.trim(),
    symbols: symbols.length === 0 ? null : symbols,
    from,
    to,
    warmUpDays: Math.round(Number(form.warmUpDays)),
    deposit: Number(form.deposit),
    changes: changesOf({}, form.changes),
    cuts: Math.round(Number(form.cuts)),
    sweep,
    outOfSample: Number(form.outOfSample) / 100,
    walkForward: way === 'walk' ? { trainDays: Math.round(Number(form.trainDays)), testDays: Math.round(Number(form.testDays)) } : null,
  };
}

/** Midnight UTC of a date; null for an empty field, NaN for one that is no date. */
function momentOf(date: string): number | null {
  return date === '' ? null : Date.parse(`${date}T00:00:00Z`);
}

/** `rewardRiskRatio=1.5,2,3; minConfidence=0.35,0.5` as parameters with their values; null where it cannot be read. */
export function sweepOf(text: string): BacktestPlan['sweep'] | null {
  const sweep: BacktestPlan['sweep'] = [];
  for (const part of text.split(';').filter((piece) => piece.trim() !== '')) {
    const [name, list] = part.split('=');
    const values = (list ?? '').split(',').map((value) => value.trim());
    if (name === undefined || list === undefined || values.some((value) => value === '')) return null;
    sweep.push({
      name: name.trim(),
      values: values.map((value) => (Number.isFinite(Number(value)) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value)),
    });
  }
  return sweep;
}

const FIELDS: Readonly<Record<Way, readonly (keyof BacktestForm)[]>> = {
  run: [],
  sweep: ['sweep', 'outOfSample'],
  walk: ['sweep', 'trainDays', 'testDays'],
};
const COMMON = ['folder', 'symbols', 'from', 'to', 'warmUpDays', 'deposit', 'changes', 'cuts'] as const;

export function Backtest(): React.JSX.Element {
  const t = useText();
  const problem = useReview((state) => state.problem);
  const [form, setForm] = useState<BacktestForm>(EMPTY);
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
      <JobList kinds={['backtest']} />
    </div>
  );
}

interface FieldProps {
  readonly t: Translate;
  readonly name: keyof BacktestForm;
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
