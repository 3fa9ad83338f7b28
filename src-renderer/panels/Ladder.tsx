// The price ladder: bids and asks around the spread, one's own orders on their rungs; a click fills the ticket and never sends anything.
import { useEffect, useRef, useState } from 'react';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { useBook } from '../state/book.ts';
import { buildLadder, ownLevels, type Ladder as Rungs, type OwnLevel, type Rung } from '../state/ladder.ts';
import { showPanel, useScreen } from '../state/store.ts';
import { changeTicket } from '../state/ticket-draft.ts';
import { formatPrice, numberText } from '../ui/format.ts';

const ROW_HEIGHT = 18;
/** Toolbar, spread, and the two lines for what lies outside. */
const REST_HEIGHT = 86;
const LEAST_ROWS = 3;
const MOST_ROWS = 20;
const STEPS = [1, 5, 10, 50, 100] as const;
/** A book this old is not the market any more. */
const OLD_MS = 5000;

export function Ladder(): React.JSX.Element {
  const t = useText();
  const market = useScreen((state) => state.snapshot?.markets[state.symbol]);
  return market === undefined ? <p className="empty">{t('state.waiting')}</p> : <LadderOf key={market.symbol} market={market} />;
}

/** How many rungs of each side fit. */
function useRows(host: React.RefObject<HTMLDivElement | null>): number {
  const [rows, setRows] = useState(LEAST_ROWS);
  useEffect(() => {
    if (host.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const height = (entry?.contentRect.height ?? 0) - REST_HEIGHT;
      setRows(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(height / ROW_HEIGHT / 2))));
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [host]);
  return rows;
}

function LadderOf({ market }: { readonly market: MarketInfo }): React.JSX.Element {
  const t = useText();
  const { symbol } = market;
  const host = useRef<HTMLDivElement>(null);
  const rows = useRows(host);
  const [step, setStep] = useState<number>(1);
  const book = useBook(symbol);
  // Read when the book is drawn, which is more often than orders change.
  const { snapshot } = useScreen.getState();
  const own = ownLevels(symbol, { orders: Object.values(snapshot?.orders ?? {}), positions: Object.values(snapshot?.positions ?? {}), market });
  const isOld = book !== null && book.ageMs > OLD_MS;
  const ladder = book === null ? null : buildLadder({ book, market, step, rows, own });
  return (
    <div
      className="price-ladder"
      ref={host}
      data-testid="ladder"
      data-symbol={symbol}
      data-levels={ladder === null ? 0 : ladder.asks.length + ladder.bids.length}
    >
      <div className="toolbar">
        <label>
          {t('ladder.step')}{' '}
          <select value={step} onChange={(event) => setStep(Number(event.target.value))}>
            {STEPS.map((count) => (
              <option key={count} value={count}>
                {numberText((count * market.tickUnits) / 10 ** market.priceScale, market.priceScale)}
              </option>
            ))}
          </select>
        </label>
        <span className="muted num">{ladder === null ? '' : t('ladder.balance', { share: ladder.bidShare })}</span>
      </div>
      {ladder === null ? (
        <p className="empty">{t('ladder.empty', { symbol })}</p>
      ) : (
        <div className={`rungs ${isOld ? 'old' : ''}`} role="group" aria-label={t('panel.ladder')} title={t('ladder.hint')}>
          <Outside levels={ladder.above} market={market} sign="↑" />
          {ladder.asks.toReversed().map((rung) => (
            <RungLine key={rung.price} rung={rung} side="short" market={market} most={ladder.most} />
          ))}
          <Spread ladder={ladder} isOld={isOld} ageMs={book?.ageMs ?? 0} />
          {ladder.bids.map((rung) => (
            <RungLine key={rung.price} rung={rung} side="long" market={market} most={ladder.most} />
          ))}
          <Outside levels={ladder.below} market={market} sign="↓" />
        </div>
      )}
    </div>
  );
}

function Spread({ ladder, isOld, ageMs }: { readonly ladder: Rungs; readonly isOld: boolean; readonly ageMs: number }): React.JSX.Element {
  const t = useText();
  return (
    <p className={`spread num ${isOld ? 'warn-text' : 'muted'}`}>
      {isOld ? t('ladder.old', { seconds: Math.round(ageMs / 1000) }) : t('ladder.spread', { ticks: ladder.spreadTicks, bps: ladder.spreadFraction * 10_000 })}
    </p>
  );
}

interface RungProps {
  readonly rung: Rung;
  /** What waiting at this price would open: bids are joined to buy, asks to sell. */
  readonly side: Side;
  readonly market: MarketInfo;
  readonly most: number;
}

function RungLine({ rung, side, market, most }: RungProps): React.JSX.Element {
  const t = useText();
  const price = formatPrice(market, rung.price);
  const fill = (event: React.MouseEvent): void => {
    const text = rung.price.toFixed(market.priceScale);
    changeTicket(market.symbol, event.shiftKey ? { stop: text } : event.altKey ? { target: text } : { limit: text, side });
    showPanel('ticket');
  };
  return (
    <button
      type="button"
      // The ticket's own fields are the keyboard's way; forty stops on the way of Tab would be in it.
      tabIndex={-1}
      className={`rung ${side === 'long' ? 'bid' : 'ask'} ${rung.own.length > 0 ? 'own' : ''}`}
      onClick={fill}
    >
      <span className="depth" style={{ width: `${(rung.total / most) * 100}%` }} />
      <span className="num live price">
        <span className="visually-hidden">{t(side === 'long' ? 'ladder.bid' : 'ladder.ask')} </span>
        {price}
      </span>
      <span className="marks">
        {rung.own.map(({ id, kind }) => (
          <em key={id} className={`own-${kind}`}>
            {wordOf('ownLevel', kind)}
          </em>
        ))}
      </span>
      <span className="num live">{numberText(rung.quantity, market.quantityScale)}</span>
      <span className="num live muted">{numberText(rung.total, market.quantityScale)}</span>
    </button>
  );
}

/** One's own levels that the book does not reach, the nearest ones; the line stays when there is none. */
function Outside({ levels, market, sign }: { readonly levels: readonly OwnLevel[]; readonly market: MarketInfo; readonly sign: string }): React.JSX.Element {
  return (
    <p className="outside small-text num">
      {levels.slice(0, 2).map(({ id, kind, price }) => (
        <span key={id} className={`own-${kind}`}>
          {sign} {wordOf('ownLevel', kind)} {formatPrice(market, price)}
        </span>
      ))}
    </p>
  );
}
