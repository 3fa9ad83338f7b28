// What a person typed, read: a plan of a backtest, changed settings, tags. Pure.
import type { BacktestPlan } from '../../src-shared/contract/review-requests.ts';
import { parameterOf, settingKeys } from '../../src-shared/contract/settings.ts';

/** A setting by the name the settings form shows (`MIN_CONFIDENCE`) or by its own (`minConfidence`); any other stays for the engine to refuse in words. */
function keyNamed(name: string): string {
  return settingKeys().find((key) => parameterOf(key).name === name.toUpperCase()) ?? name;
}

/** Fields that were filled in, and `name=value` pairs, as settings. */
export function changesOf(values: Readonly<Record<string, string>>, other: string): Readonly<Record<string, number | boolean | string>> {
  const pairs = other.split(',').map((pair) => pair.split('='));
  const all = [...Object.entries(values), ...pairs.map(([name, value]) => [name ?? '', value ?? ''] as const)];
  return Object.fromEntries(
    all
      .map(([name, value]) => [name.trim(), value.trim()] as const)
      .filter(([name, value]) => name !== '' && value !== '')
      .map(([name, value]) => [keyNamed(name), value === 'true' ? true : value === 'false' ? false : Number.isFinite(Number(value)) ? Number(value) : value]),
  );
}

/** `#late #news` or `late, news` into tags. */
export function parseTags(text: string): readonly string[] {
  const tags = text
    .split(/[\s,]+/u)
    .map((word) => word.replace(/^#+/u, '').slice(0, 40))
    .filter((word) => word !== '');
  return [...new Set(tags)].slice(0, 20);
}

export const WAYS = ['run', 'sweep', 'walk'] as const;
export type Way = (typeof WAYS)[number];

export const EMPTY_FORM = {
  strategy: 'ict',
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
export type BacktestForm = Readonly<typeof EMPTY_FORM>;

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
    changes: changesOf({ strategyMode: form.strategy }, form.changes),
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

/** `RISK_REWARD_RATIO=1.5,2,3; MIN_CONFIDENCE=0.35,0.5` as parameters with their values; null where it cannot be read. */
export function sweepOf(text: string): BacktestPlan['sweep'] | null {
  const sweep: BacktestPlan['sweep'] = [];
  for (const part of text.split(';').filter((piece) => piece.trim() !== '')) {
    const [name, list] = part.split('=');
    const values = (list ?? '').split(',').map((value) => value.trim());
    if (name === undefined || list === undefined || values.some((value) => value === '')) return null;
    sweep.push({
      name: keyNamed(name.trim()),
      values: values.map((value) => (Number.isFinite(Number(value)) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value)),
    });
  }
  return sweep;
}
