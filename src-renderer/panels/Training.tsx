// Training seen live: stage, time left, loss curves, pause, resume and cancel; what it would learn from and when the next one is due.
import type { TrainingView } from '../../src-shared/contract/models.ts';
import type { LearningCommand } from '../../src-shared/contract/models.ts';
import { inWords } from '../i18n/sentences.ts';
import { isPhraseKey, useText, wordOf } from '../i18n/translate.ts';
import { useLossCurves, useModels, type LossCurve } from '../state/models.ts';
import { askHost } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { nameCode } from '../text/codes.ts';
import { formatAge, formatMoment, formatR, formatShare, NO_VALUE, numberText, toneOf } from '../ui/format.ts';
import { Block, Meter } from '../ui/parts.tsx';

export function learn(command: LearningCommand): Promise<boolean> {
  return askHost((rpc) => rpc.call('learning', command));
}

export function Training(): React.JSX.Element {
  const t = useText();
  const pushed = useScreen((state) => state.snapshot?.training);
  const { models, problem } = useModels();
  const training = pushed ?? models?.training;
  if (training === undefined) return <p className="empty">{problem ?? t('state.loading')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.training')} data-testid="training" data-state={training.state}>
      <Block title={t('training.title')} note={training.state === 'idle' ? undefined : `${numberText(training.memoryMb, 0)} MB`}>
        {training.state === 'idle' ? <Idle training={training} /> : <Running training={training} />}
        <Curves />
      </Block>
      {models === null ? null : <Samples samples={models.samples} rows={models.features.rows} />}
    </div>
  );
}

function Idle({ training }: { readonly training: TrainingView }): React.JSX.Element {
  const t = useText();
  return (
    <>
      <p>{training.next === '' ? t('training.idle') : inWords(training.next)}</p>
      {training.last === null ? null : (
        <p className={training.last.isTrained ? '' : 'warn-text'} data-testid="training-last">
          {t('training.last', { time: formatMoment(training.last.endedAt) })} {inWords(training.last.text)}
        </p>
      )}
      <div className="button-row">
        <button type="button" className="primary" onClick={() => void learn({ kind: 'train', model: 'all' })}>
          {t('training.all')}
        </button>
      </div>
    </>
  );
}

/** A stage is a step of the trainer or the model it trains. */
function stageName(stage: string): string {
  return isPhraseKey(`stage.${stage}`) ? wordOf('stage', stage) : wordOf('model', stage);
}

function Running({ training }: { readonly training: TrainingView }): React.JSX.Element {
  const t = useText();
  const isPaused = training.state === 'paused';
  return (
    <>
      <p>
        {t('training.of', { models: training.models.map((name) => wordOf('model', name)).join(t('list.comma')) })}
        {training.cause === null ? '' : ` ${t(`training.cause.${training.cause}`)}`}
      </p>
      <Meter
        label={stageName(training.stage)}
        share={training.fraction}
        text={`${formatShare(training.fraction)}${training.etaMs === null ? '' : ` · ${t('training.left', { time: formatAge(training.etaMs) })}`}`}
      />
      <p className="muted small-text">{training.line}</p>
      <div className="button-row">
        <button type="button" onClick={() => void learn({ kind: isPaused ? 'resume-training' : 'pause-training' })}>
          {t(isPaused ? 'training.resume' : 'training.pause')}
        </button>
        <button type="button" onClick={() => void learn({ kind: 'cancel-training' })}>
          {t('training.cancel')}
        </button>
      </div>
    </>
  );
}

function Curves(): React.JSX.Element | null {
  const t = useText();
  const curves = useLossCurves((state) => state.curves);
  if (curves.length === 0) return null;
  return (
    <div className="curves">
      {curves.map((curve, index) => (
        <figure key={`${curve.stage} ${index}`}>
          <figcaption>{t('training.curve', { stage: stageName(curve.stage), epoch: curve.points.length, of: curve.of })}</figcaption>
          <Curve curve={curve} />
        </figure>
      ))}
    </div>
  );
}

const SIZE = { width: 240, height: 70 };

function Curve({ curve }: { readonly curve: LossCurve }): React.JSX.Element {
  const t = useText();
  const values = curve.points.flatMap(({ train, later }) => [train, later]).filter(Number.isFinite);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const { width, height } = SIZE;
  const path = (of: 'train' | 'later'): string =>
    curve.points
      .map((point, index) => {
        const x = curve.points.length < 2 ? 0 : (index / (curve.points.length - 1)) * width;
        const y = high === low ? height / 2 : height - 4 - ((point[of] - low) / (high - low)) * (height - 8);
        return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`;
      })
      .join('');
  const last = curve.points.at(-1);
  const words = t('training.loss', { train: last?.train ?? Number.NaN, later: last?.later ?? Number.NaN });
  return (
    <>
      <svg className="loss-curve" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <path d={path('train')} className="curve-train" />
        <path d={path('later')} className="curve-later" />
      </svg>
      <small className="num muted">{words}</small>
    </>
  );
}

interface SamplesProps {
  readonly samples: NonNullable<ReturnType<typeof useModels>['models']>['samples'];
  readonly rows: number;
}

/** What hybrid took beside what ICT alone would have taken, of the same candidates. */
function Beside({ counterfactual: { hybrid, ictAlone } }: { readonly counterfactual: SamplesProps['samples']['counterfactual'] }): React.JSX.Element {
  const t = useText();
  if (hybrid.count === 0 && ictAlone.count === 0) return <span className="muted">{t('training.besideNone')}</span>;
  const mean = ({ count, meanR }: { readonly count: number; readonly meanR: number }): string => (count === 0 ? NO_VALUE : formatR(meanR));
  return (
    <span className="num">
      {t('training.besideText', { hybridCount: hybrid.count, hybridMean: mean(hybrid), ictCount: ictAlone.count, ictMean: mean(ictAlone) })}
    </span>
  );
}

/** What there is to learn from, by where it was lived, and what the veto saved or cost over all of it. */
function Samples({ samples, rows }: SamplesProps): React.JSX.Element {
  const t = useText();
  return (
    <Block title={t('training.samples')} note={t('training.rows', { count: rows })}>
      <dl className="facts">
        <dt>{t('training.total')}</dt>
        <dd className="num">
          {samples.total} · {t('training.sources', { real: samples.real, paper: samples.paper, virtual: samples.virtual })}
        </dd>
        <dt>{t('training.since')}</dt>
        <dd className="num">{samples.sinceTraining}</dd>
        <dt>{t('outcomes.veto')}</dt>
        <dd className={samples.veto.count === 0 ? 'muted' : toneOf(samples.veto.savedR)}>
          {samples.veto.count === 0
            ? t('outcomes.noVeto')
            : t(samples.veto.savedR >= 0 ? 'outcomes.saved' : 'outcomes.cost', { count: samples.veto.count, sum: formatR(Math.abs(samples.veto.savedR)) })}
        </dd>
        <dt>{t('training.beside')}</dt>
        <dd data-testid="counterfactual" title={t('training.besideHint')}>
          <Beside counterfactual={samples.counterfactual} />
        </dd>
      </dl>
      <p className="muted small-text">{t('training.samplesHint')}</p>
      {samples.byVerdict.length === 0 ? null : (
        <table className="grid plain">
          <thead>
            <tr>
              <th>{t('col.verdict')}</th>
              <th className="right">{t('outcomes.count')}</th>
              <th className="right">{t('outcomes.won')}</th>
              <th className="right">{t('outcomes.mean')}</th>
            </tr>
          </thead>
          <tbody>
            {samples.byVerdict.map((row) => (
              <tr key={row.verdict}>
                <td>{nameCode(row.verdict)}</td>
                <td className="right num">{row.count}</td>
                <td className="right num">{formatShare(row.count === 0 ? null : row.wins / row.count)}</td>
                <td className={`right num ${toneOf(row.meanR)}`}>{formatR(row.meanR)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Block>
  );
}
