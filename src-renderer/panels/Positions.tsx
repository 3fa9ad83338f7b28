// Open positions with everything that decides about them, and the actions of a person.
import { useMemo } from 'react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { command, moveStop } from '../state/send.ts';
import { notionalOf, useOpenPositions } from '../state/selectors.ts';
import { openDetail, openDialog, selectSymbol, showPanel, useScreen } from '../state/store.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import {
  formatAge,
  formatLots,
  formatPercent,
  formatPrice,
  formatR,
  formatShare,
  formatSignedUsdt,
  formatUsdt,
  NO_VALUE,
  numberText,
  priceToTicks,
  ticksToPrice,
  toneOf,
} from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';

interface Row {
  readonly view: PositionView;
  readonly market: MarketInfo | undefined;
  readonly now: number;
}

const distance = ({ view }: Row): number =>
  view.position.liquidationPrice === null ? Number.POSITIVE_INFINITY : Math.abs(view.position.liquidationPrice / view.mark - 1);

/** Unrealised result over the margin in use. */
const returnOf = ({ unrealised, marginUsed }: PositionView): number => (marginUsed > 0 ? unrealised / marginUsed : Number.NaN);

function columnsOf(t: Translate): readonly Column<Row>[] {
  const price = (row: Row, value: number): string => formatPrice(row.market, value);
  const right = { align: 'right' } as const;
  return [
    {
      id: 'symbol',
      title: t('col.symbol'),
      width: 92,
      cell: ({ view }) => <strong>{view.position.symbol}</strong>,
      sortBy: ({ view }) => view.position.symbol,
    },
    { id: 'side', title: t('col.side'), width: 56, cell: ({ view }) => <SideMark side={view.position.side} />, sortBy: ({ view }) => view.position.side },
    {
      id: 'r',
      title: t('col.rNow'),
      width: 60,
      ...right,
      cell: ({ view }) => <span className={toneOf(view.pnlR)}>{formatR(view.pnlR)}</span>,
      sortBy: ({ view }) => view.pnlR,
    },
    {
      id: 'pnl',
      title: t('col.pnl'),
      width: 64,
      ...right,
      cell: ({ view }) => <span className={toneOf(view.unrealised)}>{formatSignedUsdt(view.unrealised)}</span>,
      sortBy: ({ view }) => view.unrealised,
    },
    { id: 'protection', title: t('col.protection'), width: 94, cell: (row) => <Protection row={row} />, sortBy: ({ view }) => view.position.protection },
    { id: 'mark', title: t('col.mark'), width: 74, ...right, cell: (row) => <span className="live">{price(row, row.view.mark)}</span> },
    { id: 'stop', title: t('col.stop'), width: 74, ...right, cell: (row) => price(row, ticksToPrice(row.market, row.view.position.stop)) },
    { id: 'target', title: t('col.target'), width: 74, ...right, cell: (row) => price(row, ticksToPrice(row.market, row.view.position.target)) },
    {
      id: 'roi',
      title: t('col.roi'),
      hint: t('col.roiHint'),
      width: 58,
      ...right,
      cell: ({ view }) => <span className={toneOf(view.unrealised)}>{formatPercent(returnOf(view), 1)}</span>,
      sortBy: ({ view }) => returnOf(view),
    },
    { id: 'entry', title: t('col.entry'), width: 74, ...right, cell: (row) => price(row, row.view.position.entryPrice) },
    { id: 'size', title: t('col.size'), width: 80, ...right, cell: (row) => formatLots(row.market, row.view.position.lots) },
    {
      id: 'notional',
      title: t('col.notional'),
      width: 72,
      ...right,
      cell: (row) => numberText(notionalOf(row.view, row.market), 0),
      sortBy: (row) => notionalOf(row.view, row.market),
    },
    {
      id: 'leverage',
      title: t('col.leverage'),
      width: 44,
      ...right,
      cell: ({ view }) => `${view.position.leverage}×`,
      sortBy: ({ view }) => view.position.leverage,
    },
    {
      id: 'liquidation',
      title: t('col.liquidation'),
      hint: t('col.liquidationHint'),
      width: 60,
      ...right,
      cell: (row) => (
        <span title={row.view.position.liquidationPrice === null ? undefined : price(row, row.view.position.liquidationPrice)}>
          {Number.isFinite(distance(row)) ? formatPercent(distance(row), 1).replace('+', '') : NO_VALUE}
        </span>
      ),
      sortBy: distance,
    },
    {
      id: 'fees',
      title: t('col.fees'),
      hint: t('col.feesHint'),
      width: 60,
      ...right,
      cell: ({ view }) => formatUsdt(view.position.fees - view.position.funding),
    },
    {
      id: 'age',
      title: t('col.age'),
      width: 48,
      ...right,
      cell: ({ view, now }) => formatAge(now - view.position.openedAt),
      sortBy: ({ view }) => view.position.openedAt,
    },
    { id: 'origin', title: t('col.origin'), width: 84, cell: ({ view }) => wordOf('origin', view.position.origin) },
    { id: 'confidence', title: t('col.confidence'), width: 50, ...right, cell: ({ view }) => formatShare(view.position.signal?.confidence ?? null) },
    { id: 'control', title: t('col.control'), width: 60, cell: ({ view }) => wordOf('control', view.position.control) },
    {
      id: 'actions',
      title: '',
      hint: t('col.actions'),
      width: 208,
      isSticky: true,
      cell: ({ view, market }) => <PositionActions view={view} market={market} />,
    },
  ];
}

/** The protection state; a naked one counts its seconds, because every one of them is a risk. */
function Protection({ row: { view, now } }: { readonly row: Row }): React.JSX.Element {
  const { protection, nakedSince } = view.position;
  const seconds = protection === 'naked' && nakedSince !== null ? ` ${formatAge(now - nakedSince)}` : '';
  return (
    <span className={`chip small protection-${protection}`}>
      {wordOf('protection', protection)}
      {seconds}
    </span>
  );
}

export function Positions(): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions();
  const markets = useScreen((state) => state.snapshot?.markets);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const selected = useScreen((state) => state.detailId);
  const columns = useMemo(() => columnsOf(t), [t]);
  const rows = open.map((view): Row => ({ view, market: markets?.[view.position.symbol], now }));
  return (
    <DataTable
      label={t('panel.positions')}
      columns={columns}
      rows={rows}
      rowKey={({ view }) => view.position.id}
      selectedKey={selected}
      empty={t('positions.empty')}
      onOpen={({ view }) => {
        selectSymbol(view.position.symbol);
        openDetail(view.position.id);
        showPanel('detail');
      }}
      rowProps={({ view: { position } }) => ({
        'data-testid': 'position-row',
        'data-position-id': position.id,
        'data-protection': position.protection,
        'data-symbol': position.symbol,
      })}
    />
  );
}

function PositionActions({ view, market }: { readonly view: PositionView; readonly market: MarketInfo | undefined }): React.JSX.Element {
  const t = useText();
  const { position } = view;
  const isFilled = position.lots > 0;
  const { symbol, id } = position;
  const isAuto = position.control === 'auto';
  return (
    <>
      <button
        type="button"
        disabled={!isFilled}
        aria-label={t('positions.closeOf', { symbol })}
        onClick={() => openDialog({ kind: 'close', positionId: id, fraction: 1 })}
      >
        {t('positions.close')}
      </button>
      <button
        type="button"
        disabled={!isFilled}
        aria-label={t('positions.halfOf', { symbol })}
        onClick={() => openDialog({ kind: 'close', positionId: id, fraction: 0.5 })}
      >
        ½
      </button>
      <button
        type="button"
        disabled={!isFilled || market === undefined}
        aria-label={t('positions.breakEvenOf', { symbol })}
        title={t('positions.breakEvenHint')}
        onClick={() => market !== undefined && moveStop(view, priceToTicks(market, position.entryPrice))}
      >
        {t('positions.breakEven')}
      </button>
      <button
        type="button"
        disabled={!isFilled}
        aria-label={t(isAuto ? 'positions.takeOverOf' : 'positions.handBackOf', { symbol })}
        title={t(isAuto ? 'positions.takeOverHint' : 'positions.handBackHint')}
        onClick={() => void command({ kind: isAuto ? 'take-over' : 'hand-back', positionId: id })}
      >
        {t(isAuto ? 'positions.takeOver' : 'positions.handBack')}
      </button>
    </>
  );
}
