// One parameter in the settings: name, control by kind, unit, help, range, and whether it differs from its default.
import { parameterOf, type SettingKey } from '../../src-shared/contract/settings.ts';
import type { Parameter } from '../../src-shared/contract/parameter.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { helpOf, rangeOf, unitOf } from './setting-words.ts';

type Value = number | boolean | string;

export interface SettingRowProps {
  readonly name: SettingKey;
  readonly value: Value;
  readonly isUnsaved: boolean;
  readonly problem: string | undefined;
  readonly onChange: (value: Value) => void;
}

export function SettingRow({ name, value, isUnsaved, problem, onChange }: SettingRowProps): React.JSX.Element {
  const t = useText();
  const parameter: Parameter = parameterOf(name);
  const isDefault = value === parameter.default;
  const helpId = `help-${name}`;
  return (
    <div className={`setting ${problem === undefined ? '' : 'invalid'}`}>
      <label className="setting-name" htmlFor={`setting-${name}`}>
        {parameter.name}
        {isUnsaved ? (
          <em>{t('settings.unsaved')}</em>
        ) : isDefault ? null : (
          <em title={t('settings.default', { value: String(parameter.default) })}>{t('settings.changed')}</em>
        )}
      </label>
      <span className="setting-input">
        <Control id={`setting-${name}`} helpId={helpId} parameter={parameter} value={value} isInvalid={problem !== undefined} onChange={onChange} />
        <small className="muted">{unitOf(parameter.unit)}</small>
        {isDefault ? null : (
          <button
            type="button"
            className="icon-button"
            aria-label={t('settings.reset', { name: parameter.name })}
            title={t('settings.default', { value: String(parameter.default) })}
            onClick={() => onChange(parameter.default)}
          >
            ↺
          </button>
        )}
      </span>
      <small id={helpId} className={problem === undefined ? 'muted' : 'bad-text'}>
        {problem ?? `${helpOf(name)} ${rangeOf(name)}`}
      </small>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly helpId: string;
  readonly parameter: Parameter;
  readonly value: Value;
  readonly isInvalid: boolean;
  readonly onChange: (value: Value) => void;
}

function Control({ id, helpId, parameter, value, isInvalid, onChange }: ControlProps): React.JSX.Element {
  switch (parameter.kind) {
    case 'boolean':
      return <input id={id} type="checkbox" aria-describedby={helpId} checked={value === true} onChange={(event) => onChange(event.target.checked)} />;
    case 'choice':
      return (
        <select id={id} aria-describedby={helpId} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {parameter.choices.map((choice) => (
            <option key={choice} value={choice}>
              {wordOf('choice', choice)}
            </option>
          ))}
        </select>
      );
    case 'number':
      return (
        <input
          id={id}
          type="number"
          aria-describedby={helpId}
          aria-invalid={isInvalid}
          value={Number.isNaN(value) ? '' : String(value)}
          min={parameter.minimum}
          max={parameter.maximum}
          step={parameter.integer ? 1 : 'any'}
          onChange={(event) => onChange(event.target.value === '' ? Number.NaN : Number(event.target.value))}
        />
      );
    case 'text':
      return (
        <input
          id={id}
          type="text"
          aria-describedby={helpId}
          aria-invalid={isInvalid}
          value={String(value)}
          maxLength={parameter.maximumLength}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
