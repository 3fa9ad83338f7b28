// Small parts that panels share: side mark, meter, titled block, tone chip, bar.
import type { ReactNode } from 'react';
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText } from '../i18n/translate.ts';

/** Long or short with its arrow; never by colour alone. */
export function SideMark({ side }: { readonly side: Side }): React.JSX.Element {
  const t = useText();
  return (
    <span className={side === 'long' ? 'up' : 'down'}>
      {side === 'long' ? '▲' : '▼'} {t(`side.${side}`)}
    </span>
  );
}

export function Block({
  title,
  children,
  note,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly note?: string | undefined;
}): React.JSX.Element {
  return (
    <section className="block" aria-label={title}>
      <h2>
        {title}
        {note === undefined ? null : <small className="muted">{note}</small>}
      </h2>
      {children}
    </section>
  );
}

export interface MeterProps {
  readonly label: string;
  /** Used share of the limit, [0, 1]; more is shown as full. */
  readonly share: number;
  readonly text: string;
  readonly hint?: string;
}

export function Meter({ label, share, text, hint }: MeterProps): React.JSX.Element {
  const used = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  return (
    <div className="meter-row" title={hint}>
      <span>{label}</span>
      <span
        className="progress"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(used * 100)}
        aria-valuetext={text}
      >
        <span className={share > 0.8 ? 'danger' : ''} style={{ width: `${used * 100}%` }} />
      </span>
      <span className="num">{text}</span>
    </div>
  );
}

/** Buttons of which one is pressed. */
export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}): React.JSX.Element {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {options.map(([name, text]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => onChange(name)}>
          {text}
        </button>
      ))}
    </div>
  );
}
