// Blind review: finished set-ups up to their decision, judged by the person first, then graded beside the system.
import { useState } from 'react';
import type { BlindCaseView, BlindGradeView } from '../../src-shared/contract/review.ts';
import { useText, type Translate } from '../i18n/translate.ts';
import { formatMoment, formatR, numberText, toneOf } from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';
import { askReview, sentenceOf } from './ask.ts';
import { useReview } from './store.ts';

const COUNT = 20;
const PLOT = { width: 640, height: 260, margin: 8 };

interface Answer {
  readonly id: string;
  readonly choice: 'take' | 'skip';
  readonly probability: number;
}

export function Blind(): React.JSX.Element {
  const t = useText();
  const key = useReview((state) => state.key);
  const [cases, setCases] = useState<readonly BlindCaseView[]>([]);
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const [grade, setGrade] = useState<BlindGradeView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const current = cases[answers.length];
  const begin = (): void => {
    if (key === null) return;
    setGrade(null);
    setAnswers([]);
    setCases([]);
    askReview({ kind: 'blind', key, count: COUNT, seed: Math.floor(Date.now() % 2 ** 31) }).then(
      (drawn) => {
        setCases(drawn);
        setProblem(drawn.length === 0 ? t('review.noCases') : null);
      },
      (failure: unknown) => setProblem(sentenceOf(failure)),
    );
  };
  const judge = (all: readonly Answer[]): void => {
    if (key === null || all.length === 0) return;
    setCases([]);
    askReview({ kind: 'grade', key, answers: [...all] }).then(setGrade, (failure: unknown) => setProblem(sentenceOf(failure)));
  };
  const answer = (next: Answer): void => {
    const all = [...answers, next];
    setAnswers(all);
    if (all.length === cases.length) judge(all);
  };
  if (key === null || key.startsWith('backtest:')) return <p className="empty">{t('review.chooseSession')}</p>;
  return (
    <div className="scroll blind" tabIndex={0} role="region" aria-label={t('panel.blind')} data-testid="blind">
      {problem === null ? null : <p className="problem">{problem}</p>}
      {current === undefined ? (
        <>
          <p className="muted">{t('review.blindHint')}</p>
          <button type="button" className="primary" data-testid="blind-begin" onClick={begin}>
            {t('review.begin', { count: COUNT })}
          </button>
        </>
      ) : (
        <Case key={current.id} entry={current} place={`${answers.length + 1} / ${cases.length}`} onAnswer={answer} onStop={() => judge(answers)} />
      )}
      {grade === null ? null : <Grade t={t} grade={grade} answers={answers} />}
    </div>
  );
}

interface CaseProps {
  readonly entry: BlindCaseView;
  readonly place: string;
  readonly onAnswer: (answer: Answer) => void;
  readonly onStop: () => void;
}

function Case({ entry, place, onAnswer, onStop }: CaseProps): React.JSX.Element {
  const t = useText();
  const [percent, setPercent] = useState(50);
  const answer = (choice: Answer['choice']): void => onAnswer({ id: entry.id, choice, probability: percent / 100 });
  return (
    <section aria-label={place}>
      <h3>
        <SideMark side={entry.side} /> <small className="muted">{place}</small>
      </h3>
      <label>
        {t('review.chance')} <input type="range" min={0} max={100} value={percent} onChange={(event) => setPercent(Number(event.target.value))} />{' '}
        <output className="num">{percent} %</output>
      </label>
      <p>
        <button type="button" data-testid="blind-take" onClick={() => answer('take')}>
          {t('review.take')}
        </button>{' '}
        <button type="button" data-testid="blind-skip" onClick={() => answer('skip')}>
          {t('review.skip')}
        </button>{' '}
        <button type="button" data-testid="blind-stop" onClick={onStop}>
          {t('review.gradeNow')}
        </button>
      </p>
      <HiddenChart entry={entry} />
    </section>
  );
}

/** Candles as shares of the entry; nothing tells the market or the day. */
function HiddenChart({ entry: { candles, stop, target, side } }: { readonly entry: BlindCaseView }): React.JSX.Element {
  const t = useText();
  const low = Math.min(...candles.low, stop, target);
  const high = Math.max(...candles.high, stop, target);
  const y = (value: number): number => PLOT.margin + (1 - (value - low) / (high - low || 1)) * (PLOT.height - 2 * PLOT.margin);
  const width = (PLOT.width - 60) / candles.open.length;
  return (
    <svg className="plot blind-plot" viewBox={`0 0 ${PLOT.width} ${PLOT.height}`} role="img" aria-label={t(`side.${side}`)}>
      {candles.open.map((open, index) => {
        const close = candles.close[index] ?? open;
        const x = index * width;
        return (
          <g key={candles.openTime[index]} className={close >= open ? 'bar-up' : 'bar-down'}>
            <rect
              x={x + width / 2 - 0.4}
              width={0.8}
              y={y(candles.high[index] ?? open)}
              height={Math.max(0.5, y(candles.low[index] ?? open) - y(candles.high[index] ?? open))}
            />
            <rect x={x + width * 0.15} width={width * 0.7} y={y(Math.max(open, close))} height={Math.max(0.8, Math.abs(y(open) - y(close)))} />
          </g>
        );
      })}
      {[
        { value: 1, name: t('col.entry'), style: 'level-entry' },
        { value: stop, name: t('col.stop'), style: 'level-stop' },
        { value: target, name: t('col.target'), style: 'level-target' },
      ].map((level) => (
        <g key={level.style} className={level.style}>
          <line x1={0} x2={PLOT.width - 58} y1={y(level.value)} y2={y(level.value)} />
          <text x={PLOT.width - 55} y={y(level.value) + 3}>
            {level.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Grade({ t, grade, answers }: { readonly t: Translate; readonly grade: BlindGradeView; readonly answers: readonly Answer[] }): React.JSX.Element {
  const choice = new Map(answers.map((answer) => [answer.id, answer]));
  const share = (value: number | null): string => (value === null ? '–' : `${numberText(value * 100, 0)} %`);
  const rows = [
    [t('review.taken'), String(grade.person.taken), String(grade.system.taken)],
    [t('figure.winRate'), share(grade.person.winRate), share(grade.system.winRate)],
    [t('review.takenR'), formatR(grade.person.takenR), formatR(grade.system.takenR)],
    [t('review.skippedR'), formatR(grade.person.skippedR), formatR(grade.system.skippedR)],
    [t('review.brier'), numberText(grade.person.brier ?? Number.NaN, 3), numberText(grade.system.brier ?? Number.NaN, 3)],
    [t('review.ranking'), share(grade.person.ranking), share(grade.system.ranking)],
  ] as const;
  return (
    <div data-testid="blind-grade">
      <table className="grid plain">
        <thead>
          <tr>
            <th>{t('review.judged', { count: grade.judged })}</th>
            <th className="right">{t('review.you')}</th>
            <th className="right">{t('review.system')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, person, system]) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="right num">{person}</td>
              <td className="right num">{system}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="replay-list">
        {grade.outcomes.map((outcome) => (
          <li key={outcome.id}>
            <span className="num muted">{formatMoment(outcome.decidedAt)}</span> <strong>{outcome.symbol}</strong>{' '}
            {t(choice.get(outcome.id)?.choice === 'take' ? 'review.youTook' : 'review.youSkipped')} · {share(outcome.confidence)} ·{' '}
            <span className={toneOf(outcome.netR)}>{formatR(outcome.netR)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
