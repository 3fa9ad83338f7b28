// Every model: what it does, whether it serves or a rule stands in, its figures and drift, and the versions to promote or go back to.
import { Fragment, useState } from 'react';
import type { GateVerdict, ModelDrift, ModelView, ModelVersion } from '../../src-shared/contract/models.ts';
import { inWords } from '../i18n/sentences.ts';
import { isPhraseKey, translate, useText, wordOf, type Translate } from '../i18n/translate.ts';
import { useModels } from '../state/models.ts';
import { useScreen } from '../state/store.ts';
import { CalibrationPlot } from '../ui/CalibrationPlot.tsx';
import { formatDay, formatShare, NO_VALUE, numberText } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';
import { learn } from './Training.tsx';
import { Opinions } from './Opinions.tsx';

export function Model(): React.JSX.Element {
  const t = useText();
  const { models, problem } = useModels();
  const [chosen, setChosen] = useState<string | null>(null);
  if (models === null) return <p className="empty">{problem ?? t('state.loading')}</p>;
  const model = models.models.find(({ name }) => name === chosen) ?? models.models[0];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.model')} data-testid="models">
      {models.problems.map((text) => (
        <p key={text} className="notice">
          {inWords(text)}
        </p>
      ))}
      <div className="model-list" role="group" aria-label={t('panel.model')}>
        {models.models.map(({ name, state, challenger }) => (
          <button key={name} type="button" aria-pressed={name === model?.name} onClick={() => setChosen(name)}>
            <i className={state === 'serving' ? 'up' : 'warn-text'} aria-hidden>
              {state === 'serving' ? '●' : '○'}
            </i>{' '}
            {wordOf('model', name)} <span className="visually-hidden">{t(`model.state.${state}`)}</span>
            {challenger === null ? null : <span className="chip small">{t('model.challenger')}</span>}
          </button>
        ))}
      </div>
      {model === undefined ? <p className="empty">{t('model.none')}</p> : <Chosen key={model.name} model={model} />}
      <Opinions />
    </div>
  );
}

function Chosen({ model }: { readonly model: ModelView }): React.JSX.Element {
  const t = useText();
  return (
    <>
      <Block title={wordOf('model', model.name)} note={t(`model.state.${model.state}`)}>
        {model.purpose === '' ? null : <p className="muted small-text">{inWords(model.purpose)}</p>}
        <dl className="facts">
          <dt>{t('model.authority')}</dt>
          <dd>{t(`model.authority.${model.authority}`)}</dd>
          <dt>{t('model.edge')}</dt>
          <dd className={model.champion?.edge === true ? 'up' : 'warn-text'}>{t(model.champion?.edge === true ? 'model.hasEdge' : 'model.noEdge')}</dd>
          <dt>{t('model.fallback')}</dt>
          <dd>
            {inWords(model.fallback.rule)} {model.fallback.why === null ? '' : <span className="warn-text">{inWords(model.fallback.why)}</span>}
          </dd>
          <dt>{t('model.serving')}</dt>
          <dd className="muted">{inWords(model.serving)}</dd>
        </dl>
        <Versions model={model} />
        <TrainIt name={model.name} />
      </Block>
      <Figures model={model} />
      <Drift drift={model.drift} problem={model.driftProblem} />
    </>
  );
}

/** A training of this model alone; what it needs to serve is trained along. */
function TrainIt({ name }: { readonly name: string }): React.JSX.Element {
  const t = useText();
  const isIdle = useScreen((state) => (state.snapshot?.training?.state ?? 'idle') === 'idle');
  return (
    <div className="button-row">
      <button type="button" disabled={!isIdle} onClick={() => void learn({ kind: 'train', model: name })}>
        {t('model.train')}
      </button>
    </div>
  );
}

function Versions({ model }: { readonly model: ModelView }): React.JSX.Element {
  const t = useText();
  const { champion, challenger, previous } = model;
  return (
    <table className="grid plain versions">
      <tbody>
        {challenger === null ? null : (
          <Version label={t('model.challenger')} version={challenger} note={challenger.gate === null ? t('model.notCompared') : gateText(t, challenger.gate)}>
            <Promote name={model.name} isAdvised={challenger.gate?.kind === 'promote'} />
          </Version>
        )}
        {champion === null ? null : <Version label={t('model.champion')} version={champion} note={champion.note} />}
        {previous.map((version, index) => (
          <Version key={version.version} label={t('model.previous')} version={version} note={version.note}>
            {index === 0 ? (
              <button type="button" onClick={() => void learn({ kind: 'roll-back', model: model.name })}>
                {t('model.rollBack')}
              </button>
            ) : null}
          </Version>
        ))}
      </tbody>
    </table>
  );
}

/** What the gate said, with what it stumbled over. */
function gateText(t: Translate, { kind, why, count }: GateVerdict): string {
  const said = t(`model.gate.${kind}`, { count });
  if (why === null) return said;
  const key = `model.gateWhy.${why}`;
  return `${said} ${isPhraseKey(key) ? t(key) : inWords(why)}`;
}

interface VersionProps {
  readonly label: string;
  readonly version: ModelVersion;
  readonly note: string;
  readonly children?: React.ReactNode;
}

function Version({ label, version, note, children }: VersionProps): React.JSX.Element {
  const t = useText();
  return (
    <tr data-testid="model-version">
      <td>{label}</td>
      <td>
        <strong className="num">{version.version}</strong>
        <div className="muted small-text">
          {version.trainedUntil === null ? '' : `${t('model.until', { day: formatDay(version.trainedUntil) })} · `}
          {inWords(note)}
        </div>
      </td>
      <td className="right">{children}</td>
    </tr>
  );
}

/** What the gate has not passed is promoted only after a second press that says so. */
function Promote({ name, isAdvised }: { readonly name: string; readonly isAdvised: boolean }): React.JSX.Element {
  const t = useText();
  const [isAsked, setAsked] = useState(false);
  if (!isAdvised && isAsked)
    return (
      <button type="button" className="danger" onClick={() => void learn({ kind: 'promote', model: name, despiteGate: true }).then(() => setAsked(false))}>
        {t('model.promoteDespite')}
      </button>
    );
  return (
    <button
      type="button"
      className={isAdvised ? 'primary' : ''}
      onClick={() => (isAdvised ? void learn({ kind: 'promote', model: name, despiteGate: false }) : setAsked(true))}
    >
      {t('model.promote')}
    </button>
  );
}

function Figures({ model }: { readonly model: ModelView }): React.JSX.Element | null {
  const t = useText();
  const { figures, calibration, importance, leakage } = model;
  if (figures.length === 0 && calibration.length === 0 && importance.length === 0) return null;
  const most = Math.max(0.0001, ...importance.map(({ share }) => share));
  return (
    <Block title={t('model.measured')}>
      {leakage === null ? null : <p className={leakage.passed ? 'muted small-text' : 'notice'}>{inWords(leakage.text)}</p>}
      <FigureTable figures={figures} />
      {calibration.length === 0 ? null : (
        <>
          <h3>{t('outcomes.calibration')}</h3>
          <CalibrationPlot points={calibration.map(({ predicted, observed, count }) => ({ stated: predicted, came: observed, count }))} />
        </>
      )}
      {importance.length === 0 ? null : <h3>{t('model.importance')}</h3>}
      <ul className="ladder">
        {importance.slice(0, 12).map(({ feature, share }) => (
          <li key={feature}>
            <span>{feature}</span>
            <span className="progress">
              <span style={{ width: `${(share / most) * 100}%` }} />
            </span>
            <span className="num">{formatShare(share)}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

/** A name out of a report in the language of the screen; one that is not known stays as it is. */
function measured(name: string): string {
  const key = `measured.${name}`;
  return isPhraseKey(key) ? translate(key) : inWords(name);
}

/** Figures under the data they were measured on, each with its interval, what is known without the model, and the rows behind it. */
function FigureTable({ figures }: { readonly figures: ModelView['figures'] }): React.JSX.Element {
  const t = useText();
  const number = (value: number | null): string => (value === null ? '' : numberText(value, Math.abs(value) < 10 ? 4 : 1));
  const parts = figures.map((figure) => {
    const [first = '', ...rest] = figure.name.split(': ');
    return rest.length === 0 ? { figure, group: '', name: first } : { figure, group: first, name: rest.join(': ') };
  });
  return (
    <table className="grid plain figure-table">
      <thead>
        <tr>
          <th scope="col">{t('model.figure')}</th>
          <th scope="col" className="right">
            {t('model.value')}
          </th>
          <th scope="col">{t('model.interval')}</th>
          <th scope="col" className="right">
            {t('model.fallback')}
          </th>
          <th scope="col" className="right">
            {t('model.rows')}
          </th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ figure, group, name }, index) => (
          // Two figures of one name tell different rows apart by their order alone.
          // oxlint-disable-next-line react/no-array-index-key
          <Fragment key={`${figure.name} ${index}`}>
            {group === (parts[index - 1]?.group ?? '') ? null : (
              <tr>
                <th scope="rowgroup" colSpan={5} className="figure-group">
                  {measured(group)}
                </th>
              </tr>
            )}
            <tr>
              <td>{measured(name)}</td>
              <td className="right num">{figure.value === null ? NO_VALUE : number(figure.value)}</td>
              <td className="num muted">{figure.low === null || figure.high === null ? '' : `[${number(figure.low)}, ${number(figure.high)}]`}</td>
              <td className="right num muted">{number(figure.baseline)}</td>
              <td className="right num muted">{numberText(figure.count, 0)}</td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

/** The stability index of each feature that moved, as a heat map; colour and number say the same. */
function Drift({ drift, problem }: { readonly drift: ModelDrift | null; readonly problem: string | null }): React.JSX.Element {
  const t = useText();
  if (drift === null)
    return (
      <Block title={t('model.drift')}>
        <p className="muted small-text">{problem === null ? t('model.notWatched') : inWords(problem)}</p>
      </Block>
    );
  return (
    <Block title={t('model.drift')} note={t('model.driftRows', { rows: drift.rows, trades: drift.trades })}>
      <p className={drift.action === 'none' ? '' : 'warn-text'}>
        {t(`model.drift.${drift.action}`, { discount: drift.discount })} {drift.isLossDrifting ? t('model.lossDrifts') : ''}
      </p>
      <div className="drift-map">
        {drift.moved.map(({ name, index, grade }) => (
          <span key={name} className={`tile drift-${grade}`} title={name}>
            {name} <span className="num">{numberText(index, 2)}</span>
          </span>
        ))}
      </div>
    </Block>
  );
}
