// The lower third: positions, virtual positions, orders, decisions, history, journal and log.
import { useEffect, useState } from 'react';
import type { JournalRow } from '../../src-shared/contract/rpc.ts';
import { isTerminal } from '../../src-shared/domain/order.ts';
import type { VirtualPosition } from '../../src-shared/domain/position.ts';
import { currentRpc } from '../connect.ts';
import { command, openDetail, selectSymbol, selectTab, useScreen, type BottomTab } from '../state/store.ts';
import { describeCode } from '../text/codes.ts';
import { formatLots, formatMoment, formatPrice, formatR, formatShare, formatSignedUsdt, ticksToPrice, toneOf } from '../ui/format.ts';
import { Evidence } from './Evidence.tsx';
import { PositionDetail } from './PositionDetail.tsx';
import { Positions, useOpenPositions } from './Positions.tsx';

const TABS: readonly (readonly [BottomTab, string])[] = [
  ['positions', 'Positions'],
  ['virtual', 'Virtual'],
  ['orders', 'Orders'],
  ['decisions', 'Decisions'],
  ['history', 'History'],
  ['journal', 'Journal'],
  ['log', 'Log'],
];

export function BottomTabs(): React.JSX.Element {
  const tab = useScreen((state) => state.tab);
  const open = useOpenPositions().length;
  const virtual = useScreen((state) => state.snapshot?.virtual.open ?? 0);
  const orders = useScreen((state) => Object.values(state.snapshot?.orders ?? {}).filter((order) => !isTerminal(order.status)).length);
  const counts: Partial<Record<BottomTab, number>> = { positions: open, virtual, orders };
  return (
    <section className="panel bottom" aria-label="Positions and records">
      <div className="tabs" role="tablist">
        {TABS.map(([name, label]) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} onClick={() => selectTab(name)}>
            {label}
            {counts[name] === undefined ? '' : ` ${counts[name]}`}
          </button>
        ))}
      </div>
      <div className="bottom-body">
        <div className="tab-body" role="tabpanel">
          {tab === 'positions' ? (
            <Positions />
          ) : tab === 'virtual' ? (
            <Virtual />
          ) : tab === 'orders' ? (
            <Orders />
          ) : tab === 'decisions' ? (
            <Decisions />
          ) : tab === 'history' ? (
            <History />
          ) : tab === 'journal' ? (
            <Journal />
          ) : (
            <Log />
          )}
        </div>
        <PositionDetail />
      </div>
    </section>
  );
}

function Virtual(): React.JSX.Element {
  const summary = useScreen((state) => state.snapshot?.virtual);
  const markets = useScreen((state) => state.snapshot?.markets);
  const [rows, setRows] = useState<readonly VirtualPosition[]>([]);
  const [which, setWhich] = useState<'open' | 'closed'>('open');
  useEffect(() => {
    const load = (): void =>
      void currentRpc()
        ?.call('virtual', { state: which, limit: 200 })
        .then(setRows, () => undefined);
    load();
    const timer = setInterval(load, 2000);
    return () => clearInterval(timer);
  }, [which]);
  return (
    <>
      <div className="toolbar">
        <div className="segmented">
          <button type="button" aria-pressed={which === 'open'} onClick={() => setWhich('open')}>
            Open
          </button>
          <button type="button" aria-pressed={which === 'closed'} onClick={() => setWhich('closed')}>
            Closed
          </button>
        </div>
        <span className="muted">
          Every candidate, traded or not, followed to its own end: {summary?.closed ?? 0} closed, {summary?.wins ?? 0} won, {formatR(summary?.sumR ?? 0)} in
          all.
        </span>
      </div>
      {rows.length === 0 ? <p className="empty">Set-ups that pass the third step appear here, whether they were traded or not.</p> : null}
      <table className="grid">
        <thead>
          <tr>
            <th>Symbol</th>
            <th>Side</th>
            <th>Since</th>
            <th className="right">Entry</th>
            <th className="right">Stop</th>
            <th className="right">Target</th>
            <th className="right">R</th>
            <th className="right">Best</th>
            <th className="right">Worst</th>
            <th>Conf.</th>
            <th>Verdict</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} onClick={() => selectSymbol(row.symbol)}>
              <td>
                <strong>{row.symbol}</strong>
              </td>
              <td className={row.side === 'long' ? 'up' : 'down'}>{row.side === 'long' ? '▲ long' : '▼ short'}</td>
              <td className="num">{formatMoment(row.openedAt)}</td>
              <td className="right num">{formatPrice(markets?.[row.symbol], row.plan.entry)}</td>
              <td className="right num">{formatPrice(markets?.[row.symbol], row.plan.stop)}</td>
              <td className="right num">{formatPrice(markets?.[row.symbol], row.plan.target)}</td>
              <td className={`right num ${toneOf(row.pnlR)}`}>{formatR(row.pnlR)}</td>
              <td className="right num">{formatR(row.maxPnlR)}</td>
              <td className="right num">{formatR(row.minPnlR)}</td>
              <td className="num">{formatShare(row.confidence)}</td>
              <td>{row.closeReason === null ? (row.verdict === 'traded' ? 'traded' : describeCode(row.verdict, {})) : `ended by ${row.closeReason}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Orders(): React.JSX.Element {
  const orders = useScreen((state) => state.snapshot?.orders);
  const markets = useScreen((state) => state.snapshot?.markets);
  const rows = Object.values(orders ?? {})
    .toSorted((a, b) => Number(isTerminal(a.status)) - Number(isTerminal(b.status)) || b.updatedAt - a.updatedAt)
    .slice(0, 200);
  if (rows.length === 0) return <p className="empty">Orders appear here the moment their intent is journalled.</p>;
  return (
    <table className="grid">
      <thead>
        <tr>
          <th>Updated</th>
          <th>Symbol</th>
          <th>Purpose</th>
          <th>Type</th>
          <th>Side</th>
          <th className="right">Price / trigger</th>
          <th className="right">Size</th>
          <th className="right">Filled</th>
          <th>State</th>
          <th>Client id</th>
          <th>Note</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {rows.map((order) => {
          const { intent } = order;
          const market = markets?.[intent.symbol];
          return (
            <tr
              key={intent.clientOrderId}
              onClick={() => {
                selectSymbol(intent.symbol);
                openDetail(intent.positionId);
              }}
            >
              <td className="num">{formatMoment(order.updatedAt)}</td>
              <td>
                <strong>{intent.symbol}</strong>
              </td>
              <td>{intent.purpose}</td>
              <td>
                {intent.kind.replaceAll('_', ' ')}
                {intent.reduceOnly ? ' · reduce' : ''}
              </td>
              <td>{intent.side}</td>
              <td className="right num">{formatPrice(market, ticksToPrice(market, intent.trigger ?? intent.price))}</td>
              <td className="right num">{intent.closePosition ? 'all' : formatLots(market, intent.lots)}</td>
              <td className="right num">{formatLots(market, order.filledLots)}</td>
              <td>
                <span className={`chip small order-${order.status}`}>{order.status.replaceAll('_', ' ')}</span>
              </td>
              <td className="num muted">{intent.clientOrderId}</td>
              <td className="muted">{order.reason ?? ''}</td>
              <td className="actions" onClick={(event) => event.stopPropagation()}>
                {isTerminal(order.status) || intent.purpose === 'stop' ? null : (
                  <button type="button" onClick={() => void command({ kind: 'cancel-order', clientOrderId: intent.clientOrderId })}>
                    Cancel
                  </button>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Decisions(): React.JSX.Element {
  const decisions = useScreen((state) => state.snapshot?.decisions ?? []);
  const [chosen, setChosen] = useState<string | null>(null);
  const signal = decisions.find((decision) => decision.signal.id === chosen)?.signal;
  if (decisions.length === 0) return <p className="empty">Every signal and what became of it appears here, with its evidence.</p>;
  return (
    <div className="split">
      <table className="grid">
        <thead>
          <tr>
            <th>Time</th>
            <th>Symbol</th>
            <th>Side</th>
            <th>Conf.</th>
            <th>Quality</th>
            <th>Outcome</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {decisions.toReversed().map((decision) => (
            <tr
              key={`${decision.signal.id}-${decision.outcome}`}
              data-testid="decision-row"
              className={chosen === decision.signal.id ? 'selected' : ''}
              onClick={() => {
                setChosen(decision.signal.id);
                selectSymbol(decision.signal.symbol);
              }}
            >
              <td className="num">{formatMoment(decision.signal.decidedAt)}</td>
              <td>
                <strong>{decision.signal.symbol}</strong>
              </td>
              <td className={decision.signal.side === 'long' ? 'up' : 'down'}>{decision.signal.side === 'long' ? '▲ long' : '▼ short'}</td>
              <td className="num">{formatShare(decision.signal.confidence)}</td>
              <td className="num">{formatShare(decision.signal.quality)}</td>
              <td>
                <span className={`chip small outcome-${decision.outcome}`}>{decision.outcome}</span>
              </td>
              <td>{decision.code === null ? 'Sent to the exchange.' : describeCode(decision.code, decision.numbers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {signal === undefined ? null : (
        <div className="split-side">
          <Evidence signal={signal} />
        </div>
      )}
    </div>
  );
}

function History(): React.JSX.Element {
  const positions = useScreen((state) => state.snapshot?.positions);
  const markets = useScreen((state) => state.snapshot?.markets);
  const closed = Object.values(positions ?? {})
    .filter(({ position }) => position.phase === 'closed' && position.exitPrice !== null)
    .toSorted((a, b) => (b.position.closedAt ?? 0) - (a.position.closedAt ?? 0));
  if (closed.length === 0) return <p className="empty">Closed positions appear here with what they earned after fees and funding.</p>;
  return (
    <table className="grid">
      <thead>
        <tr>
          <th>Closed</th>
          <th>Symbol</th>
          <th>Side</th>
          <th className="right">Entry</th>
          <th className="right">Exit</th>
          <th className="right">R</th>
          <th className="right">Net USDT</th>
          <th className="right">Best</th>
          <th className="right">Worst</th>
          <th>Reason</th>
          <th>From</th>
        </tr>
      </thead>
      <tbody>
        {closed.map((view) => {
          const { position } = view;
          const net = position.realisedPnl - position.fees + position.funding;
          return (
            <tr
              key={position.id}
              onClick={() => {
                selectSymbol(position.symbol);
                openDetail(position.id);
              }}
            >
              <td className="num">{formatMoment(position.closedAt ?? 0)}</td>
              <td>
                <strong>{position.symbol}</strong>
              </td>
              <td className={position.side === 'long' ? 'up' : 'down'}>{position.side}</td>
              <td className="right num">{formatPrice(markets?.[position.symbol], position.entryPrice)}</td>
              <td className="right num">{formatPrice(markets?.[position.symbol], position.exitPrice ?? Number.NaN)}</td>
              <td className={`right num ${toneOf(net)}`}>{formatR(position.sizing === null ? Number.NaN : net / Math.max(1, position.sizing.lossAtStop))}</td>
              <td className={`right num ${toneOf(net)}`}>{formatSignedUsdt(net)}</td>
              <td className="right num">{formatR(position.maxPnlR)}</td>
              <td className="right num">{formatR(position.minPnlR)}</td>
              <td>{position.closeReason}</td>
              <td>{position.origin.replace('_', '-')}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Journal(): React.JSX.Element {
  const [rows, setRows] = useState<readonly JournalRow[]>([]);
  const load = (before: number | null): void =>
    void currentRpc()
      ?.call('journal', { before, limit: 200, kinds: [] })
      .then(
        (page) => setRows((known) => (before === null ? page : [...known, ...page])),
        () => undefined,
      );
  useEffect(() => load(null), []);
  return (
    <>
      <div className="toolbar">
        <button type="button" onClick={() => load(null)}>
          Newest
        </button>
        <button type="button" disabled={rows.length === 0} onClick={() => load(rows.at(-1)?.id ?? null)}>
          Older
        </button>
      </div>
      <table className="grid">
        <thead>
          <tr>
            <th className="right">#</th>
            <th>Time</th>
            <th>Kind</th>
            <th>What</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="right num muted">{row.id}</td>
              <td className="num">{formatMoment(row.time)}</td>
              <td>{row.kind}</td>
              <td>{row.summary}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Log(): React.JSX.Element {
  const lines = useScreen((state) => state.snapshot?.log ?? []);
  const [filter, setFilter] = useState('');
  const shown = lines.filter((line) => `${line.source} ${line.message}`.toLowerCase().includes(filter.toLowerCase())).toReversed();
  return (
    <>
      <div className="toolbar">
        <input type="search" placeholder="Filter" aria-label="Filter the log" value={filter} onChange={(event) => setFilter(event.target.value)} />
      </div>
      <table className="grid">
        <tbody>
          {shown.map((line) => (
            <tr key={line.id} className={`log-${line.level}`}>
              <td className="num">{formatMoment(line.time)}</td>
              <td>{line.level}</td>
              <td>{line.source}</td>
              <td>{line.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
