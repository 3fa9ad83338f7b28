// Stop and target as numbers: the keyboard's way to do what dragging a line does, with the same preview and the same questions.
import { useState } from 'react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { outcomeAt, widensStop } from '../chart/geometry.ts';
import { useText } from '../i18n/translate.ts';
import { moveStop, moveTarget } from '../state/send.ts';
import { formatR, lotsToQuantity, numberText, priceToTicks, ticksToPrice } from '../ui/format.ts';

export function LevelForm({ view, market }: { readonly view: PositionView; readonly market: MarketInfo | undefined }): React.JSX.Element | null {
  if (market === undefined || view.position.lots === 0) return null;
  return (
    <div className="levels">
      <Level key={`stop ${view.position.id} ${view.position.stop}`} kind="stop" view={view} market={market} />
      <Level key={`target ${view.position.id} ${view.position.target}`} kind="target" view={view} market={market} />
    </div>
  );
}

function Level({ kind, view, market }: { readonly kind: 'stop' | 'target'; readonly view: PositionView; readonly market: MarketInfo }): React.JSX.Element {
  const t = useText();
  const { position } = view;
  const current = ticksToPrice(market, position[kind]);
  const [text, setText] = useState(Number.isFinite(current) ? current.toFixed(market.priceScale) : '');
  const price = Number(text);
  const isValid = text !== '' && Number.isFinite(price) && price > 0;
  const ticks = isValid ? priceToTicks(market, price) : 0;
  const isChanged = isValid && ticks !== position[kind];
  const outcome = outcomeAt(position, lotsToQuantity(market, position.lots), price);
  const send = (): void => (kind === 'stop' ? moveStop(view, ticks) : moveTarget(view, ticks));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) send();
      }}
    >
      <label>
        {t(kind === 'stop' ? 'chart.stop' : 'chart.target')}{' '}
        <input
          id={`level-${kind}`}
          type="number"
          step={market.tickUnits / 10 ** market.priceScale}
          value={text}
          aria-label={t(kind === 'stop' ? 'detail.stopPrice' : 'detail.targetPrice')}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <span className={`num ${isChanged && kind === 'stop' && widensStop(position.side, position.stop, ticks) ? 'warn-text' : 'muted'}`}>
        {isValid ? `${formatR(outcome.r)} · ${numberText(outcome.usdt, 2)} USDT` : ''}
      </span>
      <button type="submit" disabled={!isChanged}>
        {t('detail.move')}
      </button>
    </form>
  );
}
