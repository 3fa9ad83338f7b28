// Dialogs: confirm a close, confirm a wider stop, settings, keys and the command palette.
import { useState } from 'react';
import { PARAMETER_GROUPS, type Parameter } from '../../src-shared/contract/parameter.ts';
import { describeAllowed, parameterOf, parseSettings, settingKeys, type SettingKey } from '../../src-shared/contract/settings.ts';
import { command, openDialog, selectSymbol, useScreen } from '../state/store.ts';
import { formatLots, formatPrice, formatR, formatSignedUsdt, lotsToQuantity, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';

const close = (): void => openDialog(null);

export function Dialogs(): React.JSX.Element | null {
  const dialog = useScreen((state) => state.dialog);
  switch (dialog?.kind) {
    case 'close':
      return <CloseDialog positionId={dialog.positionId} fraction={dialog.fraction} />;
    case 'widen':
      return <WidenDialog positionId={dialog.positionId} price={dialog.price} />;
    case 'settings':
      return <SettingsDialog />;
    case 'keys':
      return <KeysDialog />;
    case 'palette':
      return <PaletteDialog />;
    case undefined:
      return null;
  }
}

function CloseDialog({ positionId, fraction }: { readonly positionId: string; readonly fraction: number }): React.JSX.Element | null {
  const view = useScreen((state) => state.snapshot?.positions[positionId]);
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  if (view === undefined || view.position.phase === 'closed')
    return (
      <Modal title="Already closed" onClose={close}>
        <p>That position has closed meanwhile.</p>
        <div className="button-row">
          <button type="button" onClick={close}>
            OK
          </button>
        </div>
      </Modal>
    );
  const { position } = view;
  const amount = fraction === 1 ? position.lots : Math.max(1, Math.floor(position.lots * fraction));
  const notional = lotsToQuantity(market, amount) * view.mark;
  return (
    <Modal title={`Close ${fraction === 1 ? '' : 'half of '}${position.symbol} ${position.side}`} onClose={close}>
      <dl className="facts">
        <dt>Quantity</dt>
        <dd className="num">
          {formatLots(market, amount)} of {formatLots(market, position.lots)}
        </dd>
        <dt>Worth</dt>
        <dd className="num">
          {notional.toFixed(2)} USDT at {formatPrice(market, view.mark)}
        </dd>
        <dt>Result now</dt>
        <dd className="num">
          {formatSignedUsdt(Math.round(view.unrealised * (amount / Math.max(1, position.lots))))} USDT, {formatR(view.pnlR)}
        </dd>
        <dt>Fee</dt>
        <dd className="num">about {(notional * 0.0005).toFixed(2)} USDT</dd>
      </dl>
      <div className="button-row">
        <button
          type="button"
          className="danger"
          onClick={() => {
            void command({ kind: 'close-position', positionId, fraction });
            close();
          }}
        >
          Close position
        </button>
        <button type="button" onClick={close}>
          Keep it
        </button>
      </div>
    </Modal>
  );
}

function WidenDialog({ positionId, price }: { readonly positionId: string; readonly price: number }): React.JSX.Element | null {
  const view = useScreen((state) => state.snapshot?.positions[positionId]);
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  if (view === undefined || market === undefined) return null;
  const { position } = view;
  const quantity = lotsToQuantity(market, position.lots);
  const loss = (level: number): string => ((level - position.entryPrice) * (position.side === 'long' ? 1 : -1) * quantity).toFixed(2);
  return (
    <Modal title={`Widen the stop of ${position.symbol}`} onClose={close}>
      <p>
        The stop moves from {formatPrice(market, ticksToPrice(market, position.stop))} ({loss(ticksToPrice(market, position.stop))} USDT) to{' '}
        {formatPrice(market, ticksToPrice(market, price))} ({loss(ticksToPrice(market, price))} USDT). This adds risk.
      </p>
      <div className="button-row">
        <button
          type="button"
          className="danger"
          onClick={() => {
            void command({ kind: 'move-stop', positionId, price });
            close();
          }}
        >
          Widen the stop
        </button>
        <button type="button" onClick={close}>
          Keep the old one
        </button>
      </div>
    </Modal>
  );
}

function SettingsDialog(): React.JSX.Element {
  const settings = useScreen((state) => state.snapshot?.settings);
  const [search, setSearch] = useState('');
  const [changes, setChanges] = useState<Readonly<Record<string, number | boolean | string>>>({});
  if (settings === undefined)
    return (
      <Modal title="Settings" onClose={close}>
        <p>Waiting for the engine.</p>
      </Modal>
    );
  const parsed = parseSettings({ ...settings, ...changes });
  const problems = parsed.ok ? [] : parsed.error;
  const wanted = search.trim().toLowerCase();
  const matches = (key: SettingKey): boolean => `${key} ${parameterOf(key).name} ${parameterOf(key).help}`.toLowerCase().includes(wanted);
  const changed = Object.keys(changes).length;
  return (
    <Modal title="Settings" onClose={close} wide>
      <div className="toolbar">
        <input
          type="search"
          placeholder="Search parameters"
          aria-label="Search parameters"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="muted">{settingKeys().length} parameters; API keys are never kept here.</span>
      </div>
      <div className="settings">
        {PARAMETER_GROUPS.map((group) => {
          const keys = settingKeys().filter((key) => parameterOf(key).group === group && matches(key));
          return keys.length === 0 ? null : (
            <fieldset key={group}>
              <legend>{group}</legend>
              {keys.map((key) => (
                <SettingRow
                  key={key}
                  name={key}
                  value={changes[key] ?? settings[key]}
                  problem={problems.find((entry) => entry.path === key)?.message}
                  onChange={(value) => setChanges({ ...changes, [key]: value })}
                />
              ))}
            </fieldset>
          );
        })}
      </div>
      <div className="button-row">
        <span className="bad-text" role="alert">
          {problems[0]?.message ?? ''}
        </span>
        <div className="spacer" />
        <button
          type="button"
          className="primary"
          disabled={changed === 0 || problems.length > 0}
          onClick={() => void command({ kind: 'update-settings', changes: { ...changes } }).then((isSaved) => isSaved && close())}
        >
          Save {changed > 0 ? `${changed} change${changed === 1 ? '' : 's'}` : ''}
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </Modal>
  );
}

function SettingRow({
  name,
  value,
  problem,
  onChange,
}: {
  readonly name: SettingKey;
  readonly value: number | boolean | string;
  readonly problem: string | undefined;
  readonly onChange: (value: number | boolean | string) => void;
}): React.JSX.Element {
  const parameter: Parameter = parameterOf(name);
  const isDefault = value === parameter.default;
  return (
    <label className={`setting ${problem === undefined ? '' : 'invalid'}`}>
      <span className="setting-name">
        {parameter.name}
        {isDefault ? null : <em title={`Default: ${String(parameter.default)}`}>changed</em>}
      </span>
      <span className="setting-input">
        {parameter.kind === 'boolean' ? (
          <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} />
        ) : parameter.kind === 'choice' ? (
          <select value={String(value)} onChange={(event) => onChange(event.target.value)}>
            {parameter.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : parameter.kind === 'number' ? (
          <input
            type="number"
            value={String(value)}
            min={parameter.minimum}
            max={parameter.maximum}
            step={parameter.integer ? 1 : 'any'}
            onChange={(event) => onChange(event.target.value === '' ? Number.NaN : Number(event.target.value))}
            aria-invalid={problem !== undefined}
          />
        ) : (
          <input
            type="text"
            value={String(value)}
            maxLength={parameter.maximumLength}
            onChange={(event) => onChange(event.target.value)}
            aria-invalid={problem !== undefined}
          />
        )}
        <small className="muted">{parameter.unit}</small>
      </span>
      <small className={problem === undefined ? 'muted' : 'bad-text'}>
        {problem ?? `${parameter.help} ${parameter.kind === 'number' ? `(${describeAllowed(parameter)}; default ${parameter.default})` : ''}`}
      </small>
    </label>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search a market'],
  ['↑ ↓ or J K', 'Previous and next market'],
  ['1 2 3', '1h, 15m, 5m'],
  ['O F B L', 'Order blocks, gaps, breaks, liquidity'],
  ['Ctrl+K', 'Palette'],
  ['Esc', 'Dismiss only'],
  ['?', 'This sheet'],
];

function KeysDialog(): React.JSX.Element {
  return (
    <Modal title="Keys" onClose={close}>
      <dl className="facts">
        {KEYS.map(([key, what]) => (
          <div key={key} className="pair">
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className="button-row">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  );
}

function PaletteDialog(): React.JSX.Element {
  const markets = useScreen((state) => state.snapshot?.markets);
  const [text, setText] = useState('');
  const actions: readonly (readonly [string, () => void])[] = [
    ['Pause automation', () => void command({ kind: 'pause-automation' })],
    ['Resume automation', () => void command({ kind: 'resume-automation' })],
    ['Reduce only', () => void command({ kind: 'set-trading-state', state: 'reducing' })],
    ['Open settings', () => openDialog({ kind: 'settings' })],
    ...Object.keys(markets ?? {}).map((symbol) => [symbol, () => selectSymbol(symbol)] as const),
  ];
  const found = actions.filter(([label]) => label.toLowerCase().includes(text.toLowerCase())).slice(0, 12);
  const run = (action: (() => void) | undefined): void => {
    close();
    action?.();
  };
  return (
    <Modal title="Palette" onClose={close}>
      <input
        type="search"
        aria-label="Command or symbol"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && run(found[0]?.[1])}
        placeholder="Command or symbol"
      />
      <ul className="palette">
        {found.map(([label, action]) => (
          <li key={label}>
            <button type="button" onClick={() => run(action)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
