// The rehearsal of a simulated exchange: its clock, and faults a trader starts and stops to see how the terminal holds.
import { useState } from 'react';
import type { FaultField, FaultKind, RehearsalAction, RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import { currentRpc } from '../connect.ts';
import { inWords } from '../i18n/sentences.ts';
import { translate, useText, wordOf } from '../i18n/translate.ts';
import { usePolled } from '../state/polled.ts';
import { say } from '../state/toasts.ts';
import { formatMoment, numberText } from '../ui/format.ts';
import { Block, Segmented } from '../ui/parts.tsx';

const ASK_MS = 1000;
const SPEEDS = ['1', '10', '60', '120', '600'] as const;

type Values = Readonly<Record<string, number | string | boolean>>;

/** The panel of the exchange, asked every second while it is shown, and what a person does to it. */
function useRehearsal(): { readonly view: RehearsalView | null | undefined; readonly act: (action: RehearsalAction) => void } {
  const { answer, show } = usePolled('rehearsal', ASK_MS);
  const act = (action: RehearsalAction): void => {
    currentRpc()
      ?.call('rehearse', action)
      .then(show, (failure: unknown) => say('bad', inWords(failure instanceof Error ? failure.message : String(failure))));
  };
  return { view: answer, act };
}

export function Rehearsal(): React.JSX.Element {
  const t = useText();
  const { view, act } = useRehearsal();
  if (view === undefined) return <p className="empty">{t('state.loading')}</p>;
  if (view === null) return <p className="empty">{t('rehearsal.onlySimulated')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.rehearsal')} data-testid="rehearsal">
      <Block title={t('rehearsal.clock')} note={formatMoment(view.time)}>
        <div className="button-row">
          <Segmented
            label={t('rehearsal.speed')}
            value={String(view.speed)}
            options={[...new Set([...SPEEDS, String(view.speed)])].map((speed) => [speed, `${speed}×`] as const)}
            onChange={(speed) => act({ kind: 'set-speed', speed: Number(speed) })}
          />
          <button type="button" onClick={() => act({ kind: view.isPaused ? 'resume' : 'pause' })}>
            {t(view.isPaused ? 'rehearsal.resume' : 'rehearsal.pause')}
          </button>
          <button type="button" disabled={!view.isPaused} onClick={() => act({ kind: 'step', seconds: 60 })}>
            {t('rehearsal.step')}
          </button>
        </div>
      </Block>
      <Running view={view} act={act} />
      <Block title={t('rehearsal.faults')}>
        {view.faults.map((fault) => (
          <Fault key={fault.kind} fault={fault} act={act} />
        ))}
      </Block>
      <Block title={t('rehearsal.log')}>
        {view.log.length === 0 ? <p className="muted small-text">{t('rehearsal.quiet')}</p> : null}
        <ul className="alarm-list">
          {view.log.toReversed().map((line, index) => (
            <li key={`${line.time} ${index}`}>
              <span>
                {nameOf(view, line.kind)}: {inWords(line.detail)}
              </span>
              <span className="num muted">{formatMoment(line.time)}</span>
            </li>
          ))}
        </ul>
      </Block>
    </div>
  );
}

/** The name of a fault by its kind; a word of the exchange that is none stays as it is. */
function nameOf(view: RehearsalView, kind: string): string {
  return inWords(view.faults.find((fault) => fault.kind === kind)?.label ?? kind.replaceAll('-', ' '));
}

interface RunningProps {
  readonly view: RehearsalView;
  readonly act: (action: RehearsalAction) => void;
}

function Running({ view, act }: RunningProps): React.JSX.Element | null {
  const t = useText();
  if (view.running.length === 0) return null;
  return (
    <Block title={t('rehearsal.running')}>
      <ul className="alarm-list">
        {view.running.map((fault) => (
          <li key={fault.id} data-testid="running-fault">
            <span>
              <strong>{nameOf(view, fault.kind)}</strong> {t('rehearsal.struck', { count: fault.struck })}{' '}
              <span className="muted">{fault.endsAt === null ? t('rehearsal.untilStopped') : t('rehearsal.ends', { time: formatMoment(fault.endsAt) })}</span>
            </span>
            <button type="button" onClick={() => act({ kind: 'stop-fault', id: fault.id })}>
              {t('rehearsal.stop')}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => act({ kind: 'stop-all-faults' })}>
        {t('rehearsal.stopAll')}
      </button>
    </Block>
  );
}

function Fault({ fault, act }: { readonly fault: FaultKind; readonly act: (action: RehearsalAction) => void }): React.JSX.Element {
  const t = useText();
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fault.fields.filter(({ kind, initial }) => kind !== 'symbol' || initial !== '').map(({ name, initial }) => [name, initial])),
  );
  return (
    <form
      className="fault"
      onSubmit={(event) => {
        event.preventDefault();
        act({ kind: 'start-fault', fault: fault.kind, values, seconds: null });
      }}
    >
      <strong>{inWords(fault.label)}</strong>
      <span className="muted small-text">{inWords(fault.text)}</span>
      <span className="button-row">
        {fault.fields.map((field) => (
          <Field key={field.name} field={field} value={values[field.name]} onChange={(value) => setValues({ ...values, [field.name]: value })} />
        ))}
        <button type="submit">{t(fault.form === 'moment' ? 'rehearsal.strike' : 'rehearsal.start')}</button>
      </span>
    </form>
  );
}

interface FieldProps {
  readonly field: FaultField;
  readonly value: number | string | boolean | undefined;
  readonly onChange: (value: number | string | boolean) => void;
}

function Field({ field, value, onChange }: FieldProps): React.JSX.Element {
  const label = `${inWords(field.label)}${field.unit === '' ? '' : ` (${wordOf('unit', field.unit)})`}`;
  if (field.kind === 'flag')
    return (
      <label>
        <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} /> {label}
      </label>
    );
  if (field.kind === 'choice')
    return (
      <label>
        {label}{' '}
        <select value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {field.choices.map((choice) => (
            <option key={choice} value={choice}>
              {wordOf('struck', choice)}
            </option>
          ))}
        </select>
      </label>
    );
  if (field.kind === 'symbol')
    return (
      <label>
        {label}{' '}
        <input
          className="short"
          placeholder={translate('rehearsal.anyMarket')}
          title={translate('rehearsal.anyMarketHint')}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.target.value.toUpperCase())}
        />
      </label>
    );
  return (
    <label>
      {label}{' '}
      <input
        type="number"
        className="short"
        step="any"
        {...(field.minimum === null ? {} : { min: field.minimum })}
        {...(field.maximum === null ? {} : { max: field.maximum })}
        title={field.minimum === null || field.maximum === null ? undefined : `${numberText(field.minimum, 0)} – ${numberText(field.maximum, 0)}`}
        value={Number(value)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  );
}
