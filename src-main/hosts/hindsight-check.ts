// The line of the health checklist that publishes the count of rewrites.
import type { HindsightView } from '../../src-shared/contract/analysis.ts';
import type { HealthCheck } from '../../src-shared/contract/view.ts';

export function hindsightCheck({ rewriteCount, published, comparisons, offence }: HindsightView): HealthCheck {
  const line = { id: 'hindsight', label: 'Rewrites', advice: null } as const;
  if (comparisons === 0) return { ...line, state: 'unknown', detail: 'Nothing was compared yet.' };
  const detail = `${rewriteCount} rewrites among ${published} published objects.`;
  if (rewriteCount === 0) return { ...line, state: 'ok', detail };
  return {
    ...line,
    state: 'bad',
    detail: `${detail} First: ${offence ?? ''}.`,
    advice: 'The chart told something else before. Please report it with the log.',
  };
}
