// The engine's log: sentences with level and source, filtered by text and level.
import { useMemo, useState } from 'react';
import type { LogLevel, LogLine } from '../../src-shared/contract/view.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatInstant } from '../ui/format.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function columnsOf(t: Translate): readonly Column<LogLine>[] {
  return [
    { id: 'time', title: t('col.time'), width: 124, cell: (line) => <span className="num">{formatInstant(line.time)}</span> },
    { id: 'level', title: t('col.level'), width: 56, cell: (line) => wordOf('level', line.level) },
    { id: 'source', title: t('col.source'), width: 90, cell: (line) => wordOf('source', line.source) },
    { id: 'what', title: t('col.what'), width: 160, isFlexible: true, cell: (line) => <span title={inWords(line.message)}>{inWords(line.message)}</span> },
  ];
}

export function Log(): React.JSX.Element {
  const t = useText();
  const lines = useScreen((state) => state.snapshot?.log);
  const [filter, setFilter] = useState('');
  const [level, setLevel] = useState<LogLevel>('info');
  const columns = useMemo(() => columnsOf(t), [t]);
  const shown = useMemo(() => {
    const wanted = filter.toLowerCase();
    const lowest = LEVELS.indexOf(level);
    return (lines ?? [])
      .filter((line) => LEVELS.indexOf(line.level) >= lowest && `${line.source} ${line.message} ${inWords(line.message)}`.toLowerCase().includes(wanted))
      .toReversed();
  }, [lines, filter, level]);
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          placeholder={t('log.filter')}
          aria-label={t('log.filterLabel')}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        <label>
          {t('log.from')}{' '}
          <select value={level} onChange={(event) => setLevel(LEVELS.find((name) => name === event.target.value) ?? 'info')}>
            {LEVELS.map((name) => (
              <option key={name} value={name}>
                {wordOf('level', name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <DataTable
        label={t('panel.log')}
        columns={columns}
        rows={shown}
        rowKey={(line) => String(line.id)}
        empty={(lines?.length ?? 0) === 0 ? t('log.empty') : t('state.noMatch')}
        rowProps={(line) => ({ className: `log-${line.level}` })}
      />
    </>
  );
}
