// A real position beside its virtual twin from the same signal: how much the real fills cost or gained.
import type { PositionView } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { useVirtualPositions } from '../state/virtual.ts';
import { formatR, numberText } from '../ui/format.ts';

export function Twin({ view }: { readonly view: PositionView }): React.JSX.Element | null {
  const { position } = view;
  if (position.signal === null) return null;
  return <TwinOf view={view} signalId={position.signal.id} planned={position.signal.plan.entry} />;
}

function TwinOf({ view, signalId, planned }: { readonly view: PositionView; readonly signalId: string; readonly planned: number }): React.JSX.Element | null {
  const t = useText();
  const open = useVirtualPositions('open', 1000).rows;
  const closed = useVirtualPositions('closed', 1000).rows;
  const twin = (open ?? []).concat(closed ?? []).find((entry) => entry.id === signalId);
  if (twin === undefined) return null;
  const { position } = view;
  const slippage = (position.entryPrice - planned) * (position.side === 'long' ? 1 : -1);
  const slippageR = position.riskPerUnit > 0 ? slippage / position.riskPerUnit : Number.NaN;
  return (
    <p className="small-text">
      <strong>{t('detail.twin')}</strong>{' '}
      {t('detail.twinText', {
        real: formatR(view.pnlR),
        twin: formatR(twin.pnlR),
        difference: formatR(view.pnlR - twin.pnlR),
        slippage: formatR(-slippageR),
        fees: numberText((position.fees - position.funding) / 1e8, 2),
      })}
    </p>
  );
}
