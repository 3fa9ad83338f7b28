// Orders from intent to end, open ones first; stops cannot be cancelled here, because a position must keep its stop.
import { useMemo } from 'react';
import { isTerminal, type Order } from '../../src-shared/domain/order.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { isMovableEntry } from '../state/pending.ts';
import { command } from '../state/send.ts';
import { openDetail, openDialog, selectSymbol, useScreen } from '../state/store.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatLots, formatMoment, formatPrice, ticksToPrice } from '../ui/format.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';

interface Row {
  readonly order: Order;
  readonly market: MarketInfo | undefined;
}

function columnsOf(t: Translate): readonly Column<Row>[] {
  const right = { align: 'right' } as const;
  return [
    {
      id: 'time',
      title: t('col.updated'),
      width: 104,
      cell: ({ order }) => <span className="num">{formatMoment(order.updatedAt)}</span>,
      sortBy: ({ order }) => order.updatedAt,
    },
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
    {
      id: 'kind',
      title: t('col.type'),
      width: 150,
      cell: ({ order: { intent } }) => `${wordOf('kind', intent.kind)}${intent.reduceOnly || intent.closePosition ? ` · ${t('orders.reduce')}` : ''}`,
    },
    { id: 'side', title: t('col.side'), width: 54, cell: ({ order }) => order.intent.side },
    {
      id: 'price',
      title: t('col.priceTrigger'),
      width: 96,
      ...right,
      cell: ({ order: { intent }, market }) => formatPrice(market, ticksToPrice(market, intent.trigger ?? intent.price)),
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
      id: 'average',
      title: t('col.average'),
      width: 90,
      ...right,
      cell: ({ order, market }) => formatPrice(market, order.averagePrice > 0 ? order.averagePrice : Number.NaN),
    },
    { id: 'id', title: t('col.clientId'), width: 190, cell: ({ order }) => <span className="num muted">{order.intent.clientOrderId}</span> },
    { id: 'note', title: t('col.note'), width: 220, cell: ({ order }) => <span className="muted">{inWords(order.reason ?? '')}</span> },
    {
      id: 'actions',
      title: '',
      hint: t('col.actions'),
      width: 128,
      isSticky: true,
      cell: ({ order }) => {
        const { status, intent } = order;
        const { symbol, clientOrderId } = intent;
        if (isTerminal(status) || intent.purpose === 'stop') return null;
        return (
          <>
            {isMovableEntry(order) ? (
              <button
                type="button"
                disabled={order.amendment != null}
                aria-label={t('orders.moveOf', { symbol })}
                onClick={() => openDialog({ kind: 'move-entry', clientOrderId })}
              >
                {t('orders.move')}
              </button>
            ) : null}
            <button
              type="button"
              aria-label={t('orders.cancelOf', { symbol, purpose: wordOf('purpose', intent.purpose) })}
              onClick={() => void command({ kind: 'cancel-order', clientOrderId })}
            >
              {t('orders.cancel')}
            </button>
          </>
        );
      },
    },
  ];
}

export function Orders(): React.JSX.Element {
  const t = useText();
  const orders = useScreen((state) => state.snapshot?.orders);
  const markets = useScreen((state) => state.snapshot?.markets);
  const columns = useMemo(() => columnsOf(t), [t]);
  const rows = useMemo(
    () =>
      Object.values(orders ?? {})
        .toSorted((a, b) => Number(isTerminal(a.status)) - Number(isTerminal(b.status)) || b.updatedAt - a.updatedAt)
        .map((order): Row => ({ order, market: markets?.[order.intent.symbol] })),
    [orders, markets],
  );
  return (
    <DataTable
      label={t('panel.orders')}
      columns={columns}
      rows={rows}
      rowKey={({ order }) => order.intent.clientOrderId}
      empty={t('orders.empty')}
      onOpen={({ order }) => {
        selectSymbol(order.intent.symbol);
        openDetail(order.intent.positionId);
      }}
      rowProps={({ order }) => ({ 'data-testid': 'order-row', 'data-purpose': order.intent.purpose, 'data-status': order.status })}
    />
  );
}
