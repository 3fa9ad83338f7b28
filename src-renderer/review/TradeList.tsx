// Trades of the chosen session; one that is opened shows its note and moves the scrubber to its entry.
import { useMemo, useState } from 'react';
import type { ReviewTrade, SessionDetail } from '../../src-shared/contract/review.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { DataTable, type Column } from '../ui/DataTable.tsx';
import { formatAge, formatMoment, formatR, numberText, toneOf } from '../ui/format.ts';
import { Block, SideMark } from '../ui/parts.tsx';
import { NoteForm } from './NoteForm.tsx';
import { useReview } from './store.ts';

function columnsOf(t: Translate, noted: ReadonlyMap<string, string>): readonly Column<ReviewTrade>[] {
  const right = { align: 'right' } as const;
  return [
    {
      id: 'opened',
      title: t('col.time'),
      width: 104,
      cell: (trade) => <span className="num">{formatMoment(trade.openedAt)}</span>,
      sortBy: (trade) => trade.openedAt,
    },
    { id: 'symbol', title: t('col.symbol'), width: 100, cell: (trade) => <strong>{trade.symbol}</strong>, sortBy: (trade) => trade.symbol },
    { id: 'side', title: t('col.side'), width: 62, cell: (trade) => <SideMark side={trade.side} />, sortBy: (trade) => trade.side },
    {
      id: 'r',
      title: 'R',
      width: 70,
      ...right,
      cell: (trade) => <span className={toneOf(trade.net)}>{formatR(trade.netR ?? Number.NaN)}</span>,
      sortBy: (trade) => trade.netR ?? -99,
    },
    {
      id: 'net',
      title: t('col.net'),
      width: 80,
      ...right,
      cell: (trade) => <span className={toneOf(trade.net)}>{numberText(trade.net, 2)}</span>,
      sortBy: (trade) => trade.net,
    },
    { id: 'best', title: t('col.best'), width: 66, ...right, cell: (trade) => formatR(trade.maxR ?? Number.NaN), sortBy: (trade) => trade.maxR ?? -99 },
    { id: 'worst', title: t('col.worst'), width: 66, ...right, cell: (trade) => formatR(trade.minR ?? Number.NaN), sortBy: (trade) => trade.minR ?? -99 },
    {
      id: 'held',
      title: t('col.held'),
      width: 52,
      ...right,
      cell: (trade) => formatAge(trade.closedAt - trade.openedAt),
      sortBy: (trade) => trade.closedAt - trade.openedAt,
    },
    { id: 'reason', title: t('col.reason'), width: 84, cell: (trade) => wordOf('close', trade.reason), sortBy: (trade) => trade.reason },
    { id: 'fees', title: t('figure.fees'), width: 66, ...right, cell: (trade) => numberText(trade.fees, 2), sortBy: (trade) => trade.fees },
    {
      id: 'regime',
      title: t('review.by.regime'),
      width: 100,
      cell: (trade) => (trade.regime === null ? '–' : wordOf('regime', trade.regime)),
      sortBy: (trade) => trade.regime ?? '',
    },
    { id: 'note', title: t('review.note'), width: 160, cell: (trade) => noted.get(trade.id) ?? '' },
  ];
}

export function TradeList({ detail }: { readonly detail: SessionDetail }): React.JSX.Element {
  const t = useText();
  const [chosen, setChosen] = useState<string | null>(null);
  const noted = useMemo(
    () => new Map(detail.notes.flatMap((note) => (note.trade === null ? [] : [[note.trade, [...note.tags.map((tag) => `#${tag}`), note.text].join(' ')]]))),
    [detail.notes],
  );
  const columns = useMemo(() => columnsOf(t, noted), [t, noted]);
  const isThere = detail.trades.some((trade) => trade.id === chosen);
  return (
    <>
      <Block title={t('review.trades')} note={t('review.tradesHint')}>
        <div className="trade-list">
          <DataTable
            label={t('review.trades')}
            columns={columns}
            rows={detail.trades}
            rowKey={(trade) => trade.id}
            selectedKey={chosen}
            empty={t('review.noTrades')}
            onOpen={(trade) => {
              setChosen(trade.id);
              useReview.setState({ symbol: trade.symbol, moment: trade.openedAt });
            }}
            rowProps={() => ({ 'data-testid': 'review-trade' })}
          />
        </div>
      </Block>
      {chosen === null || !isThere ? null : <NoteForm trade={chosen} />}
    </>
  );
}
