// Every signal and what became of it; a row opens its evidence.
import { useMemo } from 'react';
import type { DecisionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { openSignal, selectSymbol, useScreen } from '../state/store.ts';
import { describeCode } from '../text/codes.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatMoment, formatShare } from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';
import { Evidence } from './Evidence.tsx';

function columnsOf(t: Translate): readonly Column<DecisionView>[] {
  return [
    {
      id: 'time',
      title: t('col.time'),
      width: 104,
      cell: ({ signal }) => <span className="num">{formatMoment(signal.decidedAt)}</span>,
      sortBy: ({ signal }) => signal.decidedAt,
    },
    { id: 'symbol', title: t('col.symbol'), width: 104, cell: ({ signal }) => <strong>{signal.symbol}</strong>, sortBy: ({ signal }) => signal.symbol },
    { id: 'side', title: t('col.side'), width: 62, cell: ({ signal }) => <SideMark side={signal.side} />, sortBy: ({ signal }) => signal.side },
    { id: 'strategy', title: t('col.origin'), width: 90, cell: ({ signal }) => wordOf('strategy', signal.strategy) },
    {
      id: 'confidence',
      title: t('col.confidence'),
      width: 60,
      align: 'right',
      cell: ({ signal }) => formatShare(signal.confidence),
      sortBy: ({ signal }) => signal.confidence,
    },
    {
      id: 'quality',
      title: t('col.quality'),
      width: 60,
      align: 'right',
      cell: ({ signal }) => formatShare(signal.quality),
      sortBy: ({ signal }) => signal.quality,
    },
    {
      id: 'outcome',
      title: t('col.outcome'),
      width: 92,
      cell: ({ outcome }) => <span className={`chip small outcome-${outcome}`}>{wordOf('outcome', outcome)}</span>,
      sortBy: ({ outcome }) => outcome,
    },
    {
      id: 'why',
      title: t('col.why'),
      width: 140,
      isFlexible: true,
      cell: ({ code, numbers }) => {
        const why = code === null ? t('decisions.sent') : describeCode(code, numbers);
        return <span title={why}>{why}</span>;
      },
    },
  ];
}

export function Decisions(): React.JSX.Element {
  const t = useText();
  const decisions = useScreen((state) => state.snapshot?.decisions);
  const chosen = useScreen((state) => state.signalId);
  const columns = useMemo(() => columnsOf(t), [t]);
  const rows = useMemo(() => (decisions ?? []).toReversed(), [decisions]);
  const signal = rows.find((decision) => decision.signal.id === chosen)?.signal;
  return (
    <div className="split">
      <div className="split-main">
        <DataTable
          label={t('panel.decisions')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.signal.id} ${row.outcome}`}
          empty={t('decisions.empty')}
          onOpen={(row) => {
            openSignal(row.signal.id);
            selectSymbol(row.signal.symbol);
          }}
          rowProps={(row) => ({ 'data-testid': 'decision-row', className: row.signal.id === chosen ? 'selected' : '' })}
        />
      </div>
      {signal === undefined ? null : (
        <div className="split-side" role="region" aria-label={t('evidence.title', { symbol: signal.symbol })} tabIndex={0}>
          <Evidence signal={signal} />
        </div>
      )}
    </div>
  );
}
