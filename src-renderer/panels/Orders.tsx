// Orders from intent to end: what opens and closes, the stops and targets at the exchange, and what has ended. A stop cannot be cancelled here.
import { useMemo, useState } from 'react';
import { isTerminal, type Order, type OrderIntent } from '../../src-shared/domain/order.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { groupOf, ORDER_GROUPS, type OrderGroup } from '../state/order-groups.ts';
import { openDetail, selectSymbol, useScreen } from '../state/store.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatAge, formatLots, formatMoment, formatPercent, formatPrice, ticksToPrice } from '../ui/format.ts';
import { Segmented } from '../ui/parts.tsx';
import { OrderActions } from './OrderActions.tsx';
import type { MarketInfo } from '../../src-shared/contract/view.ts';

interface Row {
  readonly order: Order;
  readonly market: MarketInfo | undefined;
  readonly mark: number;
  readonly now: number;
}

/** Where it rests or triggers, floating; NaN for an order at the market. */
const levelOf = ({ order: { intent }, market }: Row): number => ticksToPrice(market, intent.trigger ?? intent.price);
/** How far the mark is from there, as a fraction of it; NaN once it has ended. */
const awayOf = (row: Row): number => (isTerminal(row.order.status) ? Number.NaN : Math.abs(levelOf(row) / row.mark - 1));

function kindText(t: Translate, intent: OrderIntent): string {
  const only = intent.reduceOnly || intent.closePosition ? [t('orders.reduce')] : [];
  const post = intent.timeInForce === 'GTX' ? [t('orders.postOnly')] : [];
  return [wordOf('kind', intent.kind), ...post, ...only].join(' · ');
}

function columnsOf(t: Translate): readonly Column<Row>[] {
  const right = { align: 'right' } as const;
  return [
    {
      id: 'symbol',
      title: t('col.symbol'),
      width: 104,
      cell: ({ order }) => <strong>{order.intent.symbol}</strong>,
      sortBy: ({ order }) => order.intent.symbol,
    },
    {
      id: 'state',
      title: t('col.state'),
      width: 104,
      cell: ({ order }) => (
        <span className={`chip small order-${order.status}`}>
          {order.amendment != null && !isTerminal(order.status) ? t(`orders.amendment_${order.amendment.state}`) : wordOf('order', order.status)}
        </span>
      ),
      sortBy: ({ order }) => order.status,
    },
    {
      id: 'purpose',
      title: t('col.purpose'),
      width: 70,
      cell: ({ order }) => wordOf('purpose', order.intent.purpose),
      sortBy: ({ order }) => order.intent.purpose,
    },
    { id: 'side', title: t('col.side'), width: 46, cell: ({ order }) => wordOf('orderSide', order.intent.side) },
    {
      id: 'price',
      title: t('col.priceTrigger'),
      width: 96,
      ...right,
      cell: (row) => formatPrice(row.market, levelOf(row)),
    },
    {
      id: 'away',
      title: t('col.away'),
      hint: t('col.awayHint'),
      width: 58,
      ...right,
      cell: (row) => <span className="live">{formatPercent(awayOf(row), 2).replace('+', '')}</span>,
      sortBy: (row) => (Number.isFinite(awayOf(row)) ? awayOf(row) : -1),
    },
    {
      id: 'size',
      title: t('col.size'),
      width: 84,
      ...right,
      cell: ({ order: { intent }, market }) => (intent.closePosition ? t('orders.all') : formatLots(market, intent.lots)),
    },
    { id: 'filled', title: t('col.filled'), width: 84, ...right, cell: ({ order, market }) => formatLots(market, order.filledLots) },
    {
      id: 'age',
      title: t('col.age'),
      width: 48,
      ...right,
      cell: ({ order, now }) => formatAge((isTerminal(order.status) ? order.updatedAt : now) - order.intent.createdAt),
      sortBy: ({ order }) => order.intent.createdAt,
    },
    { id: 'kind', title: t('col.type'), width: 168, cell: ({ order }) => kindText(t, order.intent) },
    {
      id: 'average',
      title: t('col.average'),
      width: 90,
      ...right,
      cell: ({ order, market }) => formatPrice(market, order.averagePrice > 0 ? order.averagePrice : Number.NaN),
    },
    { id: 'id', title: t('col.clientId'), width: 190, cell: ({ order }) => <span className="num muted">{order.intent.clientOrderId}</span> },
    {
      id: 'time',
      title: t('col.updated'),
      width: 104,
      cell: ({ order }) => <span className="num">{formatMoment(order.updatedAt)}</span>,
      sortBy: ({ order }) => order.updatedAt,
    },
    { id: 'note', title: t('col.note'), width: 220, cell: ({ order }) => <span className="muted">{inWords(order.reason ?? '')}</span> },
    {
      id: 'actions',
      title: '',
      hint: t('col.actions'),
      width: 128,
      isSticky: true,
      cell: ({ order }) => <OrderActions order={order} />,
    },
  ];
}

export function Orders(): React.JSX.Element {
  const t = useText();
  const [group, setGroup] = useState<OrderGroup>('orders');
  const orders = useScreen((state) => state.snapshot?.orders);
  const markets = useScreen((state) => state.snapshot?.markets);
  const ticks = useScreen((state) => state.snapshot?.ticks);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const columns = useMemo(() => columnsOf(t), [t]);
  const groups = useMemo(() => {
    const newest = Object.values(orders ?? {}).toSorted((a, b) => b.updatedAt - a.updatedAt);
    return { orders: [], conditional: [], ended: [], ...Object.groupBy(newest, groupOf) };
  }, [orders]);
  const rows = groups[group].map((order): Row => {
    const { symbol } = order.intent;
    return { order, market: markets?.[symbol], mark: ticks?.[symbol]?.mark ?? Number.NaN, now };
  });
  const empty = { orders: t('orders.emptyOrders'), conditional: t('orders.emptyConditional'), ended: t('orders.emptyEnded') }[group];
  return (
    <>
      <div className="toolbar">
        <Segmented
          label={t('orders.group')}
          value={group}
          onChange={setGroup}
          options={ORDER_GROUPS.map((name) => [name, t(`orders.group_${name}`, { count: groups[name].length })] as const)}
        />
      </div>
      <DataTable
        label={t('panel.orders')}
        columns={columns}
        rows={rows}
        rowKey={({ order }) => order.intent.clientOrderId}
        empty={empty}
        onOpen={({ order }) => {
          selectSymbol(order.intent.symbol);
          openDetail(order.intent.positionId);
        }}
        rowProps={({ order }) => ({ 'data-testid': 'order-row', 'data-purpose': order.intent.purpose, 'data-status': order.status })}
      />
    </>
  );
}
