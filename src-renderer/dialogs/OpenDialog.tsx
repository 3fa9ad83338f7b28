// Asks once before a position is opened by hand, with everything it would be; the risk manager is asked again while the question stands.
import type { OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { TicketFacts } from '../panels/TicketFacts.tsx';
import { usePreview } from '../state/preview.ts';
import { command as send } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { judgeTicket } from '../state/ticket.ts';
import { describeCode } from '../text/codes.ts';
import { formatPercent, formatPrice, numberText, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';

export interface OpenDialogProps {
  readonly command: OpenPositionCommand;
  readonly onClose: () => void;
}

export function OpenDialog({ command, onClose }: OpenDialogProps): React.JSX.Element | null {
  const t = useText();
  const { symbol, side, stop, target } = command;
  const market = useScreen((state) => state.snapshot?.markets[symbol]);
  const price = useScreen((state) => state.snapshot?.ticks[symbol]?.last ?? Number.NaN);
  const settings = useScreen((state) => state.snapshot?.settings);
  const { answer, isCurrent } = usePreview(command);
  if (market === undefined || settings === undefined) return null;
  const at = (ticks: number | null): number | null => (ticks === null ? null : ticksToPrice(market, ticks));
  const limit = at(command.limit ?? null);
  const view = judgeTicket({ side, price, stop: ticksToPrice(market, stop), target: at(target), limit, settings });
  const problem =
    view.problem !== null ? t(`ticket.${view.problem}`) : isCurrent && answer?.kind === 'denied' ? describeCode(answer.code, answer.numbers) : null;
  return (
    <Modal title={t('ticket.confirmTitle', { symbol, side: wordOf('side', side) })} onClose={onClose}>
      <dl className="facts ticket-facts">
        <div>
          <dt>{t('col.entry')}</dt>
          <dd className="num">
            {limit === null
              ? t('ticket.atMarket', { price: formatPrice(market, price) })
              : t('ticket.atLimit', { price: formatPrice(market, limit), distance: formatPercent(limit / price - 1) })}
            {command.postOnly === true ? ` · ${t('ticket.postOnly')}` : ''}
          </dd>
        </div>
        <div>
          <dt>{t('chart.stop')}</dt>
          <dd className="num">
            {formatPrice(market, ticksToPrice(market, stop))} ({numberText(view.distancePercent, 2)} %)
          </dd>
        </div>
        <div>
          <dt>{t('chart.target')}</dt>
          <dd className="num">
            {formatPrice(market, view.target)} ({numberText(view.rewardRisk, 2)} : 1)
          </dd>
        </div>
      </dl>
      <TicketFacts preview={answer?.kind === 'approved' ? answer : null} side={side} market={market} isOld={!isCurrent} />
      <p className="muted">{t('ticket.confirmText')}</p>
      {problem === null ? null : <p className="notice">{problem}</p>}
      <div className="button-row">
        <button
          type="button"
          className="primary"
          disabled={problem !== null}
          data-autofocus
          onClick={() => {
            void send(command);
            onClose();
          }}
        >
          {t(limit === null ? 'ticket.confirm' : 'ticket.confirmLimit')}
        </button>
        <button type="button" onClick={onClose}>
          {t('dialog.cancel')}
        </button>
      </div>
    </Modal>
  );
}
