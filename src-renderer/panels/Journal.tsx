// The journal as it was written: newest first, older pages on scrolling, a filter by kind.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { JournalRow } from '../../src-shared/contract/rpc.ts';
import { currentRpc, onConnected } from '../connect.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { journalLine } from '../text/journal-line.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatInstant } from '../ui/format.ts';

const PAGE = 500;
const NO_MARKETS = {};
/** Kinds the engine writes; the filter is asked of the engine, so that a rare kind is found far back. */
const KINDS = [
  'decision',
  'order',
  'fill',
  'position',
  'lifecycle',
  'guard',
  'command',
  'settings',
  'automation',
  'alarm',
  'reconciled',
  'learning',
  'mode',
  'twin',
  'virtual-opened',
  'virtual-closed',
];

function columnsOf(t: Translate): readonly Column<JournalRow>[] {
  return [
    { id: 'id', title: '#', width: 70, align: 'right', cell: (row) => <span className="muted">{row.id}</span> },
    { id: 'time', title: t('col.time'), width: 124, cell: (row) => <span className="num">{formatInstant(row.time)}</span> },
    { id: 'kind', title: t('col.kind'), width: 96, cell: (row) => wordOf('record', row.kind) },
    { id: 'what', title: t('col.what'), width: 160, isFlexible: true, cell: (row) => <Line summary={row.summary} /> },
  ];
}

/** One record as a person reads it; the tooltip holds what is cut off. */
function Line({ summary }: { readonly summary: string }): React.JSX.Element {
  const text = journalLine(summary, useScreen((state) => state.snapshot?.markets) ?? NO_MARKETS);
  return <span title={text}>{text}</span>;
}

export function Journal(): React.JSX.Element {
  const t = useText();
  const [kind, setKind] = useState('');
  const [rows, setRows] = useState<readonly JournalRow[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [chosen, setChosen] = useState<JournalRow | null>(null);
  const paging = useRef({ isBusy: false, isAtEnd: false });
  const columns = useMemo(() => columnsOf(t), [t]);

  const load = (before: number | null): void => {
    const rpc = currentRpc();
    if (rpc === null || paging.current.isBusy) return;
    paging.current.isBusy = true;
    rpc
      .call('journal', { before, limit: PAGE, kinds: kind === '' ? [] : [kind] })
      .then(
        (page) => {
          paging.current.isAtEnd = page.length === 0;
          setProblem(null);
          setRows((known) => (before === null ? page : [...(known ?? []), ...page]));
        },
        (failure: unknown) => setProblem(inWords(failure instanceof Error ? failure.message : String(failure))),
      )
      .finally(() => {
        paging.current.isBusy = false;
      });
  };
  useEffect(() => {
    setRows(null);
    return onConnected(() => load(null));
  }, [kind]);
  return (
    <>
      <div className="toolbar">
        <label>
          {t('col.kind')}{' '}
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">{t('journal.all')}</option>
            {KINDS.map((name) => (
              <option key={name} value={name}>
                {wordOf('record', name)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => load(null)}>
          {t('journal.newest')}
        </button>
        <span className="muted">{t('journal.count', { count: rows?.length ?? 0 })}</span>
        {problem === null ? null : (
          <span className="bad-text" role="alert">
            {problem}
          </span>
        )}
      </div>
      <div className="split">
        <div className="split-main">
          <DataTable
            label={t('panel.journal')}
            columns={columns}
            rows={rows ?? []}
            rowKey={(row) => String(row.id)}
            selectedKey={chosen === null ? null : String(chosen.id)}
            empty={rows === null ? t('state.loading') : t('journal.empty')}
            onOpen={setChosen}
            onEnd={() => !paging.current.isAtEnd && load(rows?.at(-1)?.id ?? null)}
            rowProps={() => ({ 'data-testid': 'journal-row' })}
          />
        </div>
        {chosen === null ? null : (
          <pre className="split-side" tabIndex={0} aria-label={t('journal.record', { id: chosen.id })}>
            {JSON.stringify(chosen.data, null, 1)}
          </pre>
        )}
      </div>
    </>
  );
}
