// Closed positions with what they earned after fees and funding, beside what their virtual twins would have.
import { useMemo } from 'react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { moneyOf, type PositionMoney } from '../state/position-money.ts';
import { openDetail, selectSymbol, showPanel, useScreen } from '../state/store.ts';
import { useVirtualPositions } from '../state/virtual.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatAge, formatMoment, formatPrice, formatR, formatSignedUsdt, toneOf } from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';

interface Row {
  readonly view: PositionView;
  readonly market: MarketInfo | undefined;
  readonly money: PositionMoney;
  readonly r: number;
  /** Result of the virtual position from the same signal, in R; NaN while it is open or unknown. */
  readonly twinR: number;
}

function columnsOf(t: Translate): readonly Column<Row>[] {
  const right = { align: 'right' } as const;
  return [
    {
      id: 'closed',
      title: t('col.closed'),
      width: 104,
      cell: ({ view }) => <span className="num">{formatMoment(view.position.closedAt ?? 0)}</span>,
      sortBy: ({ view }) => view.position.closedAt ?? 0,
    },
    {
      id: 'symbol',
      title: t('col.symbol'),
      width: 104,
      cell: ({ view }) => <strong>{view.position.symbol}</strong>,
      sortBy: ({ view }) => view.position.symbol,
    },
    { id: 'side', title: t('col.side'), width: 62, cell: ({ view }) => <SideMark side={view.position.side} />, sortBy: ({ view }) => view.position.side },
    { id: 'r', title: 'R', width: 72, ...right, cell: ({ r, money }) => <span className={toneOf(money.net)}>{formatR(r)}</span>, sortBy: ({ r }) => r },
    {
      id: 'net',
      title: t('col.net'),
      width: 84,
      ...right,
      cell: ({ money }) => <span className={toneOf(money.net)}>{formatSignedUsdt(money.net)}</span>,
      sortBy: ({ money }) => money.net,
    },
    {
      id: 'gross',
      title: t('col.gross'),
      hint: t('col.grossHint'),
      width: 72,
      ...right,
      cell: ({ money }) => formatSignedUsdt(money.gross),
      sortBy: ({ money }) => money.gross,
    },
    {
      id: 'fees',
      title: t('col.fees'),
      hint: t('col.feesHint'),
      width: 60,
      ...right,
      cell: ({ money }) => formatSignedUsdt(-money.fees),
      sortBy: ({ money }) => money.fees,
    },
    {
      id: 'funding',
      title: t('col.funding'),
      hint: t('col.fundingHint'),
      width: 64,
      ...right,
      cell: ({ money }) => formatSignedUsdt(money.funding),
      sortBy: ({ money }) => money.funding,
    },
    {
      id: 'twin',
      title: t('col.twin'),
      hint: t('col.twinHint'),
      width: 76,
      ...right,
      cell: ({ twinR }) => formatR(twinR),
      sortBy: ({ twinR }) => (Number.isFinite(twinR) ? twinR : -99),
    },
    { id: 'best', title: t('col.best'), width: 72, ...right, cell: ({ view }) => formatR(view.position.maxPnlR), sortBy: ({ view }) => view.position.maxPnlR },
    {
      id: 'worst',
      title: t('col.worst'),
      width: 72,
      ...right,
      cell: ({ view }) => formatR(view.position.minPnlR),
      sortBy: ({ view }) => view.position.minPnlR,
    },
    { id: 'entry', title: t('col.entry'), width: 88, ...right, cell: ({ view, market }) => formatPrice(market, view.position.entryPrice) },
    { id: 'exit', title: t('col.exit'), width: 88, ...right, cell: ({ view, market }) => formatPrice(market, view.position.exitPrice ?? Number.NaN) },
    { id: 'held', title: t('col.held'), width: 56, ...right, cell: ({ view }) => formatAge((view.position.closedAt ?? 0) - view.position.openedAt) },
    {
      id: 'reason',
      title: t('col.reason'),
      width: 90,
      cell: ({ view }) => wordOf('close', view.position.closeReason ?? ''),
      sortBy: ({ view }) => view.position.closeReason ?? '',
    },
    { id: 'origin', title: t('col.origin'), width: 90, cell: ({ view }) => wordOf('origin', view.position.origin) },
  ];
}

export function History(): React.JSX.Element {
  const t = useText();
  const positions = useScreen((state) => state.snapshot?.positions);
  const markets = useScreen((state) => state.snapshot?.markets);
  const selected = useScreen((state) => state.detailId);
  const twins = useVirtualPositions('closed', 1000).rows;
  const columns = useMemo(() => columnsOf(t), [t]);
  const rows = useMemo(() => {
    const twinR = new Map((twins ?? []).map((entry) => [entry.id, entry.pnlR]));
    return Object.values(positions ?? {})
      .filter(({ position }) => position.phase === 'closed' && position.exitPrice !== null)
      .toSorted((a, b) => (b.position.closedAt ?? 0) - (a.position.closedAt ?? 0))
      .map((view): Row => {
        const { position } = view;
        const money = moneyOf(view);
        return {
          view,
          market: markets?.[position.symbol],
          money,
          r: position.sizing === null ? Number.NaN : money.net / Math.max(1, position.sizing.lossAtStop),
          twinR: twinR.get(position.signal?.id ?? '') ?? Number.NaN,
        };
      });
  }, [positions, markets, twins]);
  return (
    <DataTable
      label={t('panel.history')}
      columns={columns}
      rows={rows}
      rowKey={({ view }) => view.position.id}
      selectedKey={selected}
      empty={t('history.empty')}
      onOpen={({ view }) => {
        selectSymbol(view.position.symbol);
        openDetail(view.position.id);
        showPanel('detail');
      }}
      rowProps={() => ({ 'data-testid': 'history-row' })}
    />
  );
}
