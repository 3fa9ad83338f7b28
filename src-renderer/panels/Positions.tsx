// Open positions with everything that decides about them.
import { useMemo } from 'react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { breakEvenPrice, moneyOf } from '../state/position-money.ts';
import { notionalOf, useOpenPositions } from '../state/selectors.ts';
import { openDetail, selectSymbol, showPanel, useScreen } from '../state/store.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import {
  formatAge,
  formatLots,
  formatPercent,
  formatPrice,
  formatR,
  formatShare,
  formatSignedUsdt,
  NO_VALUE,
  numberText,
  ticksToPrice,
  toneOf,
} from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';
import { PositionActions } from './PositionActions.tsx';

interface Row {
  readonly view: PositionView;
  readonly market: MarketInfo | undefined;
  readonly now: number;
}

const distance = ({ view }: Row): number =>
  view.position.liquidationPrice === null ? Number.POSITIVE_INFINITY : Math.abs(view.position.liquidationPrice / view.mark - 1);

/** Unrealised result over the margin in use. */
const returnOf = ({ unrealised, marginUsed }: PositionView): number => (marginUsed > 0 ? unrealised / marginUsed : Number.NaN);

/** Result in R; an entry that has not filled has none yet. */
const resultOf = ({ position, pnlR }: PositionView): number => (position.lots > 0 ? pnlR : Number.NaN);

/** Missing numbers sort as the lowest. */
const known = (value: number): number => (Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY);

/** The open result or an amount of {@link moneyOf}, signed and coloured; a dash while nothing has filled. */
function Amount({ view, name }: { readonly view: PositionView; readonly name: 'net' | 'funding' | 'gross' | 'open' }): React.JSX.Element {
  const value = name === 'open' ? view.unrealised : moneyOf(view)[name];
  return view.position.lots === 0 ? <>{NO_VALUE}</> : <span className={toneOf(value)}>{formatSignedUsdt(value)}</span>;
}

function columnsOf(t: Translate): readonly Column<Row>[] {
  const price = (row: Row, value: number): string => formatPrice(row.market, value);
  const right = { align: 'right' } as const;
  return [
    {
      id: 'symbol',
      title: t('col.symbol'),
      width: 110,
      cell: ({ view }) => <strong>{view.position.symbol}</strong>,
      sortBy: ({ view }) => view.position.symbol,
    },
    { id: 'side', title: t('col.side'), width: 56, cell: ({ view }) => <SideMark side={view.position.side} />, sortBy: ({ view }) => view.position.side },
    {
      id: 'r',
      title: t('col.rNow'),
      width: 60,
      ...right,
      cell: ({ view }) => <span className={toneOf(resultOf(view))}>{formatR(resultOf(view))}</span>,
      sortBy: ({ view }) => known(resultOf(view)),
    },
    {
      id: 'pnl',
      title: t('col.pnl'),
      width: 64,
      ...right,
      cell: ({ view }) => <Amount view={view} name="open" />,
      sortBy: ({ view }) => view.unrealised,
    },
    { id: 'protection', title: t('col.protection'), width: 100, cell: (row) => <Protection row={row} />, sortBy: ({ view }) => view.position.protection },
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
    {
      id: 'net',
      title: t('col.netNow'),
      hint: t('col.netNowHint'),
      width: 64,
      ...right,
      cell: ({ view }) => <Amount view={view} name="net" />,
      sortBy: ({ view }) => moneyOf(view).net,
    },
    { id: 'entry', title: t('col.entry'), width: 74, ...right, cell: (row) => price(row, row.view.position.entryPrice) },
    {
      id: 'breakEven',
      title: t('col.breakEven'),
      hint: t('col.breakEvenHint'),
      width: 78,
      ...right,
      cell: (row) => price(row, breakEvenPrice(row.view, row.market)),
    },
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
      width: 126,
      ...right,
      cell: (row) => <Liquidation row={row} />,
      sortBy: distance,
    },
    {
      id: 'gross',
      title: t('col.gross'),
      hint: t('col.grossHint'),
      width: 64,
      ...right,
      cell: ({ view }) => <Amount view={view} name="gross" />,
      sortBy: ({ view }) => moneyOf(view).gross,
    },
    {
      id: 'fees',
      title: t('col.fees'),
      hint: t('col.feesHint'),
      width: 56,
      ...right,
      cell: ({ view }) => formatSignedUsdt(-view.position.fees),
      sortBy: ({ view }) => view.position.fees,
    },
    {
      id: 'funding',
      title: t('col.funding'),
      hint: t('col.fundingHint'),
      width: 60,
      ...right,
      cell: ({ view }) => <Amount view={view} name="funding" />,
      sortBy: ({ view }) => view.position.funding,
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
      width: 186,
      isSticky: true,
      cell: ({ view, market }) => <PositionActions view={view} market={market} />,
    },
  ];
}

/** The price of liquidation and how far the mark is from it. */
function Liquidation({ row }: { readonly row: Row }): React.JSX.Element {
  const { liquidationPrice } = row.view.position;
  if (liquidationPrice === null) return <>{NO_VALUE}</>;
  return (
    <>
      {formatPrice(row.market, liquidationPrice)} <span className="muted">{formatPercent(distance(row), 1).replace('+', '')}</span>
    </>
  );
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
