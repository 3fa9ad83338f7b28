// Virtual positions: every candidate, traded or not, followed to its own end.
import { useMemo, useState } from 'react';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { VirtualPosition } from '../../src-shared/domain/position.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { useVirtualPositions } from '../state/virtual.ts';
import { selectSymbol, useScreen } from '../state/store.ts';
import { nameCode } from '../text/codes.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatMoment, formatPrice, formatR, formatShare, toneOf } from '../ui/format.ts';
import { Segmented, SideMark } from '../ui/parts.tsx';

const LIMIT = 1000;

interface Row {
  readonly entry: VirtualPosition;
  readonly market: MarketInfo | undefined;
}

function verdictText(t: Translate, entry: VirtualPosition): string {
  const verdict = nameCode(entry.verdict);
  return entry.closeReason === null ? verdict : `${t('virtual.endedBy', { reason: wordOf('close', entry.closeReason) })} · ${verdict}`;
}

function columnsOf(t: Translate): readonly Column<Row>[] {
  const right = { align: 'right' } as const;
  return [
    { id: 'symbol', title: t('col.symbol'), width: 104, cell: ({ entry }) => <strong>{entry.symbol}</strong>, sortBy: ({ entry }) => entry.symbol },
    { id: 'side', title: t('col.side'), width: 62, cell: ({ entry }) => <SideMark side={entry.side} />, sortBy: ({ entry }) => entry.side },
    {
      id: 'since',
      title: t('col.since'),
      width: 104,
      cell: ({ entry }) => <span className="num">{formatMoment(entry.openedAt)}</span>,
      sortBy: ({ entry }) => entry.openedAt,
    },
    {
      id: 'r',
      title: 'R',
      width: 72,
      ...right,
      cell: ({ entry }) => <span className={toneOf(entry.pnlR)}>{formatR(entry.pnlR)}</span>,
      sortBy: ({ entry }) => entry.pnlR,
    },
    { id: 'best', title: t('col.best'), width: 72, ...right, cell: ({ entry }) => formatR(entry.maxPnlR), sortBy: ({ entry }) => entry.maxPnlR },
    { id: 'worst', title: t('col.worst'), width: 72, ...right, cell: ({ entry }) => formatR(entry.minPnlR), sortBy: ({ entry }) => entry.minPnlR },
    {
      id: 'confidence',
      title: t('col.confidence'),
      width: 56,
      ...right,
      cell: ({ entry }) => formatShare(entry.confidence),
      sortBy: ({ entry }) => entry.confidence,
    },
    { id: 'entry', title: t('col.entry'), width: 88, ...right, cell: ({ entry, market }) => formatPrice(market, entry.plan.entry) },
    { id: 'stop', title: t('col.stop'), width: 88, ...right, cell: ({ entry, market }) => formatPrice(market, entry.plan.stop) },
    { id: 'target', title: t('col.target'), width: 88, ...right, cell: ({ entry, market }) => formatPrice(market, entry.plan.target) },
    {
      id: 'verdict',
      title: t('col.verdict'),
      width: 170,
      isFlexible: true,
      cell: ({ entry }) => <span title={verdictText(t, entry)}>{verdictText(t, entry)}</span>,
      sortBy: ({ entry }) => entry.verdict,
    },
  ];
}

export function Virtual(): React.JSX.Element {
  const t = useText();
  const summary = useScreen((state) => state.snapshot?.virtual);
  const markets = useScreen((state) => state.snapshot?.markets);
  const [which, setWhich] = useState<'open' | 'closed'>('open');
  const { rows: entries, problem } = useVirtualPositions(which, LIMIT);
  const columns = useMemo(() => columnsOf(t), [t]);
  const rows = useMemo(() => (entries ?? []).map((entry): Row => ({ entry, market: markets?.[entry.symbol] })), [entries, markets]);
  return (
    <>
      <div className="toolbar">
        <Segmented
          label={t('panel.virtual')}
          value={which}
          onChange={setWhich}
          options={[
            ['open', t('virtual.open')],
            ['closed', t('virtual.closed')],
          ]}
        />
        <span className="muted">{t('virtual.summary', { closed: summary?.closed ?? 0, won: summary?.wins ?? 0, sum: formatR(summary?.sumR ?? 0) })}</span>
        {rows.length === LIMIT ? <span className="muted">{t('virtual.limit', { limit: LIMIT })}</span> : null}
        {problem === null ? null : (
          <span className="bad-text" role="alert">
            {problem}
          </span>
        )}
      </div>
      <DataTable
        label={t('panel.virtual')}
        columns={columns}
        rows={rows}
        rowKey={({ entry }) => entry.id}
        empty={entries === null ? t('state.loading') : t('virtual.empty')}
        onOpen={({ entry }) => selectSymbol(entry.symbol)}
        rowProps={() => ({ 'data-testid': 'virtual-row' })}
      />
    </>
  );
}
