// The list of sessions and backtests: what each was, what it brought, its tags; export and exact replay of the chosen one.
import { useEffect, useMemo, useRef, useState } from 'react';
import { FileInput } from 'lucide-react';
import { EXPORT_FORMATS } from '../../src-shared/contract/review-requests.ts';
import type { SessionRow } from '../../src-shared/contract/review.ts';
import { onConnected } from '../connect.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatAge, formatMoment, numberText, toneOf } from '../ui/format.ts';
import { printSession, saveSession, saveSessionFile, sentenceOf } from './ask.ts';
import { JobList } from './JobList.tsx';
import { filterRows } from './rows.ts';
import { addSessionFile, followJobs, loadSessions, openSession, refreshSessions, removeSession, startJob, useReview } from './store.ts';

function columnsOf(t: Translate): readonly Column<SessionRow>[] {
  return [
    {
      id: 'start',
      title: t('review.start'),
      width: 104,
      cell: (row) => <span className="num">{formatMoment(row.startedAt)}</span>,
      sortBy: (row) => row.startedAt,
    },
    {
      id: 'mode',
      title: t('review.mode'),
      width: 74,
      cell: (row) => <ModeOf row={row} />,
      sortBy: (row) => `${row.mode} ${row.origin}`,
    },
    {
      id: 'length',
      title: t('review.length'),
      width: 54,
      align: 'right',
      cell: (row) => (row.endedAt === null ? t('review.open') : formatAge(row.endedAt - row.startedAt)),
      sortBy: (row) => (row.endedAt ?? Infinity) - row.startedAt,
    },
    { id: 'trades', title: t('review.trades'), width: 52, align: 'right', cell: (row) => row.trades, sortBy: (row) => row.trades },
    {
      id: 'net',
      title: t('col.net'),
      width: 78,
      align: 'right',
      cell: (row) => <span className={toneOf(row.net)}>{numberText(row.net, 2)}</span>,
      sortBy: (row) => row.net,
    },
    { id: 'strategy', title: t('review.strategy'), width: 92, cell: (row) => wordOf('origin', row.strategy), sortBy: (row) => row.strategy },
    { id: 'tags', title: t('review.tags'), width: 120, cell: (row) => row.tags.map((tag) => `#${tag}`).join(' ') },
    { id: 'note', title: t('review.note'), width: 120, isFlexible: true, cell: (row) => row.note },
    {
      id: 'recording',
      title: t('review.recording'),
      hint: t('review.recordingHint'),
      width: 80,
      align: 'right',
      cell: (row) => (row.recordingBytes === null ? '–' : `${numberText(row.recordingBytes / 2 ** 20, 1)} MB`),
      sortBy: (row) => row.recordingBytes ?? -1,
    },
  ];
}

export function Sessions(): React.JSX.Element {
  const t = useText();
  const rows = useReview((state) => state.rows);
  const key = useReview((state) => state.key);
  const problem = useReview((state) => state.problem ?? state.jobProblem);
  const [words, setWords] = useState('');
  const columns = useMemo(() => columnsOf(t), [t]);
  const shown = useMemo(() => filterRows(rows ?? [], words), [rows, words]);
  useEffect(
    () =>
      onConnected(() => {
        void loadSessions();
        void followJobs();
      }),
    [],
  );
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          value={words}
          placeholder={t('review.filter')}
          aria-label={t('review.filter')}
          onChange={(event) => setWords(event.target.value)}
        />
        <button type="button" onClick={() => void refreshSessions()}>
          {t('review.refresh')}
        </button>
        <OpenFile />
        {key === null ? null : <Actions key={key} sessionKey={key} />}
      </div>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <JobList kinds={['verify', 'what-if']} />
      {rows === null ? (
        <p className="empty">{t('state.loading')}</p>
      ) : (
        <DataTable
          label={t('panel.sessions')}
          columns={columns}
          rows={shown}
          rowKey={(row) => row.key}
          selectedKey={key}
          empty={t('review.noSessions')}
          onOpen={(row) => void openSession(row.key)}
          rowProps={() => ({ 'data-testid': 'session-row' })}
        />
      )}
    </>
  );
}

/** The mode, with a mark where the session comes from another terminal. */
function ModeOf({ row }: { readonly row: SessionRow }): React.JSX.Element {
  const t = useText();
  const mode = t(`review.mode.${row.mode}`);
  if (row.origin === 'own') return <>{mode}</>;
  return (
    <span title={t('review.importedHint', { version: row.version })} data-testid="imported">
      <FileInput size={11} aria-label={t('review.imported')} /> {mode}
    </span>
  );
}

/** A session file of another terminal. */
function OpenFile(): React.JSX.Element {
  const t = useText();
  const input = useRef<HTMLInputElement>(null);
  const [isBusy, setBusy] = useState(false);
  const add = (file: File | undefined): void => {
    if (file === undefined) return;
    setBusy(true);
    void addSessionFile(file).finally(() => {
      setBusy(false);
      // The same file can be chosen again.
      if (input.current !== null) input.current.value = '';
    });
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept=".ptsession"
        aria-label={t('review.openFile')}
        data-testid="session-file"
        onChange={(event) => add(event.target.files?.[0])}
      />
      <button type="button" disabled={isBusy} title={t('review.openFileHint')} onClick={() => input.current?.click()}>
        {t(isBusy ? 'review.adding' : 'review.openFile')}
      </button>
    </>
  );
}

function Actions({ sessionKey }: { readonly sessionKey: string }): React.JSX.Element {
  const t = useText();
  const isBacktest = sessionKey.startsWith('backtest:');
  const save = (work: Promise<void>): void => void work.catch((failure: unknown) => useReview.setState({ problem: sentenceOf(failure) }));
  return (
    <>
      <span className="group" role="group" aria-label={t('review.export')}>
        {EXPORT_FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            title={t('review.exportAs', { format: format.toUpperCase() })}
            onClick={() => save(saveSession(sessionKey, format))}
          >
            {format.toUpperCase()}
          </button>
        ))}
        {isBacktest ? null : (
          <button type="button" title={t('review.sessionFileHint')} data-testid="export-session-file" onClick={() => save(saveSessionFile(sessionKey))}>
            {t('review.sessionFile')}
          </button>
        )}
        <button type="button" title={t('review.printHint')} onClick={() => save(printSession(sessionKey))}>
          {t('review.print')}
        </button>
      </span>
      {isBacktest ? null : (
        <>
          <button type="button" title={t('review.verifyHint')} onClick={() => void startJob({ kind: 'verify', key: sessionKey })}>
            {t('review.verify')}
          </button>
          <button
            type="button"
            title={t('review.checkHint')}
            data-testid="check-session"
            onClick={() => void startJob({ kind: 'what-if', key: sessionKey, changes: {} })}
          >
            {t('review.check')}
          </button>
        </>
      )}
      {isBacktest || sessionKey.startsWith('imported:') ? <Remove sessionKey={sessionKey} /> : null}
    </>
  );
}

/** Asks once more before a file is deleted. */
function Remove({ sessionKey }: { readonly sessionKey: string }): React.JSX.Element {
  const t = useText();
  const [isAsked, setAsked] = useState(false);
  return isAsked ? (
    <button type="button" className="danger" data-testid="remove-session" onBlur={() => setAsked(false)} onClick={() => void removeSession(sessionKey)}>
      {t('review.removeSure')}
    </button>
  ) : (
    <button type="button" title={t('review.removeHint')} data-testid="ask-remove" onClick={() => setAsked(true)}>
      {t('review.remove')}
    </button>
  );
}
