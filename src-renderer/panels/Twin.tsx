// A real position beside its virtual twin from the same signal: what execution cost, split by cause.
import type { TwinView } from '../../src-shared/contract/twin.ts';
import { useText } from '../i18n/translate.ts';
import { formatR, numberText, toneOf } from '../ui/format.ts';

const CAUSES = ['delay', 'slippage', 'exit', 'fee', 'funding', 'partialFill'] as const satisfies readonly (keyof TwinView['cost'])[];

export function Twin({ twin }: { readonly twin: TwinView | undefined }): React.JSX.Element | null {
  const t = useText();
  if (twin === undefined) return null;
  const bps = (value: number): string => `${value > 0 ? '+' : ''}${numberText(value, 1)}`;
  return (
    <section aria-label={t('detail.twin')} data-testid="twin">
      <h3>
        {t('detail.twin')} <small className="muted">{t(twin.isOpen ? 'twin.open' : 'twin.ended')}</small>
      </h3>
      <p className="small-text num">
        {t('twin.results', { real: bps(twin.realBps), twin: bps(twin.twinBps), r: formatR(twin.twinR), total: bps(twin.totalBps) })}
      </p>
      <table className="grid plain">
        <tbody>
          {CAUSES.map((cause) => (
            <tr key={cause}>
              <td>{t(`twin.${cause}`)}</td>
              {/* What cost is shown as a loss: the sign is turned. */}
              <td className={`right num ${toneOf(-twin.cost[cause])}`}>{bps(-twin.cost[cause])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {twin.isChangedByHand ? <p className="muted small-text">{t('twin.byHand')}</p> : null}
    </section>
  );
}
